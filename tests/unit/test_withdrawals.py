"""What a withdrawn publication or penalty weighs: nothing, or nothing from a day on (P-06, P-07, APL art. 48)."""

from __future__ import annotations

import pytest
from builders import INSTANT, at, build, day, notice, penalty, publication

from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.vocabulary import GradeLetter, Trigger
from gateway.domain.withdrawals import Withdrawal, standing_facts

MOMENTS = ["2025-03-01", "2025-06-01", "2025-12-31", "2026-02-01"]


def withdrawal(fact, until=None):
    return Withdrawal(
        record_id=f"withdrawal-{fact.record_id}",
        authority=fact.authority,
        document_number="撤〔1〕号",
        target_id=fact.record_id,
        decided_on=day("2025-07-01"),
        holds_until=day(until) if until else None,
        reason="撤销",
    )


def triggers(moment, *facts):
    standing, _ = build(*facts).at(moment)
    return {ground.trigger for ground in standing.grounds}


MADE = [publication("2025-03-01", "2026-03-01"), penalty("2025-03-01", "2026-03-01")]


@pytest.mark.parametrize("fact", MADE, ids=["publication", "penalty"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_void_record_weighs_at_no_moment_asked_about(fact, moment):
    assert triggers(at(moment), fact)
    assert triggers(at(moment), fact, withdrawal(fact)) == set()


@pytest.mark.parametrize("fact", MADE, ids=["publication", "penalty"])
def test_a_record_withdrawn_from_a_day_weighs_until_that_days_first_instant(fact):
    facts = (fact, withdrawal(fact, "2025-07-01"))
    assert triggers(at("2025-07-01") - INSTANT, *facts)
    assert triggers(at("2025-07-01"), *facts) == set()


@pytest.mark.parametrize(("until", "last"), [("2027-01-01", "2026-03-01"), ("2025-01-01", None)])
def test_a_withdrawal_prolongs_nothing_and_one_of_an_earlier_day_leaves_nothing(until, last):
    (fact, _) = MADE
    standing, _ = standing_facts((fact, withdrawal(fact, until)))
    assert standing.display_until == (day(last) if last else fact.published_on)


def test_a_void_publication_for_wages_is_no_cause_of_a_grade():
    (fact, _) = MADE
    grades = [build(*facts).at(at("2025-06-01"))[0].grade.letter for facts in ((fact,), (fact, withdrawal(fact)))]
    assert grades == [GradeLetter.C, GradeLetter.A]


def test_a_notice_of_a_void_publication_does_not_weigh_in_its_place():
    (fact, _) = MADE
    retyped = notice("2025-03-02", notice_list=NoticeList.MAJOR_VIOLATION_PUBLICATION)
    assert triggers(at("2025-06-01"), retyped) == {Trigger.PUBLISHED_VIOLATION_NOTICE}
    assert triggers(at("2025-06-01"), retyped, fact, withdrawal(fact)) == set()


def test_a_withdrawal_takes_back_its_own_record_only():
    published, fined = MADE
    assert triggers(at("2025-06-01"), published, fined, withdrawal(published)) == {Trigger.PENALTY}
    kept = standing_facts((published, fined, withdrawal(published)))
    assert [fact.record_id for fact in kept[:2]] == [published.record_id, fined.record_id]
    assert kept[1] == fined
