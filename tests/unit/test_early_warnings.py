"""Early warnings: each kind begins and ends where its numbers say, and names its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import PROFILES, RULES, act, complaint, conviction, day, dossier, five_systems, listing, policy, profile
from listing_life import CALENDAR, DELIVERED_ORDER, ORDER, lived

from formats.civil import midnight
from gateway.domain.early_warnings import warnings_of
from gateway.domain.kinds.five_systems import AccountFunding, SystemStatus
from gateway.domain.kinds.malicious_claim import MaliciousClaim
from gateway.domain.prevention import EarlyWarningKind as Warned
from gateway.domain.prevention import Milestone, Prevention, WarningParameters, local_rules, milestones_of
from gateway.domain.shiyan_grades import ShiyanRules
from gateway.domain.vocabulary import ListingActKind as Kind

G06 = Milestone("G-06", 24)


def warned(*facts, on="2026-11-24", rules=RULES, milestones=(), profiles=None, **parameters):
    """Return the warnings at noon of a day."""
    prevention = Prevention(rules, milestones, CALENDAR, WarningParameters(**parameters))
    whole = dossier(*facts) if profiles is None else dossier(*facts, profiles=profiles)
    return warnings_of(whole, prevention, midnight(day(on)) + timedelta(hours=12))


def complaints(count, **changes):
    return [complaint(f"2026-0{number}-10", f"2026-0{number}-20", **changes) for number in range(1, count + 1)]


@pytest.mark.parametrize(("count", "given"), [(3, 0), (4, 1), (5, 1), (6, 0)])
def test_near_b_is_one_or_two_verified_incidents_below_the_threshold(count, given):
    assert [each.kind for each in warned(*complaints(count))] == [Warned.NEAR_GRADE_B] * given


def test_a_warning_near_b_names_its_facts_its_numbers_and_when_the_oldest_leaves():
    facts = complaints(4)
    (warning,) = warned(*facts)
    assert warning.rule_id == "G-04"
    assert warning.record_ids == tuple(fact.record_id for fact in facts)
    assert warning.on == date(2028, 1, 10)
    assert "24个月内查实欠薪4件，再有2件即达到B级的6件" in warning.text.zh
    assert "4 verified incidents of arrears in 24 months: 2 more make the 6 of grade B" in warning.text.en
    assert "2028-01-10" in warning.text.zh
    assert "2028-01-10" in warning.text.en
    assert len(warned(*facts, on="2028-01-09")) == 1
    assert warned(*facts, on="2028-01-10") == ()


def test_complaints_of_one_incident_are_one_and_its_last_one_says_when_it_leaves():
    under = [replace(each, payment_order_number="责令1号") for each in complaints(4)]
    assert warned(*under) == ()
    (warning,) = warned(*under, *complaints(3), near_grade_b_incidents=2)
    assert len(warning.record_ids) == 7
    assert warning.on == date(2028, 1, 10), "the oldest of the three others"


def test_a_malicious_claim_is_not_counted():
    facts = complaints(4)
    claim = MaliciousClaim(
        record_id="m",
        authority="甲",
        document_number="1",
        complaint_record_id=facts[0].record_id,
        decided_on=day("2026-10-01"),
    )
    assert warned(*facts, claim) == ()


def test_who_is_b_or_c_already_or_not_rated_is_not_warned_of_b():
    assert warned(*complaints(4), conviction("2026-10-01")) == ()
    assert warned(*complaints(4), profiles=(profile(construction_unit=False),)) == ()
    assert [each.kind for each in warned(*complaints(4)[:-1], complaint("2026-04-10"))] == [Warned.NEAR_GRADE_B]


def test_no_incident_at_all_is_never_near_even_under_a_wide_threshold():
    assert warned(near_grade_b_incidents=99) == ()


def test_a_check_warns_of_each_system_that_is_missing_under_its_article():
    check = five_systems()
    found = warned(check)
    assert {each.kind: each.rule_id for each in found} == {
        Warned.WAGE_ACCOUNT_MISSING: "R724/26",
        Warned.REAL_NAME_MISSING: "R724/28",
        Warned.AGENT_PAYMENT_MISSING: "R724/31",
        Warned.DEPOSIT_MISSING: "R724/32",
        Warned.NOTICE_BOARD_MISSING: "R724/34",
    }
    assert {each.record_ids for each in found} == {(check.record_id,)}
    assert {each.project for each in found} == {"示例项目"}
    assert not [each for each in found if each.unknown]
    assert warned(five_systems(SystemStatus.OK), five_systems(SystemStatus.NOT_APPLICABLE)) == ()


def test_an_account_that_its_bank_reports_unfunded_is_warned_of_and_one_nobody_reported_is_not():
    """R724 art. 29: the latest check counts."""
    check = replace(five_systems(SystemStatus.OK), checked_on=day("2026-10-01"))
    unfunded = replace(check, wage_account_funding=AccountFunding.UNFUNDED)
    (warning,) = warned(unfunded)
    assert (warning.kind, warning.rule_id, warning.project) == (Warned.WAGE_ACCOUNT_UNFUNDED, "R724/29", "示例项目")
    assert (warning.on, warning.record_ids, warning.unknown) == (day("2026-10-01"), (check.record_id,), False)
    assert warned(check) == ()
    funded = replace(check, checked_on=day("2026-10-02"), wage_account_funding=AccountFunding.FUNDED)
    assert warned(unfunded, funded) == ()
    ahead = replace(unfunded, checked_on=day("2026-11-25"))
    assert warned(ahead) == ()


@pytest.mark.parametrize("status", [each for each in SystemStatus if each is not SystemStatus.OK])
def test_only_an_account_that_is_there_can_be_unfunded(status):
    check = replace(five_systems(SystemStatus.OK), wage_account_funding=AccountFunding.UNFUNDED)
    assert not list(check.faults())
    assert [each.field for each in replace(check, wage_account=status).faults()] == ["wage_account_funding"]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("wage_account", Warned.WAGE_ACCOUNT_MISSING),
        ("real_name", Warned.REAL_NAME_MISSING),
        ("agent_payment", Warned.AGENT_PAYMENT_MISSING),
        ("deposit", Warned.DEPOSIT_MISSING),
        ("notice_board", Warned.NOTICE_BOARD_MISSING),
    ],
)
def test_what_the_check_could_not_tell_is_warned_of_as_not_known(field, kind):
    check = replace(five_systems(SystemStatus.OK), **{field: SystemStatus.UNKNOWN})
    (warning,) = warned(check)
    assert (warning.kind, warning.unknown) == (kind, True)
    assert "不明" in warning.text.zh
    assert "not known" in warning.text.en


def test_the_latest_check_of_each_project_counts_and_none_ahead():
    old = replace(five_systems(), checked_on=day("2026-10-01"))
    new = replace(five_systems(SystemStatus.OK), checked_on=day("2026-10-02"))
    ahead = replace(five_systems(), checked_on=day("2026-11-25"))
    other = replace(old, project="另一项目", record_id="other")
    assert warned(new, old, ahead) == ()
    assert {each.project for each in warned(new, other)} == {"另一项目"}


def test_an_order_is_nearly_due_in_its_last_three_working_days():
    order = lived(ORDER, DELIVERED_ORDER)  # due on Monday, 20 January 2025
    assert warned(order, on="2025-01-15") == ()
    for on, left in (("2025-01-16", 2), ("2025-01-17", 1), ("2025-01-19", 1), ("2025-01-20", 0)):
        (warning,) = warned(order, on=on)
        assert (warning.kind, warning.on) == (Warned.ORDER_NEARLY_DUE, date(2025, 1, 20))
        assert f"还有{left}个工作日" in warning.text.zh
        assert f"{left} working days" in warning.text.en
        assert warning.record_ids == (order.acts[0].act_id,)
    assert warned(order, on="2025-01-21") == ()
    assert len(warned(order, on="2025-01-13", order_working_days=6)) == 1
    assert warned(order, on="2025-01-16", order_working_days=2) == ()


@pytest.mark.parametrize("more", [Kind.ORDER_REVOKED, Kind.NOT_LISTED])
def test_an_order_that_binds_nobody_any_more_or_yet_is_not_nearly_due(more):
    assert warned(lived(ORDER), on="2025-01-20") == ()
    order = lived(ORDER, DELIVERED_ORDER)
    assert warned(listing(*order.acts, act(more, "2025-01-15")), on="2025-01-20") == ()


def test_of_an_order_whose_day_is_on_no_record_nothing_is_said():
    assert warned(lived(DELIVERED_ORDER), on="2025-01-20") == ()


def test_years_of_a_are_nearly_complete_in_their_last_sixty_days():
    since = (profile("2024-12-01"),)
    assert warned(profiles=since, milestones=(G06,), on="2026-10-01") == ()
    (warning,) = warned(profiles=since, milestones=(G06,), on="2026-10-02")
    assert (warning.kind, warning.rule_id, warning.on) == (Warned.A_YEARS_NEARLY_COMPLETE, "G-06", date(2026, 12, 1))
    assert "满24个月，还有60天" in warning.text.zh
    assert "24 months are complete on 2026-12-01, in 60 days" in warning.text.en
    assert len(warned(profiles=since, milestones=(G06,), on="2026-11-30")) == 1
    assert warned(profiles=since, milestones=(G06,), on="2026-12-01") == ()
    assert warned(profiles=since, milestones=(), on="2026-11-30") == ()


def test_years_of_another_grade_earn_nothing():
    owed = complaint("2026-01-10")
    assert warned(owed, profiles=(profile("2024-12-01"),), milestones=(G06,), on="2026-11-30") == ()


@pytest.mark.parametrize("name", PROFILES)
def test_the_milestones_are_those_that_the_policy_gives_for_grade_a(name):
    given = {"shiyan": {G06}, "national-2026": set()}[name]
    found = milestones_of(policy(name))
    assert set(found) == given
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", PROFILES)
def test_nearness_to_b_is_the_local_methods_whichever_method_weighs(name):
    assert isinstance(local_rules(policy(name)), ShiyanRules)


def test_a_policy_without_the_local_method_is_refused_by_name():
    national = policy("national-2026")
    with pytest.raises(LookupError, match="national-2026"):
        local_rules(replace(national, shown_grades=()))


@pytest.mark.parametrize("name", ["near_grade_b_incidents", "order_working_days", "a_years_days"])
def test_a_threshold_below_one_is_refused_by_name(name):
    with pytest.raises(ValueError, match=rf"^{name}: "):
        WarningParameters(**{name: 0})


def test_warnings_stand_in_order_of_kind_whatever_the_order_of_facts():
    facts = [*complaints(4), five_systems(), lived(ORDER, DELIVERED_ORDER)]
    found = warned(*facts)
    assert found == warned(*reversed(facts))
    assert [each.kind for each in found] == sorted(each.kind for each in found)
