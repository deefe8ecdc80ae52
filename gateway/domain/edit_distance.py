"""How many characters must be put in, left out or replaced to turn one text into another."""

from __future__ import annotations


def edits(one: str, other: str) -> int:
    """Return the edit distance of Levenshtein, by the bit vectors of Myers (1999) as Hyyrö (2003) writes them.

    A whole column is one integer, so that a name takes a few microseconds.
    """
    if not one:
        return len(other)
    at: dict[str, int] = {}
    for place, character in enumerate(one):
        at[character] = at.get(character, 0) | 1 << place
    last, whole = 1 << len(one) - 1, (1 << len(one)) - 1
    up, down, distance = whole, 0, len(one)
    for character in other:
        equal = at.get(character, 0)
        diagonal = (((equal & up) + up) ^ up) | equal
        right, left = down | (whole & ~(diagonal | up)), up & diagonal
        distance += bool(right & last) - bool(left & last)
        right = (right << 1 | 1) & whole
        left = left << 1 & whole
        across = equal | down
        up, down = left | (whole & ~(across | right)), right & across
    return distance
