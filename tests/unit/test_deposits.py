"""The wage deposit by both rules: D-02 to D-06, D-09, D-10, G-06."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
from builders import (
    INSTANT,
    NOW,
    RULES,
    TODAY,
    act,
    arrears,
    at,
    build,
    day,
    dossier,
    five_systems,
    listed,
    policy,
    profile,
    wage_deposit,
)

from gateway.domain import deposits
from gateway.domain.deposit_record import ArrearsRecord, arrears_at, arrears_edges, projects_on, systems_in_place
from gateway.domain.deposits import DepositCase, DepositRules, Entitlement
from gateway.domain.kinds.five_systems import SystemStatus
from gateway.domain.vocabulary import GradeLetter, ListingActKind

RULE = DepositRules(300_000_000, 200)
LARGE = DepositCase(300_000_000, systems_in_place=False, in_area_since=day("2000-01-01"))
SMALL = replace(LARGE, contract_amount_fen=299_999_999)
IN_PLACE = replace(LARGE, systems_in_place=True)


def ids(record, case=LARGE, on=TODAY):
    return [each.rule_id for each in deposits.national(record, case, RULE, on)]


def known(since, **changes):
    return ArrearsRecord(known_since=day(since), **changes)


@pytest.mark.parametrize(
    ("since", "case", "expected"),
    [
        ("2025-11-25", SMALL, ["D-02"]),
        ("2025-11-24", SMALL, ["D-03"]),
        ("2025-11-24", LARGE, ["D-02"]),
        ("2024-11-25", LARGE, ["D-02"]),
        ("2024-11-24", LARGE, ["D-04"]),
        ("2023-11-25", IN_PLACE, ["D-04"]),
        ("2023-11-24", IN_PLACE, ["D-04", "D-05"]),
        ("2023-11-24", LARGE, ["D-04"]),
        ("2015-01-01", replace(SMALL, systems_in_place=True), ["D-03", "D-04", "D-05"]),
        ("2015-01-01", replace(SMALL, contract_amount_fen=None), ["D-04"]),
    ],
)
def test_years_without_arrears_lower_the_deposit(since, case, expected):
    assert ids(known(since), case) == expected


@pytest.mark.parametrize(
    ("in_area_since", "expected"),
    [(None, ["D-02"]), ("2024-11-25", ["D-02"]), ("2024-11-24", ["D-04"]), ("2010-01-01", ["D-04"])],
)
def test_two_years_lower_it_only_where_they_were_spent_in_the_same_deposit_area(in_area_since, expected):
    """D-04: of an area where nothing of it is known, or of a project whose place is not known, nothing is guessed."""
    case = replace(LARGE, in_area_since=day(in_area_since) if in_area_since else None)
    assert ids(known("2015-01-01"), case) == expected
    assert ids(known("2024-11-24"), case) == expected
    assert ids(known("2024-11-25"), case) == ["D-02"]


def test_three_years_count_wherever_they_were_spent():
    assert ids(known("2015-01-01"), replace(IN_PLACE, in_area_since=None)) == ["D-05"]


def test_the_area_of_a_project_is_told_by_the_first_digits_of_its_division_and_an_unknown_one_by_nothing():
    facts = [
        check("a", SystemStatus.OK, "2024-03-01", project_region="420302"),
        check("b", SystemStatus.OK, "2023-03-01", project_region="420502"),
        check("c", SystemStatus.OK, "2020-03-01"),
        replace(wage_deposit("2023-05-01"), project_region="420381"),
        replace(wage_deposit("2027-01-01"), project_region="610300"),
    ]
    projects = projects_on(facts, TODAY)
    assert projects.since("420300", 4) == day("2023-05-01")
    assert projects.since("420302", 6) == day("2024-03-01")
    assert projects.since("420300", 6) is None
    assert projects.since("420000", 2) == day("2023-03-01")
    assert projects.since("610300", 4) is None
    assert projects.since(None, 4) is None
    assert projects_on(facts, day("2023-04-30")).since("420300", 4) is None


@pytest.mark.parametrize("region", ["4203", "42030", "0420300", "020300", "42030x", "四二〇三〇〇"])
@pytest.mark.parametrize("fact", [lambda: check("a", SystemStatus.OK), lambda: wage_deposit("2026-01-01")])
def test_a_projects_place_is_a_division_code_or_nothing(fact, region):
    assert [each.field for each in replace(fact(), project_region=region).faults()] == ["project_region"]
    assert not list(replace(fact(), project_region="420302").faults())
    assert not list(fact().faults())


def test_a_year_of_which_nothing_is_known_is_no_year_without_arrears():
    assert ids(ArrearsRecord()) == ["D-02"]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (known("2015-01-01", last_on=day("2024-11-25")), [Entitlement("D-06", 50)]),
        (known("2015-01-01", last_on=day("2024-11-24")), [Entitlement("D-04", -50)]),
        (known("2015-01-01", last_on=day("2020-01-01"), owed=True), [Entitlement("D-06", 50)]),
        (known("2015-01-01", last_on=day("2024-01-01"), listed=True), [Entitlement("D-06", 100)]),
    ],
)
def test_arrears_in_two_years_raise_it_by_half_and_a_listing_by_as_much_again(record, expected):
    assert list(deposits.national(record, LARGE, RULE, TODAY)) == expected


def test_the_record_of_arrears_counts_findings_and_listings_by_their_dates():
    file = dossier(arrears("2025-05-01", "2025-06-01"), listed("2025-07-01", "2025-07-10"))
    assert arrears_at(file, at("2025-05-01") - INSTANT) == known("2015-01-01")
    assert arrears_at(file, at("2025-05-01")) == known("2015-01-01", last_on=day("2025-05-01"), owed=True)
    assert arrears_at(file, at("2025-06-01")) == known("2015-01-01", last_on=day("2025-05-01"))
    assert arrears_at(file, at("2025-07-11") - INSTANT).last_on == day("2025-05-01")
    assert arrears_at(file, at("2025-07-11")) == known("2015-01-01", last_on=day("2025-07-01"), listed=True)
    assert arrears_at(file, at("2014-12-31")) == ArrearsRecord()


def test_an_ended_listing_was_arrears_and_a_void_one_was_not():
    repaired = dossier(listed("2025-07-01", "2025-07-10", act(ListingActKind.REPAIR, "2026-03-01")))
    assert arrears_at(repaired, NOW) == known("2015-01-01", last_on=day("2025-07-01"))
    void = dossier(listed("2025-07-01", "2025-07-10", act(ListingActKind.REVOCATION, "2026-03-01")))
    assert arrears_at(void, NOW) == known("2015-01-01")
    assert arrears_at(dossier(listed("2025-07-01", None)), NOW) == known("2015-01-01")


def test_the_timeline_turns_wherever_the_record_of_arrears_does():
    facts = [arrears("2025-05-01", "2025-06-01"), listed("2025-07-01", "2025-07-10")]
    file = dossier(*facts)
    line = build(*facts)
    for moment in arrears_edges(file):
        for instant in (moment - INSTANT, moment):
            assert line.at(instant)[0].arrears == arrears_at(file, instant)


def check(project, status, on="2026-01-01", **changes):
    return replace(five_systems(status), project=project, checked_on=day(on), **changes)


def test_both_systems_must_be_in_place_in_the_latest_check_of_every_project():
    ok, missing = SystemStatus.OK, SystemStatus.MISSING
    assert not systems_in_place([], TODAY)
    assert systems_in_place([check("a", ok), check("b", SystemStatus.NOT_APPLICABLE)], TODAY)
    assert not systems_in_place([check("a", ok), check("b", ok, real_name=missing)], TODAY)
    assert not systems_in_place([check("a", ok, wage_account=SystemStatus.UNKNOWN)], TODAY)
    assert systems_in_place([check("a", ok, deposit=missing, notice_board=missing, agent_payment=missing)], TODAY)
    assert systems_in_place([check("a", missing, "2026-01-01"), check("a", ok, "2026-02-01")], TODAY)
    assert not systems_in_place([check("a", ok, "2026-01-01"), check("a", missing, "2026-02-01")], TODAY)
    assert systems_in_place([check("a", ok, "2026-01-01"), check("a", missing, "2026-02-01")], day("2026-01-31"))


def test_the_local_rule_exempts_grade_a_of_two_consecutive_years():
    def local(since, letter=GradeLetter.A):
        held = replace(RULES.never_rated, letter=letter, held_since=at(since) if since else None)
        return deposits.local(held, TODAY)

    assert local("2024-11-24") == (Entitlement("G-06", -100),)
    assert local("2024-11-25") == ()
    assert local("2020-01-01", GradeLetter.A_WATCH) == ()
    assert local(None) == ()


def test_the_more_generous_rule_is_the_one_that_lowers_it_further():
    exempt, cut, ordinary, raised = (Entitlement("x", percent) for percent in (-100, -50, 0, 50))
    assert deposits.more_generous([exempt], [cut])
    assert deposits.more_generous([exempt], [ordinary])
    assert deposits.more_generous([cut], [raised])
    assert not deposits.more_generous([exempt], [cut, exempt])
    assert not deposits.more_generous([], [raised])


def test_time_changes_the_entitlement_at_its_anniversaries_only():
    def changes(record, since="2000-01-01"):
        return set(deposits.changes_after(record, replace(LARGE, in_area_since=since and day(since)), TODAY))

    assert changes(known("2024-12-01")) == {at("2026-12-01"), at("2027-12-01")}
    assert at("2027-01-31") in changes(known("2015-01-01", last_on=day("2025-01-31")))
    assert changes(ArrearsRecord()) == set()
    assert changes(known("2015-01-01"), "2025-02-28") == {at("2027-02-28")}
    assert changes(known("2015-01-01"), None) == set()


@pytest.mark.parametrize(
    ("rate", "percent", "expected"),
    [(200, 0, 200), (200, -50, 100), (100, -50, 50), (101, 50, 152), (300, 100, 600), (200, -100, 0), (None, 50, None)],
)
def test_the_rate_follows_the_ordinary_one_within_the_bounds_and_is_not_made_up(rate, percent, expected):
    assert deposits.rate_bound(Entitlement("x", percent), DepositRules(1, rate)) == expected


@pytest.mark.parametrize(
    ("rate", "percent", "amount", "cap", "expected"),
    [
        (200, 50, 500_000_000, 0, (200, 200, 0, 300, 15_000_000)),
        (200, 100, 500_000_000, 0, (200, 200, 0, 400, 20_000_000)),
        (300, 100, 1_000, 0, (300, 300, 0, 600, 60)),
        (101, 50, 1_000_001, 0, (101, 101, 0, 152, 15_151)),
        (200, 100, 500_000_000, 10_000_000, (200, 200, 10_000_000, 400, 10_000_000)),
        (None, 100, 500_000_000, 0, (100, 300, 0, None, None)),
        (None, 50, 500_000_000, 7, (100, 300, 7, None, None)),
    ],
)
def test_a_raise_states_rate_and_amount_where_the_provinces_rate_is_configured_and_else_the_national_band(
    rate, percent, amount, cap, expected
):
    """D-06, D-09: it may pass 3 % (A-50); nothing is computed from a rate that nobody set."""
    found = deposits.raised(percent, amount, DepositRules(1, rate, project_cap_fen=cap))
    assert astuple(found) == expected


def test_no_rate_is_shipped_and_a_deposit_area_is_a_city():
    for name in ("shiyan", "national-2026"):
        assert policy(name).deposits == DepositRules(300_000_000, None, area_digits=4)


def test_a_first_profile_after_the_moment_is_not_known_yet():
    assert arrears_at(dossier(profiles=(profile("2026-01-01"),)), at("2025-12-31")) == ArrearsRecord()
