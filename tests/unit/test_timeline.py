"""The timeline: what weighs at every instant, known ahead."""

from __future__ import annotations

import pytest
from builders import (
    INSTANT,
    NATIONAL,
    RULES,
    USCC,
    act,
    arrears,
    at,
    build,
    complaint,
    day,
    dossier,
    five_systems,
    listed,
    profile,
    publication,
    red_entry,
    rules,
)

from gateway.domain import timeline
from gateway.domain.kinds.enterprise import BusinessStatus
from gateway.domain.listings import Interval
from gateway.domain.records import Dossier, Relation, RelationKind
from gateway.domain.timeline import empty
from gateway.domain.vocabulary import EnterpriseKind, GradeLetter, ListingActKind, Trigger


def triggers(line, moment):
    return [ground.trigger for ground in line.at(moment)[0].grounds]


def test_without_any_record_there_is_one_stretch_without_a_grade():
    assert timeline.build(Dossier(USCC), RULES) == empty(RULES)
    standing, following = empty(RULES).at(at("2026-11-24"))
    assert (standing.grounds, standing.grade.letter, following) == ((), GradeLetter.NOT_RATED, None)


def test_a_clean_construction_unit_has_two_stretches():
    line = build()
    assert line.instants == (at("2015-01-01"),)
    assert [standing.grade.letter for standing in line.standings] == [GradeLetter.NOT_RATED, GradeLetter.A]
    assert line.at(at("2015-01-01") - INSTANT) == (line.standings[0], at("2015-01-01"))


def test_enterprises_without_a_deciding_fact_share_their_timeline():
    first = timeline.build(dossier(five_systems()), RULES)
    second = timeline.build(dossier(profiles=(profile(name="示例二号公司"),)), RULES)
    assert first is second
    dormant = timeline.build(dossier(profiles=(profile(kind=EnterpriseKind.LOCAL_REG_DORMANT_2Y),)), RULES)
    assert dormant.at(at("2026-11-24"))[0].grade.rule_id == "G-15"


@pytest.mark.parametrize("using", [RULES, NATIONAL], ids=["shiyan", "national"])
def test_a_status_is_told_from_its_day_on_and_a_revoked_enterprise_that_is_deregistered_ceased_only_once(using):
    def with_status(since, status):
        return profile(since, business_status=status)

    line = build(
        profiles=(
            profile("2015-01-01"),
            with_status("2024-03-01", BusinessStatus.REVOKED),
            with_status("2025-03-01", BusinessStatus.DEREGISTERED),
            profile("2026-03-01"),
        ),
        using=using,
    )
    ceased = [line.at(at(moment))[0].ceased_on for moment in ("2024-02-29", "2024-03-01", "2025-03-01", "2026-03-01")]
    assert ceased == [None, day("2024-03-01"), day("2024-03-01"), None]
    assert line.at(at("2024-03-01"))[1] == at("2026-03-01")
    assert empty(RULES).at(at("2026-01-01"))[0].ceased_on is None


def test_who_is_out_of_business_shares_no_timeline_with_who_is_not():
    gone = dossier(profiles=(profile(business_status=BusinessStatus.DEREGISTERED),))
    assert timeline.build(gone, RULES) != timeline.build(dossier(), RULES)
    again = dossier(profiles=(profile(name="示例二号公司", business_status=BusinessStatus.DEREGISTERED),))
    assert timeline.build(gone, RULES) is timeline.build(again, RULES)


def test_a_relation_alone_is_a_deciding_fact():
    relation = Relation(RelationKind.PREDECESSOR, "other", (listed(uscc="other"),))
    assert triggers(build(relations=(relation,)), at("2026-11-24")) == [Trigger.LISTED_PREDECESSOR]


