"""The catalogue: detectors, identifiers, and the species they are for.

It is read from files named `IA.<anything>.json`, in this folder and in the folder that
`houston.image_analysis.configs` names. They are merged once, at the start, into one tree:

    _detectors.<key>      {name, description, config_dict}
    _identifiers.<key>    {frontend: {description, …}, sage}
    <Genus>.<epithet>     {_common_name, _itis_id, _detectors: ["@_detectors.<key>", …],
                           <class>: {_identifiers: ["@_identifiers.<key>", …]}, …}

`config_dict` and `sage` are sent with each request to the image analysis. An epithet may be
followed by a blank and a subspecies. A text that begins with `@` is a link: it stands for the value
at that path of the tree. Other names that begin with `_` are metadata, which are ignored. A species
without an ITIS number has a negative number of its own.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colander import Function, Invalid, Regex, null

from houston.core.schema.nodes import Field, Integer, Json, ListOf, MapOf, String, Text
from houston.core.settings import SettingsError
from houston.modules.image_analysis.catalogue.files import (
    DETECTORS,
    IDENTIFIERS,
    SETTING,
    Tree,
    read_files,
)
from houston.modules.image_analysis.lenient import OpenSchema, faults_of

PACKAGED = Path(__file__).parent
MOST_FAULTS = 5


@dataclass(frozen=True)
class Species:
    """A species, the keys of its detectors, and its classes with the keys of their identifiers.

    `itis_id` is its number in the Integrated Taxonomic Information System.
    """

    scientific_name: str
    common_name: str
    itis_id: int
    detectors: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Catalogue:
    """All species, and all detectors and identifiers by key: the values of their schemas."""

    detectors: Mapping[str, Mapping[str, Any]]
    identifiers: Mapping[str, Mapping[str, Any]]
    species: tuple[Species, ...]

    def ia_classes(self) -> list[str]:
        """Return the classes of all species, in alphabetical order."""
        return sorted({ia_class for species in self.species for ia_class in species.classes})

    def detection_config(self) -> dict[str, dict[str, Any]]:
        """Return each detector with the species that it detects, as clients read it."""
        return {
            key: {
                "name": detector["name"],
                "description": detector["description"],
                "supported_species": [
                    self._describe(species) for species in self.species if key in species.detectors
                ],
            }
            for key, detector in self.detectors.items()
        }

    def known_species(self) -> list[dict[str, Any]]:
        """Return all species in the form of the site's list of species."""
        return [
            {
                "scientificName": species.scientific_name,
                "commonNames": [species.common_name],
                "itisTsn": species.itis_id,
            }
            for species in self.species
        ]

    def _describe(self, species: Species) -> dict[str, Any]:
        return {
            "scientific_name": species.scientific_name,
            "common_name": species.common_name,
            "itis_id": species.itis_id,
            "ia_classes": list(species.classes),
            "id_algos": {
                key: self.identifiers[key]["frontend"]
                for keys in species.classes.values()
                for key in keys
            },
        }


class Entries(MapOf):
    """An object whose names are keys of entries; names that begin with `_` are metadata."""

    def __init__(self, member: Field, **options: Any) -> None:
        name = String(1, validators=[Regex(r"[^.]*\Z", "Must not contain a dot.")])
        super().__init__(member, names=name, **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """Return the entries by key."""
        if isinstance(cstruct, dict):
            cstruct = {name: each for name, each in cstruct.items() if not name.startswith("_")}
        return super().deserialize(cstruct)


class DetectorSchema(OpenSchema):
    """A detector of animals; `config_dict` is sent with each request."""

    name = String(1)
    description = Text(1)
    config_dict = MapOf(Json(nullable=True))


class FrontendSchema(OpenSchema):
    """The part of an identifier that is shown to users."""

    description = Text(1)


class IdentifierSchema(OpenSchema):
    """An algorithm that compares annotations; `sage` is sent with each request."""

    frontend = FrontendSchema()
    sage = MapOf(Json(nullable=True))


GENERA = Entries(Entries(MapOf(Json(nullable=True), max_items=100)), max_items=10_000)


def load_catalogue(folder: Path | None) -> Catalogue:
    """Read the packaged files and those of a folder.

    Raises:
        SettingsError: The folder or a file cannot be read, or an entry is not valid.
    """
    tree = Tree(read_files([PACKAGED] if folder is None else [PACKAGED, folder]))
    detectors = _load(Entries(DetectorSchema()), tree.section(DETECTORS), DETECTORS)
    identifiers = _load(Entries(IdentifierSchema()), tree.section(IDENTIFIERS), IDENTIFIERS)
    return Catalogue(detectors, identifiers, tuple(_species(tree, detectors, identifiers)))


def _species(
    tree: Tree, detectors: Collection[str], identifiers: Collection[str]
) -> Iterator[Species]:
    detected = _links(DETECTORS, detectors)
    fields = OpenSchema(String(1, name="_common_name"), Integer(name="_itis_id"), detected)
    classes = Entries(OpenSchema(_links(IDENTIFIERS, identifiers)))
    for genus, epithets in _load(GENERA, tree.genera()).items():
        for epithet, entry in epithets.items():
            values = _load(fields, entry, genus, epithet)
            yield Species(
                scientific_name=f"{genus} {epithet}",
                common_name=values["_common_name"],
                itis_id=values["_itis_id"],
                detectors=_keys(values[DETECTORS]),
                classes={
                    name: _keys(found[IDENTIFIERS])
                    for name, found in _load(classes, entry, genus, epithet).items()
                },
            )


def _links(section: str, keys: Collection[str]) -> ListOf:
    """Make the node of a list of links to entries of a section, which is named like it."""
    known = {f"@{section}.{key}" for key in keys}
    fault = f"Must be the link of an entry, such as @{section}.<key>."
    return ListOf(String(validator=Function(known.__contains__, fault)), name=section, missing=())


def _keys(links: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.rpartition(".")[2] for link in links))


def _load(node: Field, value: Any, *path: str) -> Any:
    """Return what a node reads at a path of the tree."""
    try:
        return node.deserialize(value)
    except Invalid as invalid:
        faults = faults_of(invalid, *path)[:MOST_FAULTS]
        raise SettingsError(f"{SETTING}: {' '.join(faults)}") from None
