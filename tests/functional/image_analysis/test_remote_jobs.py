"""All signed-in users may list the jobs of the service."""

from collections.abc import Iterator
from io import BytesIO
from uuid import uuid4

import pytest
from pyramid.router import Router

from houston.modules.image_analysis.interface import ImageAnalysis
from tests.clients_of_roles import Client
from tests.stand_ins.sage import Failure, StandInSage, installed

JOBS = "/api/v1/sage/jobs"


@pytest.fixture
def sage() -> Iterator[StandInSage]:
    with StandInSage() as sage:
        sage.lose_callbacks = True
        yield sage


@pytest.fixture
def analysis(app: Router, sage: StandInSage) -> Iterator[ImageAnalysis]:
    with installed(app, sage) as analysis:
        yield analysis


def test_list_is_empty_without_a_service(user: Client, anonymous: Client) -> None:
    assert user.get(JOBS).json == {}
    assert anonymous.get(JOBS).status_int == 401


def test_jobs_are_those_of_the_service(analysis: ImageAnalysis, user: Client) -> None:
    job = uuid4()
    image = analysis.analyst.add_image(BytesIO(b"a zebra"), "image/jpeg")
    analysis.analyst.detect(job, "african_terrestrial", [image], "https://example.org/")
    assert user.get(JOBS).json == {
        str(job): {
            "status": "completed",
            "endpoint": "/api/engine/detect/cnn/",
            "jobcounter": 1,
            "time_received": "2026-01-02 03:04:05",
            "time_completed": "2026-01-02 03:04:15",
            "time_turnaround_sec": 10.0,
            "time_runtime_sec": 8.5,
        }
    }


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (Failure.DROP, "The image analysis does not answer."),
        (Failure.GARBAGE, "The answer of the image analysis is not valid: it is not JSON."),
    ],
)
def test_failure_of_the_service_is_reported(
    analysis: ImageAnalysis, sage: StandInSage, user: Client, failure: Failure, sentence: str
) -> None:
    sage.fail_next(1, failure)
    response = user.get(JOBS)
    assert (response.status_int, response.json["message"]) == (503, sentence)
