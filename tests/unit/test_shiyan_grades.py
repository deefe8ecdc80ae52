"""The 15333 grade: G-01 to G-15, G-34, T-60."""

from __future__ import annotations

import pytest
from builders import (
    INSTANT,
    RULES,
    act,
    arrears,
    at,
    build,
    complaint,
    conviction,
    day,
    dossier,
    five_systems,
    listed,
    notice,
    penalty,
    profile,
    publication,
    recovery,
    red_entry,
    rules,
)

from gateway.domain.grades import Grade, evaluation_number
from gateway.domain.kinds.five_systems import SystemStatus
from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.shiyan_grades import causes_of, letter_at
from gateway.domain.vocabulary import EnterpriseKind, GradeLetter, ListingActKind

A, B, C = GradeLetter.A, GradeLetter.B, GradeLetter.C
A_WATCH, UNDETERMINED, NOT_RATED = GradeLetter.A_WATCH, GradeLetter.UNDETERMINED, GradeLetter.NOT_RATED
NOW = at("2026-11-24")


def letter(file, moment=NOW, using=RULES):
    return letter_at(file, causes_of(file, using), using, moment)[0]


def settled(number, month="2026-01"):
    return [complaint(f"{month}-{1 + place:02}", f"{month}-20") for place in range(number)]


def turn(file, instant):
    """Return the letters just before *instant* and at it."""
    return letter(file, instant - INSTANT), letter(file, instant)


@pytest.mark.parametrize("kind", [EnterpriseKind.LOCAL, EnterpriseKind.NONLOCAL])
def test_a_construction_unit_without_any_arrears_is_a(kind):
    assert letter(dossier(profiles=(profile(kind=kind),))) is A


def test_an_enterprise_that_is_no_construction_unit_is_not_rated_whatever_is_on_record():
    file = dossier(listed(), *settled(6), profiles=(profile(construction_unit=False, kind=None),))
    assert letter(file) is NOT_RATED
    assert letter_at(file, causes_of(file, RULES), RULES, NOW)[1] == "G-01"


def test_nothing_is_rated_before_its_first_profile():
    assert turn(dossier(profiles=(profile("2020-05-01"),)), at("2020-05-01")) == (NOT_RATED, A)


def test_a_dormant_enterprise_is_not_rated_and_never_a():
    dormant = profile(kind=EnterpriseKind.LOCAL_REG_DORMANT_2Y)
    file = dossier(*settled(6), arrears("2026-01-01"), profiles=(dormant,))
    assert letter(file) is NOT_RATED
    assert letter_at(file, causes_of(file, RULES), RULES, NOW)[1:] == ("G-15", ())


def test_a_dormant_enterprise_with_a_cause_of_c_is_c():
    dormant = (profile(kind=EnterpriseKind.LOCAL_REG_DORMANT_2Y),)
    assert letter(dossier(conviction("2026-01-01"), profiles=dormant)) is C


@pytest.mark.parametrize("status", list(SystemStatus))
def test_the_five_systems_never_lower_the_grade(status):
    assert letter(dossier(five_systems(status))) is A


def test_five_complaints_are_watched_and_six_are_b():
    assert letter(dossier(*settled(5))) is A_WATCH
    assert letter(dossier(*settled(6))) is B
    assert letter(dossier(*settled(7))) is B


def test_the_threshold_and_the_window_are_the_profiles():
    assert letter(dossier(*settled(3)), using=rules(complaint_threshold=3)) is B
    assert letter(dossier(*settled(6)), using=rules(window_months=6)) is A


def test_complaints_of_one_incident_count_once():
    same = [complaint(f"2026-01-0{place}", "2026-01-20", payment_order_number="I-1") for place in range(1, 8)]
    assert letter(dossier(*same)) is A_WATCH
    assert letter(dossier(*same, *settled(4))) is A_WATCH
    assert letter(dossier(*same, *settled(5))) is B


