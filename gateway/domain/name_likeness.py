"""How alike two names are, and in which of their parts they differ: for candidates, which a person chooses among.

Likeness never identifies anybody (I-23, X-01): it orders what is shown, and says what to look at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gateway.domain.edit_distance import edits
from gateway.domain.vocabulary import Word


class NameDifference(Word):
    """In which part two names differ."""

    FRONT = 1
    """One has something in front that the other lacks, such as a province or a city."""
    BRACKETS = 2
    """What one has in brackets, the other has elsewhere or without them."""
    LEGAL_FORM = 3
    """The words for the legal form."""
    CHARACTERS = 4
    """Single characters: how many is told beside it."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two different names have in common."""

    per_mille: int
    """1,000 for what differs in nothing; by it candidates are ordered."""
    differences: tuple[NameDifference, ...]
    characters: int
    """Characters put in, left out or replaced; 0 where no single ones differ."""


LEAST_PER_MILLE: Final = 600
"""Below it a name is no candidate: three wrong characters of eight."""
FRONT_LIMIT: Final = 12
"""Characters that may stand in front: a province, a city and a district with their words."""
KEPT_LEAST: Final = 3
"""Characters that must be left behind a front, or any ending would be one."""
_FRONT, _BRACKETS, _FORM, _CHARACTER = 600, 300, 500, 1_000
"""What a difference costs, in thousandths of a character."""
_FORMS: Final = re.compile(
    r"(?:(?:集团|控股)?(?:股份)?有限公司|集团公司|总公司|公司|合伙企业(?:\((?:有限合伙|普通合伙|特殊普通合伙)\))?|"
    r"\((?:有限合伙|普通合伙|特殊普通合伙|个人独资)\)|(?:农民)?专业合作社(?:联合社)?|工作室|经营部|商行|厂|店)$"
)
_BRACKETED: Final = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class _Parts:
    core: str
    """Without its legal form."""
    bare: str
    """The core without the signs of brackets."""
    moved: str
    """The core with what stood in brackets in front."""
    form: str


def likeness(asked: str, held: str) -> Likeness:
    """Return how alike two names are, both in the form of ``formats.names.normalise_name``."""
    one, other = _parts(asked), _parts(held)
    cost, differences, characters = min(_arrangements(one, other), key=lambda each: each[0])
    if one.form != other.form:
        cost += _FORM
        differences = (*differences, NameDifference.LEGAL_FORM)
    size = max(len(one.bare), len(other.bare), 1)
    return Likeness(max(0, 1_000 - cost // size), tuple(sorted(differences)), characters)


Compared = tuple[int, tuple[NameDifference, ...], int]
"""Cost, differences, characters."""


def _arrangements(one: _Parts, other: _Parts) -> list[Compared]:
    found = [_compared(one.core, other.core)]
    if one.core != one.bare or other.core != other.bare:
        pairs = {(a, b) for a in (one.bare, one.moved) for b in (other.bare, other.moved)}
        for cost, differences, characters in (_compared(a, b) for a, b in sorted(pairs)):
            found.append((cost + _BRACKETS, (*differences, NameDifference.BRACKETS), characters))
    return found


def _compared(one: str, other: str) -> Compared:
    if one == other:
        return 0, (), 0
    short, long = sorted((one, other), key=len)
    if len(short) >= KEPT_LEAST and 0 < len(long) - len(short) <= FRONT_LIMIT and long.endswith(short):
        return _FRONT, (NameDifference.FRONT,), 0
    wrong = edits(one, other)
    return wrong * _CHARACTER, (NameDifference.CHARACTERS,), wrong


@lru_cache(maxsize=1_024)
def _parts(name: str) -> _Parts:
    found = _FORMS.search(name)
    core = name[: found.start()] if found and found.start() else name
    bare = core.replace("(", "").replace(")", "")
    inside = "".join(_BRACKETED.findall(core))
    return _Parts(core, bare, inside + _BRACKETED.sub("", core), name[len(core) :])
