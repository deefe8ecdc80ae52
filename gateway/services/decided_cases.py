"""Which cases were decided on records that never weighed (L-24, C-02): found by the outcomes that were reported.

An outcome carries the records that its answer told of, and the record of calls is not asked again. Which endings there
are is computed elsewhere (``endings``).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from gateway.domain.endings import FROM_START
from gateway.domain.outcomes import DecidedCase, decided_on_it

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.domain.endings import KnownEnding
    from gateway.services.ports.outcomes import OutcomeStore


class KnowsEndings(Protocol):
    """What is needed of ``Endings``."""

    def known(self) -> list[KnownEnding]:
        """Return every ending that is known by now. Blocking."""


class DecidedCases:
    """Reads decided cases by ending."""

    def __init__(self, store: OutcomeStore, endings: KnowsEndings) -> None:
        self._store = store
        self._endings = endings

    def by_ending(self, known: Iterable[KnownEnding], agency: str) -> Mapping[str, tuple[DecidedCase, ...]]:
        """Return by id of the ending the cases decided on what it ended; those still to be examined again come first.

        *agency* is empty for all. Blocking. Endings without such a case are left out.
        """
        void = [each for each in known if each.ending.kind in FROM_START]
        if not void:
            return {}
        records = {each.ending.record_id for each in void}
        outcomes = self._store.standing(records, {each.ending.ending_id for each in void}, agency)
        found: dict[str, tuple[DecidedCase, ...]] = {}
        for each in void:
            ending = each.ending.ending_id
            cases = [DecidedCase(one, ending not in one.reexamined) for one in outcomes if decided_on_it(each, one)]
            if cases:
                found[ending] = tuple(sorted(cases, key=lambda case: not case.reexamine))
        return found

    async def all(self, *, with_reexamined: bool) -> Sequence[tuple[KnownEnding, DecidedCase]]:
        """Return the cases of every agency, by ending, those first whose end is known longest.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._all, with_reexamined)

    def _all(self, with_reexamined: bool) -> list[tuple[KnownEnding, DecidedCase]]:  # noqa: FBT001 - handed to a thread
        known = sorted(self._endings.known(), key=lambda each: (each.known_since, each.ending.ending_id))
        decided = self.by_ending(known, "")
        return [
            (each, case)
            for each in known
            for case in sorted(decided.get(each.ending.ending_id, ()), key=lambda one: one.outcome.outcome_id)
            if with_reexamined or case.reexamine
        ]
