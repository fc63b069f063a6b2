"""The entries of the catalogue, each read from its node of the tree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from houston.modules.image_analysis.catalogue.tree import DETECTORS, IDENTIFIERS, Node


@dataclass(frozen=True)
class Detector:
    """Finds animals; `config` goes with each request."""

    key: str
    name: str
    description: str
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Identifier:
    """Compares annotations; `frontend` is shown to people, `config` goes with each request."""

    key: str
    frontend: Mapping[str, Any]
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Species:
    """A species, the detectors that find it, and its classes with the identifiers that know them.

    `itis_id` is its number in the Integrated Taxonomic Information System.
    """

    scientific_name: str
    common_name: str
    itis_id: int
    detectors: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The identifiers of all its classes, each once."""
        return tuple(dict.fromkeys(key for keys in self.classes.values() for key in keys))


def read_detectors(tree: Node) -> dict[str, Detector]:
    """All detectors by key."""
    return {
        key: Detector(key, node.text("name"), node.text("description"), node.object("config_dict"))
        for key, node in tree.child(DETECTORS).entries()
    }


def read_identifiers(tree: Node) -> dict[str, Identifier]:
    """All identifiers by key."""
    return {key: _identifier(key, node) for key, node in tree.child(IDENTIFIERS).entries()}


def read_species(tree: Node) -> Iterator[Species]:
    """All species."""
    for genus, members in tree.entries():
        for epithet, node in members.entries():
            yield _species(f"{genus} {epithet}", node)


def _identifier(key: str, node: Node) -> Identifier:
    node.child("frontend").text("description")
    return Identifier(key, node.object("frontend"), node.object("sage"))


def _species(name: str, node: Node) -> Species:
    return Species(
        scientific_name=name,
        common_name=node.text("_common_name"),
        itis_id=node.integer("_itis_id"),
        detectors=_keys(node.members(DETECTORS), DETECTORS),
        classes={
            ia_class: _keys(below.members(IDENTIFIERS), IDENTIFIERS)
            for ia_class, below in node.entries()
        },
    )


def _keys(links: Iterable[Node], section: str) -> tuple[str, ...]:
    """The keys of the entries that links lead to, which are all of one section."""
    return tuple(dict.fromkeys(_key(node, section) for node in links))


def _key(node: Node, section: str) -> str:
    section_found, *key = node.path
    if section_found != section or len(key) != 1 or key[0].startswith("_"):
        raise node.error(f"must be a link such as @{section}.<key>")
    return key[0]
