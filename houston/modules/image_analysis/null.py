"""No image analysis: whoever asks is told so."""

from typing import Any, NoReturn

from houston.modules.image_analysis.interface import Refused, RemoteJob


class NullAnalyst:
    """Analyses nothing."""

    available = False
    reason = "No image analysis is configured on this server."
    address = ""

    def _refuse(self, *_: Any) -> NoReturn:
        raise Refused(self.reason)

    add_image = missing_images = add_annotations = missing_annotations = _refuse
    detect = detection_result = identify = identification_result = heatmap = _refuse

    def jobs(self) -> dict[str, RemoteJob]:
        """There are none."""
        return {}

    def version(self) -> str | None:
        """There is none."""
        return None
