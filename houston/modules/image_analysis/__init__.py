"""Image analysis: finding animals in photographs, and recognising individuals.

Another service does it, which `houston.image_analysis.url` names: a Sage, as Wildbook-IA is called
among us, or nobody. It knows photographs and the boxes of animals in them by *content guids*, which
it makes of what it is shown: equal pictures have equal ones. It is asked by *jobs*, whose guids are
ours; when one is done it calls back, and since calls get lost it can be asked for the result at any
time. What it can look for stands in the catalogue, and is there to choose from without a service,
too.

This module knows neither assets nor annotations. Those who do find everything by
`services[ImageAnalysis]`. Whoever is
signed in may see the jobs of the service.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from houston.core.services import services_of
from houston.core.settings import Setting, Settings, kinds
from houston.modules.image_analysis.catalogue import Catalogue, load_catalogue
from houston.modules.image_analysis.interface import Analyst, ImageAnalysis
from houston.modules.image_analysis.null import NullAnalyst

SETTINGS = (
    Setting(
        "houston.image_analysis.url",
        kinds.address("none:", "sage+http://host:port", "sage+https://user:password@host"),
        "The service of image analysis: none, or a Sage (Wildbook-IA).",
        default="none:",
        secret=True,
    ),
    Setting(
        "houston.image_analysis.configs",
        kinds.TEXT,
        "A folder with IA.*.json files of further detectors, identifiers and species.",
        default="",
    ),
    Setting(
        "houston.image_analysis.patience",
        kinds.POSITIVE,
        "The time after which an unanswered request to the image analysis fails, in seconds.",
        default="21600",
    ),
)


def make_image_analysis(settings: Settings) -> ImageAnalysis:
    """The image analysis that the settings describe; raises SettingsError."""
    folder = settings["houston.image_analysis.configs"]
    catalogue = load_catalogue(Path(folder) if folder else None)
    analyst = _make_analyst(settings["houston.image_analysis.url"], catalogue)
    patience = timedelta(seconds=settings["houston.image_analysis.patience"])
    return ImageAnalysis(catalogue, analyst, patience)


def _make_analyst(url: str, catalogue: Catalogue) -> Analyst:
    if url.startswith("none:"):
        return NullAnalyst()
    # Imported here: a client of HTTP takes memory that a site without a service can do without.
    from houston.modules.image_analysis.sage import make_sage

    return make_sage(url, catalogue)


def includeme(config: Any) -> None:
    """Give the application and its sessions the image analysis, and hang the branch `sage` up."""
    from houston.modules.image_analysis.resources import SageResource

    services = services_of(config)
    services.add(make_image_analysis(services[Settings]))
    config.add_branch("sage", SageResource)
    config.scan(".views")
