"""Other modules claim finished files."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Unprocessable
from houston.core.security.grants import Identity
from houston.modules.uploads.models import Upload
from houston.modules.uploads.services import take
from tests.factories.uploads import UploadFactory
from tests.factories.users import UserFactory

Finished = Callable[..., UUID]


@pytest.fixture
def finished(db: Session) -> Finished:
    """Return a function that creates a transaction of finished files."""

    def make(*names: str, owner: Identity | None = None) -> UUID:
        transaction = uuid4()
        for name in names:
            UploadFactory(
                filename=name,
                transaction_guid=transaction,
                owner_guid=owner and owner.account.guid,
                finished=utc_now(),
            )
        return transaction

    return make


def new_caller() -> Identity:
    return Identity(UserFactory(), frozenset(), None, "token", uuid4())


def names(uploads: Any) -> list[str]:
    return [upload.filename for upload in uploads]


def left(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Upload)) or 0


def check_nothing_to_take(
    db: Session, caller: Identity | None, transaction: UUID, *options: Any
) -> None:
    before = left(db)
    with pytest.raises(Unprocessable) as refused:
        take(db, caller, transaction, *options)
    assert refused.value.messages is not None
    assert list(refused.value.messages) == ["transactionId"]
    assert left(db) == before


def test_all_files_are_claimed_once(db: Session, finished: Finished) -> None:
    caller = new_caller()
    transaction = finished("b.jpg", "a.jpg", owner=caller)
    assert names(take(db, caller, transaction)) == ["b.jpg", "a.jpg"]
    assert left(db) == 0
    check_nothing_to_take(db, caller, transaction)


def test_named_files_are_claimed_and_others_are_deleted(db: Session, finished: Finished) -> None:
    caller = new_caller()
    transaction = finished("a.jpg", "b.jpg", "c.jpg", owner=caller)
    check_nothing_to_take(db, caller, transaction, ["c.jpg", "d.jpg"])
    assert names(take(db, caller, transaction, ["c.jpg", "a.jpg", "c.jpg"])) == ["c.jpg", "a.jpg"]
    assert left(db) == 0


def test_unfinished_file_cannot_be_claimed(db: Session) -> None:
    transaction = uuid4()
    UploadFactory(transaction_guid=transaction)
    check_nothing_to_take(db, None, transaction)


def test_only_the_owner_claims(db: Session, finished: Finished) -> None:
    transaction = finished("a.jpg", owner=new_caller())
    for caller in (None, new_caller()):
        check_nothing_to_take(db, caller, transaction)


def test_anonymous_files_are_claimed_by_guid(db: Session, finished: Finished) -> None:
    for caller in (None, new_caller()):
        assert names(take(db, caller, finished("a.jpg"))) == ["a.jpg"]


def test_number_of_statements_does_not_grow(
    db: Session, finished: Finished, statements: list[str]
) -> None:
    caller = new_caller()
    transaction = finished(*map(str, range(500)), owner=caller)
    statements.clear()
    assert len(take(db, caller, transaction)) == 500
    assert len(statements) == 2
