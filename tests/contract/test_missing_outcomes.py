"""Of which answers an outcome is owed: a decision about that enterprise at that point, and by when it is overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from audit_calls import body, line, record
from store_samples import code
from test_reporting_outcomes import city  # noqa: F401 - a fixture

from adapters.http.areas import AREAS
from gateway.domain.audit import Draft
from gateway.domain.outcome_duty import FINAL_POINTS
from gateway.domain.outcomes import OutcomeKind
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict


def test_an_answer_at_a_final_point_is_missing_its_outcome_until_one_is_reported_and_overdue_after_its_day(city):  # noqa: F811 - the fixture
    first = city.answered("listing-1")
    second = city.answered("listing-1")
    assert city.missing() == [("T-1", code(1), second.number, "2026-12-01", False)]
    late = datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert [one[-1] for one in city.missing(now=late - timedelta(seconds=1))] == [False]
    assert [one[-1] for one in city.missing(now=late)] == [True]
    assert city.missing(days=0, now=late) == [("T-1", code(1), second.number, None, False)]
    assert city.missing(agency="finance") == []
    assert city.missing(since=date(2026, 11, 25)) == []
    assert len(city.missing(since=date(2026, 11, 24))) == 1, "from the beginning of that day"
    city.report(first)
    assert city.missing() == [], "a case is asked about more than once and decided once"


@pytest.mark.parametrize(
    "other",
    [
        {"point": int(DecisionPoint.BIDDING_EVALUATION)},
        {"preview": True},
        {"method": "CreditService/GetCreditRecord"},
        {"area": int(Area.PROCUREMENT), "point": int(DecisionPoint.PROCUREMENT_RESULT)},
    ],
)
def test_what_decides_nothing_owes_no_outcome(city, other):  # noqa: F811 - the fixture
    city.answered(**other)
    assert city.missing() == []


def test_each_item_of_a_batch_owes_its_own_outcome_and_its_line_tells_which(city):  # noqa: F811 - the fixture
    lines = [line(item, code(item + 1), relations=["SELF"], verdict=1, grounds=[]) for item in range(3)]
    told = {"area": int(Area.BIDDING), "point": int(DecisionPoint.BIDDING_AWARD), "case": "T-1"}
    record(city.place, Draft(body(method="CreditService/BatchCheckEligibility", **told), lines))
    assert [one[1] for one in city.missing(size=2)] == [code(1), code(2), code(3)]


def test_an_outcome_is_owed_of_every_final_act_that_an_area_has_and_of_no_wages():
    """What was conferred is looked at again and decided on by the body itself: no gate, and a decision all the same."""
    acts = {point for area in AREAS.values() for point in area.acts} | {int(DecisionPoint.AWARDS_REVOCATION)}
    assert {int(each) for each in FINAL_POINTS} == acts
    assert not acts & {area.wages for area in AREAS.values()}


def test_a_decision_at_another_point_or_about_another_enterprise_will_not_do(city):  # noqa: F811 - the fixture
    award = city.answered()
    contract = city.answered(point=int(DecisionPoint.BIDDING_CONTRACT))
    other = city.answered(enterprises=[code(2)])
    assert len(city.missing()) == 3
    city.report(award)
    assert sorted(one[2] for one in city.missing()) == [contract.number, other.number]
    city.report(contract, point=DecisionPoint.BIDDING_CONTRACT)
    assert [one[:3] for one in city.missing()] == [("T-1", code(2), other.number)]


def test_what_only_prepares_a_decision_will_not_do(city):  # noqa: F811 - the fixture
    """A-128 asks whether it was restricted, allowed or overridden: that conditions were met says none of it."""
    answer = city.answered(verdict=int(Verdict.CONDITIONAL))
    city.report(answer, kind=OutcomeKind.CONDITIONS_FULFILLED)
    assert [one[2] for one in city.missing()] == [answer.number]
    city.report(answer, kind=OutcomeKind.GRANTED_WITH_CONDITIONS)
    assert city.missing() == []
