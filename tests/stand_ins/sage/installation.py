"""The stand-in as the image analysis of an application in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from pyramid.router import Router

from houston.core.services import services_of
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.image_analysis.sage import Connection, Sage
from tests.parts import replaced
from tests.stand_ins.sage.server import StandInSage


@contextmanager
def installed(app: Router, sage: StandInSage) -> Iterator[ImageAnalysis]:
    """Replace the image analysis by the stand-in, without pauses between attempts."""
    usual = services_of(app)[ImageAnalysis]
    connection = Connection(sage.url, pauses=(0, 0))
    analysis = replace(usual, analyst=Sage(connection, usual.catalogue))
    with replaced(app, analysis):
        yield analysis
    connection.close()
