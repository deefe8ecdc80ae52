"""Which clocks a record has started, and what has ended each: objections, and wage deposits.

The days stand in the record itself. Listings start theirs by acts (``clock_starts``), withdrawals by their decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import AS_SHIPPED
from gateway.domain.clock_starts import Started
from gateway.domain.kinds.publication_objection import ObjectionResult, PublicationObjection
from gateway.domain.kinds.wage_deposit import WageDeposit
from gateway.domain.objection_clocks import CLOCK_OF
from gateway.domain.objections import Objection
from gateway.domain.running_clocks import run_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.clock_rules import ClockParameters
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.running_clocks import RunningClock

CLOCKED = (PublicationObjection, WageDeposit, Objection)
"""Kinds whose records start clocks."""
DEPOSIT_EVENTS = ("contracted_on", "payment_notice_on", "return_notice_on")
"""Fields of a wage deposit that start one: without any of them it has none."""


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact that is on record of an enterprise."""

    uscc: str
    fact: Fact


def clocks_of_record(
    recorded: RecordedFact,
    withdrawn: Mapping[str, date],
    now: datetime,
    calendar: WorkingCalendar,
    parameters: ClockParameters = AS_SHIPPED,
) -> tuple[RunningClock, ...]:
    """Return every clock that a record's days up to *now* have started; none for a kind that starts none.

    Args:
        recorded: The record.
        withdrawn: By a record's id, the day of the decision by which it was taken back.
        now: An instant.
        calendar: The years announced so far.
        parameters: What the law leaves open.
    """
    fact, today = recorded.fact, civil_date(now)
    return tuple(
        run_clock(started, (fact.record_id, recorded.uscc, fact.authority), now, calendar, parameters)
        for started in _started(fact, withdrawn)
        if started.start <= today
    )


def _started(fact: Fact, withdrawn: Mapping[str, date]) -> Iterator[Started]:
    if isinstance(fact, PublicationObjection):
        yield from _of_objection(fact, withdrawn.get(fact.publication_id))
    elif isinstance(fact, Objection):
        yield Started(CLOCK_OF[fact.about], fact.received_on, fact.answered_on, withdrawn.get(fact.target_id))
    elif isinstance(fact, WageDeposit) and not fact.exempt:
        yield from _of_deposit(fact)


def _of_objection(objection: PublicationObjection, withdrawn_on: date | None) -> Iterator[Started]:
    """A withdrawal has a clock of its own for the correction (P-07)."""
    yield Started(CLOCKS["P-06/review"], objection.received_on, objection.reviewed_on, withdrawn_on)
    changed = objection.result in {ObjectionResult.CHANGED, ObjectionResult.REVOKED}
    if changed and objection.reviewed_on is not None and withdrawn_on is None:
        yield Started(CLOCKS["P-07/correct"], objection.reviewed_on, objection.corrected_on)


def _of_deposit(deposit: WageDeposit) -> Iterator[Started]:
    if deposit.contracted_on is not None:
        yield Started(CLOCKS["D-01/open"], deposit.contracted_on, deposit.opened_on)
    if deposit.payment_notice_on is not None:
        yield Started(CLOCKS["D-07/pay"], deposit.payment_notice_on, deposit.bank_paid_on, deposit.ended_on)
    if deposit.bank_paid_on is not None:
        yield Started(CLOCKS["D-07/refill"], deposit.bank_paid_on, deposit.refilled_on, deposit.ended_on)
    if deposit.return_notice_on is not None:
        yield Started(CLOCKS["D-08/notice"], deposit.return_notice_on)
