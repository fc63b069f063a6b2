"""The commands: `houston TASK` where the package is installed, `invoke TASK` in a checkout.

Both run the collection below. `houston --list` prints the tasks and `houston --help TASK` the
options of one. Most take `--config`, the ini file; the default is `$HOUSTON_INI`, then
development.ini.
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
    """Run the `houston` command with the arguments of the process."""
    arguments = sys.argv
    if arguments[2:] == ["--help"]:
        # invoke would take it for the task's first positional argument.
        arguments = [arguments[0], "--help", arguments[1]]
    Program(name="houston", namespace=namespace, version=version("houston")).run(arguments)
