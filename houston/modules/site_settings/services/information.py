"""What everybody may know of the site: its versions, its numbers, and what can be detected."""

from importlib.metadata import version
from threading import Condition
from typing import Any, NamedTuple

from cachetools import TTLCache, cached

from houston.core.db.session import Session
from houston.core.errors import BadRequest, shown
from houston.core.services import Services
from houston.modules.image_analysis.interface import Analyst, ImageAnalysis
from houston.modules.site_settings.registered import Registered

VERSION = version("houston")
AGENTS = frozenset({"twitterbot"})
AGENT_PREFIX = "intelligent_agent_"


class Release(NamedTuple):
    """Which release runs, and of which revision of the source."""

    version: str
    git_version: str


class Analysis(NamedTuple):
    """Which image analysis answers, and where."""

    version: str
    uri: str


class SiteInfo(NamedTuple):
    """What runs, and what it works with."""

    houston: Release
    sage: Analysis


def release(revision: str) -> Release:
    """What runs, given the revision that it was made of."""
    return Release(VERSION, revision)


def site_info(services: Services, db: Session, release: Release, *, with_address: bool) -> SiteInfo:
    """What runs and what it works with, whose address is not for everybody."""
    analyst = services[ImageAnalysis].analyst
    address = analyst.address if with_address else ""
    return SiteInfo(release, Analysis(_version_of(analyst), address))


@cached(TTLCache[Any, str](maxsize=1, ttl=60), condition=Condition())
def _version_of(analyst: Analyst) -> str:
    """Ask for the version of the image analysis once a minute: each question may take seconds."""
    return analyst.version() or ""


def public_counts(services: Services, db: Session) -> dict[str, int]:
    """How many there are of what the enabled modules count."""
    return {name: count(db) for name, count in services[Registered].counts.items()}


def detection(analysis: ImageAnalysis) -> dict[str, Any]:
    """What can be detected, by which detector."""
    return analysis.catalogue.detection_config()


def ia_classes(analysis: ImageAnalysis) -> list[str]:
    """The classes that annotations can have, in alphabetical order."""
    return analysis.catalogue.ia_classes()


def try_agent(name: str) -> None:
    """Raise BadRequest with what is wrong with an agent: there is none here that could answer."""
    agent = name.removeprefix(AGENT_PREFIX)
    if agent == name:
        raise BadRequest("Invalid test")
    if agent not in AGENTS:
        raise BadRequest(f"Invalid Agent class {shown(agent)}")
    raise BadRequest("Not enabled.")
