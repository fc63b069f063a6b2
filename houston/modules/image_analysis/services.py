"""The verbs of image analysis that people call themselves."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from houston.core.errors import Unavailable
from houston.modules.image_analysis.interface import AnalysisError, RemoteJob, image_analysis_of


def list_remote_jobs(db: Session) -> Mapping[str, RemoteJob]:
    """The jobs of the service; raises Unavailable, with its reason, when it does not tell."""
    try:
        return image_analysis_of(db).analyst.jobs()
    except AnalysisError as error:
        raise Unavailable(str(error)) from error
