"""What everybody may know of the site: its versions, its numbers, and what can be detected."""

from importlib.metadata import version
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from houston.core.errors import BadRequest, shown
from houston.modules.image_analysis.interface import image_analysis_of
from houston.modules.site_settings.registered import registered

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


def site_info(db: Session, release: Release, *, with_address: bool) -> SiteInfo:
    """What runs and what it works with, whose address is not for everybody."""
    analyst = image_analysis_of(db).analyst
    version = registered(db).analysis_version.get(analyst.version)
    return SiteInfo(release, Analysis(version, analyst.address if with_address else ""))


def public_counts(db: Session) -> dict[str, int]:
    """How many there are of what the enabled modules count."""
    return {name: count(db) for name, count in registered(db).counts.items()}


def detection(db: Session) -> dict[str, Any]:
    """What can be detected, by which detector."""
    return image_analysis_of(db).catalogue.detection_config()


def ia_classes(db: Session) -> list[str]:
    """The classes that annotations can have, in alphabetical order."""
    return image_analysis_of(db).catalogue.ia_classes()


def try_agent(name: str) -> None:
    """Raise BadRequest with what is wrong with an agent: there is none here that could answer."""
    agent = name.removeprefix(AGENT_PREFIX)
    if agent == name:
        raise BadRequest("Invalid test")
    if agent not in AGENTS:
        raise BadRequest(f"Invalid Agent class {shown(agent)}")
    raise BadRequest("Not enabled.")
