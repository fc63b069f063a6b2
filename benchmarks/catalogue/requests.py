"""The requests whose CPU is measured, made of encounters of the site."""

import json
from collections.abc import Sequence
from typing import Any

from benchmarks.houston_app import API, posting, succeed
from benchmarks.results import BY_REGION, DETAIL, ENCOUNTERS, ME, NEAR, SEARCH, TEXT
from benchmarks.servers import Server
from benchmarks.wire import Request

SAMPLES, PAGE = 20, 100
FIRST_YEAR, YEARS = 2014, 6
"""The first of the ten years of sightings, and the range of a search in years."""
FULL = 10_000
"""The number of sightings of which a search of one region finds a full page."""
NOTES = ("limp", "torn", "foal")
FREE_TEXT = ["individualNames", "verbatimLocality", "comments"]

Query = dict[str, Any]


def cases(server: Server, token: str, sighting: str, smallest: int) -> dict[str, list[Request]]:
    """Return the requests of each case, with the token of a researcher.

    Args:
        server: The server of the site.
        token: The token.
        sighting: The guid of the sighting whose detail is read.
        smallest: The number of sightings of the smallest site that is compared: a search there
            finds a full page, in as many regions as that takes.
    """

    def reading(path: str) -> list[Request]:
        return [Request(API + path).with_token(token)]

    def searching(noun: str, sort: str, queries: Sequence[Query]) -> list[Request]:
        return [search(noun, sort, query).with_token(token) for query in queries]

    seen = _samples(server, token)
    filters = [_filters(seen, number, max(1, FULL // smallest)) for number in range(SAMPLES)]
    words = [*NOTES, *(each["verbatimLocality"].split()[-1] for each in seen)]
    by_time = "time.datetime"
    return {
        ME: reading("/users/me"),
        DETAIL: reading(f"/sightings/{sighting}"),
        SEARCH: searching("sightings", by_time, [_all_of("taxonomy_guids", *f) for f in filters]),
        ENCOUNTERS: searching(
            "encounters", by_time, [_all_of("taxonomy_guid", *f) for f in filters]
        ),
        TEXT: searching("sightings", "created", [_containing(word) for word in words]),
        NEAR: searching("sightings", "created", [_near(each) for each in seen]),
        BY_REGION: searching("sightings", "locationId_keyword", [{}]),
    }


def search(noun: str, sort: str, query: Query) -> Request:
    """Return the request for the last hundred rows of a search by some order."""
    return posting(f"/{noun}/search?limit={PAGE}&sort={sort}&reverse=true", query)


def _samples(server: Server, token: str) -> list[dict[str, Any]]:
    """Some encounters with their places."""
    found = succeed(server, search("encounters", "guid", {}).with_token(token))
    encounters: list[dict[str, Any]] = json.loads(found)[:SAMPLES]
    return encounters


def _filters(seen: Sequence[Query], number: int, regions: int) -> tuple[Any, list[Any], Query]:
    """A species, some regions and a range of dates."""
    year = FIRST_YEAR + number % (10 - YEARS)
    places = [each["locationId"] for each in (*seen[number:], *seen)]
    dates = {"gte": f"{year}-01-01", "lte": f"{year + YEARS - 1}-12-31"}
    return seen[number]["taxonomy_guid"], [*dict.fromkeys(places)][:regions], dates


def _all_of(field: str, species: str, regions: list[Any], dates: Query) -> Query:
    clauses: list[Query] = [
        {"term": {field: species}},
        {"terms": {"locationId": regions}},
        {"range": {"time": dates}},
    ]
    return {"bool": {"filter": clauses}}


def _containing(word: str) -> Query:
    return {"query_string": {"query": f"*{word}*", "fields": FREE_TEXT}}


def _near(encounter: Query) -> Query:
    point = encounter["location_geo_point"]
    return {"geo_distance": {"distance": "50km", "location_geo_point": point}}
