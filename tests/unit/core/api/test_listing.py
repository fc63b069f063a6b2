"""Lists on both databases: orders, rights, private columns, and columns that are expressions."""

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, ForeignKey, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from houston.core.api.listing import Listing, Page
from houston.core.api.search.fields import PointField
from houston.core.api.search.names import Dynamic, RelatedRows
from houston.core.db.session import Database, Session
from houston.core.db.types import UtcDateTime
from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.services import Services
from houston.domain.roles import Role
from tests.unit.core.api.ark import ADA, EVE, identity

EARLY, LATE = (datetime(year, 1, 1, tzinfo=timezone.utc) for year in (2020, 2021))


class Base(DeclarativeBase):
    pass


class Moment(Base):
    __tablename__ = "test_moment"
    id: Mapped[int] = mapped_column(primary_key=True)
    datetime: Mapped[datetime] = mapped_column(UtcDateTime())


class Report(Base):
    __tablename__ = "test_report"
    guid: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    comments: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    owner_guid: Mapped[UUID]
    moment_id: Mapped[int | None] = mapped_column(ForeignKey("test_moment.id"))
    pages: Mapped[list["Sheet"]] = relationship()


class Sheet(Base):
    __tablename__ = "test_sheet"
    guid: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    text: Mapped[str]
    report_guid: Mapped[UUID] = mapped_column(ForeignKey("test_report.guid"))


REPORT = Report.__table__.c
OWNER = LocalRole("the owner", Report, Report.owner_guid == Caller.guid)
GRANTS = (Grant(OWNER, (Permission.READ,)), Grant(Role.ADMIN, (Permission.READ,)))
NUMBER = select(func.count()).where(Sheet.report_guid == Report.guid).scalar_subquery()
REPORTS = Listing(
    select(
        *(REPORT[name] for name in ("guid", "name", "comments", "latitude")),
        Moment.datetime,
        NUMBER.label("number"),
    ).outerjoin_from(Report, Moment),
    sort=("guid", "name", "number", "comments"),
    words=("name", "comments"),
    fields={
        "place": PointField(Report.latitude, Report.longitude),
        "pages": RelatedRows(Report.pages.any, {"text": Sheet.text}),
        "custom": Dynamic(lambda services, db, name: Report.comments if name == "notes" else None),
    },
    order_by={
        "time.datetime": Moment.datetime,
        "regionName_keyword": func.lower(Report.name),
    },
    grants=GRANTS,
    rights={"has_view": Permission.READ},
    restricts=False,
    private=("comments", "latitude", "place", "pages", "custom"),
)
QUERY = {"limit": 10, "offset": 0, "sort": "primary", "reverse": False}
ADMIN, ADAS, EVES = identity(UUID(int=9), Role.ADMIN), identity(ADA), identity(EVE)
List = Callable[..., Page]


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """Yield a session on each database, with a report of Ada and two of Eve."""
    Base.metadata.create_all(engine)
    with Database(engine).transaction() as session:
        session.add_all([Moment(id=1, datetime=LATE), Moment(id=2, datetime=EARLY)])
        session.flush()
        for number, (name, owner, moment, pages) in enumerate(
            [("beta", ADA, 1, 2), ("Alpha", EVE, None, 3), ("gamma", EVE, 2, 0)], start=1
        ):
            report = Report(
                guid=UUID(int=number),
                name=name,
                comments=f"secret of {name}",
                latitude=number,
                longitude=number,
                owner_guid=owner,
                moment_id=moment,
                pages=[Sheet(text=f"page {page} of {name}") for page in range(pages)],
            )
            session.add(report)
        yield session
    Base.metadata.drop_all(engine)


@pytest.fixture
def reports(db: Session) -> List:
    """Return a function that returns a page of reports."""

    def page(caller: Any = ADMIN, search: Any = None, **query: Any) -> Page:
        return REPORTS.page(db, caller, QUERY | query, search, services=Services())

    return page


def names(page: Page) -> list[str]:
    return [row.name for row in page.rows]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("primary", ["beta", "Alpha", "gamma"]),
        ("unknown", ["beta", "Alpha", "gamma"]),
        ("unknown.column", ["beta", "Alpha", "gamma"]),
        ("elasticsearch.regionName_keyword", ["Alpha", "beta", "gamma"]),
        ("regionname_KEYWORD", ["Alpha", "beta", "gamma"]),
        ("number", ["gamma", "beta", "Alpha"]),
    ],
)
def test_order(reports: List, sort: str, order: list[str], *, reverse: bool) -> None:
    expected = order[::-1] if reverse else order
    assert names(reports(sort=sort, reverse=reverse)) == expected
    page = reports(sort=sort, reverse=reverse, limit=1, offset=1)
    assert (names(page), page.total) == (expected[1:2], 3)
    found = reports(sort=sort, reverse=reverse, search={"exists": {"field": "pages.text"}})
    assert names(found) == [name for name in expected if name != "gamma"]


