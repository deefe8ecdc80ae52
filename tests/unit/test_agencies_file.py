"""``agencies.toml`` is read strictly, and the sample city's file grants what it says."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain.agencies import ALWAYS, CLOSED_POINTS, NEVER, Role
from gateway.domain.vocabulary import DISABLED_AREAS, Area, DecisionPoint
from gateway.settings import ConfigurationError
from gateway.settings.agencies_file import load_agencies, load_entry

SAMPLE = Path(__file__).parents[2] / "config" / "agencies.toml"
BANK = {
    "id": '"hanjiang-bank"',
    "role": '"bank"',
    "name_zh": '"汉江示例银行"',
    "name_en": '"Hanjiang Sample Bank"',
    "territory": '"420300"',
    "areas": '["LENDING"]',
    "points": '["LENDING_*"]',
}


def write(folder, *entries, top=""):
    file = folder / "agencies.toml"
    tables = ["[[agency]]\n" + "\n".join(f"{key} = {value}" for key, value in entry.items()) for entry in entries]
    file.write_text(top + "\n".join(tables), encoding="utf-8")
    return file


def fault(file):
    with pytest.raises(ConfigurationError) as caught:
        load_agencies(file)
    assert caught.value.file == "agencies.toml"
    return caught.value.key, caught.value.reason


def test_all_points_of_an_area_never_include_its_closed_ones(tmp_path):
    bank = load_agencies(write(tmp_path, BANK)).find("hanjiang-bank", "bank")

    assert bank.points == {
        DecisionPoint.LENDING_APPROVAL,
        DecisionPoint.LENDING_DRAWDOWN,
        DecisionPoint.LENDING_RENEWAL,
    }


def test_a_closed_point_is_granted_by_its_name(tmp_path):
    entry = BANK | {"points": '["LENDING_WAGE_ACCOUNT"]'}
    bank = load_agencies(write(tmp_path, entry)).find("hanjiang-bank", "bank")

    assert bank.points == {DecisionPoint.LENDING_WAGE_ACCOUNT}


def test_what_is_not_named_is_not_granted(tmp_path):
    bare = {key: value for key, value in BANK.items() if key not in {"areas", "points"}}
    bank = load_agencies(write(tmp_path, bare)).find("hanjiang-bank", "bank")

    granted = [bank.areas, bank.points, bank.feeds, bank.fields, bank.authorities, bank.forwards]
    assert granted == [frozenset()] * 6


def test_the_digest_is_that_of_the_file(tmp_path):
    file = write(tmp_path, BANK)

    assert load_agencies(file).digest == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        ({"area": '["BIDDING"]'}, "agency[0].area", "is not a known key"),
        ({"areas": '["LOANS"]'}, "agency[0].areas", "'LOANS' is no area"),
        ({"areas": '["lending"]'}, "agency[0].areas", "'lending' is no area"),
        ({"areas": '"LENDING"'}, "agency[0].areas", "must be a list of strings"),
        ({"areas": '["LENDING", "LENDING"]'}, "agency[0].areas", "'LENDING' stands twice"),
        ({"points": '["AWARDS_*"]'}, "agency[0].points", "AWARDS_NOMINATION lies outside the areas granted"),
        ({"points": "[]"}, "agency[0].points", "none of LENDING is granted, although the area is"),
        ({"role": '"banker"'}, "agency[0].role", f"'banker' is none of {', '.join(Role)}"),
        ({"role": "7"}, "agency[0].role", "must be of type str"),
        ({"territory": "420300"}, "agency[0].territory", "must be of type str"),
        ({"feeds": '["wage_list"]'}, "agency[0].feeds", "cannot be granted to the role bank"),
        ({"authorities": '["甲局"]'}, "agency[0].authorities", "cannot be granted to the role bank"),
        ({"authorities": '"any"'}, "agency[0].authorities", "must be a list of strings"),
        ({"forwards": '["penalties"]'}, "agency[0].forwards", "'penalties' is none of its feeds"),
        ({"fields": '["known_at"]'}, "agency[0].fields", "known_at cannot be granted to the role bank"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_key_and_reason(tmp_path, change, key, reason):
    assert fault(write(tmp_path, BANK | change)) == (key, reason)


@pytest.mark.parametrize("name", ["*", "LENDING", "LENDING_", "_*", "LENDING_**", "TRAVEL_*", "lending_approval"])
def test_a_text_that_is_no_decision_point_is_refused(tmp_path, name):
    key, reason = fault(write(tmp_path, BANK | {"points": f'["{name}"]'}))

    assert key == "agency[0].points"
    assert reason.startswith(f"'{name}' is no decision point")


@pytest.mark.parametrize("missing", ["id", "role", "name_zh", "name_en", "territory"])
def test_a_missing_key_is_refused_by_its_name(tmp_path, missing):
    entry = {key: value for key, value in BANK.items() if key != missing}

    assert fault(write(tmp_path, entry)) == (f"agency[0].{missing}", "is missing")


def test_an_agency_twice_in_one_role_is_refused(tmp_path):
    assert fault(write(tmp_path, BANK, BANK)) == ("agency[1].role", "hanjiang-bank is already listed as bank")


def test_an_auditor_that_is_something_else_is_refused(tmp_path):
    auditor = {key: value for key, value in BANK.items() if key not in {"areas", "points"}} | {"role": '"auditor"'}

    assert fault(write(tmp_path, BANK, auditor))[0] == "agency[1].role"


def test_an_unknown_key_beside_the_entries_is_refused(tmp_path):
    assert fault(write(tmp_path, BANK, top='profile = "shiyan"\n')) == ("profile", "is not a known key")


def test_a_file_without_any_agency_is_refused(tmp_path):
    assert fault(write(tmp_path))[0] == "agency"


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert fault(tmp_path / "agencies.toml")[0] == "-"


def test_the_sample_city_has_somebody_who_asks_in_each_area_at_each_open_point():
    deciding = [entry for entry in load_agencies(SAMPLE) if entry.role in {Role.ASKING_SYSTEM, Role.BANK}]

    assert {area for entry in deciding for area in entry.areas} == set(Area) - DISABLED_AREAS
    assert {point for entry in deciding for point in entry.points} >= set(DecisionPoint) - CLOSED_POINTS


def test_the_sample_citys_mandates_are_what_the_tour_relies_on():
    agencies = load_agencies(SAMPLE)
    hrss = agencies.find("hrss", "producer")

    assert hrss.feeds == {
        "wage_list",
        "labour_inspection",
        "publications",
        "court_judgments",
        "recruitment",
        "social_insurance",
    }
    assert hrss.authorities == {"示例市人力资源和社会保障局"}
    assert not hrss.forwards
    assert agencies.find("credit-platform", "producer").forwards == {"penalties", "licences", "platform_lists"}
    asked = {"known_at", "past_as_of", "changes", "whole_record", "joint_meetings", "persons"}
    assert hrss.fields == asked | {"refer_cases", "approve_referrals"}
    assert agencies.find("market-regulation", "producer").feeds == {"market_regulation"}
    assert not agencies.find("tourism", "asking-system").areas
    assert {entry.agency_id for entry in agencies if entry.role is Role.AUDITOR} == {"audit-bureau"}
    assert not {entry.agency_id for entry in agencies if entry.points & CLOSED_POINTS} - {
        "hrss",
        "finance",
        "hanjiang-bank",
    }


def test_when_a_mandate_holds_and_what_it_rests_on_is_read(tmp_path):
    more = {
        "purposes": '["AWARD"]',
        "bound_to_territory": "true",
        "valid_from": "2026-01-01T00:00:00+08:00",
        "valid_until": "2027-01-01T00:00:00Z",
        "legal_basis": '"府办〔2026〕9号"',
        "quota": "{ per_day = 9 }",
    }
    bank = load_agencies(write(tmp_path, BANK | more)).find("hanjiang-bank", "bank")

    assert (bank.purposes, bank.bound_to_territory, bank.legal_basis) == ({"AWARD"}, True, "府办〔2026〕9号")
    assert bank.valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert bank.valid_until == datetime(2027, 1, 1, tzinfo=UTC)
    assert (bank.quota.per_day, bank.own_quota) == (9, {"per_day"})


def test_a_file_from_before_mandates_had_bounds_means_none(tmp_path):
    bank = load_agencies(write(tmp_path, BANK)).find("hanjiang-bank", "bank")

    assert (bank.valid_from, bank.valid_until, bank.own_quota) == (ALWAYS, NEVER, frozenset())
    assert (bank.purposes, bank.bound_to_territory, bank.legal_basis) == (frozenset(), False, "")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"valid_from": "2026-01-01"}, "valid_from"),
        ({"valid_from": "2026-01-01T00:00:00"}, "valid_from"),
        ({"valid_from": '"2026-01-01T00:00:00Z"'}, "valid_from"),
        ({"valid_from": "0001-01-01T00:00:00+08:00"}, "valid_from"),
        ({"valid_from": "2026-01-02T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"}, "valid_until"),
        ({"bound_to_territory": '"yes"'}, "bound_to_territory"),
        ({"purposes": '["AWARD", "AWARD"]'}, "purposes"),
        ({"purposes": '[""]'}, "purposes"),
        ({"legal_basis": "9"}, "legal_basis"),
    ],
)
def test_a_bound_that_is_none_stops_the_start(tmp_path, change, key):
    assert fault(write(tmp_path, BANK | change))[0] == f"agency[0].{key}"


def test_what_is_proposed_is_exactly_one_entry(tmp_path):
    assert load_entry(write(tmp_path, BANK)).agency_id == "hanjiang-bank"
    with pytest.raises(ConfigurationError, match="must be exactly one entry"):
        load_entry(write(tmp_path, BANK, BANK | {"id": '"other"'}))
