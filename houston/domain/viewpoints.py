"""From where an animal is seen: the 26 directions about it, and which of them are close.

A direction is a cell of a grid of 3 x 3 x 3 with the animal in the middle. Its name says where the
cell is: up or down, then front or back, then left or right.
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
    """The viewpoints next to this one; none for what is no direction.

    Next are the cells that touch this one and lie in a plane with it, but the middles of two faces
    are not next to each other. So a corner has 6, and every other direction 8.
    """
    here = CELLS.get(viewpoint)
    if here is None:
        return frozenset()
    return frozenset(name for name, cell in CELLS.items() if _is_next(here, cell))


def _is_next(here: Cell, there: Cell) -> bool:
    apart = [abs(one - other) for one, other in zip(here, there, strict=True)]
    if not (0 in apart and max(apart) == 1):
        return False
    return not (_is_face(here) and _is_face(there))


def _is_face(cell: Cell) -> bool:
    """Whether the cell is the middle of a face of the grid, such as `up` or `left`."""
    return cell.count(1) == 2