@pytest.mark.parametrize(
    ("reverse", "order"),
    [(False, ["gamma", "beta", "Alpha"]), (True, ["beta", "gamma", "Alpha"])],
)
def test_rows_without_a_value_are_last(reports: List, order: list[str], *, reverse: bool) -> None:
    assert names(reports(sort="time.datetime", reverse=reverse)) == order


def test_columns_of_rows(reports: List) -> None:
    beta, *_ = reports(ADAS).rows
    assert beta._mapping == {
        "guid": UUID(int=1),
        "name": "beta",
        "comments": "secret of beta",
        "latitude": 1,
        "datetime": LATE,
        "number": 2,
        "has_view": True,
    }


@pytest.mark.parametrize(
    ("caller", "readable"),
    [
        (None, set()),
        (ADAS, {"beta"}),
        (EVES, {"Alpha", "gamma"}),
        (ADMIN, {"beta", "Alpha", "gamma"}),
    ],
)
class TestPrivateColumns:
    def test_are_null_in_rows_that_the_caller_may_not_read(
        self, reports: List, caller: Any, readable: set[str]
    ) -> None:
        page = reports(caller)
        assert page.total == 3
        assert {row.name for row in page.rows if row.has_view} == readable
        for row in page.rows:
            shown = row.comments is not None, row.latitude is not None
            assert shown == (row.has_view, row.has_view)

    @pytest.mark.parametrize(
        "search",
        [
            {"match": {"comments": "secret"}},
            {"exists": {"field": "place"}},
            {"geo_distance": {"distance": "1000km", "place": "2,2"}},
            {"match": {"custom.notes": "secret"}},
        ],
    )
    def test_do_not_find_other_rows(
        self, reports: List, caller: Any, readable: set[str], search: Any
    ) -> None:
        assert set(names(reports(caller, search))) == readable
        absent = {"bool": {"must_not": [search]}}
        assert set(names(reports(caller, absent))) == {"beta", "Alpha", "gamma"} - readable

    def test_related_rows_are_private_too(
        self, reports: List, caller: Any, readable: set[str]
    ) -> None:
        for search in (
            {"match": {"pages.text": "page"}},
            {"nested": {"path": "pages", "query": {"match": {"pages.text": "page"}}}},
        ):
            assert set(names(reports(caller, search))) == readable - {"gamma"}

    def test_words_do_not_find_other_rows(
        self, db: Session, reports: List, caller: Any, readable: set[str]
    ) -> None:
        page = REPORTS.page(db, caller, QUERY | {"search": "secret"})
        assert set(names(page)) == readable
        page = REPORTS.page(db, caller, QUERY | {"search": "gamma"})
        assert names(page) == ["gamma"]

    def test_do_not_order_other_rows(self, reports: List, caller: Any, readable: set[str]) -> None:
        order = ["Alpha", "beta", "gamma"]
        hidden = [name for name in ("beta", "Alpha", "gamma") if name not in readable]
        expected = [name for name in order if name in readable] + hidden
        assert names(reports(caller, sort="comments")) == expected


def test_expressions_are_computed_for_the_rows_of_a_page_only(db: Session) -> None:
    counted, calls = counter(db)
    listing = Listing(select(*REPORT, counted.label("seen")), sort=("name", "seen"))
    page = listing.page(db, None, QUERY | {"sort": "name", "limit": 1, "offset": 1})
    assert (names(page), calls()) == (["beta"], 1)


def counter(db: Session) -> tuple[Any, Callable[[], int]]:
    """Return an expression, and the function that returns how often the database computed it."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("CREATE TEMPORARY SEQUENCE seen"))
        return func.nextval("seen"), lambda: db.scalar(text("SELECT last_value FROM seen")) or 0
    calls: list[str] = []
    driver: Any = db.connection().connection.driver_connection
    driver.create_function("seen", 1, lambda name: calls.append(name) or name)
    return func.seen(Report.name), lambda: len(calls)


def test_narrowed_list_has_the_same_columns(db: Session) -> None:
    narrowed = REPORTS.where(Report.name == "gamma")
    page = narrowed.page(db, ADAS, QUERY | {"sort": "time.datetime"})
    assert [(row.name, row.number, row.has_view) for row in page.rows] == [("gamma", 0, False)]
    assert page.total == 1


def test_names_of_private_columns_are_checked() -> None:
    with pytest.raises(ValueError, match="coments"):
        Listing(select(*REPORT), sort=("name",), private=("coments",))


def test_orders_are_documented_by_name() -> None:
    assert REPORTS.sort == (
        "guid",
        "name",
        "number",
        "comments",
        "time.datetime",
        "regionName_keyword",
    )


@pytest.mark.parametrize(("caller", "expected"), [(None, []), (ADAS, ["beta"])])
def test_list_with_grants_has_readable_rows_unless_it_says_otherwise(
    db: Session, caller: Any, expected: list[str]
) -> None:
    listing = Listing(select(*REPORT), sort=("name",), grants=GRANTS)
    page = listing.page(db, caller, QUERY)
    assert (names(page), page.total) == (expected, len(expected))
