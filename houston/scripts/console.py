"""The names that `pshell development.ini` offers."""

from typing import Any

from houston.core.db.models import Base

HELP = {
    "db": "The session: db.query(User).all().",
    "tm": "The transaction, begun: tm.commit() keeps the changes, tm.abort() drops them.",
    "services": "The parts of the application by class: services[Passwords].",
}


def setup(env: dict[str, Any]) -> None:
    """Begin a transaction and add the session, the services and every model to the shell.

    `pshell` prints the docstring of each name; first lines are enough there.
    """
    request = env["request"]
    request.tm.begin()
    # The session of a GET is rolled back, and a shell may write.
    request.method = "POST"
    for name, line in HELP.items():
        env[name] = getattr(request, name)
        env[name].__doc__ = line
    for mapper in Base.registry.mappers:
        model = mapper.class_
        model.__doc__ = (model.__doc__ or "").splitlines()[0]
        env[model.__name__] = model
