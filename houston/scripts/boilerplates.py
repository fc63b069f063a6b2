"""Write a new module from templates.

The result registers, migrates and passes the tests as it is.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
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
    files = render_files(vocabulary(name, singular))
    present = [str(path) for path in files if path.exists()]
    if present:
        raise Exit(f"{', '.join(present)} exists already.", 1)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for ini in map(Path, INIS):
        ini.write_text(MODULES.sub(rf"\1 {name}", ini.read_text()))
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


def render_files(words: dict[str, str]) -> dict[Path, str]:
    """Return the text of each file of the module, by its path."""
    plural = words["plural"]
    head, revision = migrations.head_and_next(migrations.config("sqlite://"))
    words = words | {"revision": revision, "down_revision": head or ""}
    templates = {
        **{f"houston/modules/{plural}/{part}.py": part for part in PARTS},
        f"tests/factories/{plural}.py": "factory",
        f"tests/functional/{plural}/test_{plural}.py": "test",
        f"tests/permissions/expected/{plural}.py": "expected",
        f"alembic/versions/{revision}_{plural}.py": "migration",
    }
    return {
        Path(path): TEMPLATES.get_template(f"{template}.py.j2").render(words)
        for path, template in templates.items()
    }


def format_files(paths: Iterable[Path]) -> None:
    """Sort imports and wrap lines, whose length depends on the name; do nothing without ruff."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        return
    for command in (["check", "--quiet", "--fix", "--select", "I"], ["format", "--quiet"]):
        subprocess.run([ruff, *command, *map(str, paths)], check=True)  # noqa: S603 - no shell
