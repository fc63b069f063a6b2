"""What the image analysis can look for and how: detectors, identifiers and the species they know.

It stands in files named `IA.<anything>.json`: those beside this module, and those of the folder
that `houston.image_analysis.configs` names. They are merged once, when the program starts, into one
tree:

    _detectors.<key>      {name, description, config_dict}
    _identifiers.<key>    {frontend: {description, …}, sage}
    <Genus>.<epithet>     {_common_name, _itis_id, _detectors: ["@_detectors.<key>", …],
                           <class>: {_identifiers: ["@_identifiers.<key>", …]}, …}

`config_dict` and `sage` go with every request to the image analysis. An epithet may be followed by
a blank and a subspecies. A text that begins with `@` stands for what is at that path, anywhere in
the tree. A species without an ITIS number has a negative one of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from houston.modules.image_analysis.catalogue.entries import (
    Detector,
    Identifier,
    Species,
    read_detectors,
    read_identifiers,
    read_species,
)
from houston.modules.image_analysis.catalogue.files import read_files
from houston.modules.image_analysis.catalogue.tree import Node

__all__ = ["Catalogue", "Detector", "Identifier", "Species", "load_catalogue"]

PACKAGED = Path(__file__).parent


@dataclass(frozen=True)
class Catalogue:
    """All detectors and identifiers by key, and all species."""

    detectors: Mapping[str, Detector]
    identifiers: Mapping[str, Identifier]
    species: tuple[Species, ...]

    def ia_classes(self) -> list[str]:
        """The classes of all species, in alphabetical order."""
        return sorted({ia_class for species in self.species for ia_class in species.classes})

    def detection_config(self) -> dict[str, dict[str, Any]]:
        """What clients offer to choose from: each detector with the species that it can find."""
        return {key: self._offer(detector) for key, detector in self.detectors.items()}

    def known_species(self) -> list[dict[str, Any]]:
        """What the site's list of species may be filled with."""
        return [
            {
                "scientificName": species.scientific_name,
                "commonNames": [species.common_name],
                "itisTsn": species.itis_id,
            }
            for species in self.species
        ]

    def _offer(self, detector: Detector) -> dict[str, Any]:
        found = [species for species in self.species if detector.key in species.detectors]
        return {
            "name": detector.name,
            "description": detector.description,
            "supported_species": [self._describe(species) for species in found],
        }

    def _describe(self, species: Species) -> dict[str, Any]:
        return {
            "scientific_name": species.scientific_name,
            "common_name": species.common_name,
            "itis_id": species.itis_id,
            "ia_classes": list(species.classes),
            "id_algos": {key: dict(self.identifiers[key].frontend) for key in species.identifiers},
        }


def load_catalogue(folder: Path | None) -> Catalogue:
    """The catalogue of the packaged files and of those of a folder; raises SettingsError."""
    folders = [PACKAGED] if folder is None else [PACKAGED, folder]
    tree = Node.root_of(read_files(folders))
    return Catalogue(read_detectors(tree), read_identifiers(tree), tuple(read_species(tree)))