def test_an_incident_counts_once_any_of_its_complaints_is_verified():
    late = complaint("2026-01-01", "2026-09-01", payment_order_number="I-1", verified_on=day("2026-08-01"))
    early = complaint("2026-01-15", "2026-09-01", payment_order_number="I-1", verified_on=day("2026-01-20"))
    assert turn(dossier(late, early, *settled(5, "2025-06")), at("2026-01-20")) == (A_WATCH, B)


def test_an_incident_is_owed_while_any_of_its_complaints_is():
    file = dossier(
        complaint("2026-01-01", "2026-02-01", payment_order_number="I-1"),
        complaint("2026-01-02", payment_order_number="I-1"),
    )
    assert letter(file) is UNDETERMINED


def test_a_complaint_leaves_the_window_at_the_anniversarys_midnight():
    file = dossier(complaint("2024-05-10", "2024-05-20"), *settled(5))
    assert turn(file, at("2026-05-10")) == (B, A_WATCH)


def test_a_complaint_counts_from_the_first_instant_of_the_day_on_which_it_was_accepted():
    assert turn(dossier(complaint("2026-05-10", "2026-05-20"), *settled(5)), at("2026-05-10")) == (A_WATCH, B)


@pytest.mark.parametrize(
    ("accepted", "leaves"),
    [("2024-02-29", "2026-02-28"), ("2024-08-31", "2026-08-31"), ("2023-02-28", "2025-02-28")],
)
def test_the_window_clamps_at_month_ends(accepted, leaves):
    assert turn(dossier(complaint(accepted, accepted)), at(leaves)) == (A_WATCH, A)


def test_a_window_of_six_months_clamps_at_a_shorter_month():
    file = dossier(complaint("2025-08-31", "2025-09-01"))
    using = rules(window_months=6)
    assert letter(file, at("2026-02-28") - INSTANT, using) is A_WATCH
    assert letter(file, at("2026-02-28"), using) is A


def test_a_complaint_counts_only_once_it_is_verified():
    file = dossier(complaint("2026-05-10", "2026-09-01", verified_on=day("2026-07-01")))
    assert turn(file, at("2026-07-01")) == (A, UNDETERMINED)


def test_a_complaint_verified_after_it_left_the_window_does_not_count_towards_b():
    late = complaint("2023-05-10", "2023-06-01", verified_on=day("2025-07-01"))
    file = dossier(late, *settled(5, "2025-06"))
    assert letter(file, at("2025-07-02")) is A_WATCH
    assert [cause.record_id for cause in causes_of(file, RULES) if cause.record_id == late.record_id] == []


def test_wages_that_a_complaint_found_owed_make_the_grade_undetermined_until_they_are_settled():
    file = dossier(complaint("2026-01-10", "2026-03-01"))
    assert turn(file, at("2026-01-10")) == (A, UNDETERMINED)
    assert turn(file, at("2026-03-01")) == (UNDETERMINED, A_WATCH)


def test_wages_still_owed_when_their_complaint_leaves_the_window_are_owed_all_the_same():
    file = dossier(complaint("2024-01-10"))
    assert letter(file) is UNDETERMINED
    assert letter(dossier(complaint("2024-01-10", "2026-06-01"))) is A


def test_unsettled_complaints_count_towards_b_like_others():
    assert letter(dossier(*settled(5), complaint("2026-02-01"))) is B


def test_arrears_are_undetermined_while_owed_without_end_and_watched_once_paid():
    assert letter(dossier(arrears("2020-01-01"))) is UNDETERMINED
    file = dossier(arrears("2026-01-01", "2026-04-01"))
    assert turn(file, at("2026-01-01")) == (A, UNDETERMINED)
    assert turn(file, at("2026-04-01")) == (UNDETERMINED, A_WATCH)
    assert turn(file, at("2028-01-01")) == (A_WATCH, A)


def test_arrears_alone_are_never_b_however_many():
    assert letter(dossier(*(arrears("2026-01-01") for _ in range(9)))) is UNDETERMINED


