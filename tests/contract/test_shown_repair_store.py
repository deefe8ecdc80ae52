"""What every store does with a repair that the platform shows: it ends nothing, and has no effect meanwhile (C-02)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from listing_life import CALENDAR, TO_LISTED
from store_samples import RULES, act, code, fact, profile, submission

from gateway.domain.agencies import Agency, Role
from gateway.domain.endings import listing_endings
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    FieldNotInMandateError,
    MalformedRequestError,
    RequestIdReusedError,
    StateError,
)
from gateway.domain.listing_acts import Act
from gateway.domain.listings import ListingState, state_at
from gateway.domain.running_clocks import ClockFilter
from gateway.domain.timeline import build
from gateway.domain.vocabulary import EndingKind, GradeLetter
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.services.list_clocks import ListClocks
from gateway.services.listing_steps import ListingSteps, NewAct, StepRequest
from gateway.services.shown_repair_rows import Rejected, Reported
from gateway.services.shown_repairs import ShownRepairs
from gateway.storage.docket import SqlDocket
from gateway.storage.endings import SqlEndingStore

NOW = datetime(2026, 6, 10, 4, tzinfo=UTC)
AUTHORITY = "示例市人社局"
OTHER_AUTHORITY = "乙局"
PLATFORM = Agency(
    agency_id="credit-platform",
    name_zh="平台",
    name_en="platform",
    role=Role.CONNECTOR,
    territory="420300",
    fields=frozenset({"changes", "shown_repairs"}),
)
HRSS = Agency(
    agency_id="hrss",
    name_zh="人社",
    name_en="HRSS",
    role=Role.PRODUCER,
    territory="420300",
    feeds=frozenset({"wage_list", "publications"}),
    authorities=frozenset({AUTHORITY}),
)
FEEDS = {"wage_list": frozenset({"listing_act"}), "publications": frozenset({"publication"})}
DAY = date(2026, 6, 1)
LISTED = Reported("r", "d", "listing", code(1), "DECISION〔1〕号", date(2025, 3, 3), DAY, "修复〔1〕号")
PUBLISHED = replace(LISTED, kind="publication", document_number="社〔1〕号", decided_on=date(2026, 1, 5))
REJECTED = Rejected("j", "jd", "publication", "publication-1", AUTHORITY, "核〔1〕号", date(2026, 6, 5), "平台记录有误")


class Clock:
    """A clock that stands."""

    def now(self):
        return NOW

    def boot_seconds(self):
        return 0.0


class Place:
    """A store with one enterprise that is listed and of which a violation is published, and what may be done to it."""

    def __init__(self, store, history, engine):
        self.store, self.history = store, history
        self.clocks = ListClocks(SqlDocket(engine), CALENDAR)
        self.endings = SqlEndingStore(engine)
        self.steps = ListingSteps(store, Clock(), "w", CALENDAR)
        self.shown = ShownRepairs(store, self.steps, Clock(), "w", FEEDS)
        published = fact(
            1,
            "publication",
            authority=AUTHORITY,
            document_number="社〔1〕号",
            published_on=date(2026, 1, 5),
            display_until=date(2027, 1, 5),
            for_wages=True,
        )
        store.submit(submission("a", profile(1), published))
        for kind, on in TO_LISTED:
            self.step(kind, on)

    def step(self, kind, on, document="", authority=AUTHORITY, request_id=""):
        own = {
            Kind.ORDER_ISSUED: {"due_on": date(2025, 1, 20)},
            Kind.REPAIR_APPLIED: {"corrected_on": date(2025, 4, 1)},
        }.get(kind, {})
        new = Act(kind, date.fromisoformat(on), document or f"{kind.name}〔1〕号", authority, "", **own)
        opening = {"uscc": code(1)} if kind is Kind.ORDER_ISSUED else {}
        wanted = StepRequest(request_id or f"{kind.name}{on}{document}", "d", "L", (NewAct(new),), **opening)
        return self.steps.take(HRSS, wanted)

    def report(self, wanted=LISTED, **changes):
        return self.shown._report(PLATFORM, replace(wanted, **changes))

    def reject(self, **changes):
        return self.shown._reject(HRSS, replace(REJECTED, **changes))

    def dossier(self):
        return self.history.dossier(code(1), self.history.head())

    def listing(self):
        (found,) = self.dossier().listings
        return found

    def weighs(self, moment=NOW):
        standing, _ = build(self.dossier(), RULES).at(moment)
        return {ground.record_id for ground in standing.grounds if not ground.record_id.startswith("shiyan")}

    def alarms(self):
        page = self.clocks._page(ClockFilter(clock_ids=frozenset({"C-02/check"})), NOW, None, 100)
        return {clock.object_id: clock.done_at is None for clock in page.clocks}


def at(text):
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.fixture
def place(store, history, engine):
    return Place(store, history, engine)


def test_a_listing_shown_as_repaired_weighs_no_more_and_has_not_ended(place):
    assert place.weighs() == {"L", "publication-1"}
    done = place.report()
    assert (done.record_id, done.authority, done.revision) == ("L", AUTHORITY, place.history.head())
    assert place.weighs() == {"publication-1"}
    assert state_at(place.listing(), NOW) is ListingState.REPAIR_SHOWN
    assert [ending.kind for ending in listing_endings(place.listing())] == [EndingKind.REPAIR_SHOWN]
    assert place.weighs(at("2026-05-31T23:59:59")) == {"L", "publication-1"}
    assert place.weighs(at("2026-06-01T00:00")) == {"publication-1"}
    assert place.alarms() == {"L": True}


def test_a_publication_shown_as_repaired_weighs_no_more_not_through_the_grade_either(place):
    place.report()
    standing, _ = build(place.dossier(), RULES).at(NOW)
    assert standing.grade.letter is GradeLetter.C
    place.report(PUBLISHED, request_id="p")
    standing, _ = build(place.dossier(), RULES).at(NOW)
    assert standing.grade.letter is not GradeLetter.C
    assert place.weighs() == set()
    assert place.alarms() == {"L": True, "publication-1": True}
    (shown,) = place.endings.changed(0).shown
    assert (shown.uscc, shown.fact.record_id, shown.revision) == (code(1), "publication-1", place.history.head())


def test_a_rejection_lets_it_weigh_again_from_the_next_midnight(place):
    place.report()
    place.report(PUBLISHED, request_id="p")
    place.step(Kind.REPAIR_SHOWN_REJECTED, "2026-06-05")
    revision, uscc = place.reject()
    assert (revision, uscc) == (place.history.head(), code(1))
    assert place.weighs(at("2026-06-05T23:59:59")) == set()
    assert place.weighs(at("2026-06-06T00:00")) == {"L", "publication-1"}
    assert place.alarms() == {"L": False, "publication-1": False}
    assert len(place.endings.changed(0).shown) == 1
    weighing = {g.record_id: g for g in build(place.dossier(), RULES).at(NOW)[0].grounds}["publication-1"]
    assert not weighing.came_after(at("2026-05-20T00:00"))
    assert weighing.came_after(at("2026-06-03T00:00"))


def test_what_was_rejected_is_not_raised_by_saying_it_again(place):
    place.report()
    place.report(PUBLISHED, request_id="p")
    place.step(Kind.REPAIR_SHOWN_REJECTED, "2026-06-05")
    place.reject()
    for wanted in (LISTED, PUBLISHED):
        with pytest.raises(StateError):
            place.report(wanted, request_id="again", shown_on=date(2026, 6, 8))
    assert place.weighs() == {"L", "publication-1"}
    place.report(request_id="new", repair_number="修复〔2〕号", shown_on=date(2026, 6, 8))
    place.report(PUBLISHED, request_id="new-p", repair_number="修复〔2〕号", shown_on=date(2026, 6, 8))
    assert place.weighs() == set()
    assert place.weighs(at("2026-06-07T12:00")) == {"L", "publication-1"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"uscc": code(2)}, EnterpriseNotFoundError),
        ({"document_number": "DECISION〔2〕号"}, EnterpriseNotFoundError),
        ({"document_number": "ORDER_ISSUED〔1〕号", "decided_on": date(2025, 1, 6)}, EnterpriseNotFoundError),
        ({"decided_on": date(2025, 3, 4)}, EnterpriseNotFoundError),
        ({"kind": "publication"}, EnterpriseNotFoundError),
        ({"kind": "penalty"}, EnterpriseNotFoundError),
        ({"kind": "complaint"}, MalformedRequestError),
        ({"kind": "withdrawal"}, MalformedRequestError),
        ({"shown_on": date(2026, 6, 11)}, MalformedRequestError),
        ({"shown_on": date(2025, 3, 2)}, MalformedRequestError),
    ],
)
def test_only_what_is_named_whole_and_now_is_touched(place, changes, error):
    before = place.history.head()
    with pytest.raises(error):
        place.report(**changes)
    assert (place.history.head(), place.weighs()) == (before, {"L", "publication-1"})


def test_a_publication_is_named_by_its_day_too(place):
    with pytest.raises(EnterpriseNotFoundError):
        place.report(PUBLISHED, decided_on=date(2026, 1, 6))


def test_a_repair_that_hrss_granted_before_the_report_is_not_shown_anew(place):
    place.step(Kind.REPAIR_APPLIED, "2026-06-07")
    place.step(Kind.REPAIR, "2026-06-08")
    with pytest.raises(StateError) as caught:
        place.report()
    assert caught.value.metadata["why"] == "LATER_STEP_ON_RECORD"
    assert place.alarms() == {}


def test_who_may_not_report_or_reject_changes_nothing(place):
    with pytest.raises(FieldNotInMandateError):
        place.shown.require(replace(PLATFORM, fields=frozenset({"changes"})))
    for agency, kind in ((PLATFORM, "publication"), (HRSS, "penalty"), (HRSS, "listing"), (HRSS, "complaint")):
        with pytest.raises(FieldNotInMandateError) as caught:
            place.shown.require_decider(agency, kind, AUTHORITY)
        assert caught.value.metadata["field"] == "kind"
    with pytest.raises(FieldNotInMandateError) as caught:
        place.shown.require_decider(HRSS, "publication", OTHER_AUTHORITY)
    assert caught.value.metadata["field"] == "authority"
    place.report()
    place.report(PUBLISHED, request_id="p")
    with pytest.raises(FieldNotInMandateError):
        place.reject(authority=OTHER_AUTHORITY)
    with pytest.raises(FieldNotInMandateError):
        place.step(Kind.REPAIR_SHOWN_REJECTED, "2026-06-05", authority=OTHER_AUTHORITY)
    for changes in ({"decided_on": date(2026, 6, 11)}, {"decided_on": date(2026, 5, 31)}):
        with pytest.raises(MalformedRequestError):
            place.reject(**changes)
    assert place.weighs() == set()


def test_the_same_report_changes_nothing_and_other_content_is_refused(place):
    for wanted in (LISTED, replace(PUBLISHED, request_id="p")):
        first = place.report(wanted)
        assert place.report(wanted) == first
        with pytest.raises(RequestIdReusedError):
            place.report(wanted, digest="other")
        with pytest.raises(StateError):
            place.report(wanted, request_id="again", repair_number="修复〔3〕号")


@pytest.mark.parametrize("decided", [(Kind.REPAIR, "2026-06-08"), (Kind.REVOCATION, "2026-06-08")])
def test_a_decision_of_the_authority_ends_the_alarm_and_comes_before_any_later_report(place, decided):
    place.report()
    if decided[0] is Kind.REPAIR:
        place.step(Kind.REPAIR_APPLIED, "2026-06-07")
    place.step(*decided)
    assert place.alarms() == {"L": False}
    with pytest.raises(StateError):
        place.report(request_id="late", repair_number="修复〔9〕号")
    assert state_at(place.listing(), NOW) in {ListingState.REPAIRED, ListingState.REVOKED}


def test_a_withdrawn_publication_is_not_reported_any_more(place):
    place.store.submit(submission("w", fact(1, "withdrawal", "withdrawal-publication-1", target_id="publication-1")))
    with pytest.raises(StateError):
        place.report(PUBLISHED)


def test_two_records_that_are_named_alike_are_left_to_hrss(place, store):
    store.submit(
        submission(
            "twin",
            replace(
                act(1, on=date(2025, 3, 3)),
                listing_id="L2",
                listing_act=Act(Kind.DECISION, date(2025, 3, 3), "DECISION〔1〕号", AUTHORITY, "twin"),
            ),
        )
    )
    with pytest.raises(StateError) as caught:
        place.report()
    assert caught.value.metadata["state"] == "AMBIGUOUS"


def test_a_shown_repair_does_not_outlive_the_term_that_it_was_shown_of(place):
    """L-18: what is restored after fraud is a new run, and what was shown of the first is over."""
    place.report()
    place.step(Kind.REPAIR_APPLIED, "2026-06-02")
    place.step(Kind.REPAIR, "2026-06-03")
    place.step(Kind.RESTORE, "2026-06-04")
    place.step(Kind.DELIVERY, "2026-06-05", document="送〔2〕号")
    assert place.weighs() == {"L", "publication-1"}
    with pytest.raises(StateError):
        place.report(request_id="old", repair_number="修复〔4〕号", shown_on=date(2026, 6, 3))
