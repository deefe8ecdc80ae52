"""Why an award stands out: each reason by itself, and the edges of the time in which an answer holds (A-122)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from award_samples import ANSWER, AWARD, HOUR
from builders import INSTANT, NOW, OTHER_USCC, USCC
from outcome_samples import outcome

from formats.civil import civil_date
from gateway.domain.award_cover import GRANTS, UncoveredReason, uncovered, within
from gateway.domain.outcomes import OutcomeKind
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict

DAY = timedelta(days=1)
MET = outcome(kind=OutcomeKind.CONDITIONS_FULFILLED, uscc=USCC, decided_on=civil_date(NOW))


def reason(*answers, award=AWARD, outcomes=()):
    why = uncovered(award, answers, outcomes)
    return None if why is None else why.reason


def other(**changes):
    return replace(ANSWER, **changes)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], UncoveredReason.NEVER_ASKED),
        ([other(area=Area.PROCUREMENT)], UncoveredReason.NEVER_ASKED),
        ([other(agency="finance")], UncoveredReason.NEVER_ASKED),
        ([other(case_ref="T-2", usccs=frozenset({OTHER_USCC}))], UncoveredReason.NEVER_ASKED),
        ([other(case_ref="T-2")], UncoveredReason.OTHER_CASE),
        ([other(usccs=frozenset({OTHER_USCC}))], UncoveredReason.OTHER_ENTERPRISE),
        ([other(case_ref="T-2"), other(usccs=frozenset({OTHER_USCC}))], UncoveredReason.OTHER_CASE),
        ([other(preview=True)], UncoveredReason.OUTLOOK_ONLY),
        ([other(point=DecisionPoint.BIDDING_REGISTRATION)], UncoveredReason.EARLIER_POINT),
        ([other(answered_at=NOW + INSTANT)], UncoveredReason.ASKED_AFTER),
        ([other(valid_until=None)], UncoveredReason.VALIDITY_UNKNOWN),
        ([other(valid_until=NOW)], UncoveredReason.EXPIRED),
        ([other(verdict=Verdict.RESTRICTED)], UncoveredReason.RESTRICTED),
        ([other(verdict=Verdict.RESTRICTED, valid_until=None)], UncoveredReason.RESTRICTED),
        ([other(verdict=Verdict.UNVERIFIABLE)], UncoveredReason.UNVERIFIABLE),
        ([other(verdict=Verdict.CONDITIONAL)], UncoveredReason.CONDITIONS_NOT_FULFILLED),
    ],
)
def test_each_reason_is_told_by_itself(answers, expected):
    assert reason(*answers) is expected


def test_an_answer_of_the_instant_that_holds_an_instant_longer_covers():
    assert reason(other(answered_at=NOW, valid_until=NOW + INSTANT)) is None


def test_a_later_answer_takes_the_place_of_an_earlier_one():
    earlier = other(answered_at=NOW - 2 * HOUR, number=6)
    assert reason(earlier, other(verdict=Verdict.RESTRICTED)) is UncoveredReason.RESTRICTED
    assert reason(other(verdict=Verdict.RESTRICTED, answered_at=NOW - 2 * HOUR, number=6), ANSWER) is None


def test_a_member_of_a_consortium_is_covered_by_the_answer_about_all_of_it():
    assert reason(other(usccs=frozenset({OTHER_USCC, USCC}))) is None


def test_an_answer_to_another_agency_covers_only_where_the_list_names_none():
    elsewhere = other(agency="finance")
    assert reason(elsewhere, award=replace(AWARD, agency="")) is None
    assert reason(elsewhere) is UncoveredReason.NEVER_ASKED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"kind": OutcomeKind.OVERRIDDEN}, None),
        ({"kind": OutcomeKind.GRANTED_WITH_CONDITIONS}, None),
        ({"kind": OutcomeKind.GRANTED}, UncoveredReason.CONDITIONS_NOT_FULFILLED),
        ({"kind": OutcomeKind.REFUSED}, UncoveredReason.CONDITIONS_NOT_FULFILLED),
        ({"decided_on": civil_date(NOW + DAY)}, UncoveredReason.CONDITIONS_NOT_FULFILLED),
        ({"agency": "finance"}, UncoveredReason.CONDITIONS_NOT_FULFILLED),
        ({"case_ref": "T-2"}, UncoveredReason.CONDITIONS_NOT_FULFILLED),
        ({"uscc": OTHER_USCC}, UncoveredReason.CONDITIONS_NOT_FULFILLED),
        ({"area": Area.PROCUREMENT}, UncoveredReason.CONDITIONS_NOT_FULFILLED),
    ],
)
def test_conditions_are_fulfilled_by_a_report_of_the_same_agency_in_the_same_case_by_the_day(changes, expected):
    told = [replace(MET, **changes)]
    assert reason(other(verdict=Verdict.CONDITIONAL), outcomes=told) is expected


def test_of_an_award_of_which_only_the_day_is_known_the_whole_day_counts():
    earliest, latest = within(civil_date(NOW))
    by_day = replace(AWARD, earliest=earliest, latest=latest)

    assert reason(other(answered_at=latest, valid_until=latest + HOUR), award=by_day) is None
    assert reason(other(answered_at=earliest - HOUR, valid_until=earliest + INSTANT), award=by_day) is None
    assert reason(other(answered_at=earliest - HOUR, valid_until=earliest), award=by_day) is UncoveredReason.EXPIRED
    assert reason(other(answered_at=latest + INSTANT), award=by_day) is UncoveredReason.ASKED_AFTER


def test_a_day_begins_and_ends_at_midnight_in_shanghai():
    earliest, latest = within(civil_date(NOW))
    assert (latest - earliest, civil_date(earliest), civil_date(latest)) == (
        DAY - INSTANT,
        civil_date(NOW),
        civil_date(NOW),
    )


def test_what_was_refused_or_withdrawn_is_no_award():
    assert {
        OutcomeKind.GRANTED,
        OutcomeKind.GRANTED_WITH_CONDITIONS,
        OutcomeKind.OVERRIDDEN,
        OutcomeKind.NOT_STOPPED,
    } == (GRANTS)
