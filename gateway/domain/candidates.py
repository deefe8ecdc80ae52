"""Who may be meant by a name or a code: what a candidate is, and when one of them is identified.

A candidate is no verdict and holds nothing that weighs (I-23). Names are dated attributes of a code (I-08): one that an
enterprise bore tells from when to when. Civil dates are in Asia/Shanghai.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from formats.names import foldings_between, normalise_name
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from formats.names import Folding
    from gateway.domain.kinds.enterprise import BusinessStatus
    from gateway.domain.name_likeness import Likeness
    from gateway.domain.records import RelationKind


class MatchKind(Word):
    """By what a candidate was found."""

    USCC = 1
    """Its unified social credit code."""
    PREDECESSOR_USCC = 2
    """The code of its predecessor (X-17)."""
    ORGANISATION_CODE = 3
    """The old organisation code inside its code: needs its name and a confirmation of the register (I-07)."""
    EXACT_NAME = 4
    """The name that it bears, as recorded."""
    EXACT_NORMALISED = 5
    """The name that it bears, otherwise written: how is told."""
    FORMER_NAME = 6
    """A name that it bore: from when to when is told."""
    COMING_NAME = 7
    """A name that it will bear: from when on is told."""
    SIMILAR_NAME = 8
    """A name that is like the one sought: how much, and in which part it differs, is told."""


EXACT_KINDS: Final = frozenset({MatchKind.EXACT_NAME, MatchKind.EXACT_NORMALISED})


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A name and the civil days on which it was borne."""

    name: str
    since: date
    until: date | None
    """The first day on which it was borne no more; None while nothing ends it."""


@dataclass(frozen=True, slots=True)
class CandidateRelation:
    """Another enterprise that the register names: the head office of a branch (I-08), or a predecessor."""

    kind: RelationKind
    uscc: str
    name: str
    """The last one recorded; empty when none is held."""


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """What the register says of one enterprise, as far as candidates tell of it."""

    uscc: str
    spans: tuple[NameSpan, ...] = ()
    """In order of time; empty when nothing but facts is on record."""
    status: BusinessStatus | None = None
    """On the day asked about; None when no profile speaks of it."""
    relations: tuple[CandidateRelation, ...] = ()

    def on(self, day: date) -> NameSpan | None:
        """Return the name borne on *day*, or None when there is none."""
        begun = [span for span in self.spans if span.since <= day]
        return begun[-1] if begun else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may be meant, and why."""

    file: CandidateFile
    kind: MatchKind
    identified: bool = False
    """The one who is meant, as far as the register knows; a verdict needs its code all the same."""
    matched: NameSpan | None = None
    """Of what was found by name: which name, and when it was borne."""
    foldings: tuple[Folding, ...] = ()
    """Of ``EXACT_NORMALISED`` and of former and coming names: how the name was written otherwise."""
    likeness: Likeness | None = None
    """Of ``SIMILAR_NAME``."""
    name_agrees: bool | None = None
    """Of what was found by code: whether a name sent beside it is one that it bears or bore; None without one."""


def by_name(files: Iterable[CandidateFile], sought: str, day: date) -> list[Candidate]:
    """Return a candidate for each of *files*, all of whom have the name *sought* at some time: who bears it first.

    One is identified when nobody else bears the name on *day*; of a name that nobody bears any more, when nobody else
    ever bore it. *files* must be all of them.
    """
    found = sorted((_named(file, sought, day) for file in files), key=lambda each: (each.kind, each.file.uscc))
    bearing = [each for each in found if each.kind in EXACT_KINDS]
    meant = bearing or found
    if len(meant) == 1 and meant[0].kind is not MatchKind.COMING_NAME:
        return [replace(each, identified=each is meant[0]) for each in found]
    return found


def _named(file: CandidateFile, sought: str, day: date) -> Candidate:
    key, borne = normalise_name(sought), file.on(day)
    spans = [span for span in file.spans if normalise_name(span.name) == key]
    if borne in spans:
        foldings = foldings_between(sought, borne.name)
        kind = MatchKind.EXACT_NORMALISED if foldings else MatchKind.EXACT_NAME
        return Candidate(file, kind, matched=borne, foldings=foldings)
    past = [span for span in spans if span.since <= day]
    kind = MatchKind.FORMER_NAME if past else MatchKind.COMING_NAME
    span = past[-1] if past else spans[0]
    return Candidate(file, kind, matched=span, foldings=foldings_between(sought, span.name))


def spans_of(named: Sequence[tuple[str, date]]) -> tuple[NameSpan, ...]:
    """Return the spans of names given with the days from which on they were borne, in order; equal ones are one.

    Of two from the same day the later one counts.
    """
    begun: list[tuple[str, date]] = []
    for name, since in named:
        if begun and begun[-1][1] == since:
            begun.pop()
        if not begun or begun[-1][0] != name:
            begun.append((name, since))
    ends = [*(since for _, since in begun[1:]), None]
    return tuple(NameSpan(name, since, until) for (name, since), until in zip(begun, ends, strict=False))
