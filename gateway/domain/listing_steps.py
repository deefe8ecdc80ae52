"""Which step of a listing's procedure may be taken now: the transitions as one table, and what the law wants besides.

A step is an act of a day. It is judged by where the listing stood that day, and by the facts on record when it is
taken. Nothing is decided here that the law leaves to the authority; what it forbids is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.domain.errors import StateError
from gateway.domain.listing_acts import still_open
from gateway.domain.listing_dates import last_day_to_object
from gateway.domain.listing_standing import LIFTING, open_application, standing_on
from gateway.domain.listing_words import ListingCondition as Condition
from gateway.domain.listing_words import ListingHindrance as Hindrance
from gateway.domain.listing_words import ListingStage as Stage
from gateway.domain.repair import early_exit
from gateway.domain.vocabulary import ListingActKind as Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from formats.calendar import WorkingCalendar
    from gateway.domain.kinds.arrears import ArrearsFinding
    from gateway.domain.listing_acts import Act
    from gateway.domain.listing_standing import Standing
    from gateway.domain.listings import Listing


@dataclass(frozen=True, slots=True)
class Transition:
    """From which stages a step may be taken, under which conditions and without which."""

    stages: frozenset[Stage]
    needs: frozenset[Condition] = frozenset()
    bars: frozenset[Condition] = frozenset()

    def allows(self, standing: Standing) -> bool:
        """Return whether the step may be taken by a listing that stands so."""
        return (
            standing.stage in self.stages and self.needs <= standing.conditions and not self.bars & standing.conditions
        )


def _from(*stages: Stage, needs: Iterable[Condition] = (), bars: Iterable[Condition] = ()) -> Transition:
    return Transition(frozenset(stages), frozenset(needs), frozenset(bars))


UNDECIDED = (
    Stage.ORDERED,
    Stage.ORDER_RUNNING,
    Stage.ORDER_EXPIRED,
    Stage.PRE_NOTICE_ISSUED,
    Stage.PRE_NOTICED,
    Stage.OBJECTED,
)
STANDING = (Stage.DECIDED, Stage.LISTED)
ENDED = (Stage.REPAIRED, Stage.EXPIRED, Stage.REVOKED)
CONTESTABLE = (*STANDING, Stage.REPAIRED, Stage.EXPIRED)

TRANSITIONS: Mapping[Kind, Transition] = {
    Kind.ORDER_ISSUED: _from(Stage.NOT_OPENED),
    Kind.ORDER_DELIVERED: _from(Stage.ORDERED),
    Kind.PRE_NOTICE: _from(Stage.ORDER_EXPIRED, bars=[Condition.ORDER_REVOKED]),
    Kind.PRE_NOTICE_DELIVERED: _from(Stage.PRE_NOTICE_ISSUED),
    Kind.OBJECTION: _from(Stage.PRE_NOTICED),
    Kind.OBJECTION_VERIFIED: _from(Stage.OBJECTED),
    Kind.NOT_LISTED: _from(*UNDECIDED),
    Kind.DECISION: _from(Stage.PRE_NOTICED, bars=[Condition.ORDER_REVOKED]),
    Kind.DELIVERY: _from(*STANDING),
    Kind.PUBLISHED: _from(Stage.LISTED, bars=[Condition.PUBLISHED, *LIFTING]),
    Kind.STAY: _from(*STANDING),
    Kind.STAY_ENDED: _from(*STANDING, needs=[Condition.STAYED]),
    Kind.HIDDEN: _from(Stage.LISTED, bars=[Condition.HIDDEN]),
    Kind.HIDDEN_ENDED: _from(Stage.LISTED, needs=[Condition.HIDDEN]),
    Kind.DISPUTE_OPENED: _from(*CONTESTABLE),
    Kind.DISPUTE_CLOSED: _from(*CONTESTABLE, Stage.REVOKED, needs=[Condition.DISPUTED]),
    Kind.CRIMINAL_BAR_SET: _from(*UNDECIDED, *CONTESTABLE),
    Kind.CRIMINAL_BAR_LIFTED: _from(*UNDECIDED, *CONTESTABLE, needs=[Condition.CRIMINAL_BAR]),
    Kind.ORDER_REVOKED: _from(*UNDECIDED, *CONTESTABLE, bars=[Condition.ORDER_REVOKED]),
    Kind.REPAIR_APPLIED: _from(Stage.LISTED, bars=[Condition.REPAIR_APPLIED]),
    Kind.REPAIR_ACCEPTED: _from(Stage.LISTED, needs=[Condition.REPAIR_APPLIED], bars=[Condition.REPAIR_ACCEPTED]),
    Kind.REPAIR_EXTENDED: _from(Stage.LISTED, needs=[Condition.REPAIR_ACCEPTED], bars=[Condition.REPAIR_EXTENDED]),
    Kind.REPAIR: _from(Stage.LISTED, needs=[Condition.REPAIR_APPLIED]),
    Kind.REPAIR_REFUSED: _from(Stage.LISTED, needs=[Condition.REPAIR_APPLIED]),
    Kind.RESTORE: _from(Stage.REPAIRED),
    Kind.REVOCATION: _from(*CONTESTABLE),
    Kind.UNPUBLISHED: _from(*ENDED, bars=[Condition.UNPUBLISHED]),
    Kind.OTHER_SITES_TOLD: _from(*ENDED, bars=[Condition.OTHER_SITES_TOLD]),
    Kind.PLATFORM_TOLD: _from(*ENDED, bars=[Condition.PLATFORM_TOLD]),
    Kind.REPAIR_SHOWN: _from(*STANDING, bars=[Condition.REPAIR_SHOWN]),
    Kind.REPAIR_SHOWN_REJECTED: _from(*STANDING, needs=[Condition.REPAIR_SHOWN]),
}
"""Every step, and from where it may be taken. A remedy or a stay changes no stage (ARL art. 42)."""

ENDINGS = frozenset({Kind.REPAIR, Kind.RESTORE, Kind.REVOCATION})
"""Decisions after which it is too late to say that an earlier repair is shown: the authority has decided."""
PLATFORMS = frozenset({Kind.REPAIR_SHOWN})
"""Steps that the credit platform reports: no authority takes them (C-02)."""
CHAIN = frozenset({Kind.ORDER_ISSUED, Kind.ORDER_DELIVERED, Kind.PRE_NOTICE, Kind.PRE_NOTICE_DELIVERED})
"""The documents without which there is no decision (L-27)."""
MAIN_LINE = CHAIN | frozenset(
    {
        Kind.OBJECTION,
        Kind.OBJECTION_VERIFIED,
        Kind.NOT_LISTED,
        Kind.DECISION,
        Kind.REPAIR_APPLIED,
        Kind.REPAIR_ACCEPTED,
        Kind.REPAIR_EXTENDED,
        Kind.REPAIR,
        Kind.REPAIR_REFUSED,
        Kind.RESTORE,
        Kind.REVOCATION,
    }
)
"""Steps that rest on those before them, so that none of them may be dated before another that is on record."""


@dataclass(frozen=True, slots=True)
class Case:
    """A listing, and the arrears findings of its enterprise: all that a step is judged by."""

    listing: Listing
    findings: tuple[ArrearsFinding, ...] = ()

    def after(self, act: Act) -> Case:
        """Return the case with one more act."""
        return replace(self, listing=replace(self.listing, acts=(*self.listing.acts, act)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was brought beside the step's own document."""

    objection_waived: bool = False
    """The party waived its objection in writing (L-06)."""
    reason_before_year: bool = False
    """HRSS says why it grants a repair before the date of CR36 (L-20)."""


