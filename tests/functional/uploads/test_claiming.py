"""Other modules claim finished files."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from unicodedata import normalize
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.errors import Unprocessable
from houston.core.security.grants import Identity
from houston.modules.uploads.models import Upload
from houston.modules.uploads.naming import NamedUploads
from houston.modules.uploads.services import finished as finished_files
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


def names(uploads: NamedUploads) -> list[str]:
    return list(uploads)


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


def described(path: str) -> str:
    return f"relativePath {b64encode(path.encode()).decode()}"


class TestFilesOfOneName:
    def test_paths_or_numbers_tell_them_apart(self, db: Session) -> None:
        transaction = uuid4()
        paths = ["one/IMG.JPG", "two/IMG.JPG", "null", "one/IMG.JPG"]
        for path in paths:
            values = {"finished": utc_now(), "transaction_guid": transaction}
            UploadFactory(filename="IMG.JPG", description=described(path), **values)
        UploadFactory(filename="IMG (1).JPG", **values)
        found = finished_files(db, None, transaction)
        assert sorted(found) == [
            "IMG (1).JPG",
            "IMG (2).JPG",
            "IMG (3).JPG",
            "IMG (4).JPG",
            "two/IMG.JPG",
        ]
        assert len(found.candidates("IMG.JPG")) == 4
        assert found.candidates("two/IMG.JPG") == ["two/IMG.JPG"]
        check_nothing_to_take(db, None, transaction, ["IMG.JPG"])
        assert names(take(db, None, transaction, ["two/IMG.JPG"])) == ["two/IMG.JPG"]

    def test_long_names(self, db: Session, finished: Finished) -> None:
        long = f"{'x' * 250}.JPEG"
        found = finished_files(db, None, finished(long, long, long))
        assert [len(name) for name in found] == [255, 255, 255]
        assert all(name.endswith(".JPEG") for name in found)

    def test_forms_of_unicode_are_one_name(self, db: Session, finished: Finished) -> None:
        sent = normalize("NFD", "Tårnby Ñu.jpg")
        transaction = finished(sent)
        assert names(take(db, None, transaction, [normalize("NFC", sent)])) == [sent]
