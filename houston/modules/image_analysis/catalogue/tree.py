"""The merged files as a tree of nodes, in which links are followed as if they were not there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from houston.core.settings import SettingsError

SETTING = "houston.image_analysis.configs"
DETECTORS, IDENTIFIERS = "_detectors", "_identifiers"
MOST_HOPS = 20
DEEPEST = 32


@dataclass(frozen=True)
class Node:
    """A value with the path where it stands, which is where the links to it lead.

    What is not as it should be is a SettingsError that names the path.
    """

    root: Mapping[str, Any]
    path: tuple[str, ...]
    value: Any

    @classmethod
    def root_of(cls, tree: Mapping[str, Any]) -> "Node":
        """The node of the whole tree."""
        return cls(tree, (), tree)

    def error(self, problem: str) -> SettingsError:
        """What is wrong with this node."""
        return SettingsError(f"{SETTING}: {'.'.join(self.path)} {problem}.")

    def child(self, name: str) -> "Node":
        """What an object has under a name."""
        return self._child(name, 0)

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """The names of an object and what is there, save for names that begin with `_`."""
        for name in self._object():
            if not name.startswith("_"):
                yield name, self.child(name)

    def members(self, name: str) -> list["Node"]:
        """The members of the list under a name; none where there is no such name."""
        if name not in self._object():
            return []
        found = self.child(name)
        if not isinstance(found.value, list):
            raise found.error("must be a list")
        return [found._follow(member, 0) for member in found.value]

    def text(self, name: str) -> str:
        """The text under a name."""
        found = self.child(name)
        if not isinstance(found.value, str) or not found.value:
            raise found.error("must be a text")
        return found.value

    def integer(self, name: str) -> int:
        """The whole number under a name."""
        found = self.child(name)
        if not isinstance(found.value, int) or isinstance(found.value, bool):
            raise found.error("must be a whole number")
        return found.value

    def object(self, name: str) -> dict[str, Any]:
        """The object under a name, in which all links are resolved."""
        found = self.child(name)
        found._object()
        resolved: dict[str, Any] = found._resolve(DEEPEST)
        return resolved

    def _object(self) -> Mapping[str, Any]:
        if not isinstance(self.value, dict):
            raise self.error("must be an object")
        return self.value

    def _child(self, name: str, hops: int) -> "Node":
        here = Node(self.root, (*self.path, name), None)
        if name not in self._object():
            raise here.error("is missing")
        if "." in name:
            raise here.error("must not have a dot in its name")
        return here._follow(self.value[name], hops)

    def _follow(self, value: Any, hops: int) -> "Node":
        """The node of a value that stands here: itself, or where the link leads that it is."""
        if not isinstance(value, str) or not value.startswith("@"):
            return Node(self.root, self.path, value)
        if hops == MOST_HOPS:
            raise self.error("is a link that leads to itself")
        node = Node.root_of(self.root)
        for name in value[1:].split("."):
            node = node._child(name, hops + 1)
        return node

    def _resolve(self, depth: int) -> Any:
        if depth == 0 and isinstance(self.value, dict | list):
            raise self.error("is nested too deeply, or contains itself")
        if isinstance(self.value, dict):
            return {name: self.child(name)._resolve(depth - 1) for name in self.value}
        if isinstance(self.value, list):
            return [self._follow(member, 0)._resolve(depth - 1) for member in self.value]
        return self.value
