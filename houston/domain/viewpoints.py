"""Viewpoints: the 26 directions from which an animal is seen, and the neighbours of each.

A direction is a cell of a grid of 3 x 3 x 3 with the animal in the middle. Its name is the position
of the cell: up or down, then front or back, then left or right.
"""

from itertools import product

Cell = tuple[int, ...]

AXES = (("up", "", "down"), ("front", "", "back"), ("left", "", "right"))
MIDDLE = (1, 1, 1)
UNKNOWN = "unknown"


def _name(cell: Cell) -> str:
    return "".join(words[place] for words, place in zip(AXES, cell, strict=True))


CELLS: dict[str, Cell] = {
    _name(cell): cell for cell in product(range(3), repeat=3) if cell != MIDDLE
}
VIEWPOINTS = (*sorted(CELLS), UNKNOWN)


def neighbours(viewpoint: str) -> frozenset[str]:
    """Return the viewpoints next to one; none for a name that is not a direction.

    Next are the cells that touch the cell and share a plane with it, except that the centres of two
    faces are not neighbours. So a corner has 6 neighbours, and every other direction 8.

    >>> sorted(neighbours("upfrontleft"))
    ['front', 'frontleft', 'left', 'up', 'upfront', 'upleft']
    """
    here = CELLS.get(viewpoint)
    if here is None:
        return frozenset()
    return frozenset(name for name, cell in CELLS.items() if _is_next(here, cell))


def _is_next(here: Cell, there: Cell) -> bool:
    distances = [abs(one - other) for one, other in zip(here, there, strict=True)]
    are_centres = here.count(1) == there.count(1) == 2
    return 0 in distances and max(distances) == 1 and not are_centres
