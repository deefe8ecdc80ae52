"""The way from an entry to the root as a drawing: what stands where, for a template to write as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from console.log_proof import Proof

WIDTH: Final = 480
ROW: Final = 76
BOX_WIDTH, BOX_HEIGHT = 140, 46
LEFT, MIDDLE, RIGHT = 76, WIDTH // 2, WIDTH - 76
_EDGE: Final = 6
_HASH_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its middle and its upper edge, how it looks, its hash and the entries below it."""

    x: int
    y: int
    kind: str
    hash: str
    entries: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line from a box up to the one above it; of the way itself, or from beside it."""

    x1: int
    y1: int
    x2: int
    y2: int
    way: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it, in units of its own."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


def drawing_of(proof: Proof) -> Drawing:
    """Return the drawing of a proof: the root above, the entry below, the way between them in the middle."""
    top = len(proof.steps)

    def y(level: int) -> int:
        return _EDGE + (top - level) * ROW

    nodes = [Node(MIDDLE, y(0), "leaf", _short(proof.leaf), str(proof.index))]
    lines = []
    for level, step in enumerate(proof.steps):
        x, lower, upper = LEFT if step.left else RIGHT, y(level), y(level + 1) + BOX_HEIGHT
        lines += [Line(MIDDLE, lower, MIDDLE, upper, way=True), Line(x, lower, MIDDLE, upper, way=False)]
        nodes.append(Node(x, lower, "beside", _short(step.sibling), _entries(step.beside)))
        kind = "root" if level + 1 == top else "way"
        nodes.append(Node(MIDDLE, y(level + 1), kind, _short(step.parent), _entries(step.over)))
    return Drawing(WIDTH, y(0) + BOX_HEIGHT + _EDGE, tuple(nodes), tuple(lines))


def _short(value: bytes) -> str:
    return value.hex()[:_HASH_DIGITS] + "…"


def _entries(part: tuple[int, int]) -> str:
    return str(part[0]) if part[0] == part[1] else f"{part[0]}–{part[1]}"
