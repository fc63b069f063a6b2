"""The templates of mail, which are in the packages of the modules."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyramid.exceptions import ConfigurationError
from pyramid.path import AssetResolver

if TYPE_CHECKING:
    from jinja2 import Environment

PARTS = ("subject.txt", "txt", "html")


class Templates:
    """The templates of one application, named `<module>/<directory>/<name>`."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._folders: dict[str, dict[str, str]] = {}

    def add(self, package: str, directory: str) -> None:
        """Add a directory of the package of a module.

        Raises:
            ConfigurationError: There is no such directory.
        """
        folder = AssetResolver().resolve(f"{package}:{directory}")
        if not folder.isdir():
            raise ConfigurationError(f"there are no mail templates in {folder.abspath()}")
        module = package.rpartition(".")[2]
        self._folders.setdefault(module, {})[directory] = folder.abspath()

    def render(
        self, name: str, language: str | None, values: Mapping[str, Any]
    ) -> tuple[str, str, str]:
        """The subject, the text and the HTML of `name`, each in the language if it has that.

        Raises:
            jinja2.TemplateNotFound: There is no template of that name.
            jinja2.UndefinedError: A template uses a value that is missing.
        """
        select = self._environment.select_template
        subject, text, html = (
            select([f"{name}.{language}.{part}.j2", f"{name}.{part}.j2"]).render(values)
            for part in PARTS
        )
        return subject, text, html

    @cached_property
    def _environment(self) -> "Environment":
        # Imported with the first mail: it takes two megabytes.
        from jinja2 import (
            Environment,
            FileSystemLoader,
            PrefixLoader,
            StrictUndefined,
            select_autoescape,
        )

        modules = {
            module: PrefixLoader({name: FileSystemLoader(path) for name, path in folders.items()})
            for module, folders in self._folders.items()
        }
        environment = Environment(
            loader=PrefixLoader(modules),
            autoescape=select_autoescape(["html.j2"], default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["base_url"] = self._base_url
        return environment
