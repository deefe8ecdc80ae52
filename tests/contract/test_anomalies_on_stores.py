"""Calls by officer, as anomalies are looked for in them: counted and ordered alike by both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from audit_calls import KEY, NOON, body, line, record

from formats.calendar import WorkingCalendar
from gateway.domain.anomalies import AnomalyKind, AnomalyThresholds, DayCount
from gateway.domain.audit import Draft
from gateway.domain.vocabulary import DecisionPoint
from gateway.services.list_anomalies import ListAnomalies
from gateway.services.ports.anomalies import Span, WhoCalled
from gateway.storage.access_index import AccessIndex
from gateway.storage.access_rows import officer_key
from gateway.storage.access_seen import IndexedCalls

pytest_plugins = ("audit_places",)

AWARD = DecisionPoint.BIDDING_AWARD
WIDE = Span(NOON - timedelta(days=9), NOON + timedelta(days=9))
CALLER = {"agency": "bidding", "role": "asking-system"}
LI, WU = officer_key(KEY, "li"), officer_key(KEY, "wu")


def asked(**changed):
    plain = {"caller": CALLER, "officer": "li", "case": "C-1", "point": int(AWARD), "enterprises": ["U1"], "verdict": 1}
    return body(**{**plain, **changed})


@pytest.fixture
def calls(place, key_file):
    """Seven calls, a second apart: three of Li's, a batch of Wu's with two items, one refused, one of nobody."""
    record(
        place,
        Draft(asked()),
        Draft(asked(point=10)),
        Draft(
            asked(officer="wu", method="CreditService/BatchCheckEligibility"),
            [line(0, "U1", verdict=1), line(1, "U2", verdict=3)],
        ),
        Draft(body(caller=CALLER, officer="li", outcome="AREA_NOT_IN_MANDATE")),
        Draft(asked(caller={"agency": "lending", "role": "bank"})),
        Draft(body(caller={}, outcome="CERTIFICATE_UNKNOWN")),
        Draft(asked(point=999)),
    )
    return IndexedCalls(AccessIndex(place, key_file))


def test_days_are_civil_days_and_items_are_no_calls(calls):
    (day,) = {each.day for each in calls.day_counts(WIDE)}
    assert day == date(*(NOON + timedelta(hours=8)).timetuple()[:3])
    assert sorted(calls.day_counts(WIDE), key=str) == [
        DayCount("bidding", "asking-system", day, 5),
        DayCount("lending", "bank", day, 1),
    ]
    assert calls.day_counts(WIDE, [DecisionPoint.FUNDING_APPLICATION]) == [DayCount("bidding", "asking-system", day, 1)]
    assert calls.day_counts(Span(NOON + timedelta(days=1), NOON + timedelta(days=2))) == []


def test_a_day_begins_at_midnight_in_shanghai(place, key_file):
    midnight = datetime(2026, 11, 24, 16, tzinfo=UTC)
    times = [midnight - timedelta(microseconds=1), midnight, midnight + timedelta(microseconds=1)]
    record(place, Draft(asked()), Draft(asked()), Draft(asked()), times=times)
    counted = IndexedCalls(AccessIndex(place, key_file)).day_counts(WIDE)
    assert sorted((each.day.day, each.count) for each in counted) == [(24, 1), (25, 2)]


def test_a_span_has_its_first_instant_and_not_its_last(calls):
    (first, *_) = calls.first_calls(("bidding", "asking-system"), WIDE, 9)
    exactly = Span(first.at, first.at + timedelta(microseconds=1))
    assert [each.number for each in calls.first_calls(("bidding", "asking-system"), exactly, 9)] == [0]
    assert calls.first_calls(("bidding", "asking-system"), Span(WIDE.since, first.at), 9) == []


def test_the_first_calls_of_a_caller_come_in_their_order(calls):
    assert [each.number for each in calls.first_calls(("bidding", "asking-system"), WIDE, 3)] == [0, 1, 2]
    assert [each.number for each in calls.first_calls(("bidding", "bank"), WIDE, 3)] == []
    at_award = calls.first_calls(("bidding", "asking-system"), WIDE, 9, [AWARD])
    assert [each.number for each in at_award] == [0, 2]


def test_officers_are_those_of_one_caller_with_enough_calls(calls):
    bidding = WhoCalled("bidding", "asking-system", LI)
    assert set(calls.officers(WIDE, 1)) == {
        bidding,
        WhoCalled("bidding", "asking-system", WU),
        WhoCalled("lending", "bank", LI),
    }
    assert set(calls.officers(WIDE, 4)) == {bidding}
    assert calls.officers(WIDE, 5) == []


def test_items_with_cases_or_officers_of_their_own_count_as_the_calls_that_they_are(place, key_file):
    both = {"caller": CALLER, "method": "CreditService/BatchCheckEligibility", "point": int(AWARD)}
    record(
        place,
        Draft(
            body(**both),
            [line(0, "U1", verdict=1, case="C-1", officer="li"), line(1, "U2", verdict=4, case="C-2", officer="wu")],
        ),
        Draft(
            body(**both, case="C-3"), [line(0, "U3", verdict=1, officer="li"), line(1, "U4", verdict=1, officer="wu")]
        ),
        Draft(body(**both, case="C-4", officer="li"), [line(0, "U5", verdict=1), line(1, "U6", verdict=1)]),
        Draft(body(**both, case="C-5", officer="li", outcome="MALFORMED_REQUEST")),
    )
    calls = IndexedCalls(AccessIndex(place, key_file))

    assert [each.count for each in calls.day_counts(WIDE)] == [2 + 2 + 1 + 1]
    first = calls.first_calls(("bidding", "asking-system"), WIDE, 9)
    assert [(each.number, each.item) for each in first] == [(0, 0), (0, 1), (1, 0), (1, 1), (2, None), (3, None)]
    of_li = calls.calls_of(WhoCalled("bidding", "asking-system", LI), WIDE, 99)
    assert [(each.number, each.item, each.case_ref, each.alone) for each in of_li] == [
        (0, 0, "C-1", True),
        (1, 0, "C-3", True),
        (2, None, "C-4", True),
        (2, 0, "C-4", False),
        (2, 1, "C-4", False),
        (3, None, "C-5", True),
    ]
    assert [row.content["officer"] for row in calls.entries(of_li[:2])] == ["li", "li"]


def test_an_officers_calls_are_in_order_with_items_behind_their_batch(calls):
    of_li = calls.calls_of(WhoCalled("bidding", "asking-system", LI), WIDE, 99)
    assert [(each.number, each.outcome, each.asked) for each in of_li] == [
        (0, "OK", True),
        (1, "OK", True),
        (3, "AREA_NOT_IN_MANDATE", False),
        (6, "OK", True),
    ]
    assert [each.point for each in of_li] == [AWARD, DecisionPoint.FUNDING_APPLICATION, None, None]
    assert len(calls.calls_of(WhoCalled("bidding", "asking-system", LI), WIDE, 2)) == 2
    of_wu = calls.calls_of(WhoCalled("bidding", "asking-system", WU), WIDE, 99)
    assert [(each.number, each.item) for each in of_wu] == [(2, None), (2, 0), (2, 1)]
    assert calls.calls_of(WhoCalled("bidding", "bank", LI), WIDE, 99) == []


def test_what_is_recorded_of_calls_is_read_in_their_order(calls):
    of_wu = calls.calls_of(WhoCalled("bidding", "asking-system", WU), WIDE, 99)
    of_li = calls.calls_of(WhoCalled("bidding", "asking-system", LI), WIDE, 99)
    rows = calls.entries([*reversed(of_li), of_wu[2]])
    assert [(row.entry.number, row.item) for row in rows] == [(6, None), (3, None), (1, None), (0, None), (2, 1)]
    assert calls.entries([]) == []


class NoOutcomes:
    """Nobody has reported what became of a case."""

    def of_cases(self, _agency, _cases):
        return []


def test_names_tried_one_by_one_are_an_enumeration_and_one_name_again_and_again_is_none(place, key_file):
    def sought(officer, name, **more):
        told = {"officer": officer, "caller": CALLER, "case": "C-1", "sought": {"name": name}, **more}
        return Draft(body(method="CreditService/ResolveEnterprise", **told))

    record(
        place,
        *(sought("li", f"样例{number}有限公司") for number in range(3)),
        *(sought("wu", "样例有限公司") for _ in range(3)),
        *(sought("he", f"样例{number}有限公司", enterprises=["U1"]) for number in range(3)),
    )
    limits = AnomalyThresholds(enumerated=3)
    look = ListAnomalies(IndexedCalls(AccessIndex(place, key_file)), NoOutcomes(), WorkingCalendar([]), limits)
    today = (NOON + timedelta(hours=8)).date()

    found, _ = asyncio.run(look((today, today + timedelta(days=1)), [AnomalyKind.ENUMERATION], NOON, 10))

    assert [(each.officer, each.anomaly.count) for each in found] == [("li", 3)]


def test_an_officer_who_asks_one_by_one_in_company_is_seen(place, key_file):
    drafts = [
        Draft(
            body(caller=CALLER, method="CreditService/BatchCheckEligibility", point=int(AWARD)),
            [
                line(0, f"U{number}", verdict=1, case=f"C-{number}", officer="li"),
                line(1, "V", verdict=1, case="D", officer="wu"),
            ],
        )
        for number in range(5)
    ]
    record(place, *drafts)
    limits = AnomalyThresholds(enumerated=5)
    calls = IndexedCalls(AccessIndex(place, key_file))
    listed = ListAnomalies(calls, NoOutcomes(), WorkingCalendar([]), limits)
    days = (NOON + timedelta(hours=8)).date()
    found, _ = asyncio.run(
        listed((days, days + timedelta(days=1)), [AnomalyKind.ENUMERATION], NOON + timedelta(days=9), 9)
    )
    assert [(each.officer, each.anomaly.count) for each in found] == [("li", 5)]
