"""The Swagger document, and client packages generated from it."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from invoke import Exit, task

from houston.core.api.openapi import swagger
from houston.core.json import dumps
from houston.scripts.application import CONFIG_HELP, registry_of

GENERATORS = {
    "python": ("python", "packageName=houston_client,packageVersion={version}"),
    "javascript": (
        "javascript",
        "projectName=houston-client,projectVersion={version},usePromises=true",
    ),
    "typescript": ("typescript-axios", "npmName=houston-client,npmVersion={version}"),
}
# The generators for Python and TypeScript take a schema without a type for an object.
ANY_VALUE = {
    "python": ("--schema-mappings=AnyValue=object",),
    "javascript": (),
    "typescript": ("--type-mappings=object=any",),
}
PYTHON_OBJECT = "houston_client/models/object.py"
OBJECT = '"""The type of any value, which the generator imports as a model."""\n\nobject = object\n'
NO_JAVA = "openapi-generator needs Java 11 or newer, and there is no `java` on the PATH."


def swagger_json(config: str | None) -> bytes:
    """Return the Swagger document of the application."""
    return dumps(swagger(registry_of(config)))


@task(default=True, help=CONFIG_HELP)
def export(_context: Any, config: str | None = None) -> None:
    """Print the Swagger document."""
    sys.stdout.buffer.write(swagger_json(config) + b"\n")


@task(
    help={
        **CONFIG_HELP,
        "language": "One of " + ", ".join(GENERATORS),
        "version": "The version of the client package.",
    }
)
def codegen(_context: Any, language: str, version: str, config: str | None = None) -> None:
    """Generate an installable client package in clients/LANGUAGE/dist."""
    if language not in GENERATORS:
        raise Exit(f"--language must be one of {', '.join(GENERATORS)}", 1)
    target = Path("clients") / language / "dist"
    generate(swagger_json(config), language, version, target)
    print(f"The client is in {target}; its README.md explains its use.")


def generate(document: bytes, language: str, version: str, target: Path) -> None:
    """Run openapi-generator for a language of `GENERATORS`; exit if it is missing, or fails."""
    java = shutil.which("java")
    if java is None:
        raise Exit(NO_JAVA, 1)
    package = find_spec("openapi_generator_cli")
    if package is None or package.origin is None:
        raise Exit("openapi-generator is not installed: pip install openapi-generator-cli", 1)
    jar = Path(package.origin).parent / "openapi-generator.jar"
    generator, properties = GENERATORS[language]
    with TemporaryDirectory() as folder:
        source = Path(folder) / "swagger.json"
        source.write_bytes(document)
        command = [java, "-jar", str(jar), "generate", "-i", str(source), "-g", generator]
        filled = properties.format(version=version)
        options = ["-o", str(target), f"--additional-properties={filled}", *ANY_VALUE[language]]
        done = subprocess.run([*command, *options], capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        raise Exit(f"openapi-generator failed:\n{done.stdout}\n{done.stderr}", 1)
    if language == "python":
        (target / PYTHON_OBJECT).write_text(OBJECT)
