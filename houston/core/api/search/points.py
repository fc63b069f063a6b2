"""Points on the globe, distances and areas, as the geographic clauses of Elasticsearch have them.

What is null or an empty text is not given: forms that nobody filled in are sent so.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import colander

from houston.core.schema import lenient
from houston.core.schema.nodes import Number

EARTH_RADIUS = 6371008.7714
"""The mean radius in metres, which Elasticsearch uses."""
UNITS: Mapping[str, float] = {
    "": 1,
    "m": 1,
    "km": 1000,
    "mi": 1609.344,
    "nmi": 1852,
    "yd": 0.9144,
    "ft": 0.3048,
    "cm": 0.01,
    "mm": 0.001,
}
"""The lengths of the units of distances, in metres."""
DISTANCE = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,20})?) ?([a-z]{0,3})\Z", re.ASCII)
NOT_GIVEN = (None, "")
LATITUDE, LONGITUDE = Number(-90, 90), Number(-360, 360)
MARGIN = 1e-9
"""The share, and the angle in radians, by which the area around a circle is enlarged."""


class Point(NamedTuple):
    """A point, in degrees; the longitude is from -180 to 180."""

    latitude: float
    longitude: float


class Area(NamedTuple):
    """The area between two parallels and two meridians, in degrees.

    It extends eastwards from `left` to `right`, across the antimeridian if `right` is less.
    """

    top: float
    left: float
    bottom: float
    right: float

    @classmethod
    def around(cls, point: Point, distance: float) -> "Area":
        """An area with all points up to a distance in metres; one with a pole has all meridians."""
        angle = distance / EARTH_RADIUS * (1 + MARGIN) + MARGIN
        latitude = math.radians(point.latitude)
        top, bottom = latitude + angle, latitude - angle
        if top >= math.pi / 2 or bottom <= -math.pi / 2:
            return cls(min(math.degrees(top), 90), -180, max(math.degrees(bottom), -90), 180)
        reach = math.degrees(math.asin(math.sin(angle) / math.cos(latitude)))
        left, right = _wrapped(point.longitude - reach), _wrapped(point.longitude + reach)
        return cls(math.degrees(top), left, math.degrees(bottom), right)


def metres_of(distance: Any) -> float | None:
    """The metres of a distance such as `50km`, or of a number of metres; None if it is not given.

    Raises:
        ValueError: It is no distance; the text continues after the name of a field.
    """
    if distance in NOT_GIVEN:
        return None
    text = f"{distance:f}" if isinstance(distance, float) else str(distance).strip()
    form = DISTANCE.match(text)
    if isinstance(distance, bool) or form is None or form[2] not in UNITS:
        known = ", ".join(unit for unit in UNITS if unit)
        raise ValueError(f"takes a distance such as 50km; the units are {known}.")
    return float(form[1]) * UNITS[form[2]]


def point_of(value: Any) -> Point | None:
    """The point of an object with `lat` and `lon`, a text `lat,lon` or a list `[lon, lat]`.

    None is returned if a coordinate is not given.

    Raises:
        ValueError: It is no point.
    """
    if value in NOT_GIVEN:
        return None
    if isinstance(value, str) and value.count(",") == 1:
        latitude, longitude = (part.strip() for part in value.split(","))
    elif isinstance(value, list) and len(value) == 2:
        longitude, latitude = value
    elif isinstance(value, dict) and value.keys() == {"lat", "lon"}:
        latitude, longitude = value["lat"], value["lon"]
    else:
        raise ValueError("takes a point: an object with `lat` and `lon`, or a text `lat,lon`.")
    if latitude in NOT_GIVEN or longitude in NOT_GIVEN:
        return None
    return Point(_degrees(LATITUDE, latitude), _wrapped(_degrees(LONGITUDE, longitude)))


def area_of(value: Any) -> Area | None:
    """The area of two opposite corners, such as `top_left` and `bottom_right`, or of four sides.

    None is returned if a coordinate is not given.

    Raises:
        ValueError: It is no area.
    """
    names = value.keys() if isinstance(value, dict) else ()
    if names == {"top_left", "bottom_right"}:
        top_left, bottom_right = point_of(value["top_left"]), point_of(value["bottom_right"])
    elif names == {"top_right", "bottom_left"}:
        # Two points on the other diagonal have the same four sides.
        top_right, bottom_left = point_of(value["top_right"]), point_of(value["bottom_left"])
        if top_right is None or bottom_left is None:
            return None
        top_left = Point(top_right.latitude, bottom_left.longitude)
        bottom_right = Point(bottom_left.latitude, top_right.longitude)
    elif names == set(Area._fields):
        top_left = point_of([value["left"], value["top"]])
        bottom_right = point_of([value["right"], value["bottom"]])
    else:
        raise ValueError("takes two opposite corners, such as `top_left` and `bottom_right`.")
    if top_left is None or bottom_right is None:
        return None
    if top_left.latitude < bottom_right.latitude:
        raise ValueError("takes an area whose top is not below its bottom.")
    return Area(*top_left, *bottom_right)


def _degrees(node: Number, value: Any) -> float:
    try:
        degrees: float = node.deserialize(lenient(node, value))
    except colander.Invalid as invalid:
        raise ValueError(f"takes coordinates in degrees: {invalid.msg}") from None
    return degrees


def _wrapped(longitude: float) -> float:
    """The longitude of the same meridian from -180 to 180."""
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180
