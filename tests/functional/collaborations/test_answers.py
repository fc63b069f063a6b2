"""Members answer for their own data, managers for both; a level needs those before it."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest

from houston.modules.collaborations.models import Approval, Level
from tests.clients_of_roles import Client
from tests.factories.collaborations import CollaborationFactory
from tests.factories.users import UserFactory
from tests.functional.collaborations.conftest import COLLABORATIONS
from tests.mailbox import Mailbox

ALLOWED = {
    ("not_initiated", "pending"),
    ("not_initiated", "approved"),
    ("pending", "approved"),
    ("pending", "denied"),
    ("approved", "revoked"),
    ("denied", "approved"),
    ("revoked", "approved"),
}
PARTS = {Level.VIEW: "", Level.EXPORT: "export_", Level.EDIT: "edit_"}
TOLD = {"approved": "approved", "denied": "denied", "revoked": "revoke"}


def answer(client: Client, row: Any, *operations: tuple[str, Any]) -> Any:
    """Change a collaboration: the row, or its document."""
    guid = row["guid"] if isinstance(row, dict) else row.guid
    body = [{"op": "replace", "path": f"/{path}", "value": value} for path, value in operations]
    return client.patch_json(f"{COLLABORATIONS}/{guid}", body)


def ask(client: Client, user: Client) -> Any:
    return client.post_json(COLLABORATIONS, {"user_guid": str(user.account.guid)}).json


def between(first: Client, second: Client, **values: Any) -> Any:
    return CollaborationFactory(first=first.account, second=second.account, **values)


def below(level: Level) -> Level | None:
    return level.below[-1] if level.below else None


class TestOwnAnswers:
    @pytest.mark.parametrize("level", Level)
    @pytest.mark.parametrize("before", Approval)
    @pytest.mark.parametrize("after", Approval)
    def test_transitions(
        self,
        user: Client,
        other: Client,
        states: Any,
        notified: Any,
        level: Level,
        before: str,
        after: str,
    ) -> None:
        row = between(user, other, level=below(level), **{level.column: (before, "approved")})
        response = answer(user, row, (f"{level}_permission", after))
        found = user.get(f"{COLLABORATIONS}/{row.guid}").json
        number = list(Level).index(level)
        if before == after or (before, after) in ALLOWED:
            assert (response.status_int, response.json) == (200, found)
            assert states(found, user)[0][number] == after
        else:
            text = f"unable to set /{level}_permission to {after}"
            assert (response.status_int, response.json["message"]) == (400, text)
            assert states(found, user)[0][number] == before
        is_told = before != after and (before, after) in ALLOWED and after in TOLD
        kinds = [f"collaboration_{PARTS[level]}{TOLD[after]}"] if is_told else []
        assert (notified(other), notified(user)) == (kinds, [])

    @pytest.mark.parametrize("level", [Level.EXPORT, Level.EDIT])
    @pytest.mark.parametrize("before", ["not_initiated", "pending", "denied", "revoked"])
    def test_a_level_needs_the_one_before_it(
        self, user: Client, other: Client, level: Level, before: str
    ) -> None:
        row = between(user, other, **{level.column: (before, "approved")})
        response = answer(user, row, (f"{level}_permission", "approved"))
        assert response.status_int == 400
        assert response.json["messages"] == {
            "0": [f"unable to set /{level}_permission to approved"]
        }

    @pytest.mark.parametrize(
        ("level", "expected"),
        [
            (Level.VIEW, ("revoked", "revoked", "revoked")),
            (Level.EXPORT, ("approved", "revoked", "revoked")),
            (Level.EDIT, ("approved", "approved", "revoked")),
        ],
    )
    def test_revocation_includes_the_levels_that_need_it(
        self, user: Client, other: Client, states: Any, level: Level, expected: Any
    ) -> None:
        row = between(user, other, level=Level.EDIT)
        document = answer(user, row, (f"{level}_permission", "revoked")).json
        assert states(document, user, other) == (expected, ("approved",) * 3)

    def test_revocation_leaves_what_is_not_approved(
        self, user: Client, other: Client, states: Any
    ) -> None:
        row = between(user, other, level=Level.VIEW, export_state=("denied", "approved"))
        document = answer(user, row, ("view_permission", "revoked")).json
        assert states(document, user) == (("revoked", "denied", "not_initiated"),)

    def test_operations_are_done_in_their_order_or_not_at_all(
        self, user: Client, other: Client, states: Any, notified: Any
    ) -> None:
        row = between(user, other, level=Level.EDIT)
        again = ("export_permission", "revoked"), ("export_permission", "approved")
        document = answer(user, row, *again).json
        assert states(document, user) == (("approved", "approved", "revoked"),)
        told = notified(other)
        assert told == ["collaboration_export_revoke", "collaboration_export_approved"]
        failing = ("view_permission", "revoked"), ("edit_permission", "denied")
        response = answer(user, row, *failing)
        assert (response.status_int, list(response.json["messages"])) == (400, ["1"])
        assert user.get(f"{COLLABORATIONS}/{row.guid}").json == document
        assert notified(other) == told

    def test_add_is_replace(self, user: Client, other: Client, states: Any) -> None:
        row = between(other, user)
        body = [{"op": "add", "path": "/view_permission", "value": "approved"}]
        document = user.patch_json(f"{COLLABORATIONS}/{row.guid}", body).json
        assert states(document, user)[0][0] == "approved"

    def test_answers_resolve_the_requests(
        self, user: Client, other: Client, unresolved: Any
    ) -> None:
        row = ask(user, other)
        assert unresolved(other) == ["collaboration_request"]
        answer(other, row, ("view_permission", "denied"))
        assert unresolved(other) == []

    @pytest.mark.parametrize(
        ("value", "status"), [("maybe", 409), (None, 422), (1, 422), ({"permission": "x"}, 422)]
    )
    def test_unknown_states(self, user: Client, other: Client, value: Any, status: int) -> None:
        row = between(user, other)
        response = answer(user, row, ("view_permission", value))
        assert (response.status_int, list(response.json["messages"])) == (status, ["0"])
        if status == 409:
            sentence = (
                'State "maybe" not in allowed states: '
                "not_initiated, pending, approved, denied, revoked"
            )
            assert sentence in response.json["message"]

    def test_managers_have_no_own_answer(
        self, user: Client, other: Client, user_manager: Client
    ) -> None:
        row = between(user, other)
        response = answer(user_manager, row, ("view_permission", "approved"))
        assert response.json["message"] == "unable to set /view_permission to approved"
        assert response.status_int == 400


class TestRequestsForMore:
    @pytest.mark.parametrize("level", [Level.EXPORT, Level.EDIT])
    def test_the_other_member_is_asked(
        self, user: Client, other: Client, states: Any, unresolved: Any, level: Level
    ) -> None:
        row = between(user, other, level=below(level))
        address = f"{COLLABORATIONS}/{level}_request/{row.guid}"
        response = user.post(address)
        number = list(Level).index(level)
        asked = [each[number] for each in states(response.json, user, other)]
        assert (response.status_int, asked) == (200, ["approved", "pending"])
        kind = f"collaboration_{level}_request"
        assert unresolved(other) == [kind]
        assert user.post(address).status_int == 200
        assert unresolved(other) == [kind]
        answer(other, row, (f"{level}_permission", "denied"))
        assert unresolved(other) == []
        assert [each[number] for each in states(user.post(address).json, user, other)] == [
            "approved",
            "denied",
        ]
        assert unresolved(other) == []

    @pytest.mark.parametrize("level", [Level.EXPORT, Level.EDIT])
    def test_it_needs_the_level_before(self, user: Client, other: Client, level: Level) -> None:
        row = between(user, other)
        response = user.post(f"{COLLABORATIONS}/{level}_request/{row.guid}")
        text = f"Unable to start {level} on unapproved collaboration"
        assert (response.status_int, response.json["message"]) == (400, text)

    def test_it_is_in_force_if_the_other_has_approved(
        self, user: Client, other: Client, states: Any, notified: Any
    ) -> None:
        states_before = ("not_initiated", "approved")
        row = between(user, other, level=Level.VIEW, export_state=states_before)
        document = user.post(f"{COLLABORATIONS}/export_request/{row.guid}").json
        assert [each[1] for each in states(document, user, other)] == ["approved", "approved"]
        assert notified(other) == []

    def test_others_may_not(self, user: Client, other: Client, researcher: Client) -> None:
        row = between(user, other, level=Level.VIEW)
        assert researcher.post(f"{COLLABORATIONS}/export_request/{row.guid}").status_int == 403
        assert user.post(f"{COLLABORATIONS}/export_request/{uuid4()}").status_int == 404


def managed(level: Level, state: str, user: Client | None = None) -> tuple[str, Any]:
    value = {"permission": state} | ({"user_guid": str(user.account.guid)} if user else {})
    return f"managed_{level}_permission", value


class TestManagers:
    @pytest.mark.parametrize("level", Level)
    def test_approval_includes_the_levels_before(
        self,
        user: Client,
        other: Client,
        user_manager: Client,
        states: Any,
        notified: Any,
        level: Level,
    ) -> None:
        row = between(user, other, view_state=("denied", "pending"))
        document = answer(user_manager, row, managed(level, "approved")).json
        number = list(Level).index(level) + 1
        expected = (*["approved"] * number, *["not_initiated"] * (3 - number))
        assert states(document, user, other) == (expected, expected)
        part = "create" if level is Level.VIEW else f"{level}_approved"
        for member in (user, other):
            assert notified(member) == [f"collaboration_manager_{part}"]

    def test_the_operations_of_the_client(
        self, user: Client, other: Client, user_manager: Client, states: Any
    ) -> None:
        row = between(user, other, level=Level.EDIT)
        down = managed(Level.VIEW, "approved"), managed(Level.EXPORT, "revoked")
        document = answer(user_manager, row, *down).json
        assert states(document, user) == (("approved", "revoked", "revoked"),)
        document = answer(user_manager, row, managed(Level.VIEW, "revoked")).json
        assert states(document, user, other) == (("revoked",) * 3, ("revoked",) * 3)

    def test_one_member(
        self, user: Client, other: Client, user_manager: Client, states: Any, notified: Any
    ) -> None:
        row = between(user, other, level=Level.EXPORT)
        one = managed(Level.EXPORT, "revoked", other)
        document = answer(user_manager, row, one).json
        assert [each[1] for each in states(document, user, other)] == ["approved", "revoked"]
        assert notified(user) == notified(other) == ["collaboration_manager_export_revoke"]

    def test_a_refusal_resolves_the_request(
        self, user: Client, other: Client, user_manager: Client, unresolved: Any
    ) -> None:
        row = between(user, other, level=Level.VIEW)
        user.post(f"{COLLABORATIONS}/export_request/{row.guid}")
        assert unresolved(other) == ["collaboration_export_request"]
        answer(user_manager, row, managed(Level.EXPORT, "denied", other))
        assert "collaboration_export_request" not in unresolved(other)

    def test_all_or_nothing(
        self, user: Client, other: Client, user_manager: Client, states: Any, notified: Any
    ) -> None:
        row = between(user, other, view_state=("approved", "pending"))
        response = answer(user_manager, row, managed(Level.VIEW, "revoked"))
        text = f"Not permitted to move user {other.account.guid} to state revoked"
        assert (response.status_int, response.json["message"]) == (400, text)
        found = user.get(f"{COLLABORATIONS}/{row.guid}").json
        assert [each[0] for each in states(found, user, other)] == ["approved", "pending"]
        assert notified(user) == notified(other) == []

    def test_their_own_answer_is_that_of_a_member(
        self, user: Client, user_manager: Client, notified: Any
    ) -> None:
        row = between(user, user_manager)
        answer(user_manager, row, managed(Level.VIEW, "approved", user_manager))
        assert notified(user) == ["collaboration_approved"]

    def test_users_who_are_no_members(
        self, user: Client, other: Client, user_manager: Client
    ) -> None:
        row = between(user, other)
        response = answer(user_manager, row, managed(Level.VIEW, "approved", user_manager))
        text = "unable to set /managed_view_permission to approved"
        assert (response.status_int, response.json["message"]) == (400, text)
        unknown = {"permission": "approved", "user_guid": str(uuid4())}
        response = answer(user_manager, row, ("managed_view_permission", unknown))
        text = f"User for {unknown['user_guid']} not found"
        assert (response.status_int, response.json["message"]) == (400, text)

    @pytest.mark.parametrize("value", ["approved", {}, {"permission": 1}, {"user_guid": None}])
    def test_malformed_values(
        self, user: Client, other: Client, user_manager: Client, value: Any
    ) -> None:
        response = answer(user_manager, between(user, other), ("managed_view_permission", value))
        assert (response.status_int, list(response.json["messages"])) == (422, ["0"])

    def test_members_do_not_manage(self, user: Client, other: Client) -> None:
        row = between(user, other)
        response = answer(user, row, managed(Level.VIEW, "approved"))
        assert response.status_int == 403
        assert list(response.json["messages"]) == ["managed_view_permission"]


class TestDeletion:
    def test_it_ends_access_and_requests(
        self, client_for: Any, user: Client, other: Client, unresolved: Any
    ) -> None:
        staff = client_for(UserFactory(is_staff=True))
        guid = ask(user, other)["guid"]
        assert staff.delete(f"{COLLABORATIONS}/{guid}").status_int == 204
        assert user.get(f"{COLLABORATIONS}/{guid}").status_int == 404
        assert user.get("/api/v1/users/me").json["collaborations"] == []
        assert unresolved(other) == []

    def test_deactivated_users_keep_theirs(
        self, user: Client, other: Client, user_manager: Client, states: Any
    ) -> None:
        row = between(user, other, level=Level.VIEW)
        assert user_manager.delete(f"/api/v1/users/{other.account.guid}").status_int == 204
        members = user.get(f"{COLLABORATIONS}/{row.guid}").json["members"]
        assert members[str(other.account.guid)]["full_name"] == "Inactivated User"


MAILED = {
    "collaboration_request": "would like to see your data",
    "collaboration_export_denied": "does not let you export their data",
    "collaboration_manager_edit_revoke": "edit each other's data no more",
}


class TestMails:
    def test_sentences(
        self, user: Client, other: Client, user_manager: Client, mailbox: Mailbox
    ) -> None:
        preferences = {kind: {"email": True, "restAPI": True} for kind in ("all", *MAILED)}
        for client in (user, other):
            body = [{"op": "add", "path": "/notification_preferences", "value": preferences}]
            client.patch_json(f"/api/v1/users/{client.account.guid}", body)
        row = ask(user, other)
        answer(other, row, ("view_permission", "approved"))
        user.post(f"{COLLABORATIONS}/export_request/{row['guid']}")
        answer(other, row, ("export_permission", "denied"))
        answer(user_manager, row, managed(Level.EDIT, "approved"))
        answer(user_manager, row, managed(Level.EDIT, "revoked"))
        texts = [mail.text for mail in mailbox.messages()]
        assert _found(texts, MAILED.values()) == [1, 1, 2]
        assert all("{" not in text for text in texts)


def _found(texts: Iterable[str], sentences: Iterable[str]) -> list[int]:
    return [sum(sentence in " ".join(text.split()) for text in texts) for sentence in sentences]
