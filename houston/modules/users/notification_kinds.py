"""What people can be told of, and by which way they want to be: declared once.

The notifications are another module's; which of them somebody wants is a part of his account.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from colander import Invalid, SchemaNode

CHANNELS = ("restAPI", "email")
"""The ways: in the web client, and by mail."""

ALL = "all"
MERGES = "individual_merge_all"

Preferences = Mapping[str, Mapping[str, bool]]


class Kind(NamedTuple):
    """Something that people are told of.

    `sentence` is for mails, filled with the notification's values. What is `resolved` by reading
    asks for no answer. `above` is the group whose preference counts for it, too.
    """

    sentence: str = ""
    resolved: bool = True
    above: str | None = None


YOURS = "your collaboration with {sender_name}"
KINDS: Mapping[str, Kind] = {
    ALL: Kind(),
    MERGES: Kind(),
    "raw": Kind("There is something new."),
    "new_encounter_individual": Kind("An individual of yours was seen again."),
    "collaboration_request": Kind("{sender_name} would like to see your data.", resolved=False),
    "collaboration_approved": Kind(f"{{sender_name}} has approved {YOURS}."),
    "collaboration_denied": Kind(f"{{sender_name}} has declined {YOURS}."),
    "collaboration_revoke": Kind(f"{{sender_name}} has ended {YOURS}."),
    "collaboration_export_request": Kind(
        "{sender_name} would like to export your data.", resolved=False
    ),
    "collaboration_export_approved": Kind("{sender_name} lets you export."),
    "collaboration_export_denied": Kind("{sender_name} does not let you export."),
    "collaboration_export_revoke": Kind("{sender_name} lets you export no more."),
    "collaboration_edit_request": Kind(
        "{sender_name} would like to edit your data.", resolved=False
    ),
    "collaboration_edit_approved": Kind("{sender_name} lets you edit."),
    "collaboration_edit_denied": Kind("{sender_name} does not let you edit."),
    "collaboration_edit_revoke": Kind("{sender_name} lets you edit no more."),
    "collaboration_manager_create": Kind(
        "{manager_name} has made a collaboration of {user1_name} and {user2_name}."
    ),
    "collaboration_manager_denied": Kind(
        "{manager_name} has declined the collaboration of {user1_name} and {user2_name}."
    ),
    "collaboration_manager_revoke": Kind(
        "{manager_name} has ended the collaboration of {user1_name} and {user2_name}."
    ),
    "collaboration_manager_export_approved": Kind(
        "{manager_name} lets {user1_name} and {user2_name} export each other's data."
    ),
    "collaboration_manager_export_denied": Kind(
        "{manager_name} does not let {user1_name} and {user2_name} export each other's data."
    ),
    "collaboration_manager_export_revoke": Kind(
        "{manager_name} lets {user1_name} and {user2_name} export each other's data no more."
    ),
    "collaboration_manager_edit_approved": Kind(
        "{manager_name} lets {user1_name} and {user2_name} edit each other's data."
    ),
    "collaboration_manager_edit_denied": Kind(
        "{manager_name} does not let {user1_name} and {user2_name} edit each other's data."
    ),
    "collaboration_manager_edit_revoke": Kind(
        "{manager_name} lets {user1_name} and {user2_name} edit each other's data no more."
    ),
    "individual_merge_request": Kind(
        "{sender_name} would like to merge individuals of yours with others.",
        resolved=False,
        above=MERGES,
    ),
    "individual_merge_complete": Kind("Individuals of yours were merged.", above=MERGES),
    "individual_merge_blocked": Kind("A merge of individuals was declined.", above=MERGES),
}

DEFAULTS: Preferences = {kind: {"restAPI": True, "email": False} for kind in KINDS}


def effective(own: Preferences) -> Preferences:
    """What holds for somebody with these preferences of his own, kind by kind and way by way."""
    if not own:
        return DEFAULTS
    return {kind: {**default, **own.get(kind, {})} for kind, default in DEFAULTS.items()}


def merged(own: Preferences, given: Preferences) -> dict[str, dict[str, bool]]:
    """One's own preferences after some of them were given anew."""
    return {kind: {**own.get(kind, {}), **given.get(kind, {})} for kind in {**own, **given}}


def shown(own: Preferences, kind: str) -> bool:
    """Whether somebody wants to see a kind in the web client: no group above it may be off."""
    return all(effective(own)[each]["restAPI"] for each in _with_those_above(kind))


def mailed(own: Preferences, kind: str) -> bool:
    """Whether somebody wants mail of a kind: all mail is on, and the kind's or its group's."""
    preferences = effective(own)
    *some, everything = (preferences[each]["email"] for each in _with_those_above(kind))
    return everything and any(some)


def check_preferences(node: SchemaNode, value: Any) -> None:
    """The validator of preferences; raises colander.Invalid with the contract's words (A-09)."""
    faults = list(_faults(value)) if isinstance(value, dict) else ["Invalid input type."]
    if faults:
        raise Invalid(node, " ".join(faults))


def _with_those_above(kind: str) -> list[str]:
    """A kind, the group it is of, and last that of all."""
    above = KINDS[kind].above
    return [kind, *([above] if above else []), ALL]


def _faults(preferences: Mapping[str, Any]) -> list[str]:
    unknown = [kind for kind in preferences if kind not in KINDS]
    if unknown:
        return [f"Unknown field(s): {', '.join(unknown)}, options are {', '.join(KINDS)}."]
    return [f'"{kind}": {fault}' for kind in preferences for fault in _faults_of(preferences[kind])]


def _faults_of(channels: Any) -> list[str]:
    if not isinstance(channels, dict):
        return ["Invalid input type."]
    unknown = [channel for channel in channels if channel not in CHANNELS]
    if unknown:
        return [f"Unknown field(s): {', '.join(unknown)}, options are {', '.join(CHANNELS)}."]
    return [
        f"{channel}: Not a valid boolean."
        for channel, wanted in channels.items()
        if not isinstance(wanted, bool)
    ]
