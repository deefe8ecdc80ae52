"""The clocks that a referral's steps have started by a moment, and what ended each (T-21..T-41).

A table says which step starts which clock and which steps end it. A step of whose receipt nothing is known starts the
receiver's clock when it was done: it is delivered through this gateway, and transport evidence shows when it arrived.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import AS_SHIPPED, Roll, Unit
from gateway.domain.clocks import colour, due
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.running_clocks import RunningClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.clock_rules import ClockParameters, ClockRule
    from gateway.domain.referral_steps import ReferralAct
    from gateway.domain.referrals import Referral

THREE_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class Duty:
    """One clock: what starts it, what fulfils it, and what leaves nothing to be done."""

    clock_id: str
    starts: frozenset[Kind]
    done: frozenset[Kind]
    moot: frozenset[Kind] = frozenset()


def _duty(clock_id: str, starts: set[Kind], done: set[Kind], moot: set[Kind] | None = None) -> Duty:
    return Duty(clock_id, frozenset(starts), frozenset(done), frozenset(moot or ()))


FILED_OR_NOT: Final = {Kind.FILING, Kind.NON_FILING}
CONTESTED: Final = {Kind.RECONSIDERATION_REQUEST, Kind.SUPERVISION_REQUEST, Kind.ADMINISTRATIVE_RETURN}
CONCLUDED: Final = {Kind.INDICTMENT, Kind.NON_PROSECUTION, Kind.WITHDRAWAL}

DUTIES: Final = (
    _duty("T-21/approve", {Kind.REPORT}, {Kind.APPROVAL, Kind.REFUSAL}),
    _duty("T-22/send", {Kind.APPROVAL}, {Kind.SENDING}),
    # Whoever decides on filing, asks for materials or supervision is on has found its jurisdiction.
    _duty("T-25/forward", {Kind.RECEIPT}, {Kind.FORWARDING}, {*FILED_OR_NOT, Kind.MATERIALS_REQUEST, Kind.EXTENSION}),
    _duty("T-26/supply", {Kind.MATERIALS_REQUEST}, {Kind.SUPPLEMENT}, {*FILED_OR_NOT, Kind.FORWARDING}),
    _duty("T-27/decide", {Kind.RECEIPT}, FILED_OR_NOT, {Kind.FORWARDING, Kind.SUPERVISION_REQUEST}),
    _duty("T-29/hand-over", {Kind.FILING}, {Kind.HANDOVER}, CONCLUDED),
    _duty("T-30/contest", {Kind.NON_FILING}, CONTESTED, {Kind.FILING}),
    _duty(
        "T-31/reconsider",
        {Kind.RECONSIDERATION_REQUEST},
        {Kind.FILING, Kind.NON_FILING_UPHELD},
        {Kind.SUPERVISION_REQUEST},
    ),
    _duty(
        "T-32/supervision",
        {Kind.NON_FILING_UPHELD},
        {Kind.SUPERVISION_REQUEST, Kind.ADMINISTRATIVE_RETURN},
        {Kind.FILING},
    ),
    _duty(
        "T-34/explain",
        {Kind.EXPLANATION_REQUEST},
        {Kind.EXPLANATION},
        {Kind.FILING, Kind.FILING_ORDER, Kind.NON_FILING_VALID},
    ),
    _duty("T-35/file", {Kind.FILING_ORDER}, {Kind.FILING}),
    _duty("T-41/opinion", {Kind.NON_PROSECUTION}, {Kind.OPINION}, {Kind.CLOSING}),
    _duty("T-41/answer", {Kind.OPINION}, {Kind.OPINION_ANSWER}),
)
"""What the hand-over's own steps start. ``T-36/tell`` and ``T-37/conclude`` need more than a kind."""
ASKING: Final = _duty("T-26/ask", {Kind.RECEIPT}, {Kind.MATERIALS_REQUEST}, {*FILED_OR_NOT, Kind.FORWARDING})
"""Not a duty: who finds nothing missing asks for nothing, and nobody is late (T-26)."""