def test_a_listing_is_a_cause_of_c_exactly_while_it_is_in_force():
    file = dossier(listed("2025-03-01", "2025-03-10"))
    assert turn(file, at("2025-03-11")) == (A, C)
    assert turn(file, at("2028-03-01")) == (C, A)


def test_a_stayed_a_repaired_and_a_void_listing_are_no_causes_of_c():
    kinds = ListingActKind
    assert letter(dossier(listed("2025-03-01", "2025-03-10", act(kinds.STAY, "2026-11-24")))) is A
    assert letter(dossier(listed("2025-03-01", "2025-03-10", act(kinds.REPAIR, "2026-11-24")))) is A
    assert letter(dossier(listed("2025-03-01", "2025-03-10", act(kinds.REVOCATION, "2027-01-01")))) is A


def test_a_restored_listing_is_a_cause_under_the_restoring_decisions_number():
    more = (
        act(ListingActKind.REPAIR, "2026-01-01"),
        act(ListingActKind.RESTORE, "2026-03-01", document_number="恢复〔1〕号"),
        act(ListingActKind.DELIVERY, "2026-03-02"),
    )
    file = dossier(listed("2025-03-01", "2025-03-10", *more))
    _, rule_id, causes = letter_at(file, causes_of(file, RULES), RULES, NOW)
    assert (rule_id, [cause.document_number for cause in causes]) == ("G-13", ["恢复〔1〕号"])


def test_a_publication_for_wages_is_a_cause_of_c_while_it_is_displayed():
    file = dossier(publication("2025-05-01", "2026-05-01"))
    assert turn(file, at("2025-05-01")) == (A, C)
    assert turn(file, at("2026-05-01")) == (C, A)


def test_a_publication_for_another_violation_changes_no_grade():
    assert letter(dossier(publication("2026-01-01", "2027-01-01", for_wages=False))) is A


def test_a_conviction_is_a_cause_of_c_for_three_years():
    file = dossier(conviction("2023-06-15"))
    assert turn(file, at("2023-06-15")) == (A, C)
    assert turn(file, at("2026-06-15")) == (C, A)
    assert turn(dossier(conviction("2024-02-29")), at("2027-02-28")) == (C, A)


@pytest.mark.parametrize("notice_list", list(NoticeList))
def test_a_published_notice_lowers_no_grade(notice_list):
    assert letter(dossier(*(notice("2026-01-01", notice_list=notice_list) for _ in range(7)))) is A


def test_penalties_and_red_list_entries_change_no_grade():
    assert letter(dossier(penalty("2026-01-01", "2027-01-01"), red_entry("2026-01-01"))) is A


def test_c_goes_before_b_and_b_before_undetermined():
    assert letter(dossier(conviction("2026-01-01"), *settled(6))) is C
    assert letter(dossier(arrears("2026-01-01"), *settled(6))) is B
    assert letter(dossier(arrears("2026-01-01"), *settled(5))) is UNDETERMINED


def test_the_explanation_names_every_fact_used_and_no_other():
    found = settled(6)
    file = dossier(*found, arrears("2026-01-01"))
    _, rule_id, causes = letter_at(file, causes_of(file, RULES), RULES, NOW)
    assert rule_id == "G-04"
    assert {cause.record_id for cause in causes} == {fact.record_id for fact in found}
    assert {cause.document_number for cause in causes} == {fact.document_number for fact in found}


def test_a_change_of_name_or_legal_representative_changes_no_grade():
    changed = profile("2026-05-01", name="示例二号建筑工程有限公司", representative_key="another")
    facts = settled(6)
    assert build(*facts, profiles=(profile(), changed)) == build(*facts)


def test_being_nonlocal_changes_nothing_by_itself():
    facts = (*settled(6), arrears("2024-01-01", "2024-05-01"), conviction("2023-01-01"))
    nonlocal_profile = (profile(kind=EnterpriseKind.NONLOCAL),)
    assert build(*facts, profiles=nonlocal_profile) == build(*facts)


