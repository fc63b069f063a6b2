"""The session of a request, which lives and dies with the request's transaction.

zope.sqlalchemy joins a session to the transaction manager. Its own `register` would add seven
listeners to every session; here one stands on the class and finds the manager in
`session.info`. A session without a manager (a job, a script) is committed by its owner.
"""

from typing import Any

import zope.sqlalchemy.datamanager as datamanager
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import event
from sqlalchemy.orm import Session as BaseSession
from sqlalchemy.orm import sessionmaker

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READING_KEY = "houston.reading"
"""Where the registry has the addresses of which no method writes."""


class Session(BaseSession):
    """Every session of Houston, with the listeners that belong to it."""


@event.listens_for(Session, "after_begin")
@event.listens_for(Session, "after_attach")
def _join_transaction(session: Session, *_: Any) -> None:
    """Join at the first statement, and at the first object, which is not yet a statement."""
    manager = session.info.get("transaction_manager")
    if manager is not None:
        datamanager.join_transaction(session, session.info["initial_state"], manager)


def session_factories(read_engine: Any, write_engine: Any, **options: Any) -> dict[str, Any]:
    """The two factories of the registry: for requests that only read, and for all else."""
    return {
        "houston.db.read_session_factory": sessionmaker(read_engine, class_=Session, **options),
        "houston.db.session_factory": sessionmaker(write_engine, class_=Session, **options),
    }


def request_session(request: Request) -> Session:
    """The session of this request, joined to its transaction at the first statement.

    The session of one that only reads is never committed. Any other's counts as changed from the
    start, so that a statement which the unit of work did not see is kept too. Whoever has to know
    who is behind a session finds the request in its `info`.
    """
    if only_reads(request):
        key, state = "houston.db.read_session_factory", datamanager.STATUS_ACTIVE
    else:
        key, state = "houston.db.session_factory", datamanager.STATUS_CHANGED
    session: Session = request.registry[key]()
    session.info.update(request=request, transaction_manager=request.tm, initial_state=state)
    return session


def only_reads(request: Request) -> bool:
    """Whether it has a safe method, or one that is safe at its address, as POST of a search is."""
    if request.method in SAFE_METHODS:
        return True
    route = request.matched_route
    return route is not None and route.pattern in request.registry.get(READING_KEY, ())


def commit_veto(request: Request, response: Response) -> bool:
    """Whether to forget what was written: an error must not leave traces.

    A refusal that has to be remembered, such as that of a stolen token, says so by
    `keep_changes`.
    """
    return response.status_int >= 400 and not request.keep_changes
