"""The commands: `houston …` where the package is installed, `invoke …` in a checkout.

Both are the one collection below. `houston --list` names the tasks, `houston --help TASK` explains
one. Most take `--config`, the ini file, which is `$HOUSTON_INI` or else development.ini.
"""

import sys
from importlib.metadata import version

from invoke import Collection, Program

from houston.scripts import (
    boilerplates,
    configuration,
    db,
    dependencies,
    documents,
    endpoints,
    env,
    run,
    swagger,
    users,
    worker,
)

namespace = Collection(
    Collection(
        "app",
        run.run,
        db=db,
        users=users,
        swagger=swagger,
        env=env,
        dependencies=dependencies,
        boilerplates=boilerplates,
        config=configuration,
        endpoints=endpoints,
        documents=documents,
    ),
    worker.worker,
)


def main() -> None:
    """The `houston` command."""
    arguments = sys.argv
    if arguments[2:] == ["--help"]:
        # Left where it is, it would be taken for the task's first argument.
        arguments = [arguments[0], "--help", arguments[1]]
    Program(name="houston", namespace=namespace, version=version("houston")).run(arguments)
