"""The verbs of image analysis that people call themselves."""

from collections.abc import Mapping

from houston.core.errors import Unavailable
from houston.modules.image_analysis.interface import AnalysisError, ImageAnalysis, RemoteJob


def list_remote_jobs(analysis: ImageAnalysis) -> Mapping[str, RemoteJob]:
    """The jobs of the service; raises Unavailable, with its reason, when it does not tell."""
    try:
        return analysis.analyst.jobs()
    except AnalysisError as error:
        raise Unavailable(str(error)) from error
