"""How a grade came to be, where it goes, and what would change it: computed by the method itself."""

from __future__ import annotations

import pytest
from builders import (
    INSTANT,
    NATIONAL,
    NOW,
    RULES,
    act,
    arrears,
    at,
    complaint,
    conviction,
    day,
    dossier,
    listed,
    profile,
    publication,
    recovery,
    rules,
    violation,
)

from gateway.domain.grade_outlook import Stretch, history, outlook
from gateway.domain.suppositions import Step
from gateway.domain.vocabulary import GradeLetter, ListingActKind
from gateway.domain.withdrawals import Withdrawal

A, B, C = GradeLetter.A, GradeLetter.B, GradeLetter.C
A_WATCH, UNDETERMINED, NOT_RATED = GradeLetter.A_WATCH, GradeLetter.UNDETERMINED, GradeLetter.NOT_RATED


def changes(file, using=RULES, moment=NOW):
    found = outlook(using, file, moment).changes
    return {(each.step.name, each.count): (each.letter, each.before) for each in found}


def paid(*days):
    return [complaint(each, each) for each in days]


def test_six_more_complaints_make_an_enterprise_without_any_b():
    assert changes(dossier())["MORE_COMPLAINTS", 6] == (B, None)


def test_with_four_two_more_make_b_until_the_first_of_the_four_leaves_the_window():
    file = dossier(*paid("2025-01-05", "2025-03-01", "2025-09-01", "2026-02-01"))
    assert changes(file)["MORE_COMPLAINTS", 2] == (B, at("2027-01-05"))
    late = changes(file, moment=at("2027-01-05"))
    assert late["MORE_COMPLAINTS", 3] == (B, at("2027-03-01"))


def test_the_threshold_that_is_told_is_the_profiles():
    assert ("MORE_COMPLAINTS", 2) in changes(dossier(*paid("2026-01-01")), rules(complaint_threshold=3))


def test_arrears_that_an_inspection_found_would_leave_a_open():
    assert changes(dossier())["ARREARS_FOUND", 1] == (UNDETERMINED, None)


def test_paying_what_is_owed_is_told_of_all_records_together():
    owed = arrears("2026-05-01"), complaint("2026-06-01")
    (found,) = (each for each in outlook(RULES, dossier(*owed), NOW).changes if each.step is Step.PAYMENT)
    assert (found.letter, found.count) == (A_WATCH, 2)
    assert {cause.record_id for cause in found.causes} == {fact.record_id for fact in owed}
    assert found.before == at("2028-06-01")


def test_paying_after_the_window_leaves_a():
    assert changes(dossier(arrears("2024-01-01")))["PAYMENT", 1] == (A, None)


@pytest.mark.parametrize(
    "fact", [listed("2025-03-01", "2025-03-10"), publication("2025-03-01", "2028-03-01"), conviction("2025-03-01")]
)
def test_the_end_of_what_is_serious_is_told(fact):
    (found,) = (each for each in outlook(RULES, dossier(fact), NOW).changes if each.step is Step.CAUSES_END)
    assert (found.letter, found.count, len(found.causes)) == (A, 1, 1)
    assert found.before == outlook(RULES, dossier(fact), NOW).ahead[0].since


def test_of_two_serious_causes_only_the_end_of_both_makes_a_difference():
    found = changes(dossier(listed("2025-03-01", "2025-03-10"), conviction("2025-03-01")))
    assert [key for key in found if key[0] == "CAUSES_END"] == [("CAUSES_END", 2)]


def test_under_recovery_by_decision_a_decision_is_what_changes_the_grade():
    strict = rules(recovery_by_decision=True)
    file = dossier(listed("2023-03-01", "2023-03-10"))
    assert changes(file, strict) == {("RECOVERY_DECIDED", 1): (A, None)}
    assert ("RECOVERY_DECIDED", 1) not in changes(file)


def test_an_enterprise_that_is_not_rated_has_no_step_to_take():
    assert outlook(RULES, dossier(profiles=()), NOW).changes == ()


