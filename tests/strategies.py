"""Hypothesis strategies of records, listings and dossiers for the laws of the domain; nothing here asserts.

Dates lie close together, so that windows, terms and acts meet at their edges.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from builders import AUTHORITY, DAY, OTHER_USCC, USCC
from hypothesis import strategies as st

from formats.calendar import WorkingCalendar, YearTable
from formats.civil import midnight
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.enterprise import BusinessStatus, EnterpriseProfile
from gateway.domain.kinds.grade_recovery import GradeRecovery
from gateway.domain.kinds.penalty import Penalty, Restriction
from gateway.domain.kinds.publication import Publication
from gateway.domain.kinds.published_notice import NoticeList, PublishedNotice
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.listing_acts import EFFECTIVE, Act
from gateway.domain.listings import Listing
from gateway.domain.records import Dossier, Relation, RelationKind
from gateway.domain.vocabulary import EnterpriseKind, ListingActKind

days = st.dates(date(2023, 1, 1), date(2027, 12, 31)) | st.sampled_from(
    [date(2024, 2, 29), date(2024, 2, 28), date(2024, 3, 1), date(2025, 2, 28), date(2026, 11, 24), date(2024, 8, 31)]
)
instants = st.datetimes(datetime(2022, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)) | days.map(midnight)  # noqa: DTZ001 - hypothesis wants naive bounds


@st.composite
def acts(draw: st.DrawFn, number: int = 0) -> Act:
    kind = draw(st.sampled_from(sorted(EFFECTIVE)) | st.sampled_from(ListingActKind))
    on = draw(days)
    party = draw(st.sampled_from(["", USCC, "person"])) if kind is ListingActKind.DELIVERY else ""
    instant = None
    if kind is ListingActKind.DELIVERY and draw(st.booleans()):
        instant = midnight(on) + draw(st.integers(0, 86_399)) * timedelta(seconds=1)
    document = f"示例〔{draw(st.integers(1, 3))}〕号"
    return Act(kind, on, document, AUTHORITY, f"A-{number}", instant, party)


@st.composite
def listings(draw: st.DrawFn, listing_id: str = "L-1", uscc: str = USCC, *, void: bool = True) -> Listing:
    """Return a listing with a decision, mostly a delivery, and up to six acts of any kind."""
    decided = draw(days)
    made = [Act(ListingActKind.DECISION, decided, "示例〔0〕号", AUTHORITY, "A-decision")]
    if draw(st.integers(0, 9)):
        delivered = decided + draw(st.integers(0, 40)) * DAY
        made.append(Act(ListingActKind.DELIVERY, delivered, "示例〔0〕号", AUTHORITY, "A-delivery"))
    for number in range(draw(st.integers(0, 6))):
        extra = draw(acts(number))
        if extra.kind is not ListingActKind.REVOCATION or (void and draw(st.integers(0, 4)) == 0):
            made.append(extra)
    return Listing(listing_id, uscc, tuple(made))


def _fact_of(kind: str, number: int, first: date, second: date, flag: bool) -> Any:  # noqa: FBT001 - drawn
    early, late = sorted((first, second))
    stamp = {"record_id": f"{kind}-{number}", "authority": AUTHORITY, "document_number": f"示例〔{number}〕号"}
    if kind == "complaint":
        return Complaint(
            **stamp,
            accepted_on=early,
            verified_on=min(late, early + 60 * DAY),
            settled_on=late if flag else None,
            payment_order_number=f"I-{number % 9}",
        )
    if kind == "arrears":
        values = {"amount_fen": 1, "workers": 1, "malicious": flag, "payment_order_number": ""}
        return ArrearsFinding(**stamp, found_on=early, paid_on=late if number % 3 else None, **values)
    if kind == "publication":
        return Publication(**stamp, published_on=early, display_until=late, for_wages=flag)
    if kind == "penalty":
        return _penalty(number, early, late, stamp)
    if kind == "conviction":
        return Conviction(**stamp, effective_on=early)
    if kind == "notice":
        which = NoticeList.WAGE_ARREARS_LISTING if flag else NoticeList.MAJOR_VIOLATION_PUBLICATION
        return PublishedNotice(**stamp, notice_list=which, published_on=early)
    if kind == "red":
        return RedListEntry(**stamp, listed_on=early, until=late if flag else None)
    return GradeRecovery(**stamp, decided_on=early)


def _penalty(number: int, early: date, late: date, stamp: dict[str, str]) -> Penalty:
    """Return a penalty that restricts, but for every fifth."""
    if number % 5 == 4:
        free = {"restriction": None, "restricts_from": None, "restricts_until": None}
        return Penalty(**stamp, **free, decided_on=early, penalty_class="罚款", display_until=late)
    restriction = list(Restriction)[number % 4]
    return Penalty(**stamp, restriction=restriction, decided_on=early, restricts_from=early, restricts_until=late)


FACT_KINDS = ("complaint", "arrears", "publication", "penalty", "conviction", "notice", "red", "recovery")


@st.composite
def facts(draw: st.DrawFn, kinds: tuple[str, ...] = FACT_KINDS, most: int = 10) -> tuple[Any, ...]:
    return tuple(
        _fact_of(draw(st.sampled_from(kinds)), number, draw(days), draw(days), draw(st.booleans()))
        for number in range(draw(st.integers(0, most)))
    )


@st.composite
def profiles(draw: st.DrawFn) -> tuple[EnterpriseProfile, ...]:
    known = sorted(draw(st.lists(days, max_size=3, unique=True)))
    if draw(st.integers(0, 3)):
        known = [date(2015, 1, 1), *known]
    return tuple(
        EnterpriseProfile(
            record_id=f"E-{since}",
            name=f"示例{since}公司",
            valid_from=since,
            kind=draw(st.sampled_from(EnterpriseKind)),
            construction_unit=draw(st.integers(0, 5)) > 0,
            business_status=draw(st.sampled_from([BusinessStatus.IN_BUSINESS, *BusinessStatus])),
        )
        for since in known
    )


@st.composite
def dossiers(draw: st.DrawFn, uscc: str = USCC) -> Dossier:
    own = tuple(draw(listings(f"L-{number}", uscc)) for number in range(draw(st.integers(0, 2))))
    related = ()
    if draw(st.integers(0, 3)) == 0:
        kind = draw(
            st.sampled_from([RelationKind.LEGAL_REPRESENTATIVE, RelationKind.HEAD_OFFICE, RelationKind.PREDECESSOR])
        )
        related = (Relation(kind, OTHER_USCC, (draw(listings("L-other", OTHER_USCC)),)),)
    return Dossier(uscc, draw(profiles()), draw(facts()), own, related)


@st.composite
def calendars(draw):
    """Return the calendar of none to all of three years, each with any days off and any weekends worked."""
    tables = []
    for year in draw(st.sets(st.sampled_from([2025, 2026, 2027]))):
        days = st.dates(date(year, 1, 1), date(year, 12, 31))
        off = draw(st.frozensets(days, max_size=30))
        weekends = draw(
            st.frozensets(days, max_size=10).map(lambda them: frozenset(d for d in them if d.weekday() > 4))
        )
        tables.append(YearTable(year, off, weekends - off, "drawn"))
    return WorkingCalendar(tables)
