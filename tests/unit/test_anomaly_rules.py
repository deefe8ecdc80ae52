"""Each rule of anomalies: at its threshold, one below it, and what an ordinary day looks like."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.calendar import WorkingCalendar
from formats.year_table import YearTable
from gateway.domain.anomalies import AnomalyKind, AnomalyThresholds, DayCount, Known, Seen
from gateway.domain.anomaly_rules import of_officer, over_volume, smallest
from gateway.domain.anomaly_words import explain
from gateway.domain.vocabulary import DecisionPoint
from gateway.settings import ConfigurationError
from gateway.settings.anomalies import read_anomalies
from gateway.settings.gateway_file import load_gateway
from gateway.settings.strict import Table

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # ten in the morning in Shanghai
NOW = datetime(2027, 2, 1, tzinfo=UTC)
COUNTS = ("without_outcome", "enumerated", "after_hours", "same_person", "refused_first", "after_case_end")
HIGH = AnomalyThresholds(**dict.fromkeys(COUNTS, 1000))
AWARD, CONTRACT = DecisionPoint.BIDDING_AWARD, DecisionPoint.BIDDING_CONTRACT
CALENDAR = WorkingCalendar([YearTable(2026, frozenset(), frozenset(), "invented")])


def call(minutes=0.0, **changed):
    """Return a question at so many minutes after ten on a Monday."""
    plain = Seen(
        at=MONDAY + timedelta(minutes=minutes),
        writer="gw1-0",
        number=int(minutes * 1000),
        item=None,
        agency="trading-centre",
        role="asking-system",
        officer="key-1",
        method="CreditService/CheckEligibility",
        outcome="OK",
        point=AWARD,
        case_ref="C-1",
        asked=True,
        alone=True,
    )
    return replace(plain, **changed)


def found(calls, ended=None, about=None, persons=None, **limits):
    """Return (kind, count, threshold, case) of what is found, where nothing but the limits named can be."""
    known = Known(
        ended or {},
        lambda some: [frozenset([(about or str)(each.number)]) for each in some],
        lambda some: [(persons or str)(each.number) for each in some],
    )
    anomalies = of_officer(calls, known, replace(HIGH, **limits), CALENDAR, NOW)
    return [(each.kind, each.count, each.threshold, each.case_ref) for each in anomalies]


def every_minute(count, **changed):
    return [call(minute, **changed) for minute in range(count)]


def test_questions_in_cases_without_an_outcome():
    calls = every_minute(10)
    assert found(calls, without_outcome=10) == [(AnomalyKind.WITHOUT_OUTCOME, 10, 10, "")]
    assert found(calls, without_outcome=11) == []
    assert found(calls, ended={"C-1": [(AWARD, MONDAY)]}, without_outcome=10) == []
    assert found(every_minute(10, asked=False), without_outcome=10) == [], "a refused question is none"
    assert found(calls, without_outcome=10, outcome_days=400) == [], "a case may still come to its outcome"


def test_different_enterprises_one_by_one():
    kind = AnomalyKind.ENUMERATION
    assert found(every_minute(9), enumerated=9, enumeration_minutes=10) == [(kind, 9, 9, "")]
    assert found(every_minute(9), enumerated=9, enumeration_minutes=8) == []
    assert found(every_minute(9), about=lambda _: "the same", enumerated=2, enumeration_minutes=10) == []
    apart = [call(minute, number=place) for place, minute in enumerate((0, 0, 5, 10, 10.5))]
    assert found(apart, about=lambda place: "aabcc"[place], enumerated=3, enumeration_minutes=10) == [], (
        "ten minutes apart"
    )
    batch = [call(0, item=item, number=item, alone=False) for item in range(50)]
    assert found(batch, enumerated=9, enumeration_minutes=10) == [], "a batch names them in one call"
    company = [replace(each, alone=True) for each in batch]
    assert found(company, enumerated=9, enumeration_minutes=10) == [(kind, 50, 9, "")], "each asked for itself"


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)), max_size=40), st.integers(1, 8), st.integers(1, 30))
def test_the_densest_span_is_found_as_by_trying_each(plain, least, minutes):
    plain.sort()
    calls = [call(minute, number=place) for place, (minute, _) in enumerate(plain)]
    names = [str(name) for _, name in plain]
    span = timedelta(minutes=minutes)
    spans = (
        {name for other, name in zip(calls, names, strict=True) if timedelta(0) <= each.at - other.at < span}
        for each in calls
    )
    most = max(map(len, spans), default=0)
    expected = [(AnomalyKind.ENUMERATION, most, least, "")] if most >= least else []
    assert found(calls, about=lambda number: names[number], enumerated=least, enumeration_minutes=minutes) == expected


@pytest.mark.parametrize(
    ("at", "off"),
    [
        ("2026-11-22T23:00:00", False),  # Monday, seven in the morning
        ("2026-11-22T22:59:59", True),
        ("2026-11-23T11:59:59", False),
        ("2026-11-23T12:00:00", True),  # eight in the evening
        ("2026-11-21T02:00:00", True),  # a Saturday
    ],
)
def test_by_night_and_on_days_off(at, off):
    late = call(at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert found([late, late], after_hours=2) == ([(AnomalyKind.AFTER_HOURS, 2, 2, "")] if off else [])
    assert found([replace(late, item=1, alone=False)] * 2, after_hours=2) == []
    assert bool(found([replace(late, item=1)] * 2, after_hours=2)) is off, "a question of its own in company"
    assert found([late], after_hours=2) == []


def test_the_same_person_again_and_again():
    asked = every_minute(6, method="CreditService/CheckPerson")
    assert found(asked, persons=lambda _: "p", same_person=6) == [(AnomalyKind.SAME_PERSON, 6, 6, "")]
    two = found(asked, persons=lambda number: str(number // 1000 % 2), same_person=3)
    assert two == [(AnomalyKind.SAME_PERSON, 3, 3, "")] * 2
    assert found(asked, same_person=2) == [], "six persons"
    assert found(asked, persons=lambda _: "", same_person=2) == [], "erased, or of nobody"
    assert found(every_minute(6), persons=lambda _: "p", same_person=6) == []


def test_refused_in_a_row_and_then_answered():
    refused = every_minute(4, outcome="AREA_NOT_IN_MANDATE", asked=False)
    kind = AnomalyKind.REFUSED_FIRST
    assert found([*refused, call(5)], refused_first=4) == [(kind, 4, 4, "")]
    assert found([*refused, call(5)], refused_first=5) == []
    assert found(refused, refused_first=4) == [], "never answered"
    assert found([*refused[:2], call(1.5), *refused[2:], call(5)], refused_first=3) == []
    assert found([*refused[:3], call(90, outcome="X"), call(91)], refused_first=3) == [], "an hour apart"


def test_questions_after_the_end_of_the_case():
    later = [call(60 * 24 + 1 + minute) for minute in range(3)]
    kind = AnomalyKind.AFTER_CASE_END
    assert found(later, ended={"C-1": [(AWARD, MONDAY)]}, after_case_end=3) == [(kind, 3, 3, "C-1")]
    assert found(later, ended={"C-1": [(CONTRACT, MONDAY)]}, after_case_end=3) == [(kind, 3, 3, "C-1")]
    assert found(later, ended={"C-2": [(AWARD, MONDAY)]}, after_case_end=3) == []
    assert found(later, ended={"C-1": [(AWARD, MONDAY + timedelta(hours=2))]}, after_case_end=3) == [], "the same day"
    next_point = [replace(each, point=CONTRACT) for each in later]
    assert found(next_point, ended={"C-1": [(AWARD, MONDAY)]}, after_case_end=3) == [], "the contract comes after"


def test_a_caller_is_measured_by_its_own_days():
    def days(*counts, agency="a"):
        return [
            DayCount(agency, "bank", date(2026, 11, 1) + timedelta(days=n), count) for n, count in enumerate(counts)
        ]

    def over(counted, since=3, times=5, least=10):
        return [(day.day.day, limit) for day, limit in over_volume(counted, date(2026, 11, since + 1), times, least)]

    assert over(days(10, 12, 11, 55)) == [(4, 55)]
    assert over(days(10, 12, 11, 54)) == []
    assert over(days(1, 1, 1, 10)) == [(4, 10)], "the least decides"
    assert over(days(1, 1, 1, 9)) == []
    assert over(days(10), since=0) == [(1, 10)], "no day to be measured by"
    assert over([*days(100, 100, 100, 55), *days(10, 12, 11, 55, agency="b")]) == [(4, 55)], "each by its own"
    assert over(days(100, 100, 100, 55)) == []


def test_every_kind_is_explained_with_its_numbers_and_no_gap():
    limits = AnomalyThresholds()
    calls = every_minute(3)
    known = Known({"C-1": [(CONTRACT, MONDAY - timedelta(days=3))]}, lambda _: [], lambda _: [])
    (anomaly,) = of_officer(calls, known, replace(HIGH, after_case_end=3), CALENDAR, NOW)
    for kind in AnomalyKind:
        text = explain(replace(anomaly, kind=kind), limits)
        assert "3" in text.zh
        assert "3" in text.en
        assert not {"{", "}"} & set(text.zh + text.en)
        assert not text.zh.isascii()
    assert "C-1" in explain(anomaly, limits).zh


@pytest.mark.parametrize("name", AnomalyThresholds.__slots__)
def test_a_threshold_that_means_nothing_is_refused_by_name(name):
    with pytest.raises(ValueError, match=f"^{name}: "):
        AnomalyThresholds(**{name: -1})
    with pytest.raises(ValueError, match=r"^day_ends: must be later"):
        AnomalyThresholds(day_begins=9, day_ends=9)


def test_officers_with_fewer_calls_than_any_threshold_need_no_look():
    limits = AnomalyThresholds()
    assert smallest(limits) == 3
    assert smallest(HIGH) == 1000


def test_the_shipped_file_says_what_holds_without_it():
    shipped = load_gateway(Path(__file__).parents[2] / "config" / "gateway.toml")
    assert shipped.anomalies == AnomalyThresholds()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("enumerated = 0", "enumerated"),
        ("day_begins = 21", "day_ends"),
        ("same_person = '5'", "same_person"),
        ("x = 1", "x"),
    ],
)
def test_a_file_with_a_threshold_that_means_nothing_is_refused_by_name(said, field):
    with pytest.raises(ConfigurationError, match=field):
        read_anomalies(Table("gateway.toml", "anomalies", tomllib.loads(said)))
