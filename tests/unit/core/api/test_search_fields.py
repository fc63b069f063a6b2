"""Fields of searches on both databases: points, values in JSON, related rows, fields on demand."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import JSON, Engine, ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from houston.core.api.search import condition_of
from houston.core.api.search.fields import (
    BooleanField,
    GuidField,
    InstantField,
    KeywordField,
    NumberField,
    PointField,
    TextField,
)
from houston.core.api.search.json_values import JsonMember, json_value
from houston.core.api.search.names import Dynamic, RelatedRows
from houston.core.db.session import Database, Session
from houston.core.errors import BadRequest
from houston.core.services import Services

GUID = "0c5c9b3d-4d6a-4be1-b0b5-f4f6bb1f9a7e"
AWKWARD = "a\"b\\ö.$[0] ' % :x"
KINDS = {
    "text": TextField,
    "keyword": KeywordField,
    "number": NumberField,
    "boolean": BooleanField,
    "instant": InstantField,
    "guid": GuidField,
    "point": PointField,
    AWKWARD: KeywordField,
}
POINTS = {
    "Nairobi": (-1.2864, 36.8172),
    "Mombasa": (-4.0435, 39.6682),
    "Fiji east": (-17.0, 179.99),
    "Fiji west": (-17.0, -179.99),
    "North Pole": (90.0, 12.0),
    "near North Pole": (89.9, -100.0),
    "no point": (None, None),
    "half a point": (1.0, None),
}


class Base(DeclarativeBase):
    pass


class Pod(Base):
    __tablename__ = "test_pod"
    name: Mapped[str] = mapped_column(primary_key=True)
    whales: Mapped[list["Whale"]] = relationship(back_populates="pod")


class Whale(Base):
    __tablename__ = "test_whale"
    name: Mapped[str] = mapped_column(primary_key=True)
    sex: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    custom: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    pod_name: Mapped[str | None] = mapped_column(ForeignKey("test_pod.name"))
    pod: Mapped[Pod | None] = relationship(back_populates="whales")


def make(_services: Services, _db: Session, name: str) -> Any:
    return json_value(Whale.custom, name, KINDS[name]) if name in KINDS else None


FIELDS = {
    "name": Whale.name,
    "name.of.whale": KeywordField(Whale.name),
    "place": PointField(Whale.latitude, Whale.longitude),
    "custom": Dynamic(make),
    "moment": json_value(JsonMember(Whale.custom, "moment"), "time", InstantField),
}
POD_FIELDS = {
    "name": Pod.name,
    "whales": RelatedRows(
        Pod.whales.any,
        {
            **FIELDS,
            "sex": KeywordField(Whale.sex),
            "pod": RelatedRows(Whale.pod.has, {"name": KeywordField(Pod.name)}),
        },
    ),
}
Find = Callable[..., set[str]]


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """Yield a session on each database, with empty tables."""
    Base.metadata.create_all(engine)
    with Database(engine).transaction() as session:
        yield session
    Base.metadata.drop_all(engine)


@pytest.fixture
def find(db: Session) -> Find:
    """Return a function that returns the names of the whales that a query finds."""

    def search(query: Any) -> set[str]:
        condition = condition_of(query, FIELDS, Services(), db)
        return set(db.scalars(select(Whale.name).where(condition)))

    return search


@pytest.fixture
def placed(db: Session, find: Find) -> Find:
    """Return `find` for whales at some points."""
    for name, (latitude, longitude) in POINTS.items():
        db.add(Whale(name=name, latitude=latitude, longitude=longitude))
    db.flush()
    return find


def near(distance: Any, place: Any, **members: Any) -> Any:
    return {"geo_distance": {"distance": distance, "place": place, **members}}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (near("50km", {"lat": -1.3, "lon": 36.8}), {"Nairobi"}),
        (near("500 km", {"lat": -1.3, "lon": 36.8}), {"Nairobi", "Mombasa"}),
        (near("400km", {"lat": -1.3, "lon": 36.8}), {"Nairobi"}),
        (near(50000, "-1.3, 36.8"), {"Nairobi"}),
        (near(50000.5, [36.8, -1.3]), {"Nairobi"}),
        (near("31mi", {"lat": "-1.3", "lon": "36.8"}), {"Nairobi"}),
        (near("0m", {"lat": -1.2864, "lon": 36.8172}), {"Nairobi"}),
        (near("1cm", {"lat": -1.28641, "lon": 36.8172}), set()),
        (near("120cm", {"lat": -1.28641, "lon": 36.8172}), {"Nairobi"}),
        (near("100cm", {"lat": -1.28641, "lon": 36.8172}), set()),
        (near("4ft", [36.8172, -1.28641]), {"Nairobi"}),
        (near("3km", {"lat": -17, "lon": 180}), {"Fiji east", "Fiji west"}),
        (near("3km", {"lat": -17, "lon": -180}), {"Fiji east", "Fiji west"}),
        (near("3km", {"lat": -17, "lon": 179.99}), {"Fiji east", "Fiji west"}),
        (near("3km", {"lat": -17, "lon": 180.01}), {"Fiji east", "Fiji west"}),
        (near("1km", {"lat": -17, "lon": 179.99}), {"Fiji east"}),
        (near("12km", {"lat": 90, "lon": 0}), {"North Pole", "near North Pole"}),
        (near("12km", {"lat": 89.95, "lon": 80}), {"North Pole"}),
        (near("17km", {"lat": 89.95, "lon": 80}), {"North Pole", "near North Pole"}),
        (near("20016km", {"lat": 0, "lon": 0}), set(POINTS) - {"no point", "half a point"}),
        (
            near("19000km", {"lat": -90, "lon": 0}),
            set(POINTS) - {"no point", "half a point", "North Pole", "near North Pole"},
        ),
        (
            near(
                "50km",
                {"lat": -1.3, "lon": 36.8},
                distance_type="plane",
                validation_method="COERCE",
                ignore_unmapped=True,
                _name="x",
            ),
            {"Nairobi"},
        ),
        (near("50km", {"lat": None, "lon": None}), set(POINTS)),
        (near("50km", {"lat": 1, "lon": ""}), set(POINTS)),
        (near("50km", None), set(POINTS)),
        (near(None, {"lat": 1, "lon": 1}), set(POINTS)),
        ({"geo_distance": {"distance": "1km", "shoe": "1,1"}}, set()),
        ({"exists": {"field": "place"}}, set(POINTS) - {"no point", "half a point"}),
        ({"match": {"place": None}}, {"no point", "half a point"}),
        ({"query_string": {"query": "*pole*"}}, {"North Pole", "near North Pole"}),
    ],
)
def test_points_are_found_by_distance(placed: Find, query: Any, found: set[str]) -> None:
    assert placed(query) == found


def box(**corners: Any) -> Any:
    return {"geo_bounding_box": {"place": corners}}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (box(top_left="-1,36", bottom_right="-2,37"), {"Nairobi"}),
        (box(top_left=[36, -1], bottom_right={"lat": -5, "lon": 40}), {"Nairobi", "Mombasa"}),
        (box(top_right="-1,37", bottom_left="-2,36"), {"Nairobi"}),
        (box(top=-1, left=36, bottom=-2, right=37), {"Nairobi"}),
        (box(top_left="-1.2864,36.8172", bottom_right="-1.2864,36.8172"), {"Nairobi"}),
        (box(top_left="0,179", bottom_right="-20,-179"), {"Fiji east", "Fiji west"}),
        (box(top_left="0,179", bottom_right="-20,180"), {"Fiji east"}),
        (box(top_left="0,179", bottom_right="-20,181"), {"Fiji east", "Fiji west"}),
        (
            box(top_left="90,-180", bottom_right="-90,180"),
            set(POINTS) - {"no point", "half a point"},
        ),
        (box(top_left="90,-180", bottom_right=None), set(POINTS)),
        (box(top=None, left=36, bottom=-2, right=37), set(POINTS)),
    ],
)
def test_points_are_found_in_areas(placed: Find, query: Any, found: set[str]) -> None:
    assert placed(query) == found


@pytest.mark.parametrize(
    ("query", "named"),
    [
        (near("50 parsec", "1,1"), "`place`"),
        (near("-5km", "1,1"), "`place`"),
        (near(True, "1,1"), "`place`"),
        (near(float("nan"), "1,1"), "`place`"),
        (near("5km", "91,1"), "`place`"),
        (near("5km", "1,1000"), "`place`"),
        (near("5km", "1"), "`place`"),
        (near("5km", "1,2,3"), "`place`"),
        (near("5km", [1]), "`place`"),
        (near("5km", [[1], 2]), "`place`"),
        (near("5km", {"lat": 1}), "`place`"),
        (near("5km", {"lat": True, "lon": 1}), "`place`"),
        (near("5km", "1,1", other="1,1"), "`geo_distance`"),
        ({"geo_distance": {"distance": "5km"}}, "`geo_distance`"),
        ({"geo_distance": []}, "`geo_distance`"),
        ({"geo_distance": {"distance": "5km", "name": "1,1"}}, "`name`"),
        (box(top_left="1,1"), "`place`"),
        (box(top_left="1,1", top_right="1,2"), "`place`"),
        (box(top_left="1,1", bottom_right="2,2"), "`place`"),
        ({"geo_bounding_box": {"place": 5}}, "`place`"),
        ({"geo_bounding_box": {"name": {"top_left": "1,1", "bottom_right": "0,2"}}}, "`name`"),
        ({"match": {"place": "1,1"}}, "`place`"),
        ({"range": {"place": {"gt": 1}}}, "`place`"),
    ],
)
def test_geographic_clause_that_is_not_valid_is_refused(query: Any, named: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        condition_of(query, FIELDS)
    assert named in refusal.value.message


@pytest.fixture
def described(db: Session, find: Find) -> Find:
    """Return `find` for whales with values in JSON: good, other, and of other kinds."""
    values = {
        "good": {
            "text": "Humpback of Ödland",
            "keyword": ["Red", "Green"],
            "number": [10, 30],
            "boolean": True,
            "instant": "2020-05-01T23:00:00.000000-02:00",
            "guid": GUID,
            "point": [-17.0, 179.99],
            AWKWARD: "found",
            "moment": {"time": "2020-01-02T00:00:00Z", "timeSpecificity": "day"},
        },
        "other": {
            "text": "minke",
            "keyword": ["greenish", None, 7],
            "number": 9.5,
            "boolean": False,
            "instant": "2020-05-01T00:00:00+00:00",
            "guid": GUID.replace("0", "1"),
            "point": [1, 2],
            AWKWARD: "lost",
            "moment": {"time": "2020-03-02T00:00:00Z", "timeSpecificity": "day"},
        },
        "odd": {
            "text": {"Humpback": "Humpback"},
            "keyword": [],
            "number": "10",
            "boolean": 1,
            "instant": "2020-13-01T00:00:00+00:00",
            "guid": "x",
            "point": ["a", None],
            "moment": "2020-01-02T00:00:00Z",
        },
        "null": dict.fromkeys(KINDS),
        "empty": {},
    }
    db.add_all(Whale(name=name, custom=custom) for name, custom in values.items())
    db.flush()
    return find


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"match": {"custom.text": "humpback x"}}, {"good"}),
        ({"wildcard": {"custom.text": "*mink*"}}, {"other"}),
        ({"exists": {"field": "custom.text"}}, {"good", "other"}),
        (
            {"bool": {"must_not": {"match": {"custom.text": "minke"}}}},
            {"good", "odd", "null", "empty"},
        ),
        ({"match": {"custom.keyword": "green"}}, {"good"}),
        ({"terms": {"custom.keyword": ["red", "7"]}}, {"good", "other"}),
        ({"term": {"custom.keyword": None}}, {"odd", "null", "empty"}),
        ({"match": {"custom.number": 10}}, {"good"}),
        ({"match": {"custom.number": "10"}}, {"good"}),
        ({"range": {"custom.number": {"gt": 9}}}, {"good", "other"}),
        ({"range": {"custom.number": {"gte": 9.5, "lt": 10}}}, {"other"}),
        ({"range": {"custom.number": {"eq": 10}}}, {"good"}),
        ({"range": {"custom.number": {"gt": 10, "lt": 30}}}, set()),
        ({"match": {"custom.boolean": True}}, {"good"}),
        ({"match": {"custom.boolean": "false"}}, {"other"}),
        ({"range": {"custom.instant": {"lte": "2020-05-01"}}}, {"other"}),
        ({"range": {"custom.instant": {"gte": "2020-05-02", "lte": "2020-05-02"}}}, {"good"}),
        ({"range": {"custom.instant": {"eq": "2020-05-02T01:00:00Z"}}}, {"good"}),
        ({"term": {"custom.guid": GUID.upper()}}, {"good"}),
        ({"term": {"custom.guid": "x"}}, set()),
        ({"geo_distance": {"distance": "3km", "custom.point": "-17,180"}}, {"good"}),
        ({"exists": {"field": "custom.point"}}, {"good", "other"}),
        ({"match": {f"custom.{AWKWARD}": "found"}}, {"good"}),
        ({"range": {"moment": {"lte": "2020-01-02"}}}, {"good"}),
        ({"match": {"custom.shoe": "x"}}, set()),
        ({"match": {"custom": "x"}}, set()),
        ({"match": {"custom.": "x"}}, set()),
        (
            {"query_string": {"query": "*minke*", "fields": ["custom.number", "custom.text"]}},
            {"other"},
        ),
    ],
)
def test_values_in_json_are_compared_by_their_kind(
    described: Find, query: Any, found: set[str]
) -> None:
    assert described(query) == found


def test_refusal_of_a_value_in_json_names_the_field() -> None:
    for query in ({"match": {"custom.number": "ten"}}, {"range": {"custom.text": {"gt": "x"}}}):
        with pytest.raises(BadRequest, match=r"`custom\.(number|text)`"):
            condition_of(query, FIELDS, Services(), None)


@pytest.fixture
def find_pods(db: Session) -> Find:
    """Return a function that returns the names of the pods that a query finds."""
    north = [
        Whale(name="Nora", sex="female", custom={"number": 1}),
        Whale(name="Noel", sex="male", custom={"number": 2}),
    ]
    south = [Whale(name="Sol", sex="male", custom={"number": 1})]
    db.add_all([Pod(name="north", whales=north), Pod(name="south", whales=south)])
    db.add(Pod(name="empty", whales=[]))
    db.flush()

    def search(query: Any) -> set[str]:
        condition = condition_of(query, POD_FIELDS, Services(), db)
        return set(db.scalars(select(Pod.name).where(condition)))

    return search


def nested(*queries: Any, path: str = "whales", **members: Any) -> Any:
    return {"nested": {"path": path, "query": {"bool": {"filter": list(queries)}}, **members}}


FEMALE, MALE = {"match": {"whales.sex": "female"}}, {"match": {"whales.sex": "male"}}
FIRST = {"range": {"whales.custom.number": {"lte": 1}}}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (FEMALE, {"north"}),
        (FIRST, {"north", "south"}),
        ({"range": {"whales.custom.number": {"gte": 2, "lte": 2}}}, {"north"}),
        ({"range": {"whales.custom.number": {"gt": 1, "lt": 2}}}, set()),
        ({"bool": {"filter": [MALE, FIRST]}}, {"north", "south"}),
        (nested(MALE, FIRST), {"south"}),
        (nested(FEMALE, FIRST), {"north"}),
        (nested(FEMALE, MALE), set()),
        (nested(FEMALE, score_mode="avg", ignore_unmapped=True), {"north"}),
        (nested(), {"north", "south"}),
        (nested({"bool": {"must_not": [MALE]}}), {"north"}),
        ({"bool": {"must_not": [nested(MALE, FIRST)]}}, {"north", "empty"}),
        ({"bool": {"must_not": [{"exists": {"field": "whales.sex"}}]}}, {"empty"}),
        ({"match": {"whales.pod.name": "north"}}, {"north"}),
        (nested({"match": {"whales.pod.name": "south"}}), {"south"}),
        (nested({"match": {"whales.pod.name": "south"}}, path="whales.pod"), {"south"}),
        (nested(nested({"match": {"whales.pod.name": "south"}}, path="whales.pod")), {"south"}),
        (nested({"query_string": {"query": "*nor*"}}), {"north"}),
        (nested({"match": {"name": "north"}}), set()),
        (nested({"match": {"sex": "male"}}), set()),
        (nested({"match": {"boats.sex": "male"}}, path="boats"), set()),
        (nested(path="name"), set()),
        ({"match": {"whales": "x"}}, set()),
    ],
)
def test_rows_are_found_by_related_rows(find_pods: Find, query: Any, found: set[str]) -> None:
    assert find_pods(query) == found


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"nested": {"path": "whales"}}, "`nested`"),
        ({"nested": {"path": ["whales"], "query": {}}}, "`nested`"),
        ({"nested": {"path": "whales", "query": {}, "depth": 1}}, "`depth`"),
        (nested({"banana": {}}), "`banana`"),
        (nested({"banana": {}}, path="boats"), "`banana`"),
        (nested(*[FEMALE] * 300), "more than"),
    ],
)
def test_nested_query_that_is_not_valid_is_refused(query: Any, named: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        condition_of(query, POD_FIELDS)
    assert named in refusal.value.message


def test_depth_of_nested_queries_is_bounded() -> None:
    query: Any = FEMALE
    for _ in range(9):
        query = {"nested": {"path": "whales", "query": query}}
    with pytest.raises(BadRequest, match="nested more than"):
        condition_of(query, POD_FIELDS)


def test_fields_are_made_by_the_parts_of_the_application(db: Session) -> None:
    services = Services()
    services.add(UUID(GUID))
    asked = []

    def make(services: Services, db: Session, name: str) -> Any:
        asked.append((services[UUID], db, name))

    fields = {"individualNames": Dynamic(make)}
    condition_of({"match": {"individualNames.a.b": "x"}}, fields, services, db)
    assert asked == [(UUID(GUID), db, "a.b")]