def test_the_evaluation_record_is_named_by_scheme_enterprise_day_and_letter():
    grade = Grade(RULES.scale, B, "G-04", (), held_since=at("2026-01-06"))
    assert evaluation_number("91420300MA0000001R", grade) == "shiyan-15333/91420300MA0000001R/2026-01-06/B"
    assert evaluation_number("X", Grade(RULES.scale, NOT_RATED, "G-01", ())) == "shiyan-15333/X/first-record/NOT_RATED"


# Recovery and change over time: what the timeline adds to the letters.


def grade_at(moment, *facts, using=RULES):
    standing, _ = build(*facts, using=using).at(moment)
    return standing.grade


def test_an_automatic_recovery_is_to_be_confirmed_until_hrss_does():
    facts = settled(6)
    recovered = at("2028-01-01")
    assert grade_at(recovered - INSTANT, *facts).letter is B
    assert not grade_at(recovered - INSTANT, *facts).confirmation_due
    assert (grade_at(recovered, *facts).letter, grade_at(recovered, *facts).confirmation_due) == (A_WATCH, True)
    assert grade_at(at("2028-03-01"), *facts).letter is A
    assert grade_at(at("2028-03-01"), *facts).confirmation_due
    confirmed = (*facts, recovery("2028-04-01"))
    assert grade_at(at("2028-04-01") - INSTANT, *confirmed).confirmation_due
    assert not grade_at(at("2028-04-01"), *confirmed).confirmation_due


def test_what_was_never_b_or_c_needs_no_confirmation():
    assert not grade_at(NOW, arrears("2025-01-01", "2025-02-01")).confirmation_due


def test_a_relapse_takes_the_reminder_away():
    facts = (*settled(6), conviction("2028-02-01"))
    assert not grade_at(at("2028-02-01"), *facts).confirmation_due


def test_recovery_by_decision_holds_the_grade_until_hrss_decides():
    using = rules(recovery_by_decision=True)
    facts = settled(6)
    held = grade_at(at("2029-06-01"), *facts, using=using)
    assert (held.letter, held.rule_id, held.held_since, held.changes_at) == (B, "G-14", at("2026-01-06"), None)
    assert len(held.causes) == 6
    decided = (*facts, recovery("2029-07-01"))
    assert grade_at(at("2029-07-01") - INSTANT, *decided, using=using).letter is B
    after = grade_at(at("2029-07-01"), *decided, using=using)
    assert (after.letter, after.confirmation_due, after.held_since) == (A, False, at("2029-07-01"))


def test_a_recovery_decided_while_its_causes_count_changes_nothing():
    using = rules(recovery_by_decision=True)
    facts = (*settled(6), recovery("2026-06-01"))
    assert grade_at(at("2029-06-01"), *facts, using=using).letter is B
    assert grade_at(NOW, *facts).letter is B


def test_a_recovery_decided_on_the_day_of_the_repair_counts():
    repaired = listed("2025-03-01", "2025-03-10", act(ListingActKind.REPAIR, "2026-05-01"))
    after = grade_at(at("2026-05-01"), repaired, recovery("2026-05-01"), using=rules(recovery_by_decision=True))
    assert (after.letter, after.confirmation_due) == (A, False)


def test_a_held_b_becomes_c_at_once():
    using = rules(recovery_by_decision=True)
    assert grade_at(at("2029-01-01"), *settled(6), conviction("2029-01-01"), using=using).letter is C


def test_changes_at_is_the_next_instant_of_another_letter_and_not_of_another_reason():
    facts = (conviction("2024-01-01"), conviction("2025-01-01"))
    grade = grade_at(at("2024-06-01"), *facts)
    assert (grade.letter, grade.held_since, grade.changes_at) == (C, at("2024-01-01"), at("2028-01-01"))
    assert grade_at(at("2010-01-01"), *facts).changes_at == at("2015-01-01")
    assert grade_at(at("2028-01-01"), *facts).changes_at is None
