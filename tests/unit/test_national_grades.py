"""The national grade: G-20 to G-25, and that it is never mixed with the other scheme's (G-33)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import (
    INSTANT,
    NATIONAL,
    RULES,
    act,
    arrears,
    at,
    build,
    complaint,
    conviction,
    dossier,
    listed,
    listing,
    national,
    notice,
    policy,
    profile,
    publication,
    recovery,
    violation,
)

from gateway.domain.kinds.labour_violation import Circumstance
from gateway.domain.national_grades import CIRCUMSTANCES, causes_of, letter_at
from gateway.domain.vocabulary import EnterpriseKind, GradeLetter, ListingActKind, Trigger

A, B, C, NOT_RATED = GradeLetter.A, GradeLetter.B, GradeLetter.C, GradeLetter.NOT_RATED


def grade(file, moment="2026-06-01", using=NATIONAL):
    instant = at(moment) if isinstance(moment, str) else moment
    return letter_at(file, causes_of(file, using), using, instant)


def letter(file, moment="2026-06-01", using=NATIONAL):
    return grade(file, moment, using)[0]


def turn(file, moment):
    """Return the letters just before the first instant of a day and at it."""
    return letter(file, at(moment) - INSTANT), letter(file, moment)


def test_an_enterprise_that_was_not_punished_in_the_year_before_is_a():
    assert grade(dossier()) == (A, "G-21", ())


@pytest.mark.parametrize("kind", [None, *EnterpriseKind])
@pytest.mark.parametrize("construction_unit", [False, True])
def test_every_enterprise_is_graded_whatever_its_kind(kind, construction_unit):
    known = profile(kind=kind, construction_unit=construction_unit)
    assert letter(dossier(profiles=(known,))) is A
    assert letter(dossier(violation("2025-05-05"), profiles=(known,))) is B


@pytest.mark.parametrize("number", [1, 2])
def test_punished_once_or_twice_is_b(number):
    file = dossier(*(violation(f"2025-0{place}-01") for place in range(1, number + 1)))
    assert grade(file)[:2] == (B, "G-22")


@pytest.mark.parametrize("number", [3, 4])
def test_punished_three_times_or_more_in_one_year_is_c(number):
    file = dossier(*(violation(f"2025-0{place}-01") for place in range(1, number + 1)))
    found, rule, causes = grade(file)
    assert (found, rule, len(causes)) == (C, "G-23", number)


def test_three_times_in_two_years_is_no_c():
    assert letter(dossier(violation("2024-12-31"), violation("2025-01-01"), violation("2025-12-31"))) is B


@pytest.mark.parametrize("circumstance", list(Circumstance))
def test_any_grave_circumstance_makes_one_violation_c(circumstance):
    found, rule, causes = grade(dossier(violation("2025-05-05", circumstance)))
    assert (found, rule, [cause.kind for cause in causes]) == (C, "G-23", [CIRCUMSTANCES[circumstance]])


def test_an_effective_conviction_of_the_year_is_c_and_of_another_year_is_not():
    assert grade(dossier(conviction("2025-12-31")))[:2] == (C, "G-23")
    assert letter(dossier(conviction("2024-12-31"))) is A
    assert letter(dossier(conviction("2026-01-01"))) is A


def test_a_wage_arrears_listing_decided_in_the_year_states_an_order_not_performed():
    found, rule, causes = grade(dossier(listed("2025-03-01", "2025-03-10")))
    assert (found, rule, [cause.kind for cause in causes]) == (C, "G-23", ["listing"])
    assert letter(dossier(listed("2024-12-31", "2025-01-10"))) is A


def test_a_listing_that_was_not_delivered_or_is_void_is_no_cause():
    void = listed("2025-03-01", "2025-03-10", act(ListingActKind.REVOCATION, "2026-02-01"))
    assert letter(dossier(listed("2025-03-01", None))) is A
    assert letter(dossier(void)) is A


def test_a_listing_delivered_after_the_evaluation_counts_from_its_delivery():
    late = dossier(listed("2025-12-20", "2026-02-09"))
    assert turn(late, "2026-02-10") == (A, C)
    assert letter(dossier(listed("2025-12-20", "2027-02-09")), "2027-06-01") is A


def test_a_repaired_or_stayed_listing_was_an_order_not_performed_all_the_same():
    repaired = listed("2025-03-01", "2025-03-10", act(ListingActKind.REPAIR, "2025-11-01"))
    stayed = listed("2025-03-01", "2025-03-10", act(ListingActKind.STAY, "2025-11-01"))
    assert [letter(dossier(file)) for file in (repaired, stayed)] == [C, C]


def test_a_restoring_decision_states_no_order_of_its_own_year():
    acts = [
        act(ListingActKind.DECISION, "2023-03-01"),
        act(ListingActKind.DELIVERY, "2023-03-02"),
        act(ListingActKind.REPAIR, "2024-05-01"),
        act(ListingActKind.RESTORE, "2025-05-01"),
        act(ListingActKind.DELIVERY, "2025-05-02"),
    ]
    assert letter(dossier(listing(*acts))) is A


def test_the_year_runs_from_its_first_to_its_last_civil_day_and_holds_for_one_year():
    for decided in ("2025-01-01", "2025-12-31"):
        file = dossier(violation(decided))
        assert turn(file, "2026-01-01") == (A, B)
        assert turn(file, "2027-01-01") == (B, A)


def test_the_day_of_the_evaluation_is_configuration():
    march = national(evaluated_month=3, evaluated_day=31)
    file = dossier(violation("2025-01-01"))
    assert letter(file, at("2026-03-31") - INSTANT, march) is A
    assert letter(file, "2026-03-31", march) is B
    assert letter(file, at("2027-03-31") - INSTANT, march) is B
    assert march.period_at(at("2026-03-31")) == "2025"
    assert march.period_at(at("2026-03-31") - INSTANT) == "2024"


def test_the_period_is_the_calendar_year_looked_at_in_shanghai_time():
    assert NATIONAL.period_at(at("2026-01-01")) == "2025"
    assert NATIONAL.period_at(at("2026-01-01") - INSTANT) == "2024"


def test_without_a_profile_in_the_year_it_is_not_rated():
    file = dossier(violation("2025-05-05"), profiles=(profile("2026-01-01"),))
    assert grade(file) == (NOT_RATED, "G-20", ())
    assert letter(dossier(profiles=(profile("2025-12-31"),))) is A
    assert letter(dossier(violation("2025-05-05"), profiles=())) is NOT_RATED


def test_a_first_grade_holds_from_the_first_evaluation_after_the_first_profile():
    line = build(using=NATIONAL, profiles=(profile("2024-05-05"),))
    before, following = line.at(at("2024-06-01"))
    assert (before.grade.letter, before.grade.held_since, following) == (NOT_RATED, None, at("2025-01-01"))
    assert before.grade.changes_at == at("2025-01-01")
    assert line.at(at("2025-01-01"))[0].grade.held_since == at("2025-01-01")
    assert line.at(at("2090-01-01"))[0].grade.letter is A


def test_a_late_fact_about_the_year_changes_its_grade_from_the_evaluation_on():
    """Which facts are known is the data revision's; of those, each counts in its year."""
    before, after = dossier(), dossier(violation("2025-12-30"))
    assert (letter(before, "2026-06-01"), letter(after, "2026-06-01")) == (A, B)


