"""Two simultaneous requests with one e-mail: one is kept, and neither is an error."""

from typing import Any

from pyramid.router import Router
from sqlalchemy import select

from houston.core.services import services_of
from houston.modules.account_requests.models import AccountRequest
from houston.modules.account_requests.services import create_account_request
from houston.modules.audit_logs.models import AuditLog
from tests.functional.at_once import at_once, committing


def test_one_is_kept(app: Router, database_url: str) -> None:
    def ask(name: str) -> Any:
        return lambda db: create_account_request(
            services_of(app), db, name, "ada@example.org", None
        )

    with committing(database_url, (AccountRequest, AuditLog)) as factory:
        at_once(factory, ask("Ada"), ask("Eve"))
        with factory.begin() as db:
            assert db.scalars(select(AccountRequest.name)).all() == ["Ada"]