def clocks_of_referral(
    object_id: str,
    authority: str,
    acts: Sequence[ReferralAct],
    now: datetime,
    calendar: WorkingCalendar,
    parameters: ClockParameters = AS_SHIPPED,
) -> tuple[RunningClock, ...]:
    """Return every clock that the case's steps have started by *now*, in order of their ends.

    Args:
        object_id: Of the referral.
        authority: Name of the referring authority.
        acts: The case's steps in the order in which they were recorded.
        now: An instant, UTC.
        calendar: By which days are counted.
        parameters: What the law leaves open.
    """
    known = [act for act in acts if act.at <= now]
    found = []
    for started in _started(known):
        rule = CLOCKS[started.clock_id]
        for _ in range(min(started.extensions, len(rule.extensions))):
            rule = rule.extended()
        start = started.at if rule.unit is Unit.HOURS else civil_date(started.at)
        deadline = due(rule, start, calendar, parameters)
        how = colour(deadline, now, started.ended_at)
        clock = RunningClock(deadline, civil_date(started.at), object_id, "", authority, started.ended_at, how)
        found.append(replace(clock, due_on_working_days=_on_working_days(rule, clock.start, calendar)))
    return tuple(sorted(found, key=lambda clock: clock.place))


def clocks_of_telling(
    case: Referral, now: datetime, law: tuple[WorkingCalendar, ClockParameters]
) -> list[RunningClock]:
    """Return the clock of telling HRSS that a reason for not filing is valid (T-36), one for each such finding.

    The finding is dated by its document; HRSS is told when it is recorded here.

    Args:
        case: The case.
        now: An instant, UTC.
        law: By which days are counted, and what the law leaves open.
    """
    found = []
    for entry in case.entries:
        act = entry.act
        if act is None or act.kind is not Kind.NON_FILING_VALID or entry.recorded_at > now:
            continue
        day = civil_date(act.at)
        deadline = due(CLOCKS["T-36/tell"], day, *law)
        how = colour(deadline, now, entry.recorded_at)
        found.append(RunningClock(deadline, day, case.referral_id, "", case.agency, entry.recorded_at, how))
    return found


def _on_working_days(rule: ClockRule, start: date, calendar: WorkingCalendar) -> date | None:
    """Return when the "3日" of R310 would end if they were working days; None for any other clock, or once extended."""
    if rule.roll is not Roll.REFERRAL or rule.length != THREE_DAYS:
        return None
    return due(replace(rule, unit=Unit.WORKING_DAYS, roll=Roll.NEVER, extensions=()), start, calendar).due_on


@dataclass(frozen=True, slots=True)
class _Started:
    """A clock with the instant of its start, what it was extended by, and when it was ended."""

    clock_id: str
    at: datetime
    extensions: int
    ended_at: datetime | None


def _started(acts: Sequence[ReferralAct]) -> Iterator[_Started]:
    for place, act in enumerate(acts):
        later = acts[place + 1 :]
        for duty in (*DUTIES, ASKING):
            if act.kind not in duty.starts:
                continue
            ends = duty.done | duty.moot | duty.starts
            end = next((each for each in later if each.kind in ends), None)
            before = later if end is None else later[: later.index(end)]
            extended = sum(each.kind is Kind.EXTENSION for each in before) if duty.clock_id == "T-27/decide" else 0
            yield _Started(duty.clock_id, act.at, extended, end.at if end is not None else None)
    yield from _filed_on_order(acts)


def _filed_on_order(acts: Sequence[ReferralAct]) -> Iterator[_Started]:
    """Yield the three months after which police that filed as ordered are urged to conclude (T-37)."""
    for place, act in enumerate(acts):
        ordered = any(each.kind is Kind.FILING_ORDER for each in acts[:place])
        if act.kind is Kind.FILING and ordered:
            end = next((each.at for each in acts[place + 1 :] if each.kind in CONCLUDED), None)
            yield _Started("T-37/conclude", act.at, 0, end)