def test_one_more_violation_in_the_year_is_b_and_three_are_c_from_the_next_evaluation():
    found = outlook(NATIONAL, dossier(), NOW).changes
    assert {(each.step.name, each.count, each.letter) for each in found} == {
        ("MORE_VIOLATIONS", 1, B),
        ("MORE_VIOLATIONS", 3, C),
        ("GRAVE_VIOLATION", 1, C),
    }
    assert {(each.shows_at, each.before) for each in found} == {(at("2027-01-01"), at("2027-01-01"))}


def test_what_is_on_record_of_the_running_year_counts_towards_it():
    found = changes(dossier(violation("2026-02-01"), violation("2026-03-01")), NATIONAL)
    assert found["MORE_VIOLATIONS", 1][0] is C
    assert ("MORE_VIOLATIONS", 3) not in found


def test_a_revoked_decision_changes_the_grade_at_once():
    two = violation("2025-02-01"), violation("2025-03-01")
    assert changes(dossier(two[0]), NATIONAL)["DECISIONS_REVOKED", 1] == (A, at("2027-01-01"))
    assert changes(dossier(*two), NATIONAL)["DECISIONS_REVOKED", 2][0] is A
    three = dossier(*two, violation("2025-04-01"))
    told = [each for each in outlook(NATIONAL, three, NOW).changes if each.step is Step.DECISIONS_REVOKED]
    assert [(each.count, each.letter) for each in told] == [(1, B)] * 3


def test_what_time_alone_makes_of_it_is_told_ahead():
    file = dossier(*paid(*(f"2026-01-0{place}" for place in range(1, 7))))
    ahead = outlook(RULES, file, NOW).ahead
    assert [(each.letter, each.since, each.until) for each in ahead] == [
        (A_WATCH, at("2028-01-01"), at("2028-01-06")),
        (A, at("2028-01-06"), None),
    ]


def test_what_has_happened_at_the_moment_is_not_ahead_of_it():
    file = dossier(*paid(*(f"2026-01-0{place}" for place in range(1, 7))))
    seen = outlook(RULES, file, at("2028-01-01"))
    assert (seen.grade.letter, [each.letter for each in seen.ahead]) == (A_WATCH, [A])


def test_the_history_has_every_letter_with_the_instants_between_which_it_held():
    file = dossier(listed("2025-03-01", "2025-03-10", act(ListingActKind.REPAIR, "2026-04-01")), recovery("2026-05-01"))
    assert history(RULES, file) == (
        Stretch(NOT_RATED, "G-01", None, at("2015-01-01")),
        Stretch(A, "G-04", at("2015-01-01"), at("2025-03-11")),
        Stretch(C, "G-13", at("2025-03-11"), at("2026-04-01")),
        Stretch(A, "G-04", at("2026-04-01"), None),
    )


def test_a_publication_that_was_withdrawn_is_in_no_history():
    fact = publication("2025-03-01", "2028-03-01")
    void = Withdrawal(
        record_id="w",
        authority="示例局",
        document_number="示例1号",
        target_id=fact.record_id,
        decided_on=day("2026-01-01"),
        holds_until=None,
        reason="r",
    )
    assert [each.letter for each in history(RULES, dossier(fact))] == [NOT_RATED, A, C, A]
    assert [each.letter for each in history(RULES, dossier(fact, void))] == [NOT_RATED, A]
    assert outlook(RULES, dossier(fact, void), NOW).grade.letter is A


def test_what_an_outlook_says_comes_true():
    """The promised letter is the one that the file gets when it happens, and no longer at the deadline."""
    file = dossier(*paid("2025-01-05", "2025-03-01", "2025-09-01", "2026-02-01"))
    for on, expected in (("2027-01-04", B), ("2027-01-05", UNDETERMINED)):
        happened = dossier(*file.facts, *(complaint(on) for _ in range(2)))
        assert outlook(RULES, happened, at(on)).grade.letter is expected


def test_the_grade_of_an_outlook_is_that_of_its_moment():
    file = dossier(violation("2025-05-05"), profiles=(profile("2020-01-01"),))
    assert outlook(NATIONAL, file, at("2026-01-01") - INSTANT).grade.letter is A
    assert outlook(NATIONAL, file, at("2026-01-01")).grade.letter is B
