"""A listing that another authority decided: when it weighs, what takes its place, and how its end is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import AUTHORITY, USCC, act, day, dossier, listing

from formats.civil import midnight
from gateway.domain.endings import removal_ending
from gateway.domain.grounds import grounds_of
from gateway.domain.kinds.listing_elsewhere import ListingElsewhere, RemovedBy
from gateway.domain.policy_lint import NO_STRONGER_THAN
from gateway.domain.shiyan_grades import ShiyanRules
from gateway.domain.timeline import build
from gateway.domain.vocabulary import EndingKind, GradeLetter, Trigger
from gateway.domain.vocabulary import ListingActKind as Kind

RULES = ShiyanRules("sample-1", "420300", 6, 24, 36, recovery_by_decision=False)
ELSEWHERE = ListingElsewhere(
    record_id="le",
    authority="外省示例市人社局",
    document_number="外〔1〕号",
    listed_on=day("2026-01-10"),
    expected_exit_on=None,
    removed_on=None,
    removed_by=None,
)
COMMITTED = {7: datetime(2026, 5, 2, tzinfo=UTC)}


def weighing(fact, *listings):
    found = [
        (each.span.start, each.span.end)
        for each in grounds_of(dossier(facts=(fact,), listings=listings), RULES)
        if each.ground.trigger is Trigger.LISTED_ELSEWHERE
    ]
    return [(start.isoformat()[:10], end.isoformat()[:10]) for start, end in found]


def span(start, end):
    return [(midnight(day(start)).isoformat()[:10], midnight(day(end)).isoformat()[:10])]


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({}, "2029-01-10"),
        ({"expected_exit_on": day("2028-01-10")}, "2028-01-10"),
        ({"expected_exit_on": day("2031-01-10")}, "2029-01-10"),
        ({"removed_on": day("2026-05-01"), "removed_by": RemovedBy.REPAIRED}, "2026-05-01"),
    ],
)
def test_it_weighs_from_its_day_to_the_first_of_its_ends(changes, until):
    assert weighing(replace(ELSEWHERE, **changes)) == span("2026-01-10", until)


def test_a_revoked_one_never_weighed():
    assert weighing(replace(ELSEWHERE, removed_on=day("2026-05-01"), removed_by=RemovedBy.REVOKED)) == []


def test_the_authoritys_own_acts_take_its_place_and_no_others_do():
    own = replace(act(Kind.DECISION, "2026-01-10"), authority=ELSEWHERE.authority, document_number="外〔1〕号")
    assert weighing(ELSEWHERE, listing(own)) == []
    for other in ({"authority": AUTHORITY}, {"document_number": "外〔2〕号"}):
        assert weighing(ELSEWHERE, listing(replace(own, **other))) == span("2026-01-10", "2029-01-10")


def test_it_is_no_cause_of_grade_c_and_never_stronger_than_a_listing():
    standing, _ = build(dossier(facts=(ELSEWHERE,)), RULES).at(midnight(day("2026-03-01")))
    assert standing.grade.letter is not GradeLetter.C
    assert [ground.trigger for ground in standing.grounds] == [Trigger.LISTED_ELSEWHERE]
    assert NO_STRONGER_THAN[Trigger.LISTED_ELSEWHERE] is Trigger.LISTING


@pytest.mark.parametrize(
    ("removed_by", "kind", "at"),
    [
        (RemovedBy.EXPIRED, EndingKind.EXPIRED, "2026-05-01"),
        (RemovedBy.REPAIRED, EndingKind.REPAIRED, "2026-05-01"),
        (RemovedBy.WITHDRAWN, EndingKind.WITHDRAWN, "2026-05-01"),
        (RemovedBy.REVOKED, EndingKind.VOID_FROM_START, "2026-01-10"),
    ],
)
def test_its_end_is_told_by_what_the_platform_says(removed_by, kind, at):
    fact = replace(ELSEWHERE, removed_on=day("2026-05-01"), removed_by=removed_by)
    known = removal_ending(fact, USCC, 7, COMMITTED)
    assert (known.ending.kind, known.ending.at, known.revision) == (kind, midnight(day(at)), 7)
    assert removal_ending(ELSEWHERE, USCC, 7, COMMITTED) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"listed_on": day("2021-12-31")}, "listed_on"),
        ({"expected_exit_on": day("2026-01-10")}, "expected_exit_on"),
        ({"removed_on": day("2026-01-09"), "removed_by": RemovedBy.EXPIRED}, "removed_on"),
        ({"removed_on": day("2026-05-01")}, "removed_by"),
        ({"removed_by": RemovedBy.EXPIRED}, "removed_by"),
    ],
)
def test_what_does_not_fit_is_a_fault_of_its_field(changes, field):
    assert [fault.field for fault in replace(ELSEWHERE, **changes).faults()] == [field]
