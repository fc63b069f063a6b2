"""Having the image analysis find the animals of a reported sighting."""

from houston.modules.asset_groups.services.detection.answers import (
    apply_result,
    end_request,
    fetch_answer,
    give_up,
    images_of,
    overdue_requests,
    waiting_requests,
)
from houston.modules.asset_groups.services.detection.requests import (
    MIME_TYPE,
    Order,
    order_of,
    remember_images,
    show_accepted,
)
from houston.modules.asset_groups.services.detection.showing import (
    REQUESTS,
    TYPE,
    debugged_requests,
    debugged_requests_of_asset,
    details,
)
from houston.modules.asset_groups.services.detection.wanting import obstacle_of, want_detection

__all__ = [
    "MIME_TYPE",
    "REQUESTS",
    "TYPE",
    "Order",
    "apply_result",
    "debugged_requests",
    "debugged_requests_of_asset",
    "details",
    "end_request",
    "fetch_answer",
    "give_up",
    "images_of",
    "obstacle_of",
    "order_of",
    "overdue_requests",
    "remember_images",
    "show_accepted",
    "waiting_requests",
    "want_detection",
]
