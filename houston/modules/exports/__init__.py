"""Exports: the records that a search finds, as a file that other programs read.

The file has the records for which the caller has the permission `export`, by the same grants as all
other rights. It is a spreadsheet, a table, or one of the formats of biodiversity data and of
capture-recapture programs. The places of sensitive species are blurred or withheld in all of them,
except in the records that the caller owns. Each export is entered into the audit log. Those beyond
a number of records are made in the background, and kept for some days.
"""

from typing import Any

from houston.core.settings import Setting, kinds

REQUIRES = ("individuals",)
SETTINGS = (
    Setting(
        "houston.exports.at_once",
        kinds.between(1, 1_000_000),
        "The largest number of records in an export that is sent at once.",
        default="15000",
    ),
    Setting(
        "houston.exports.keep",
        kinds.between(1, 365),
        "The days for which an export that is made in the background is kept.",
        default="7",
    ),
)


def includeme(config: Any) -> None:
    """Add the branch `exports`, addresses below those of records, and the setting of species."""
    from houston.core.tree import Resource
    from houston.modules.exports.resources import ExportCollection
    from houston.modules.exports.services.places import SENSITIVE_SPECIES
    from houston.modules.individuals.resources import IndividualCollection
    from houston.modules.sightings.resources import EncounterCollection, SightingCollection

    for collection in (SightingCollection, EncounterCollection, IndividualCollection):
        config.add_child(collection, "export", Resource)
    config.add_site_setting(SENSITIVE_SPECIES)
    config.add_branch("exports", ExportCollection)
    config.scan(".services.background")
    config.scan(".views")
