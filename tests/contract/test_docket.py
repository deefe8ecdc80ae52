"""What every store tells of all enterprises: listings, withdrawals, and when each record first came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from listing_life import CALENDAR
from store_samples import FACTS, NOON, RULES, act, code, fact, held, profile, submission

from gateway.domain.kinds.five_systems import SystemStatus
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication
from gateway.domain.prevention import EarlyWarningKind, Prevention, WarningParameters
from gateway.domain.running_clocks import ClockFilter
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.services.list_clocks import ListClocks
from gateway.services.list_early_warnings import ListEarlyWarnings
from gateway.storage.docket import SqlDocket

HOUR = timedelta(hours=1)


@pytest.fixture
def docket(engine):
    return SqlDocket(engine)


def sent(store, number, *rows):
    """Submit rows in a revision that is committed *number* hours after noon."""
    changes = {"committed_at": NOON + number * HOUR, "agency": "hrss", "feed": "labour"}
    return store.submit(replace(submission(f"request-{number}", *rows), **changes))


def arrived(docket, since, until):
    found = docket.arrivals(NOON + since * HOUR, NOON + until * HOUR)
    return sorted(
        (each.kind, each.record_id, each.began_on.isoformat(), each.committed_on.isoformat(), each.records)
        for each in found
    )


def test_an_empty_store_has_no_proceedings_and_no_arrivals(docket):
    held_now = docket.proceedings()
    assert (held_now.revision, held_now.listings, held_now.withdrawals) == (0, (), ())
    assert arrived(docket, -1000, 1000) == []


def test_every_listing_is_told_with_all_its_acts(store, docket):
    sent(store, 1, act(2), act(1), act(1, Kind.DELIVERY, date(2026, 3, 4)))
    sent(store, 2, act(1, Kind.REPAIR, date(2026, 5, 4)))
    found = docket.proceedings()
    assert [(each.listing_id, each.uscc, len(each.acts)) for each in found.listings] == [
        ("listing-1", code(1), 3),
        ("listing-2", code(2), 1),
    ]
    assert found.revision == 2


def test_withdrawals_are_told_with_what_they_take_back_and_when_they_were_recorded(store, docket):
    sent(store, 1, fact(1, "penalty", "n"), fact(2, "publication", "p"), fact(3, "complaint", "withdrawal-not"))
    sent(store, 2, fact(1, "withdrawal", "withdrawal-n", target_id="n"))
    sent(store, 3, fact(2, "withdrawal", "withdrawal-p", target_id="p"))
    sent(store, 4, fact(1, "penalty", "n", authority="改"))
    told = docket.proceedings().withdrawals
    assert [(each.uscc, each.withdrawal.target_id, each.target, each.recorded_at) for each in told] == [
        (code(1), "n", Penalty, NOON + 2 * HOUR),
        (code(2), "p", Publication, NOON + 3 * HOUR),
    ]


def test_a_record_arrives_once_with_its_first_version(store, docket):
    sent(store, 1, fact(1, "complaint", accepted_on=date(2026, 1, 5)), profile(1), act(1))
    sent(store, 2, fact(1, "complaint", accepted_on=date(2026, 1, 6)), profile(1, name="十堰改名样例有限公司"))
    assert arrived(docket, 0, 10) == [
        ("complaint", "complaint-1", "2026-01-05", "2026-06-01", 1),
        ("enterprise", "enterprise-1", "2020-01-01", "2026-06-01", 1),
        ("listing_act", "listing-1/DECISION/2026-03-01", "2026-03-01", "2026-06-01", 1),
    ]
    assert arrived(docket, 2, 10) == []


def test_records_of_one_day_are_told_together_and_those_of_another_apart(store, docket):
    """In UTC+8: eleven hours after noon is the evening of that day, thirteen the next morning."""
    sent(store, 1, fact(2, "five_systems"), fact(1, "five_systems"))
    sent(store, 11, fact(3, "five_systems"), fact(4, "five_systems", checked_on=date(2026, 5, 1)))
    sent(store, 13, fact(5, "five_systems"))
    sent(store, 14, fact(1, "five_systems", wage_account=SystemStatus.UNKNOWN))
    began = dict(FACTS)["five_systems"].checked_on.isoformat()
    assert arrived(docket, 0, 24) == [
        ("five_systems", "five_systems-1", began, "2026-06-01", 3),
        ("five_systems", "five_systems-4", "2026-05-01", "2026-06-01", 1),
        ("five_systems", "five_systems-5", began, "2026-06-02", 1),
    ]


def test_each_agency_and_feed_is_told_apart(store, docket):
    sent(store, 1, fact(1))
    store.submit(replace(submission("other", fact(2)), committed_at=NOON + 2 * HOUR, agency="other", feed="labour"))
    assert sorted((each.agency, each.feed, each.records) for each in docket.arrivals(NOON, NOON + 9 * HOUR)) == [
        ("hrss", "labour", 1),
        ("other", "labour", 1),
    ]


def test_the_span_has_its_first_instant_and_not_its_last(store, docket):
    sent(store, 1, fact(1), act(1), profile(1))
    assert (len(arrived(docket, 1, 2)), arrived(docket, 0, 1)) == (3, [])


def test_every_kind_that_is_its_senders_own_arrives_and_what_is_retyped_does_not(store, docket):
    referring = {"incident_act", "malicious_claim", "objection", "publication_objection", "shown_repair", "withdrawal"}
    rows = [fact(number, kind) for number, (kind, _) in enumerate(FACTS, 1)]
    sent(store, 1, *(row for row in rows if row.kind not in referring), fact(50, "complaint", "complaint-1"))
    sent(store, 2, held())
    kinds = {kind for kind, *_ in arrived(docket, 0, 10)}
    assert kinds == {row.kind for row in rows} - {"published_notice", "listing_elsewhere"} - referring


def test_facts_that_start_clocks_are_told_as_they_are_now(store, docket):
    objection = {"publication_id": "p", "reviewed_on": None, "result": None, "corrected_on": None}
    silent, noticed = fact(2, "wage_deposit"), fact(3, "wage_deposit", payment_notice_on=date(2026, 3, 2))
    trap = fact(4, "wage_deposit", project='"contracted_on":"2026')
    sent(store, 1, fact(1, "publication", "p"), fact(1, "publication_objection", **objection), silent, noticed, trap)
    sent(store, 2, fact(3, "wage_deposit", payment_notice_on=date(2026, 3, 3)), fact(5, "penalty"))
    assert [(each.uscc, each.fact.wire_name) for each in docket.proceedings().facts] == [
        (code(1), "publication_objection"),
        (code(3), "wage_deposit"),
    ]
    assert docket.proceedings().facts[1].fact.payment_notice_on == date(2026, 3, 3)
    page = ListClocks(docket, CALENDAR)._page(ClockFilter(), NOON, None, 1000)
    assert {(each.rule.clock_id, each.object_id) for each in page.clocks} == {
        ("P-06/review", "publication_objection-1"),
        ("D-07/pay", "wage_deposit-3"),
    }


def test_clocks_are_listed_in_pages_that_together_are_the_whole_list(store, docket):
    sent(store, 1, *(act(number, on=date(2026, 3, number)) for number in range(1, 6)), fact(9, "penalty", "n"))
    sent(store, 2, fact(9, "withdrawal", "withdrawal-n", target_id="n"))
    use_case = ListClocks(docket, CALENDAR)
    whole = use_case._page(ClockFilter(), NOON, None, 1000)
    paged, after = [], None
    while True:
        page = use_case._page(ClockFilter(), NOON, after, 3)
        paged += page.clocks
        if not page.more:
            break
        assert len(page.clocks) == 3
        after = page.clocks[-1].place
    assert paged == list(whole.clocks)
    assert len(paged) == 16
    assert not whole.more


def test_codes_come_in_order_after_the_one_named_each_once(store, docket):
    sent(store, 1, profile(3), fact(3), act(3), fact(1), act(2), fact(4, "penalty"))
    known = sorted(code(number) for number in (1, 2, 3, 4))
    assert docket.codes("", 9) == known
    assert docket.codes("", 3) == known[:3]
    assert docket.codes(known[1], 9) == known[2:]
    assert docket.codes(known[3], 9) == []


def test_dossiers_are_those_of_the_codes_that_are_known(store, docket):
    assert docket.dossiers([]) == (0, [])
    sent(store, 1, profile(1), fact(1), act(2))
    revision, found = docket.dossiers([code(1), code(2), code(7)])
    assert revision == 1
    assert {each.uscc: (len(each.profiles), len(each.facts), len(each.listings)) for each in found} == {
        code(1): (1, 1, 0),
        code(2): (0, 0, 1),
    }


PREVENTION = Prevention(RULES, (), CALENDAR, WarningParameters())


@pytest.mark.parametrize("at_once", [1, 2, 500])
def test_pages_of_warnings_together_are_all_of_them_in_order_of_code(store, docket, at_once):
    missing = {"wage_account": SystemStatus.MISSING}
    sent(store, 1, *(fact(number, "five_systems", **missing) for number in (1, 3, 6, 7, 8)), profile(2), profile(4))
    use_case = ListEarlyWarnings(docket, PREVENTION, at_once, looked_at=3)
    shown, after = [], ""
    while True:
        page = use_case._page(frozenset(), NOON, after, 2)
        assert len(page.warned) <= 2
        shown += page.warned
        after = page.next_after
        if not after:
            break
    assert [each.uscc for each in shown] == sorted(code(number) for number in (1, 3, 6, 7, 8))
    assert all(each.warnings for each in shown)
    page = use_case._page(frozenset({EarlyWarningKind.NEAR_GRADE_B}), NOON, "", 2)
    assert page.warned == ()
