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
whose ITIS number is not known has a negative number of its own.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colander import Function, Invalid, Regex, null

from houston.core.json import JsonError, loads
from houston.core.schema.nodes import Field, Integer, Json, ListOf, MapOf, String, Text
from houston.core.settings import SettingsError
from houston.modules.image_analysis.lenient import OpenSchema, faults_of

log = logging.getLogger(__name__)

SETTING = "houston.image_analysis.configs"
PACKAGED = Path(__file__).parent
DETECTORS, IDENTIFIERS = "_detectors", "_identifiers"
SECTIONS = ((DETECTORS,), (IDENTIFIERS,))
ENTRY = re.compile(rf"@({DETECTORS}|{IDENTIFIERS})\.[^.]+\Z")
"""A link to an entry. In species it is the key that matters and not the entry."""

MOST_LINKS = 20
DEEPEST = 32
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
    tree = _Tree(_read_files([PACKAGED] if folder is None else [PACKAGED, folder]))
    detectors = _load(Entries(DetectorSchema()), tree.section(DETECTORS), DETECTORS)
    identifiers = _load(Entries(IdentifierSchema()), tree.section(IDENTIFIERS), IDENTIFIERS)
    return Catalogue(detectors, identifiers, tuple(_species(tree.genera(), detectors, identifiers)))


def _species(
    genera: Any, detectors: Collection[str], identifiers: Collection[str]
) -> Iterator[Species]:
    detected = _links(DETECTORS, detectors)
    fields = OpenSchema(String(1, name="_common_name"), Integer(name="_itis_id"), detected)
    classes = Entries(OpenSchema(_links(IDENTIFIERS, identifiers)))
    for genus, epithets in _load(GENERA, genera).items():
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


def _read_files(folders: Iterable[Path]) -> dict[str, Any]:
    """Merge all files of the folders into one tree, those of a folder in alphabetical order.

    Objects are merged by name, and lists joined. Any other value of a later file replaces that of
    an earlier one, with a warning in the log.

    Raises:
        SettingsError: A folder or a file cannot be read.
    """
    tree: dict[str, Any] = {}
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(f"{SETTING} must be a folder that can be read.")
        for file in sorted(folder.glob("IA.*.json")):
            for path in _merge(tree, _read(file)):
                log.warning("%s replaces %s of an earlier file", file.name, path)
    return tree


class _Tree:
    """The merged files, of which parts are read with the values that links stand for.

    Its methods raise SettingsError for a link that leads nowhere or to itself.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def section(self, name: str) -> Any:
        """Return a section with all its links followed."""
        return self._resolve(self._root.get(name, {}), (name,), kept=False)

    def genera(self) -> dict[str, Any]:
        """Return everything but the metadata; links to detectors and identifiers stay."""
        return {
            name: self._resolve(value, (name,), kept=True)
            for name, value in self._root.items()
            if not name.startswith("_")
        }

    def _resolve(self, value: Any, path: tuple[str, ...], kept: bool) -> Any:
        if len(path) > DEEPEST:
            # The first names: the others repeat themselves where a value contains itself.
            raise _error(path[:3], "is nested too deeply, or contains itself")
        value = self._follow(value, kept)
        if isinstance(value, dict):
            return {name: self._resolve(each, (*path, name), kept) for name, each in value.items()}
        if isinstance(value, list):
            return [self._resolve(each, (*path, "*"), kept) for each in value]
        return value

    def _follow(self, value: Any, kept: bool, links: int = 0) -> Any:
        """Return a value, or what a chain of links leads to; links to entries may be `kept`."""
        if not isinstance(value, str) or not value.startswith("@") or (kept and ENTRY.match(value)):
            return value
        path = value[1:].split(".")
        if links == MOST_LINKS:
            raise _error(path, "is a link that leads to itself")
        found: Any = self._root
        for index, name in enumerate(path):
            if not isinstance(found, dict) or name not in found:
                raise _error(path[: index + 1], "is missing")
            is_last = index == len(path) - 1
            found = self._follow(found[name], kept and is_last, links + 1)
        return found


def _error(path: Sequence[str], problem: str) -> SettingsError:
    return SettingsError(f"{SETTING}: {'.'.join(path)} {problem}.")


def _read(file: Path) -> dict[str, Any]:
    try:
        content = loads(file.read_bytes())
    except (OSError, JsonError) as error:
        raise SettingsError(f"{SETTING}: {file.name} cannot be read: {error}.") from None
    if not isinstance(content, dict):
        raise SettingsError(f"{SETTING}: {file.name} must hold an object.")
    return content


def _merge(
    tree: dict[str, Any], addition: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[str]:
    """Add a tree to another one, and yield the paths at which they have different values.

    Detectors and identifiers are compared as a whole, since an addition to one of them applies to
    the species of both files.
    """
    for name, value in addition.items():
        known, place = tree.setdefault(name, value), (*path, name)
        if known == value:
            continue
        if isinstance(known, list) and isinstance(value, list):
            known.extend(each for each in value if each not in known)
        elif isinstance(known, dict) and isinstance(value, dict):
            replaced = list(_merge(known, value, place))
            yield from [".".join(place)] if path in SECTIONS else replaced
        else:
            tree[name] = value
            yield ".".join(place)