@dataclass(frozen=True, slots=True)
class Hindered:
    """Why a step cannot be taken; ``until`` is the first day on which this alone would not stand in its way."""

    why: Hindrance
    until: date | None = None


def require_step(case: Case, act: Act, evidence: Evidence, calendar: WorkingCalendar) -> None:
    """Refuse *act* unless it may be added to *case*.

    Raises:
        StateError: With ``object``, ``state``, ``wanted``, ``allowed`` (what may be done that day), ``why``, and
            ``until`` where a day ends the hindrance.
    """
    found = hindrance(case, act.kind, act.day, evidence, calendar) or _shown_before(case, act)
    if found is None:
        return
    standing = standing_on(case.listing, act.day)
    allowed = ",".join(kind.name for kind in next_steps(case, act.day, calendar))
    until = {} if found.until is None else {"until": found.until.isoformat()}
    raise StateError(
        f"{act.kind.name} cannot follow on {standing.name} on {act.day}: {found.why.name}",
        object=case.listing.listing_id,
        state=standing.name,
        wanted=act.kind.name,
        allowed=allowed,
        why=found.why.name,
        **until,
    )


def _shown_before(case: Case, act: Act) -> Hindered | None:
    """A repair shown under one document counts once: what was rejected is not raised by saying it again (C-02)."""
    before = {each.document_number for each in case.listing.acts if each.kind is act.kind}
    again = act.kind in PLATFORMS and act.document_number in before
    return Hindered(Hindrance.SHOWN_BEFORE) if again else None


