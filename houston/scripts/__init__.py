"""The commands: `houston TASK` where the package is installed, `invoke TASK` in a checkout.

Both run the collection below. `houston --list` prints the tasks and `houston --help TASK` the
options of one. Most take `--config`, the ini file; the default is `$HOUSTON_INI`, then
development.ini.
"""

import sys
from importlib.metadata import version

from invoke import Collection, Program

from houston.scripts import (
    administration,
    boilerplates,
    db,
    documents,
    environment,
    generation,
    integrity,
    swagger,
    users,
)

namespace = Collection(
    Collection(
        "app",
        environment.run,
        db=db,
        users=users,
        integrity=integrity,
        swagger=swagger,
        env=Collection(environment.enter),
        dependencies=Collection(
            environment.install,
            environment.install_python_dependencies,
            environment.install_swagger_ui,
        ),
        boilerplates=boilerplates,
        config=Collection(environment.show),
        endpoints=Collection(environment.list_endpoints),
        dev=Collection(generation.generate_site),
        documents=documents,
        site_settings=Collection(administration.get_setting, administration.set_setting),
        email=Collection(administration.send_mail),
        audit_logs=Collection(administration.print_logs),
        tus=Collection(administration.clean_up),
        client=Collection(administration.compress_client),
    ),
    environment.worker,
)


def main() -> None:
    """Run the `houston` command with the arguments of the process."""
    arguments = sys.argv
    if arguments[2:] == ["--help"]:
        # invoke would take it for the task's first positional argument.
        arguments = [arguments[0], "--help", arguments[1]]
    Program(name="houston", namespace=namespace, version=version("houston")).run(arguments)
