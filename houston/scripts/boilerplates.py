"""Write a new module from templates.

The result registers, migrates and passes the tests as it is.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from invoke import Exit, task
from jinja2 import Environment, PackageLoader, StrictUndefined

from houston.core.db import migrations

TEMPLATES = Environment(
    loader=PackageLoader("houston.scripts", "boilerplate"),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 # nosec B701 - the output is Python
)
INIS = ("development.ini", "production.ini", "testing.ini")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
MODULES = re.compile(r"^(houston\.modules =.*(?:\n[ \t]+\S.*)*)", re.M)
PARTS = ("__init__", "models", "schemas", "resources", "services", "views")
NEXT_STEPS = """\
{name} is written, and enabled in {inis}. Next:
  1. describe it in houston/modules/{name}/__init__.py, and write its models;
  2. add it to a tier of the contract "Modules stand in tiers" in pyproject.toml;
  3. invoke app.db.upgrade && invoke app.documents
  4. make check test
"""


@task(
    positional=["name"],
    help={
        "name": "The plural in snake case, such as field_trips.",
        "singular": "The singular, if it is not the plural without its s.",
    },
)
def crud_module(_context: Any, name: str, singular: str = "") -> None:
    """Write a module whose rows can be listed, created, read, changed and deleted."""
    words = vocabulary(name, singular)
    files = dict(render_files(words))
    present = [str(path) for path in files if path.exists()]
    if present:
        raise Exit(f"{', '.join(present)} exists already.", 1)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    enable(name)
    format_files(files)
    print(NEXT_STEPS.format(name=name, inis=", ".join(INIS)))


def vocabulary(plural: str, singular: str = "") -> dict[str, str]:
    """Return the words that the templates insert: the noun, its plural, its class name.

    Raises:
        Exit: The name is no plural in snake case.

    >>> words = vocabulary("field_trips")
    >>> words["singular"], words["Singular"], words["a_noun"]
    ('field_trip', 'FieldTrip', 'a field trip')
    """
    singular = singular or re.sub(r"ies\Z", "ys", plural).removesuffix("s")
    if not NAME.match(plural) or not NAME.match(singular) or plural == singular:
        raise Exit("Name it by a plural in snake case, such as field_trips.", 1)
    noun, nouns = singular.replace("_", " "), plural.replace("_", " ")
    a_noun = f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
    return {
        "plural": plural,
        "singular": singular,
        "Singular": singular.title().replace("_", ""),
        "PLURAL": plural.upper(),
        "SINGULAR": singular.upper(),
        "Plural": nouns.capitalize(),
        "noun": noun,
        "nouns": nouns,
        "a_noun": a_noun,
        "A_noun": a_noun.capitalize(),
    }


def render_files(words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of each file of the module."""
    plural = words["plural"]
    for part in PARTS:
        yield Path(f"houston/modules/{plural}/{part}.py"), render(f"{part}.py", words)
    yield Path(f"tests/factories/{plural}.py"), render("factory.py", words)
    yield Path(f"tests/functional/{plural}/test_{plural}.py"), render("test.py", words)
    yield Path(f"tests/permissions/expected/{plural}.py"), render("expected.py", words)
    head, revision = migrations.head_and_next(migrations.config("sqlite://"))
    numbers = {"revision": revision, "down_revision": head or ""}
    yield Path(f"alembic/versions/{revision}_{plural}.py"), render("migration.py", words | numbers)


def render(name: str, words: dict[str, str]) -> str:
    """Render the template of a file."""
    return TEMPLATES.get_template(f"{name}.j2").render(words)


def enable(name: str) -> None:
    """Add the module to `houston.modules` in the ini files."""
    for ini in map(Path, INIS):
        text = ini.read_text()
        ini.write_text(MODULES.sub(rf"\1 {name}", text))


def format_files(paths: Iterable[Path]) -> None:
    """Sort imports and wrap lines, whose length depends on the name; do nothing without ruff."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        return
    for command in (["check", "--quiet", "--fix", "--select", "I"], ["format", "--quiet"]):
        subprocess.run([ruff, *command, *map(str, paths)], check=True)  # noqa: S603
