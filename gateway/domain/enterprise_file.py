"""Whether a version of a record holds at a moment: by its own dates, and by what takes it back.

For HRSS's view of a file only. Whether anything weighs is decided in ``grounds``, from the record as it is now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.kinds.fact import Fact
from gateway.domain.listing_acts import Act
from gateway.domain.vocabulary import Holding
from gateway.domain.withdrawals import SPANS, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.recorded import RecordedVersion


@dataclass(frozen=True, slots=True)
class Held:
    """When a version holds, and whether it does at a moment."""

    since: date
    until: date | None
    """First civil day on which it holds no more; None when none is set."""
    holding: Holding
    withdrawn_by: str = ""
    """Id of the withdrawal that takes it back."""


class Holdings:
    """Judges the versions of one enterprise at one moment."""

    def __init__(self, facts: Iterable[Fact], moment: datetime) -> None:
        """Take what is current about the enterprise, for the withdrawals among it, and the moment asked about."""
        self._taken_back = {fact.target_id: fact for fact in facts if isinstance(fact, Withdrawal)}
        self._moment = moment
        self._day = civil_date(moment)

    def of(self, version: RecordedVersion, *, current: bool) -> Held:
        """Return when *version* holds; a withdrawal shortens only what is *current*."""
        content = version.content
        if isinstance(content, Act):
            begun = content.counts_from <= self._moment
            return Held(content.day, None, Holding.HOLDS if begun else Holding.NOT_YET)
        if not isinstance(content, Fact):
            return Held(content.decided_on, None, self._between(content.decided_on, None))
        since: date = getattr(content, content.begins)
        until: date | None = getattr(content, content.ends) if content.ends else None
        withdrawal = self._taken_back.get(version.record_id) if current and type(content) in SPANS else None
        if withdrawal is None:
            return Held(since, until, self._between(since, until))
        if withdrawal.holds_until is None:
            return Held(since, until, Holding.VOID, withdrawal.record_id)
        until = withdrawal.holds_until if until is None else min(until, withdrawal.holds_until)
        return Held(since, until, self._between(since, until), withdrawal.record_id)

    def _between(self, since: date, until: date | None) -> Holding:
        if until is not None and until <= self._day:
            return Holding.NO_LONGER
        return Holding.HOLDS if since <= self._day else Holding.NOT_YET
