"""Rules between the fields of a kind, and what a kind says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import at, build, dossier, penalty
from kind_records import SAMPLES

from gateway.domain.kinds import KINDS, may_weigh
from gateway.domain.kinds.credit_commitment import CommitmentState
from gateway.domain.kinds.exam_record import ExamArticle, RecordDuration
from gateway.domain.kinds.fact import PersonFact
from gateway.domain.kinds.penalty import Restriction

DAY = date(2026, 2, 4)
FIVE, LONG = RecordDuration


def faults(kind, **changes):
    return [fault.field for fault in replace(SAMPLES[kind], **changes).faults()]


@pytest.mark.parametrize("name", KINDS)
def test_the_sample_of_every_kind_is_sound(name):
    assert list(SAMPLES[name].faults()) == []


def test_a_restriction_comes_with_both_its_days_or_not_at_all():
    free = {"restriction": None, "restricts_from": None, "restricts_until": None}
    assert faults("penalty", **free, penalty_class="罚款") == []
    assert faults("penalty", **free) == ["penalty_class"]
    assert faults("penalty", restricts_from=None) == ["restricts_from"]
    assert faults("penalty", restricts_until=None) == ["restricts_until"]
    assert faults("penalty", **{**free, "restricts_from": DAY}, penalty_class="罚款") == ["restriction"]
    assert faults("penalty", **{**free, "restricts_until": DAY}, penalty_class="罚款") == ["restriction"]


@pytest.mark.parametrize("end", ["valid_until", "display_until", "shared_until", "retained_until"])
def test_the_ends_of_a_penalty_are_apart_and_each_lies_after_the_decision(end):
    assert faults("penalty", **{end: DAY}) == [end]
    assert faults("penalty", **{end: date(2026, 2, 5)}) == []


def test_only_a_penalty_with_a_restriction_weighs():
    moment = at("2026-03-01")
    fine = replace(
        penalty("2026-01-01", "2027-01-01"),
        restriction=None,
        restricts_from=None,
        restricts_until=None,
        penalty_class="罚款",
        fine_fen=5_000_000,
        display_until=date(2027, 1, 1),
    )
    assert build(fine) == build()
    (ground,) = build(penalty("2026-01-01", "2027-01-01", display_until=date(2026, 2, 1))).at(moment)[0].grounds
    assert ground.restriction == Restriction.NEW_PROJECTS_LIMITED
    assert ground.effective_until == at("2027-01-01")


@pytest.mark.parametrize(
    ("article", "duration", "sound"),
    [
        (ExamArticle.ARTICLE_7, LONG, False),
        (ExamArticle.ARTICLE_8, LONG, True),
        (ExamArticle.ARTICLE_8, FIVE, False),
        (ExamArticle.ARTICLE_9, FIVE, True),
        (ExamArticle.ARTICLE_9, LONG, True),
        (ExamArticle.ARTICLE_10, LONG, False),
        (ExamArticle.ARTICLE_11, LONG, True),
    ],
)
def test_an_article_of_the_exam_rules_gives_its_duration(article, duration, sound):
    assert faults("exam_record", article=article, duration=duration) == ([] if sound else ["duration"])


@pytest.mark.parametrize("name", ["exam_record", "recruitment_record"])
def test_a_five_year_record_has_an_end_and_a_long_term_one_has_none(name):
    decided = replace(SAMPLES[name], decided_on=date(2024, 2, 29))
    assert replace(decided, duration=FIVE).record_until == date(2029, 2, 28)
    assert replace(decided, duration=LONG).record_until is None


def test_an_exempt_project_has_no_deposit_and_every_other_has_one():
    assert faults("wage_deposit", exempt=True) == ["rate_basis_points", "deposited_fen", "form"]
    assert faults("wage_deposit", exempt=True, rate_basis_points=0, deposited_fen=0, form=None) == []
    none = {"rate_basis_points": 0, "deposited_fen": 0, "form": None}
    assert faults("wage_deposit", **none) == ["rate_basis_points", "deposited_fen", "form"]
    assert faults("wage_deposit", rate_basis_points=10_001) == ["rate_basis_points"]
    assert faults("wage_deposit", ended_on=date(2026, 2, 14)) == ["ended_on"]


def test_what_follows_may_fall_on_the_same_day():
    day = date(2026, 1, 5)
    assert faults("complaint", accepted_on=day, verified_on=day, settled_on=day) == []
    assert faults("complaint", accepted_on=day, verified_on=date(2026, 1, 4)) == ["verified_on"]
    assert faults("complaint", accepted_on=day, settled_on=date(2026, 1, 4)) == ["settled_on"]
    assert faults("arrears", found_on=day, paid_on=date(2026, 1, 4)) == ["paid_on"]


def test_a_commitment_is_closed_exactly_when_it_is_no_longer_open():
    assert faults("credit_commitment", state=CommitmentState.OPEN) == ["closed_on"]
    assert faults("credit_commitment", closed_on=None) == ["closed_on"]
    assert faults("credit_commitment", state=CommitmentState.OPEN, closed_on=None) == []
    assert faults("credit_commitment", closed_on=date(2026, 2, 15)) == ["closed_on"]


@pytest.mark.parametrize(
    ("name", "end", "start"),
    [
        ("post", "held_until", "2024-02-29"),
        ("licence", "valid_until", "2026-02-14"),
        ("insurance_severe_listing", "ends_on", "2026-02-19"),
    ],
)
def test_a_span_has_a_day_in_it(name, end, start):
    assert faults(name, **{end: date.fromisoformat(start)}) == [end]


def test_what_is_information_only_is_written_down_here_once_more():
    quiet = {name for name, kind in KINDS.items() if not kind.weighs}
    persons = {name for name, kind in KINDS.items() if issubclass(kind, PersonFact)}
    assert persons == {"exam_record", "recruitment_record", "insurance_severe_listing"}
    assert quiet - persons == {"five_systems", "post", "licence", "wage_deposit", "credit_commitment"}


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.weighs])
def test_what_is_information_only_changes_no_standing_beside_facts_that_weigh(name):
    weighing = [penalty("2026-01-01", "2027-01-01")]
    assert build(*weighing, SAMPLES[name]) == build(*weighing)
    assert build(SAMPLES[name]) == build()
    assert dossier(SAMPLES[name]).facts


def test_a_feed_may_weigh_when_one_of_its_kinds_does_acts_and_unknown_ones_included():
    assert not may_weigh({"licence", "exam_record"})
    assert may_weigh({"licence", "penalty"})
    assert may_weigh({"listing_act"})
    assert may_weigh({"unheard_of"})