def test_complaints_arrears_publications_notices_and_recoveries_are_no_facts_of_this_scheme():
    complaints = [complaint("2025-05-01") for _ in range(9)]
    others = [arrears("2025-05-01"), publication("2025-05-01", "2028-05-01"), notice("2025-05-01"),
              recovery("2025-06-01")]  # fmt: skip
    assert grade(dossier(*complaints, *others)) == (A, "G-21", ())


def test_a_decision_to_recover_ends_nothing_here():
    line = build(*(violation(f"2025-0{place}-01") for place in (1, 2, 3)), recovery("2026-02-01"), using=NATIONAL)
    held = line.at(at("2026-06-01"))[0].grade
    assert (held.letter, held.changes_at, held.confirmation_due) == (C, at("2027-01-01"), False)
    recovered = line.at(at("2027-01-01"))[0].grade
    assert (recovered.letter, recovered.confirmation_due) == (A, False)


def test_b_in_two_years_running_is_held_since_the_first():
    line = build(violation("2024-05-05"), violation("2025-05-05"), using=NATIONAL)
    held = line.at(at("2026-06-01"))[0].grade
    assert (held.letter, held.held_since, held.changes_at) == (B, at("2025-01-01"), at("2027-01-01"))


def test_its_letters_are_tr2_and_tr3_of_a_profile_that_chooses_it():
    rules = policy("national-2026").grade_rules
    (ground,) = build(violation("2025-05-05"), using=rules).at(at("2026-06-01"))[0].grounds
    assert (ground.trigger, ground.record_id[:13]) == (Trigger.GRADE_B, "national-2016")
    assert ground.document_number.startswith("national-2016/")
    assert (ground.effective_from, ground.effective_until) == (at("2026-01-01"), at("2027-01-01"))


def test_six_complaints_are_b_where_15333_weighs_and_nothing_where_the_national_method_does():
    complaints = [complaint(f"2026-01-0{place}", "2026-01-20") for place in range(1, 7)]
    for name, expected in (("shiyan", {Trigger.GRADE_B}), ("national-2026", set())):
        standing = build(*complaints, using=policy(name).grade_rules).at(at("2026-06-01"))[0]
        assert {ground.trigger for ground in standing.grounds} == expected


def test_grades_of_two_schemes_are_never_compared():
    own, other = NATIONAL.never_rated, RULES.never_rated
    with pytest.raises(ValueError, match="never compared"):
        own.better_than(other)
    assert replace(own, letter=A).better_than(replace(own, letter=B))
    assert not replace(own, letter=B).better_than(replace(own, letter=B))
