"""Queries: their results, errors, and safety against SQL injection."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from houston.core.api.search import condition_of
from houston.core.api.search.fields import KeywordField, Related
from houston.core.db.session import Session
from houston.core.errors import BadRequest
from houston.core.jobs import Job, JobState
from houston.modules.annotations.models import Annotation
from houston.modules.teams.models import Team, TeamMember
from houston.modules.users.models import User
from tests.factories.jobs import JobFactory
from tests.factories.teams import TeamFactory
from tests.factories.users import UserFactory

FIELDS = {
    "guid": User.guid,
    "id": User.id,
    "name": User.full_name,
    "username": KeywordField(User.username),
    "location": User.website,
    "is_admin": User.is_admin,
    "created": User.created,
}
NAMES = {"Ada Lovelace", "Grace Hopper", "100% Whale_Shark", "Nemo"}
Find = Callable[[Any], set[str]]


@pytest.fixture
def find(db: Session) -> Find:
    """Return a function that returns the names of the people that match a query."""
    UserFactory(
        full_name="Ada Lovelace",
        username="ada",
        is_admin=True,
        website="Sea of Cortez",
        created=datetime(2020, 5, 1, 23, 59, 59, 999, tzinfo=timezone.utc),
    )
    UserFactory(
        full_name="Grace Hopper",
        username="adaptive",
        website="Kenya",
        created=datetime(2020, 5, 2, tzinfo=timezone.utc),
    )
    UserFactory(
        full_name="100% Whale_Shark",
        username="whale",
        website="",
        created=datetime(2021, 1, 1, tzinfo=timezone.utc),
    )
    UserFactory(full_name="Nemo", username="nemo", website=None)

    def search(query: Any) -> set[str]:
        condition = condition_of(query, FIELDS)
        return set(db.scalars(select(User.full_name).where(condition)))

    return search


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, NAMES),
        ({"match_all": {}}, NAMES),
        ({"bool": {}}, NAMES),
        ({"bool": {"filter": []}}, NAMES),
        ({"match": {"name": "LACE hopp"}}, {"Ada Lovelace", "Grace Hopper"}),
        ({"match": {"name": "%"}}, {"100% Whale_Shark"}),
        ({"match": {"name": "h_l"}}, set()),
        ({"match": {"name": "' OR 1=1 --"}}, {"100% Whale_Shark"} - {"100% Whale_Shark"}),
        ({"match": {"name": ""}}, set()),
        ({"match": {"username": "ada"}}, {"Ada Lovelace"}),
        ({"match": {"is_admin": True}}, {"Ada Lovelace"}),
        ({"match": {"is_admin": "false"}}, NAMES - {"Ada Lovelace"}),
        ({"match": {"location": None}}, {"Nemo"}),
        ({"match": {"guid": "no guid"}}, set()),
        ({"term": {"guid": str(uuid4())}}, set()),
        ({"term": {"name": "ada lovelace"}}, {"Ada Lovelace"}),
        ({"term": {"name": "Ada"}}, set()),
        ({"terms": {"name": ["nemo", "grace hopper", "x"]}}, {"Nemo", "Grace Hopper"}),
        ({"terms": {"location": ["kenya", None]}}, {"Grace Hopper", "Nemo"}),
        ({"terms": {"name": []}}, set()),
        ({"wildcard": {"name": "*LOVE*"}}, {"Ada Lovelace"}),
        ({"wildcard": {"name": "ada?love*"}}, {"Ada Lovelace"}),
        ({"wildcard": {"name": "ada"}}, set()),
        ({"wildcard": {"name": "*e_s*"}}, {"100% Whale_Shark"}),
        ({"wildcard": {"name": "*0%*"}}, {"100% Whale_Shark"}),
        ({"wildcard": {"name": "*\\*"}}, set()),
        ({"wildcard": {"is_admin": "*true*"}}, {"Ada Lovelace"}),
        ({"wildcard": {"username,location": "*a*"}}, NAMES - {"Nemo"}),
        ({"range": {"created": {"lte": "2020-05-01"}}}, {"Ada Lovelace"}),
        ({"range": {"created": {"lt": "2020-05-01"}}}, set()),
        ({"range": {"created": {"gt": "2020-05-02", "lt": "2021-01-02"}}}, {"100% Whale_Shark"}),
        ({"range": {"created": {"eq": "2020-05-01"}}}, {"Ada Lovelace"}),
        ({"term": {"created": "2020-05-02"}}, {"Grace Hopper"}),
        (
            {"range": {"created": {"gte": "2020-05-02T02:00:00+02:00", "lte": "2021-01-01"}}},
            {"Grace Hopper", "100% Whale_Shark"},
        ),
        ({"range": {"id": {"lt": 0.5}}}, set()),
        ({"range": {"id": {"gt": 0}}}, NAMES),
        ({"range": {"id": {"eq": 1.5}}}, set()),
        ({"range": {"created": {}}}, NAMES),
        ({"range": {"created": {"gte": None, "lte": "2020-05-01"}}}, {"Ada Lovelace"}),
        ({"range": {"created": {"gte": None, "lte": None}}}, NAMES),
        ({"exists": {"field": "location"}}, NAMES - {"Nemo"}),
        ({"query_string": {"query": "*ada*", "fields": ["name"]}}, {"Ada Lovelace"}),
        (
            {"query_string": {"query": "*ada*", "fields": ["name", "username"]}},
            {"Ada Lovelace", "Grace Hopper"},
        ),
        ({"query_string": {"query": "*sea nemo*"}}, {"Ada Lovelace", "Nemo"}),
        (
            {"query_string": {"query": "*ada cortez*", "default_operator": "AND"}},
            {"Ada Lovelace"},
        ),
        ({"query_string": {"query": "**", "fields": ["location"]}}, NAMES),
        ({"query_string": {"query": "* *", "fields": ["location"]}}, NAMES),
        ({"query_string": {"query": "", "fields": []}}, NAMES),
        ({"query_string": {"query": "*%*", "fields": ["name", "id"]}}, {"100% Whale_Shark"}),
        ({"query_string": {"query": "*AND*", "fields": ["name"]}}, set()),
        ({"query_string": {"query": "*name:nemo*", "fields": ["name"]}}, set()),
        ({"wildcard": {"location": "**"}}, NAMES),
        ({"wildcard": {"location": "*"}}, NAMES - {"Nemo"}),
        ({"bool": {"should": [{"wildcard": {"name": "**"}}]}}, NAMES),
        ({"match": {"shoe_size": 4}}, set()),
        ({"match": {"name,shoe_size": "nemo"}}, {"Nemo"}),
        ({"term": {"name.keyword": "nemo"}}, set()),
        ({"terms": {"shoe_size": [4, None]}}, set()),
        ({"exists": {"field": "shoe_size"}}, set()),
        ({"range": {"shoe_size": {"gt": 4}}}, set()),
        ({"wildcard": {"": "x"}}, set()),
        ({"exists": {"field": "." * 1000}}, set()),
        ({"query_string": {"query": "*nemo*", "fields": ["shoe_size", "name"]}}, {"Nemo"}),
        ({"bool": {"must_not": [{"match": {"shoe_size": 4}}]}}, NAMES),
        ({"bool": {"must_not": [{"match": {"location": "kenya"}}]}}, NAMES - {"Grace Hopper"}),
        ({"bool": {"must_not": {"term": {"is_admin": True}}}}, NAMES - {"Ada Lovelace"}),
        (
            {"bool": {"filter": [{"match": {"name": "a"}}], "must": {"match": {"name": "l"}}}},
            {"Ada Lovelace", "100% Whale_Shark"},
        ),
        (
            {
                "bool": {
                    "minimum_should_match": 1,
                    "should": [
                        {"term": {"guid": "nemo"}},
                        {"query_string": {"query": "*nemo*", "fields": ["name"]}},
                    ],
                }
            },
            {"Nemo"},
        ),
        (
            {
                "bool": {
                    "minimum_should_match": 2,
                    "should": [
                        {"match": {"name": "a"}},
                        {"match": {"location": "sea"}},
                        {"match": {"location": "kenya"}},
                    ],
                }
            },
            {"Ada Lovelace", "Grace Hopper"},
        ),
        ({"bool": {"should": [{"match": {"name": "nemo"}}]}}, {"Nemo"}),
        ({"bool": {"should": [{"match": {"name": "nemo"}}], "must": []}}, {"Nemo"}),
        ({"bool": {"should": [{"match": {"name": "nemo"}}], "filter": [{}]}}, NAMES),
        ({"bool": {"should": [{}], "minimum_should_match": 2}}, set()),
        ({"bool": {"should": [{"match": {"name": "nemo"}}], "minimum_should_match": 0}}, {"Nemo"}),
    ],
)
def test_results_of_queries(find: Find, query: Any, found: set[str]) -> None:
    assert find(query) == found


@pytest.mark.parametrize(
    ("least", "found"),
    [
        (1, {"Ada Lovelace", "Grace Hopper", "100% Whale_Shark"}),
        ("1", {"Ada Lovelace", "Grace Hopper", "100% Whale_Shark"}),
        (2, {"Ada Lovelace", "Grace Hopper"}),
        ("2", {"Ada Lovelace", "Grace Hopper"}),
        ("50%", {"Ada Lovelace", "Grace Hopper"}),
        ("74%", {"Ada Lovelace", "Grace Hopper"}),
        ("75%", {"Ada Lovelace"}),
        ("100%", set()),
        ("-25%", {"Ada Lovelace"}),
        (-1, {"Ada Lovelace"}),
        ("-2", {"Ada Lovelace", "Grace Hopper"}),
        (0, {"Ada Lovelace", "Grace Hopper", "100% Whale_Shark"}),
        ("10%", {"Ada Lovelace", "Grace Hopper", "100% Whale_Shark"}),
        (-4, {"Ada Lovelace", "Grace Hopper", "100% Whale_Shark"}),
        (-9, {"Ada Lovelace", "Grace Hopper", "100% Whale_Shark"}),
        (5, set()),
    ],
)
def test_number_of_clauses_that_must_be_true(find: Find, least: Any, found: set[str]) -> None:
    clauses = [
        {"match": {"name": "a"}},
        {"match": {"location": "sea kenya"}},
        {"term": {"is_admin": True}},
        {"term": {"name": "nobody"}},
    ]
    query = {"bool": {"should": clauses, "minimum_should_match": least}}
    assert find(query) == found
    assert find({"bool": {"filter": [query]}}) == found


@pytest.mark.parametrize("least", [0, "0", "10%", -4])
def test_clauses_beside_others_may_be_optional(find: Find, least: Any) -> None:
    should = [{"match": {"name": "nobody"}}]
    query = {"filter": [{}], "should": should, "minimum_should_match": least}
    assert find({"bool": query}) == NAMES


@pytest.mark.parametrize(
    "text",
    [
        "AND",
        "OR NOT",
        "a AND",
        "(",
        "[x TO",
        "name:",
        '"',
        "\\",
        "/x/",
        "~2",
        "^",
        "{}",
        "+-!&&||",
        "%_",
    ],
)
def test_typed_text_has_no_syntax(find: Find, text: str) -> None:
    UserFactory(full_name=f"see {text} here")
    query = {"query_string": {"query": f"*{text}*", "fields": ["name"], "default_operator": "AND"}}
    assert f"see {text} here" in find(query)
    assert "Nemo" not in find(query)


def test_guids_match_in_any_case(find: Find, db: Session) -> None:
    (guid,) = db.scalars(select(User.guid).where(User.full_name == "Nemo"))
    for clause in ("match", "term"):
        assert find({clause: {"guid": str(guid).upper()}}) == {"Nemo"}
    assert find({"terms": {"guid": [str(guid), "x", str(uuid4())]}}) == {"Nemo"}
    assert find({"wildcard": {"guid": f"*{guid}*"}}) == {"Nemo"}


def test_choices_match_by_value(db: Session) -> None:
    failed = JobFactory(state=JobState.FAILED)
    JobFactory(state=JobState.DONE)

    def find(query: Any) -> list[Any]:
        return list(db.scalars(select(Job).where(condition_of(query, {"state": Job.state}))))

    assert find({"match": {"state": "Failed"}}) == [failed]
    assert find({"terms": {"state": ["failed", "FAILED", "x"]}}) == [failed]
    assert find({"wildcard": {"state": "fa*"}}) == [failed]
    assert find({"wildcard": {"state": "F?il[e]d"}}) == []
    assert find({"wildcard": {"state": "*a" * 90 + "*x"}}) == []
    assert find({"terms": {"state": ["failed", "lost"]}}) == [failed]
    assert find({"term": {"state": "lost"}}) == []


def test_rows_match_by_related_rows(db: Session) -> None:
    user = UserFactory(full_name="Ada Lovelace")
    found, empty = TeamFactory(leader=user), TeamFactory()
    TeamFactory(leader=UserFactory())
    fields = {
        "leads": Related(TeamMember.is_leader, Team.members.any),
        "since": Related(TeamMember.created, Team.members.any),
        "name": Related(User.full_name, lambda found: Team.members.any(TeamMember.user.has(found))),
    }

    def find(query: Any) -> list[Any]:
        return list(db.scalars(select(Team).where(condition_of(query, fields))))

    assert find({"match": {"name": "lovelace"}}) == [found]
    assert find({"wildcard": {"name": "*lovelace"}}) == [found]
    assert find({"term": {"name": None}}) == [empty]
    assert find({"terms": {"name": ["ada lovelace", None]}}) == [found, empty]
    assert len(find({"exists": {"field": "name"}})) == 2
    assert find({"range": {"since": {"lt": "2000-01-01"}}}) == []
    assert find({"bool": {"must_not": [{"exists": {"field": "name"}}]}}) == [empty]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"fuzzy": {"name": "x"}}, "`fuzzy`"),
        ({"bool": {"filter": [{"banana": {}}]}}, "`banana`"),
        ({"bool": {"may": []}}, "`may`"),
        ({"range": {"id": {"near": 4}}}, "`near`"),
        ({"range": {"id": {"gt": "x"}}}, "`id`"),
        ({"range": {"name": {"gt": "x"}}}, "`name`"),
        ({"range": {"created": {"gt": "2020-13-01"}}}, "`created`"),
        ({"range": {"created": {"lte": "9999-12-31"}}}, "`created`"),
        ({"range": {"created": {"lte": "2020-01-01T00:00:00"}}}, "`created`"),
        ({"terms": {"created": ["2020-01-01"] * 21}}, "`created`"),
        ({"match": {"is_admin": 1}}, "`is_admin`"),
        ({"match": {"id": 10**30}}, "`id`"),
        ({"match": {"id": "NaN"}}, "`id`"),
        ({"match": {"name": "a\0"}}, "`name`"),
        ({"match": {"name": "\ud800"}}, "`name`"),
        ({"match": {"name": "x" * 201}}, "`name`"),
        ({"match": {"name": "x " * 21}}, "`name`"),
        ({"match": {"name": {"query": "x"}}}, "`name`"),
        ({"term": {"name": ["x"]}}, "`name`"),
        ({"terms": {"name": "x"}}, "`terms`"),
        ({"terms": {"guid": ["x"] * 1001}}, "`terms`"),
        ({"wildcard": {"name": 5}}, "`wildcard`"),
        ({"match": {}}, "`match`"),
        ({"match": {"name": "x", "id": 1}}, "`match`"),
        ({"match": "x"}, "`match`"),
        ({"match_all": []}, "`match_all`"),
        ({"exists": {}}, "field"),
        ({"exists": {"field": ["name"]}}, "field"),
        ({"bool": []}, "`bool`"),
        ({"bool": {"filter": [3]}}, "a query"),
        ({"bool": {"filter": "x"}}, "a query"),
        ({"bool": {"minimum_should_match": "most"}}, "`minimum_should_match`"),
        ({"bool": {"minimum_should_match": True}}, "`minimum_should_match`"),
        ({"bool": {"minimum_should_match": 1.5}}, "`minimum_should_match`"),
        ({"bool": {"minimum_should_match": "2<75%"}}, "`minimum_should_match`"),
        ({"query_string": {"query": 5}}, "`query_string`"),
        ({"query_string": {"query": "x " * 21}}, "`query_string`"),
        ({"query_string": {"query": "x", "fields": "name"}}, "`query_string`"),
        ({"query_string": {"query": "x", "default_operator": "XOR"}}, "`query_string`"),
        ({"match": {"name": "x"}, "term": {"name": "x"}}, "a query"),
    ],
)
def test_invalid_query_is_refused_by_name(query: Any, named: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        condition_of(query, FIELDS)
    assert named in refusal.value.message


def test_size_of_queries_is_bounded(find: Find) -> None:
    deep: Any = {"match": {"name": "nemo"}}
    for _ in range(8):
        deep = {"bool": {"must": [deep]}}
    assert find(deep) == {"Nemo"}
    wide = {"bool": {"should": [{"match": {"name": "nemo x"}}] * 100}}
    assert find(wide) == {"Nemo"}
    refused = [
        {"bool": {"must": [deep]}},
        {"bool": {"must": [wide, wide]}},
        {"bool": {"must_not": [{}] * 1000}},
        {"bool": {"should": [{"bool": {}}] * 1000}},
        {"bool": {"must": [{"match_all": {}}] * 1000}},
        {"bool": {"must": [{"range": {"id": {}}}] * 1000}},
        {"bool": {"must": [{"query_string": {"query": ""}}] * 1000}},
        {"bool": {"must": [{"query_string": {"query": "x", "fields": []}}] * 1000}},
        {"bool": {"must": [{"terms": {"name": ["x"] * 600}}] * 2}},
    ]
    for query in refused:
        with pytest.raises(BadRequest, match="more than"):
            find(query)


def test_numbers_are_not_rounded_to_the_column_type(db: Session) -> None:
    JobFactory(progress=2)

    def count(number: Any, clause: str = "eq") -> int:
        query = {"range": {"progress": {clause: number}}}
        statement = select(Job).where(condition_of(query, {"progress": Job.progress}))
        return len(db.scalars(statement).all())

    assert [count(number) for number in (2, 2.0, "2", 1.6, 2.4)] == [1, 1, 1, 0, 0]
    assert count(2**40, "lt") == 1
    assert count(-(2**63), "gte") == 1


def test_only_types_that_can_be_compared_can_be_declared() -> None:
    with pytest.raises(TypeError):
        condition_of({"exists": {"field": "bounds"}}, {"bounds": Annotation.bounds})
