"""Which clocks an objection to a publication and a wage deposit start, when each ends, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from listing_life import CALENDAR
from store_samples import FACTS, code

from formats.civil import midnight
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import ClockParameters
from gateway.domain.clocks import due
from gateway.domain.kinds.publication_objection import ObjectionResult, PublicationObjection
from gateway.domain.record_clocks import CLOCKED, RecordedFact, clocks_of_record

DEPOSIT = dict(FACTS)["wage_deposit"]
OPEN = PublicationObjection(
    record_id="po",
    authority="示例局",
    document_number="1",
    publication_id="p",
    received_on=date(2026, 2, 13),
    reviewed_on=None,
    result=None,
    corrected_on=None,
)


def shown(fact, on, withdrawn=None):
    """Return, at noon of a day, each clock as (start, last day, colour) by its id."""
    now = midnight(date.fromisoformat(on)) + timedelta(hours=12)
    return {
        each.rule.clock_id: (each.start.isoformat(), each.deadline.due_on.isoformat(), each.colour.name)
        for each in clocks_of_record(RecordedFact(code(1), fact), withdrawn or {}, now, CALENDAR)
    }


def deposit(**days):
    return replace(DEPOSIT, **{name: date.fromisoformat(on) for name, on in days.items()})


def reviewed(on, result=ObjectionResult.UPHELD, corrected=None):
    corrected_on = date.fromisoformat(corrected) if corrected else None
    return replace(OPEN, reviewed_on=date.fromisoformat(on), result=result, corrected_on=corrected_on)


def test_an_objection_is_reviewed_within_fifteen_working_days():
    """P-06: the Spring Festival of 2026 and its working weekends lie between."""
    assert shown(OPEN, "2026-02-12") == {}
    assert shown(OPEN, "2026-02-13") == {"P-06/review": ("2026-02-13", "2026-03-12", "GREEN")}
    assert shown(OPEN, "2026-03-12")["P-06/review"][2] == "YELLOW"
    assert shown(OPEN, "2026-03-13")["P-06/review"][2] == "RED"
    assert shown(reviewed("2026-03-12"), "2026-06-01")["P-06/review"][2] == "DONE_IN_TIME"
    assert shown(reviewed("2026-03-13"), "2026-06-01")["P-06/review"][2] == "DONE_LATE"
    assert shown(reviewed("2026-03-12"), "2026-03-10")["P-06/review"][2] == "YELLOW", "it lies ahead"


@pytest.mark.parametrize("result", [ObjectionResult.CHANGED, ObjectionResult.REVOKED])
def test_what_the_review_changes_is_corrected_within_ten_working_days(result):
    """P-07."""
    assert shown(reviewed("2026-03-12", result), "2026-03-13")["P-07/correct"] == ("2026-03-12", "2026-03-26", "GREEN")
    assert shown(reviewed("2026-03-12", result), "2026-03-27")["P-07/correct"][2] == "RED"
    done = reviewed("2026-03-12", result, "2026-03-26")
    assert shown(done, "2026-03-27")["P-07/correct"][2] == "DONE_IN_TIME"
    assert "P-07/correct" not in shown(reviewed("2026-03-12"), "2026-03-27")


def test_a_withdrawal_ends_the_review_and_has_the_clock_of_the_correction_itself():
    withdrawn = {"p": date(2026, 3, 11)}
    assert shown(OPEN, "2026-03-13", withdrawn)["P-06/review"][2] == "DONE_IN_TIME"
    assert "P-07/correct" not in shown(reviewed("2026-03-12", ObjectionResult.REVOKED), "2026-03-27", withdrawn)


def test_a_deposit_is_opened_within_twenty_working_days_of_the_contract():
    """D-01, with the vector of the law's list: 2026-04-30 and twenty working days."""
    in_time = deposit(contracted_on="2026-04-30", opened_on="2026-06-01")
    assert shown(in_time, "2026-06-02") == {"D-01/open": ("2026-04-30", "2026-06-01", "DONE_IN_TIME")}
    late = deposit(contracted_on="2026-04-30", opened_on="2026-06-02")
    assert shown(late, "2026-06-02")["D-01/open"][2] == "DONE_LATE"
    assert shown(DEPOSIT, "2026-06-02") == {}


def test_the_bank_pays_within_five_working_days_and_the_enterprise_refills_within_ten():
    """D-07."""
    noticed = deposit(payment_notice_on="2026-09-30")
    assert shown(noticed, "2026-10-08") == {"D-07/pay": ("2026-09-30", "2026-10-13", "GREEN")}
    assert shown(noticed, "2026-10-14")["D-07/pay"][2] == "RED"
    paid = replace(noticed, bank_paid_on=date(2026, 10, 12))
    assert shown(paid, "2026-10-20") == {
        "D-07/pay": ("2026-09-30", "2026-10-13", "DONE_IN_TIME"),
        "D-07/refill": ("2026-10-12", "2026-10-26", "GREEN"),
    }
    refilled = replace(paid, refilled_on=date(2026, 10, 27))
    assert shown(refilled, "2026-11-02")["D-07/refill"][2] == "DONE_LATE"
    ended = replace(paid, ended_on=date(2026, 10, 20))
    assert shown(ended, "2026-11-02")["D-07/refill"][2] == "DONE_IN_TIME", "there is nothing to refill any more"


def test_the_public_notice_before_a_return_ends_by_itself_on_whatever_day():
    """D-08: thirty natural days, the last of them a Sunday."""
    noticed = deposit(return_notice_on="2026-05-01")
    assert shown(noticed, "2026-05-02")["D-08/notice"] == ("2026-05-01", "2026-05-31", "GREEN")
    assert shown(noticed, "2026-06-01")["D-08/notice"][2] == "OVER"


def test_an_exempt_project_and_a_kind_without_clocks_start_none():
    exempt = replace(deposit(contracted_on="2026-04-30"), exempt=True)
    assert shown(exempt, "2026-06-02") == {}
    assert shown(dict(FACTS)["publication"], "2026-06-02") == {}


def test_a_clock_names_its_record_its_enterprise_and_its_authority():
    (clock,) = clocks_of_record(RecordedFact(code(1), OPEN), {}, midnight(date(2026, 3, 1)), CALENDAR)
    assert (clock.object_id, clock.uscc, clock.authority) == ("po", code(1), "示例局")
    assert {kind.wire_name for kind in CLOCKED} == {"objection", "publication_objection", "wage_deposit"}


def test_a_length_that_somebody_has_confirmed_otherwise_is_the_one_that_counts():
    parameters = ClockParameters(lengths=frozenset({("C-08/decide", 7, 8), ("C-08/decide", 17, 20)}))
    decide, other = CLOCKS["C-08/decide"], CLOCKS["L-16/decide"]
    start = date(2026, 10, 9)
    assert due(decide, start, CALENDAR, parameters).due_on == due(replace(decide, length=8), start, CALENDAR).due_on
    longer = due(decide.extended(), start, CALENDAR, parameters)
    assert longer.due_on == due(replace(decide, length=20), start, CALENDAR).due_on
    assert due(other, start, CALENDAR, parameters) == due(other, start, CALENDAR)


@pytest.mark.parametrize("lengths", [{("P-06/review", 15, 0)}, {("P-06/review", 15, 20), ("P-06/review", 15, 21)}])
def test_a_length_is_replaced_once_and_by_at_least_one(lengths):
    with pytest.raises(ValueError, match="lengths: "):
        ClockParameters(lengths=frozenset(lengths))
