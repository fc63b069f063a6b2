"""Helpers for requests to the image analysis."""

from io import BytesIO
from uuid import UUID, uuid4

from houston.modules.image_analysis.interface import Box, Candidate, IdentificationRequest
from houston.modules.image_analysis.sage import Sage

CALLBACK = "https://houston.example.org/called/back"
ADA, BOB = uuid4(), uuid4()


def send(analyst: Sage, content: bytes = b"a zebra") -> UUID:
    """Send an image."""
    return analyst.add_image(BytesIO(content), "image/jpeg")


def box_in(image: UUID, left: int = 1, name: UUID | None = None) -> Box:
    """Return the box of a zebra in an image."""
    return Box(image, "zebra", (left, 2, 30, 40), 0.5, name)


def request_about(query: UUID, *candidates: Candidate) -> IdentificationRequest:
    """Return a request with the packaged identifier."""
    return IdentificationRequest("hotspotter_nosv", query, candidates, CALLBACK)
