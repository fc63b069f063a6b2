"""The jobs of Sage and their results."""

from dataclasses import dataclass
from hashlib import md5
from typing import Any
from uuid import UUID

Json = dict[str, Any]


def guid_of(content: bytes) -> str:
    """Return the guid of a content."""
    return str(UUID(bytes=md5(content).digest()))


def wrapped(guid: str) -> Json:
    """Return a guid in the format of Sage."""
    return {"__UUID__": guid}


def unwrapped(guids: list[Json]) -> list[str]:
    """Return the guids in a request to Sage."""
    return [each["__UUID__"] for each in guids]


def animal(
    ia_class: str = "zebra",
    viewpoint: str | None = "left",
    rect: tuple[float, float, float, float] = (10, 20, 300, 200),
    theta: float = 0.0,
    **more: Any,
) -> Json:
    """Return a detected animal in a result; `more` overrides and adds fields."""
    left, top, width, height = rect
    box = {"xtl": left, "ytl": top, "width": width, "height": height, "theta": theta}
    return {"class": ia_class, "viewpoint": viewpoint, **box, "confidence": 0.9, **more}


@dataclass
class Job:
    """A job; `body` is that of the request."""

    guid: str
    endpoint: str
    body: Json
    number: int
    status: str = "working"
    result: Json | None = None

    def describe(self) -> Json:
        """Return the job for the list of all jobs."""
        done = self.status == "completed"
        return {
            "status": self.status,
            "jobcounter": self.number,
            "endpoint": self.endpoint,
            "time_received": "2026-01-02 03:04:05",
            "time_completed": "2026-01-02 03:04:15" if done else None,
            "time_turnaround_sec": 10.0 if done else None,
            "time_runtime_sec": 8.5 if done else None,
            "lane": "slow",
        }

    def answer(self) -> Json:
        """Return the job with its result."""
        return {"status": self.status, "jobid": self.guid, "json_result": self.result}


def detected(images: list[str], animals: list[list[Json]]) -> Json:
    """Return the result of a detection."""
    found = [
        [
            {"uuid": wrapped(guid_of(f"{image}{number}".encode())), **each}
            for number, each in enumerate(one)
        ]
        for image, one in zip(images, animals, strict=True)
    ]
    return {
        "image_uuid_list": [wrapped(image) for image in images],
        "results_list": found,
        "score_list": [0.0] * len(images),
        "has_assignments": False,
    }


def identified(query: str, names: list[str], scores: dict[str, float]) -> Json:
    """Return the result of an identification; `scores` are in the order of `names`."""
    ranked = sorted(scores, key=lambda guid: -scores[guid])
    name_of = dict(zip(scores, names, strict=True))
    best_of_names = {name_of[guid]: guid for guid in reversed(ranked)}.values()
    return {
        "query_annot_uuid_list": [wrapped(query)],
        "database_annot_uuid_list": [wrapped(guid) for guid in scores],
        "summary_annot": [{"duuid": wrapped(guid), "score": scores[guid]} for guid in ranked],
        "summary_name": [
            {"duuid": wrapped(guid), "score": scores[guid], "species": "zebra"}
            for guid in ranked
            if guid in best_of_names
        ],
        "cm_dict": {
            query: {
                "dannot_extern_reference": f"match-{query}",
                "name_score_list": [float("-inf")],
            }
        },
    }
