"""Writing a new module: it registers, migrates and passes the suite before a line is changed."""

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
    autoescape=False,  # noqa: S701 # nosec B701 - what is written is Python
)
INIS = ("development.ini", "production.ini", "testing.ini")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
MODULES = re.compile(r"^(houston\.modules =.*(?:\n[ \t]+\S.*)*)", re.M)
PARTS = ("__init__", "models", "schemas", "resources", "services", "views")
NEXT_STEPS = """\
{name} is written, and enabled in {inis}. Next:
  1. say in houston/modules/{name}/__init__.py what it is, and shape its models;
  2. invoke app.db.upgrade && invoke app.documents
  3. make check test
"""


@task(
    positional=["name"],
    help={
        "name": "The plural in snake case, such as field_trips.",
        "singular": "The singular, where it is more than the plural without its s.",
    },
)
def crud_module(_context: Any, name: str, singular: str = "") -> None:
    """Write a module of rows that can be listed, added, read, changed and removed."""
    words = vocabulary(name, singular)
    files = dict(rendered(words))
    present = [str(path) for path in files if path.exists()]
    if present:
        raise Exit(f"There is {', '.join(present)} already.", 1)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    enable(name)
    tidy(files)
    print(NEXT_STEPS.format(name=name, inis=", ".join(INIS)))


def vocabulary(plural: str, singular: str = "") -> dict[str, str]:
    """The words of the templates; ends the task for a name that no module can have."""
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
        "Plural": nouns.capitalize(),
        "noun": noun,
        "nouns": nouns,
        "a_noun": a_noun,
        "A_noun": a_noun.capitalize(),
    }


def rendered(words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Each file that is to be written, with its text."""
    plural = words["plural"]
    for part in PARTS:
        yield Path(f"houston/modules/{plural}/{part}.py"), fill(f"{part}.py", words)
    yield Path(f"tests/factories/{plural}.py"), fill("factory.py", words)
    yield Path(f"tests/functional/{plural}/test_{plural}.py"), fill("test.py", words)
    yield Path(f"tests/permissions/expected/{plural}.py"), fill("expected.py", words)
    head, revision = migrations.head_and_next(migrations.config("sqlite://"))
    numbers = {"revision": revision, "down_revision": head or ""}
    yield Path(f"alembic/versions/{revision}_{plural}.py"), fill("migration.py", words | numbers)


def fill(name: str, words: dict[str, str]) -> str:
    """The text of a template."""
    return TEMPLATES.get_template(f"{name}.j2").render(words)


def enable(name: str) -> None:
    """Add the module to the ini files."""
    for ini in map(Path, INIS):
        text = ini.read_text()
        ini.write_text(MODULES.sub(rf"\1 {name}", text))


def tidy(paths: Iterable[Path]) -> None:
    """Format what was written: how long lines are depends on the name."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        return
    for command in (["check", "--quiet", "--fix", "--select", "I"], ["format", "--quiet"]):
        subprocess.run([ruff, *command, *map(str, paths)], check=True)  # noqa: S603
