"""What `pshell development.ini` opens with."""

from typing import Any

from houston.core.db.meta import Base

SESSION = "The session: db.query(User).all()."
TRANSACTION = "The transaction, begun: tm.commit() keeps what was done, tm.abort() drops it."


def setup(env: dict[str, Any]) -> None:
    """Begin a transaction and offer the session and the models, each with a line of help.

    `pshell` shows the docstrings of what it is given, whole; here their first lines are enough.
    """
    request = env["request"]
    request.tm.begin()
    # Scripts may write: a GET's session would be rolled back.
    request.method = "POST"
    request.db.__doc__, request.tm.__doc__ = SESSION, TRANSACTION
    env["db"], env["tm"] = request.db, request.tm
    for mapper in Base.registry.mappers:
        model = mapper.class_
        model.__doc__ = (model.__doc__ or "").splitlines()[0]
        env[model.__name__] = model