def test_a_listing_weighs_from_its_delivery_to_the_midnight_of_the_third_anniversary():
    line = build(listed("2023-11-24", "2023-11-30"))
    assert triggers(line, at("2023-12-01") - INSTANT) == []
    assert triggers(line, at("2023-12-01")) == [Trigger.LISTING, Trigger.GRADE_C]
    assert triggers(line, at("2026-11-24") - INSTANT) == [Trigger.LISTING, Trigger.GRADE_C]
    assert triggers(line, at("2026-11-24")) == []


def test_the_next_change_is_told_with_what_holds():
    line = build(listed("2023-11-24", "2023-11-30"))
    assert line.at(at("2023-12-01") - INSTANT)[1] == at("2023-12-01")
    assert line.at(at("2023-12-01"))[1] == at("2026-11-24")
    assert line.at(at("2026-11-24"))[1] is None


def test_a_complaint_that_leaves_the_window_changes_the_grade_by_itself():
    line = build(*(complaint(f"2025-01-{day:02}", "2025-02-01") for day in range(1, 7)))
    assert triggers(line, at("2027-01-01") - INSTANT) == [Trigger.GRADE_B]
    assert triggers(line, at("2027-01-01")) == []


def test_paid_arrears_weigh_by_themselves_for_two_years_and_on_the_grade_only_while_owed():
    line = build(arrears("2025-01-01", "2025-03-01"))
    assert triggers(line, at("2025-02-01")) == [Trigger.ARREARS_FINDING, Trigger.GRADE_UNDETERMINED]
    assert triggers(line, at("2025-03-01")) == [Trigger.ARREARS_FINDING]
    assert triggers(line, at("2027-01-01")) == []


@pytest.mark.parametrize(
    ("moment", "expected"), [("2025-12-31", False), ("2026-01-01", True), ("2026-05-31", True), ("2026-06-01", False)]
)
def test_the_red_list_is_seen_between_its_days(moment, expected):
    assert build(red_entry("2026-01-01", "2026-06-01")).at(at(moment))[0].red_listed is expected


def test_a_red_list_entry_without_end_is_seen_on():
    assert build(red_entry("2026-01-01")).at(at("2036-01-01"))[0].red_listed


def test_a_void_listing_leaves_no_trace_at_any_moment():
    void = listed("2023-11-24", "2023-11-30", act(ListingActKind.REVOCATION, "2026-01-01"))
    assert build(void) == build()


def test_a_grade_that_falls_further_did_not_begin_then():
    complaints = [complaint(f"2025-01-{number:02}", "2025-01-20") for number in range(1, 7)]
    built = build(*complaints, publication("2025-06-01", "2026-06-01"))
    (ground,) = (g for g in built.at(at("2025-07-01"))[0].grounds if g.trigger is Trigger.GRADE_C)
    assert ground.effective_from == at("2025-06-01")
    fell = at("2025-01-06")
    assert built.at(fell)[0].grade.letter is GradeLetter.B
    assert ground.earlier == (Interval(fell, at("2025-06-01")),)
    assert ground.came_after(fell - INSTANT)
    assert not ground.came_after(fell)
    assert not ground.came_after(at("2025-05-31"))


def test_a_grade_that_recovered_in_between_weighs_from_both_falls():
    built = build(publication("2024-01-01", "2024-06-01"), publication("2025-01-01", "2026-01-01"))
    (ground,) = (g for g in built.at(at("2025-07-01"))[0].grounds if g.trigger is Trigger.GRADE_C)
    moments = ("2023-12-31", "2024-01-01", "2024-05-31", "2024-06-01", "2024-12-31", "2025-01-01")
    assert [ground.came_after(at(moment)) for moment in moments] == [True, False, False, True, True, False]


def test_a_grade_held_by_decision_weighs_without_an_end():
    facts = [complaint(f"2025-01-{day:02}", "2025-02-01") for day in range(1, 7)]
    line = build(*facts, using=rules(recovery_by_decision=True))
    (ground,) = line.at(at("2030-01-01"))[0].grounds
    assert (ground.trigger, ground.effective_until) == (Trigger.GRADE_B, None)
