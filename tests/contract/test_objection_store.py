"""What every store does with an objection: it finds its record, starts its clock, disputes and lifts nothing (C-20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest
from listing_life import CALENDAR, DECISION, DELIVERY, TO_NOTICE
from store_samples import RULES, code, fact, profile, submission

from gateway.domain.agencies import Agency, Role
from gateway.domain.clocks import due
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    FieldNotInMandateError,
    MalformedRequestError,
    RequestIdReusedError,
    StateError,
)
from gateway.domain.kinds.penalty import Restriction
from gateway.domain.kinds.publication_objection import ObjectionResult
from gateway.domain.listing_acts import Act
from gateway.domain.listings import disputed_at
from gateway.domain.objections import ObjectionAbout
from gateway.domain.running_clocks import ClockFilter
from gateway.domain.timeline import build
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.services.list_clocks import ListClocks
from gateway.services.listing_steps import ListingSteps, NewAct, StepRequest
from gateway.services.objections import Answering, Filing, Objections
from gateway.storage.docket import SqlDocket
from gateway.storage.objections import SqlObjectionStore

AUTHORITY = "示例市人社局"
WINDOW = Agency(agency_id="hrss-window", name_zh="窗口", name_en="window", role=Role.SUBJECT, territory="420300")
HRSS = Agency(
    agency_id="hrss",
    name_zh="人社",
    name_en="HRSS",
    role=Role.PRODUCER,
    territory="420300",
    feeds=frozenset({"wage_list"}),
    authorities=frozenset({AUTHORITY}),
)
FILING = Filing("f", "fd", code(1), ObjectionAbout.PENALTY, "罚〔1〕号", "处罚对象有误", "窗口〔1〕号")
ANSWER = Answering("a", "ad", "", AUTHORITY, "复〔1〕号", date(2026, 6, 12), ObjectionResult.UPHELD, "维持")


class Clock:
    """A clock that stands where it is set."""

    moment = datetime(2026, 6, 10, 4, tzinfo=UTC)

    def now(self):
        return self.moment

    def boot_seconds(self):
        return 0.0


class Place:
    """A store with one enterprise that is fined, published and pre-noticed, and what it may do about that."""

    def __init__(self, store, history, engine):
        self.store, self.history, self.clock = store, history, Clock()
        self.clocks = ListClocks(SqlDocket(engine), CALENDAR)
        self.steps = ListingSteps(store, self.clock, "w", CALENDAR)
        deadline = partial(due, calendar=CALENDAR)
        self.objections = Objections(SqlObjectionStore(engine), store, self.steps, self.clock, deadline)
        own = {"authority": AUTHORITY}
        days = {"restricts_from": date(2026, 1, 5), "restricts_until": date(2027, 1, 5)}
        penalty = fact(
            1, "penalty", "n", document_number="罚〔1〕号", restriction=Restriction.PROCUREMENT_BAN, **days, **own
        )
        shown = {"published_on": date(2026, 1, 5), "display_until": date(2027, 1, 5), "for_wages": False}
        published = fact(1, "publication", "p", document_number="社〔1〕号", **shown, **own)
        complaint = fact(1, "complaint", "c", document_number="监〔1〕号", **own)
        store.submit(submission("start", profile(1), penalty, published, complaint, fact(2, "penalty", "other", **own)))
        for kind, on in TO_NOTICE:
            self.step(kind, on)

    def step(self, kind, on, said=None):
        own = {"due_on": date(2025, 1, 20)} if kind is Kind.ORDER_ISSUED else {}
        new = Act(kind, date.fromisoformat(on), f"{kind.name}〔1〕号", AUTHORITY, "", **own)
        opening = {"uscc": code(1)} if kind is Kind.ORDER_ISSUED else {}
        return self.steps.take(HRSS, StepRequest(f"{kind.name}{on}", "d", "L", (NewAct(new, said or {}),), **opening))

    def file(self, filing=FILING, **changes):
        return self.objections._file(WINDOW, replace(filing, **changes), "w")

    def answer(self, **changes):
        return self.objections._answer(HRSS, replace(ANSWER, **changes), "w")

    def own(self, uscc=FILING.uscc):
        return [each for each, _ in self.objections._own(uscc)[1]]

    def dossier(self):
        return self.history.dossier(code(1), self.history.head())

    def grounds(self, on="2026-06-10"):
        standing, _ = build(self.dossier(), RULES).at(datetime.fromisoformat(f"{on}T12:00+08:00"))
        return {ground.record_id: ground.disputed for ground in standing.grounds if ground.record_id in {"n", "p"}}

    def running(self):
        page = self.clocks._page(ClockFilter(authority=AUTHORITY), self.clock.moment, None, 1_000)
        return {(c.rule.clock_id, c.object_id): c.done_at is not None for c in page.clocks}


@pytest.fixture
def place(store, history, engine):
    return Place(store, history, engine)


def test_an_objection_to_a_penalty_disputes_it_lifts_nothing_and_is_on_its_authoritys_list(place):
    assert place.grounds() == {"n": False, "p": False}
    filed = place.file()
    assert (filed.authority, filed.received_on, filed.answer_by.due_on) == (
        AUTHORITY,
        date(2026, 6, 10),
        date(2026, 6, 25),
    )
    assert filed.revision == place.history.head()
    assert place.grounds() == {"n": True, "p": False}
    assert place.running()["GIR-41/correct", filed.objection_id] is False


def test_an_answer_ends_dispute_and_clock_and_is_told_to_who_objected(place):
    filed = place.file()
    place.clock.moment = datetime(2026, 6, 12, 4, tzinfo=UTC)
    _, uscc = place.answer(objection_id=filed.objection_id)
    assert uscc == code(1)
    assert place.grounds("2026-06-11")["n"]
    assert not place.grounds("2026-06-12")["n"]
    assert place.running()["GIR-41/correct", filed.objection_id] is True
    (own,) = place.own()
    assert (own.objection_id, own.document_number, own.application, own.grounds) == (
        filed.objection_id,
        "罚〔1〕号",
        "窗口〔1〕号",
        "处罚对象有误",
    )
    assert (own.answered_on, own.result, own.answer_number, own.answer) == (
        date(2026, 6, 12),
        ObjectionResult.UPHELD,
        "复〔1〕号",
        "维持",
    )


def test_an_objection_to_a_publication_is_reviewed_in_15_working_days(place):
    """P-06."""
    filed = place.file(about=ObjectionAbout.PUBLICATION, document_number="社〔1〕号")
    assert filed.answer_by.due_on == date(2026, 7, 2)
    assert place.grounds() == {"n": False, "p": True}
    assert place.running()["P-06/review", filed.objection_id] is False
    place.clock.moment = datetime(2026, 6, 12, 4, tzinfo=UTC)
    place.answer(objection_id=filed.objection_id, result=ObjectionResult.CHANGED)
    assert place.running()["P-06/review", filed.objection_id] is True
    assert place.running()["P-07/correct", filed.objection_id] is False
    (own,) = place.own()
    assert (own.about, own.answer, own.grounds) == (ObjectionAbout.PUBLICATION, "维持", "处罚对象有误")


def test_an_objection_to_an_intended_listing_is_a_step_verified_in_5_working_days(place):
    """L-06."""
    filed = place.file(about=ObjectionAbout.LISTING, document_number="PRE_NOTICE〔1〕号")
    assert filed.answer_by.due_on == date(2026, 6, 17)
    assert place.running()["L-06/verify", "L"] is False
    (own,) = place.own()
    assert (own.about, own.grounds, own.answered_on) == (ObjectionAbout.LISTING, "处罚对象有误", None)
    place.clock.moment = datetime(2026, 6, 12, 4, tzinfo=UTC)
    place.step(Kind.OBJECTION_VERIFIED, "2026-06-12", {"result": "异议不成立"})
    (own,) = place.own()
    assert (own.answered_on, own.answer, own.answer_number) == (
        date(2026, 6, 12),
        "异议不成立",
        "OBJECTION_VERIFIED〔1〕号",
    )


def test_an_objection_to_a_decided_listing_disputes_it_and_has_no_clock(place):
    for kind, on in (DECISION, DELIVERY):
        place.step(kind, on)
    filed = place.file(about=ObjectionAbout.LISTING, document_number="DECISION〔1〕号")
    assert filed.answer_by is None
    (listing,) = place.dossier().listings
    assert disputed_at(listing, place.clock.moment)
    place.step(Kind.DISPUTE_CLOSED, "2026-06-10", {"result": "维持"})
    (own,) = place.own()
    assert (own.answer, own.objection_id) == ("维持", filed.objection_id)


def test_a_listing_is_not_known_by_what_must_not_be_told(place):
    """T-60: a criminal bar tells of a referral."""
    place.step(Kind.CRIMINAL_BAR_SET, "2026-06-01")
    with pytest.raises(EnterpriseNotFoundError):
        place.file(about=ObjectionAbout.LISTING, document_number="CRIMINAL_BAR_SET〔1〕号")


@pytest.mark.parametrize("about", [ObjectionAbout.WRONG_DATA, ObjectionAbout.CREDIT_RECORD])
def test_who_complained_cannot_be_found_out_by_objecting(place, about):
    with pytest.raises(EnterpriseNotFoundError):
        place.file(about=about, document_number="监〔1〕号")


def test_an_objection_to_credit_information_is_answered_in_20_days(place):
    """CRR art. 25: natural days, and none moves."""
    filed = place.file(about=ObjectionAbout.CREDIT_RECORD)
    assert filed.answer_by.due_on == date(2026, 6, 30)


@pytest.mark.parametrize(
    "changes",
    [
        {"about": ObjectionAbout.PUBLICATION},
        {"about": ObjectionAbout.LISTING},
        {"document_number": "罚〔2〕号"},
        {"uscc": code(2)},
        {"uscc": code(3)},
    ],
)
def test_what_is_not_on_record_of_the_enterprise_cannot_be_objected_to(place, changes):
    before = place.history.head()
    with pytest.raises(EnterpriseNotFoundError):
        place.file(**changes)
    assert place.history.head() == before


def test_the_same_request_files_once_on_whatever_day_it_comes_again(place):
    first = place.file()
    place.clock.moment = datetime(2026, 6, 20, 4, tzinfo=UTC)
    assert place.file() == first
    assert len(place.own()) == 1
    with pytest.raises(RequestIdReusedError):
        place.file(digest="other")


def test_the_same_request_to_a_listing_files_once_too(place):
    intended = {"about": ObjectionAbout.LISTING, "document_number": "PRE_NOTICE〔1〕号"}
    first = place.file(**intended)
    place.clock.moment = datetime(2026, 6, 20, 4, tzinfo=UTC)
    assert place.file(**intended) == first


def test_one_objection_to_a_record_is_open_at_a_time(place):
    filed = place.file()
    with pytest.raises(StateError, match="open already"):
        place.file(request_id="g", digest="gd")
    place.clock.moment = datetime(2026, 6, 12, 4, tzinfo=UTC)
    place.answer(objection_id=filed.objection_id)
    assert place.file(request_id="g", digest="gd").objection_id != filed.objection_id


def test_a_number_that_two_records_bear_names_neither(place):
    place.store.submit(submission("twin", fact(1, "penalty", "n2", document_number="罚〔1〕号", authority=AUTHORITY)))
    with pytest.raises(StateError, match="more than one"):
        place.file()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"authority": "乙局"}, FieldNotInMandateError),
        ({"decided_on": date(2026, 6, 9)}, MalformedRequestError),
        ({"decided_on": date(2026, 6, 13)}, MalformedRequestError),
        ({"objection_id": "n"}, EnterpriseNotFoundError),
        ({"objection_id": "objection-none"}, EnterpriseNotFoundError),
    ],
)
def test_an_answer_that_cannot_be_changes_nothing(place, changes, error):
    filed = place.file()
    place.clock.moment = datetime(2026, 6, 12, 4, tzinfo=UTC)
    before = place.history.head()
    with pytest.raises(error):
        place.answer(**{"objection_id": filed.objection_id, **changes})
    assert place.history.head() == before


def test_an_objection_is_answered_once(place):
    filed = place.file()
    place.clock.moment = datetime(2026, 6, 12, 4, tzinfo=UTC)
    first = place.answer(objection_id=filed.objection_id)
    assert place.answer(objection_id=filed.objection_id) == first
    with pytest.raises(StateError, match="answered already"):
        place.answer(objection_id=filed.objection_id, request_id="b", digest="bd")


def test_an_enterprise_of_which_nothing_is_known_has_no_objections(place):
    assert place.own(code(9)) == []
