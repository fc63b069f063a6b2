"""Viewpoints and their neighbours."""

import pytest

from houston.domain.viewpoints import CELLS, VIEWPOINTS, neighbours


def test_there_are_26_directions_and_unknown() -> None:
    assert len(set(VIEWPOINTS)) == 27
    assert {"up", "downbackright", "frontleft", "unknown"} < set(VIEWPOINTS)


@pytest.mark.parametrize(
    ("viewpoint", "expected"),
    [
        (
            "left",
            "backleft downbackleft downfrontleft downleft frontleft upbackleft upfrontleft upleft",
        ),
        (
            "upright",
            "backright frontright right up upback upbackright upfront upfrontright",
        ),
        ("upfrontleft", "front frontleft left up upfront upleft"),
        ("unknown", ""),
        ("sideways", ""),
    ],
)
def test_neighbours(viewpoint: str, expected: str) -> None:
    assert neighbours(viewpoint) == set(expected.split())


def test_neighbours_are_mutual() -> None:
    for one in CELLS:
        assert one not in neighbours(one)
        assert all(one in neighbours(other) for other in neighbours(one))
