"""Who may submit what."""

from houston.core.security.identity import Identity
from houston.modules.asset_groups.validation import Faults, Submission


def check_rights(submission: Submission, caller: Identity | None, faults: Faults) -> None:
    """Tables, owners and sightings without files are for researchers."""
    if caller is None:
        who, upload, owners = "anonymous users", "do bulk upload", "assign owners"
        words = f"{who} not permitted to {upload}", f"{who} not permitted to {owners}"
    else:
        words = "User not permitted to do bulk upload", "User not permitted to assign owners"
    if caller is not None and caller.account.is_researcher:
        return
    if submission.is_bulk:
        faults.add("uploadType", words[0])
    for sighting in submission.sightings:
        for encounter in sighting.encounters:
            if encounter.values.get("ownerEmail"):
                faults.add(encounter.place.field("ownerEmail"), words[1])
    if submission.sightings and not submission.has_files:
        text = "Only a Researcher can create a Git Store without any Assets"
        faults.add(submission.sightings[0].place.field("assetReferences"), text)
