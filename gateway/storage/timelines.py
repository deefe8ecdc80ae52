"""Reading what an index holds: dossiers become timelines here, off the event loop.

Most enterprises have a profile and nothing that weighs; equal ones share one timeline, or a city would not fit in
memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.domain import timeline
from gateway.domain.records import Dossier
from gateway.services.ports.register import Indexed
from gateway.storage.profiled import dossier_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from gateway.domain.grades import GradeRules
    from gateway.domain.records import Unresolved
    from gateway.domain.timeline import Timeline
    from gateway.services.ports.register import FeedState
    from gateway.storage.history import SqlHistory


@dataclass(frozen=True, slots=True)
class Changed:
    """What to put into an index so that it holds *revision*."""

    revision: int
    feeds: dict[str, FeedState]
    enterprises: dict[str, Indexed]
    unresolved: dict[str, tuple[Unresolved, ...]]
    gone: frozenset[str] = field(default=frozenset())
    """Codes of which nothing is known any more: a record was given to another code."""
    names_gone: frozenset[str] = field(default=frozenset())
    """Names under which no notice is held any more."""
    whole: bool = False
    """It replaces everything."""


class Later:
    """A timeline that is computed when it is first asked for, and then kept."""

    __slots__ = ("_held", "_rules")

    def __init__(self, dossier: Dossier, rules: GradeRules) -> None:
        self._held: Dossier | Timeline = dossier
        self._rules = rules

    def __call__(self) -> Timeline:
        """Return it."""
        held = self._held
        if isinstance(held, Dossier):
            held = self._held = timeline.build(held, self._rules)
        return held


class TimelineReader:
    """Reads for one set of rules. Blocking; for one thread at a time."""

    def __init__(self, history: SqlHistory, rules: GradeRules) -> None:
        self._history = history
        self._rules = rules
        self._shared: dict[Hashable, Later] = {}

    def everything(self, revision: int) -> Changed:
        """Return all of *revision*."""
        with_facts, apart = self._history.others(revision)
        enterprises: dict[str, Indexed] = {}
        for uscc, names, nonconforming, history in self._history.profiled(revision):
            with_facts.discard(uscc)
            if uscc not in apart:
                alike = self._shared.get(history)
                if alike is None:
                    alike = self._shared[history] = Later(dossier_of(history), self._rules)
                enterprises[uscc] = Indexed(uscc, names, nonconforming, alike)
        enterprises |= self._indexed(self._history.dossiers(revision, apart | with_facts, weightless=False))
        unresolved = self._history.unresolved(revision)
        return Changed(revision, self._history.feeds(revision), enterprises, unresolved, whole=True)

    def some(self, codes: Iterable[str], revision: int) -> dict[str, Indexed]:
        """Return some enterprises at *revision*, by code; what nothing is known of is absent."""
        return self._indexed(self._history.dossiers(revision, codes, weightless=False))

    def changes(self, after: int, upto: int) -> Changed:
        """Return what turns the index of revision *after* into that of *upto*."""
        touched = self._history.touched(after, upto)
        enterprises = self._indexed(self._history.dossiers(upto, touched.codes, weightless=False))
        unresolved = self._history.unresolved(upto, touched.name_keys)
        return Changed(
            upto,
            self._history.feeds(upto),
            enterprises,
            unresolved,
            gone=touched.codes - enterprises.keys(),
            names_gone=touched.name_keys - unresolved.keys(),
        )

    def _indexed(self, dossiers: Iterable[tuple[Dossier, bool]]) -> dict[str, Indexed]:
        return {
            dossier.uscc: Indexed(dossier.uscc, dossier.names, nonconforming, self._later(dossier))
            for dossier, nonconforming in dossiers
        }

    def _later(self, dossier: Dossier) -> Later:
        if dossier.listings or dossier.relations or any(fact.weighs for fact in dossier.facts):
            return Later(dossier, self._rules)
        alike = timeline.profile_history(dossier)
        known = self._shared.get(alike)
        if known is None:
            known = self._shared[alike] = Later(dossier, self._rules)
        return known
