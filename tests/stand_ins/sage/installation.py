"""The stand-in as the image analysis of an application in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from pyramid.router import Router

from houston.core.events import session_info
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.image_analysis.sage import Connection, Sage
from tests.stand_ins.sage.server import StandInSage


@contextmanager
def installed(app: Router, sage: StandInSage) -> Iterator[ImageAnalysis]:
    """The image analysis that asks the stand-in, repeating without a pause."""
    registry = app.registry
    usual: ImageAnalysis = registry["houston.image_analysis"]
    connection = Connection(sage.url, pauses=(0, 0))
    analysis = replace(usual, analyst=Sage(connection, usual.catalogue))
    try:
        registry["houston.image_analysis"] = analysis
        session_info(registry)["image_analysis"] = analysis
        yield analysis
    finally:
        registry["houston.image_analysis"] = usual
        session_info(registry)["image_analysis"] = usual
        connection.close()
