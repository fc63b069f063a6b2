"""What `pshell development.ini` opens with."""

from typing import Any

from houston.core.db.meta import Base


def setup(env: dict[str, Any]) -> None:
    """Begin a transaction and offer the session and the models, each with a line of help."""
    request = env["request"]
    request.tm.begin()
    # Scripts may write: a GET's session would be rolled back.
    request.method = "POST"
    env["db"] = request.db
    env["tm"] = request.tm
    models = {mapper.class_.__name__: mapper.class_ for mapper in Base.registry.mappers}
    env.update(models)
    env["__doc__"] = "\n".join(_help(models))


def _help(models: dict[str, type]) -> list[str]:
    lines = [
        "request  a request, as views have it",
        "db       the session; db.scalars(select(User)).all()",
        "tm       the transaction, begun: tm.commit() keeps, tm.abort() drops",
    ]
    for name, model in sorted(models.items()):
        lines.append(f"{name:9}{(model.__doc__ or '').splitlines()[0]}")
    return lines
