"""Public information about the site: its versions, its numbers, and the detectors that it uses."""

from importlib.metadata import version
from threading import Condition
from typing import Any, NamedTuple

from cachetools import TTLCache, cached

from houston.core.db.session import Session
from houston.core.errors import BadRequest
from houston.core.services import Services
from houston.core.values import quoted
from houston.modules.image_analysis.interface import Analyst, ImageAnalysis
from houston.modules.site_settings.registry import SettingsRegistry

VERSION = version("houston")
AGENTS = frozenset({"twitterbot"})
AGENT_PREFIX = "intelligent_agent_"


class Release(NamedTuple):
    """The running release, and the revision of its source."""

    version: str
    git_version: str


class Analysis(NamedTuple):
    """The version and the address of the image analysis."""

    version: str
    uri: str


class SiteInfo(NamedTuple):
    """The running release, and the image analysis that it uses."""

    houston: Release
    sage: Analysis


def site_info(services: Services, release: Release, *, with_address: bool) -> SiteInfo:
    """The running release and the image analysis, whose address is not for everybody."""
    analyst = services[ImageAnalysis].analyst
    address = analyst.address if with_address else ""
    return SiteInfo(release, Analysis(_version_of(analyst), address))


@cached(TTLCache[Any, str](maxsize=1, ttl=60), condition=Condition())
def _version_of(analyst: Analyst) -> str:
    """The version of the image analysis, asked for once a minute: the request may take seconds."""
    return analyst.version() or ""


def public_counts(services: Services, db: Session) -> dict[str, int]:
    """The numbers of objects that the enabled modules count."""
    return {name: count(db) for name, count in services[SettingsRegistry].counts.items()}


def test_agent(name: str) -> None:
    """Test an agent that acts on behalf of the site.

    Raises:
        BadRequest: There is no such agent, or it is not enabled; none is on this server.
    """
    agent = name.removeprefix(AGENT_PREFIX)
    if agent == name:
        raise BadRequest("Invalid test")
    if agent not in AGENTS:
        raise BadRequest(f"Invalid Agent class {quoted(agent)}")
    raise BadRequest("Not enabled.")
