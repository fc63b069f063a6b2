"""Image analysis: detecting animals in photographs, and identifying individuals.

An external service does it, which `houston.image_analysis.url` names: Sage (Wildbook-IA), or none.
It knows images and annotations by *content guids*, which it derives from their content: equal
images have equal guids. It works on *jobs*, whose guids are ours; when a job is done it calls back,
and since callbacks get lost, its result can be fetched at any time. Its detectors, identifiers and
species are listed in the catalogue, which is there without a service as well.

This module knows neither assets nor annotations. Other modules use `services[ImageAnalysis]`. All
signed-in users may list the jobs of the service.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from houston.core.services import services_of
from houston.core.settings import Setting, Settings, kinds, safe
from houston.modules.image_analysis.catalogue import load_catalogue
from houston.modules.image_analysis.interface import ImageAnalysis, NullAnalyst

SETTINGS = (
    Setting(
        "houston.image_analysis.url",
        kinds.address("none:", "sage+http://host:port", "sage+https://user:password@host"),
        "The service of image analysis: none, or a Sage (Wildbook-IA).",
        default="none:",
        in_production=safe.encrypted_address(
            "none:", "sage+http://host:port", "sage+https://user:password@host"
        ),
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
        kinds.between(60, 2_592_000),
        "The time after which an unanswered request to the image analysis fails, in seconds.",
        default="21600",
    ),
)


def make_image_analysis(settings: Settings) -> ImageAnalysis:
    """Make the image analysis of the settings.

    Raises:
        SettingsError: A file of the catalogue or the address is not valid.
    """
    folder, url = settings["houston.image_analysis.configs"], settings["houston.image_analysis.url"]
    patience = timedelta(seconds=settings["houston.image_analysis.patience"])
    catalogue = load_catalogue(Path(folder) if folder else None)
    if url.startswith("none:"):
        return ImageAnalysis(catalogue, NullAnalyst(), patience)
    # Imported here: an HTTP client takes memory that a site without a service can save.
    from houston.modules.image_analysis.sage import make_sage

    return ImageAnalysis(catalogue, make_sage(url, catalogue), patience)


def includeme(config: Any) -> None:
    """Give the application its image analysis and the branch `sage` of the tree."""
    from houston.modules.image_analysis.views import SageResource

    services = services_of(config)
    services.add(make_image_analysis(services[Settings]))
    config.add_branch("sage", SageResource)
    config.scan(".views")
