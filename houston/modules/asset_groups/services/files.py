"""The files of a submission: they were uploaded before, and each belongs to one sighting."""

from collections.abc import Collection

from houston.core.errors import shown
from houston.modules.asset_groups.validation import Faults, Submission


def check_files(submission: Submission, uploaded: Collection[str], faults: Faults) -> None:
    """Each file must have been uploaded in the transaction, and belong to one sighting."""
    seen: set[str] = set()
    for sighting in submission.sightings:
        path = sighting.place.field("assetReferences")
        for name in sighting.files:
            if name in seen:
                faults.add(path, f"found {shown(name)} in multiple sightings")
            elif name not in uploaded:
                faults.add(path, f"Failed to find {shown(name)} in transaction")
            seen.add(name)
    if submission.transaction_guid is not None and not submission.has_files:
        faults.add("transactionId", "Tus transaction must contain files")
