"""A listing for the wire: where it stands now, what may come next, and its acts. Nothing is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import listing_pb2 as pb

from formats.civil import civil_date
from gateway.domain.listing_acts import ordered
from gateway.domain.listing_dates import duties, last_day_to_object
from gateway.domain.listing_standing import last_application, standing_on
from gateway.domain.listing_steps import Case, hindered_steps, next_steps
from gateway.domain.listing_words import ListingCondition, ListingStage
from gateway.domain.listings import ListingState, state_at
from gateway.domain.repair import early_exit
from gateway.domain.vocabulary import ListingActKind
from gateway.rpc.answers import instant_pb, wire

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.listing_standing import Standing
    from gateway.domain.listings import Listing
    from gateway.services.ports.facts import HeldListing

ENDS_OF_ALARM = frozenset({ListingStage.REVOKED, ListingStage.NOT_LISTED})


def standing_pb(held: HeldListing, calendar: WorkingCalendar, now: datetime) -> pb.ListingStanding:
    """Return where the listing stands at the instant *now*."""
    today = civil_date(now)
    listing, case = held.listing, Case(held.listing, held.findings)
    standing = standing_on(listing, today)
    shown = pb.ListingStanding(
        listing_id=listing.listing_id,
        uscc=listing.uscc,
        stage=wire(standing.stage),
        conditions=[wire(condition) for condition in sorted(standing.conditions)],
        in_force=state_at(listing, now) is ListingState.IN_FORCE,
        next_steps=[wire(kind) for kind in next_steps(case, today, calendar)],
        hindered_steps=[
            pb.HinderedStep(act=wire(kind), why=wire(found.why), until=_day(found.until))
            for kind, found in hindered_steps(case, today, calendar)
        ],
        duties=list(_duties(listing, standing, calendar, today)),
        must_be_revoked=ListingCondition.ORDER_REVOKED in standing.conditions and standing.stage not in ENDS_OF_ALARM,
    )
    application = last_application(listing, standing.term) if standing.term else None
    if standing.term is not None and application is not None:
        corrected = application.corrected_on or application.on
        dates = early_exit(standing.term.decision.on, corrected)
        shown.repair_dates.CopyFrom(
            pb.RepairDates(
                corrected_on=_day(corrected),
                eligible_o45=_day(dates.eligible_o45),
                eligible_cr36=_day(dates.eligible_cr36),
                remind_on=_day(dates.remind_on),
            )
        )
    until = last_day_to_object(listing, calendar)
    shown.objection_until = _day(until.due if until else None)
    return shown


def acts_pb(held: HeldListing) -> Iterable[pb.RecordedListingAct]:
    """Yield the acts in the order in which they count."""
    for act in ordered(held.listing.acts):
        shown = pb.RecordedListingAct(
            act=wire(act.kind),
            on=act.day.isoformat(),
            document_number=act.document_number,
            authority=act.authority,
            to_person=act.kind is ListingActKind.DELIVERY and act.party not in {"", held.listing.uscc},
            said=held.said.get(act.act_id, {}),
        )
        for name, day in (("due_on", act.due_on), ("corrected_on", act.corrected_on)):
            if day is not None:
                shown.said[name] = day.isoformat()
        if act.at is not None:
            shown.at.CopyFrom(instant_pb(act.at))
        yield shown


def _duties(listing: Listing, standing: Standing, calendar: WorkingCalendar, today: date) -> Iterable[pb.ListingDuty]:
    for duty in duties(listing, standing, calendar):
        yield pb.ListingDuty(
            rule_id=duty.rule_id,
            due_on=_day(duty.due.due),
            provisional=duty.due.provisional,
            done_on=_day(duty.done_on),
            late=duty.late_on(today),
        )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