def next_steps(case: Case, day: date, calendar: WorkingCalendar) -> tuple[Kind, ...]:
    """Return the steps that may be taken on *day* without anything beside their own document."""
    standing = standing_on(case.listing, day)
    own = (kind for kind in Kind if kind not in PLATFORMS and TRANSITIONS[kind].allows(standing))
    return tuple(kind for kind in own if hindrance(case, kind, day, Evidence(), calendar) is None)


def hindered_steps(case: Case, day: date, calendar: WorkingCalendar) -> Iterable[tuple[Kind, Hindered]]:
    """Yield the steps that the stage allows on *day* and that something else hinders."""
    standing = standing_on(case.listing, day)
    for kind, transition in TRANSITIONS.items():
        found = hindrance(case, kind, day, Evidence(), calendar) if transition.allows(standing) else None
        if found is not None:
            yield kind, found


def hindrance(case: Case, kind: Kind, day: date, evidence: Evidence, calendar: WorkingCalendar) -> Hindered | None:
    """Return why the step cannot be taken on *day*; None when it can."""
    standing = standing_on(case.listing, day)
    if not TRANSITIONS[kind].allows(standing):
        return Hindered(Hindrance.NOT_FROM_THIS_STATE)
    latest = max((act.day for act in case.listing.acts if act.kind in MAIN_LINE), default=day)
    if kind in MAIN_LINE and day < latest:
        return Hindered(Hindrance.LATER_STEP_ON_RECORD, latest)
    ended = max((act.day for act in case.listing.acts if act.kind in ENDINGS), default=day)
    if kind in PLATFORMS and day < ended:
        return Hindered(Hindrance.LATER_STEP_ON_RECORD, ended)
    if kind is Kind.ORDER_DELIVERED:
        due = next((act.due_on for act in case.listing.acts if act.due_on is not None), None)
        return Hindered(Hindrance.ORDER_ALREADY_DUE) if due is not None and day > due else None
    if kind is Kind.DECISION:
        return _decision_hindrance(case, day, evidence, calendar)
    if kind is Kind.REPAIR:
        return _repair_hindrance(case, standing, day, evidence)
    return None


def _decision_hindrance(case: Case, day: date, evidence: Evidence, calendar: WorkingCalendar) -> Hindered | None:
    """The decision: its chain of documents (L-27), and the time in which the party may object (L-06)."""
    if not {act.kind for act in case.listing.acts} >= CHAIN:
        return Hindered(Hindrance.CHAIN_INCOMPLETE)
    last = last_day_to_object(case.listing, calendar)
    if last is not None and day <= last.due and not evidence.objection_waived:
        return Hindered(Hindrance.OBJECTION_PERIOD_OPEN, last.due + timedelta(days=1))
    return None


def _repair_hindrance(case: Case, standing: Standing, day: date, evidence: Evidence) -> Hindered | None:
    """Early removal: L-14, L-15, and the year of CR36, before which the authority must say why (L-20)."""
    term = standing.term
    assert term is not None  # noqa: S101 - the table lets only what is listed come here
    application = open_application(case.listing, term)
    assert application is not None  # noqa: S101 - likewise, only with an application
    bars = still_open(case.listing.acts, Kind.CRIMINAL_BAR_SET, Kind.CRIMINAL_BAR_LIFTED)
    if Condition.CRIMINAL_BAR in standing.conditions or bars:  # that day, or now when an earlier day is written down
        return Hindered(Hindrance.CRIMINAL_BAR)
    if any(term.decision.on < finding.found_on for finding in case.findings):
        return Hindered(Hindrance.NEW_ARREARS)
    dates = early_exit(term.decision.on, application.corrected_on or application.on)
    if day < dates.eligible_o45:
        return Hindered(Hindrance.SIX_MONTHS_NOT_OVER, dates.eligible_o45)
    if day < dates.eligible_cr36 and not evidence.reason_before_year:
        return Hindered(Hindrance.REASON_BEFORE_YEAR_MISSING, dates.eligible_cr36)
    return None
