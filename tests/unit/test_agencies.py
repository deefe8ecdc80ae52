"""Mandates: default deny, closed points, and the separation of roles (R-01 to R-03)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.domain.agencies import CLOSED_POINTS, Agencies, Agency, Role
from gateway.domain.agency_forms import MandateError
from gateway.domain.authorities import may_decide, require_authority
from gateway.domain.errors import (
    AreaNotInMandateError,
    CallerUnknownError,
    FieldNotInMandateError,
    RoleNotPermittedError,
)
from gateway.domain.vocabulary import DISABLED_AREAS, Area, DecisionPoint

BIDDING = Agency(
    agency_id="public-resources-trading",
    name_zh="市公共资源交易中心",
    name_en="Public Resources Trading Centre",
    role=Role.ASKING_SYSTEM,
    territory="420300",
    areas=frozenset({Area.BIDDING}),
    points=frozenset({DecisionPoint.BIDDING_AWARD, DecisionPoint.BIDDING_CONTRACT}),
)
PRODUCER = Agency(
    agency_id="hrss",
    name_zh="市人力资源和社会保障局",
    name_en="Human Resources and Social Security Bureau",
    role=Role.PRODUCER,
    territory="420300",
    feeds=frozenset({"wage_list"}),
    fields=frozenset({"known_at"}),
)
AUDITOR = replace(PRODUCER, agency_id="audit-bureau", role=Role.AUDITOR, feeds=frozenset())
BUREAU = "示例市人力资源和社会保障局"
ACTING = replace(PRODUCER, authorities=frozenset({BUREAU}), feeds=frozenset({"wage_list", "penalties"}))


def fault(*entries):
    with pytest.raises(MandateError) as caught:
        Agencies(entries, "00")
    return caught.value.entry, caught.value.key, caught.value.reason


def test_a_caller_is_found_by_agency_and_role_together():
    agencies = Agencies([BIDDING, PRODUCER], "00")

    assert agencies.find("hrss", "producer") is PRODUCER
    assert list(agencies) == [BIDDING, PRODUCER]
    assert agencies.digest == "00"


@pytest.mark.parametrize(
    ("agency", "role"),
    [("hrss", "asking-system"), ("nobody", "producer"), ("hrss", "king"), ("", ""), ("HRSS", "producer")],
)
def test_whoever_is_not_listed_in_that_very_role_is_unknown(agency, role):
    agencies = Agencies([BIDDING, PRODUCER], "00")

    with pytest.raises(CallerUnknownError) as caught:
        agencies.find(agency, role, "spiffe://shiyan.example/agency/x/y")
    assert caught.value.metadata == {"identity": "spiffe://shiyan.example/agency/x/y"}
    with pytest.raises(CallerUnknownError) as caught:
        agencies.find(agency, role)
    assert caught.value.metadata == {"identity": f"agency/{agency}/{role}"}


def test_a_role_opens_the_methods_that_are_for_it_and_no_other():
    BIDDING.require_role({Role.ASKING_SYSTEM, Role.BANK}, "CheckEligibility")

    with pytest.raises(RoleNotPermittedError) as caught:
        AUDITOR.require_role({Role.ASKING_SYSTEM, Role.BANK}, "CheckEligibility")
    assert caught.value.metadata == {"role": "auditor", "method": "CheckEligibility"}
    with pytest.raises(RoleNotPermittedError):
        BIDDING.require_role(frozenset(), "CheckEligibility")


@pytest.mark.parametrize("point", DecisionPoint)
def test_every_point_is_denied_unless_it_is_granted(point):
    if point in BIDDING.points:
        BIDDING.require_point(point.area, point)
        return
    with pytest.raises(AreaNotInMandateError) as caught:
        BIDDING.require_point(point.area, point)
    assert caught.value.metadata == {"area": point.area.name, "decision_point": point.name}


def test_a_granted_point_under_an_area_that_is_not_granted_is_denied():
    with pytest.raises(AreaNotInMandateError):
        BIDDING.require_point(Area.LENDING, DecisionPoint.BIDDING_AWARD)


def test_the_closed_points_are_the_two_through_which_wages_flow():
    assert {DecisionPoint.FUNDING_WAGE_PAYMENT, DecisionPoint.LENDING_WAGE_ACCOUNT} == CLOSED_POINTS


def test_a_feed_is_denied_unless_it_is_granted():
    PRODUCER.require_feed("wage_list")

    with pytest.raises(FieldNotInMandateError) as caught:
        PRODUCER.require_feed("market_regulation")
    assert caught.value.metadata["field"] == "feed"


def test_a_field_is_denied_unless_it_is_granted_and_the_error_names_its_place_on_the_wire():
    PRODUCER.require_field("known_at", "question.known_at")

    with pytest.raises(FieldNotInMandateError) as caught:
        PRODUCER.require_field("past_as_of", "question.as_of")
    assert caught.value.metadata["field"] == "question.as_of"


@pytest.mark.parametrize(
    "authority", ["示例市人力资源和社会保障厅", "示例市人力资源和社会保障局 ", "示例县人社局", f"{BUREAU}1", "any", "*"]
)
def test_a_producer_acts_as_the_authorities_of_its_mandate_letter_by_letter(authority):
    """L-01."""
    require_authority(ACTING, BUREAU, "step.authority")

    for agency, named in ((ACTING, authority), (PRODUCER, BUREAU), (PRODUCER, authority)):
        with pytest.raises(FieldNotInMandateError) as caught:
            require_authority(agency, named, "step.authority")
        assert caught.value.metadata["field"] == "step.authority"


def test_only_a_feed_that_is_forwarded_passes_on_the_decisions_of_others():
    platform = replace(ACTING, authorities=frozenset(), forwards=frozenset({"penalties"}))

    assert may_decide(platform, "别处", ["penalties"])
    assert not may_decide(platform, "别处", ["wage_list"])
    assert not may_decide(platform, "别处")
    assert not may_decide(ACTING, "别处", ACTING.feeds)


@pytest.mark.parametrize(
    ("changes", "key", "reason"),
    [
        ({"role": Role.BANK, "feeds": frozenset()}, "authorities", "cannot be granted to the role bank"),
        ({"authorities": frozenset({" 甲局"})}, "authorities", "' 甲局' is no name as it stands in a document"),
        ({"authorities": frozenset({""})}, "authorities", "'' is no name as it stands in a document"),
        ({"forwards": frozenset({"publications"})}, "forwards", "'publications' is none of its feeds"),
    ],
)
def test_authorities_are_for_producers_and_forwarded_is_what_they_send(changes, key, reason):
    assert fault(replace(ACTING, **changes)) == (0, key, reason)


def test_one_agency_may_hold_several_roles_but_each_once():
    second = replace(BIDDING, agency_id="hrss")
    assert len(list(Agencies([PRODUCER, second], "00"))) == 2

    assert fault(PRODUCER, second, PRODUCER) == (2, "role", "hrss is already listed as producer")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
@pytest.mark.parametrize("auditor_first", [True, False])
def test_an_auditor_is_nothing_else(role, auditor_first):
    """R-03."""
    bare = {"areas": frozenset(), "points": frozenset(), "feeds": frozenset(), "fields": frozenset()}
    other = replace(AUDITOR, role=role, **bare)
    entries = [AUDITOR, other] if auditor_first else [other, AUDITOR]

    assert fault(*entries) == (1, "role", "audit-bureau cannot be auditor and something else (R-03)")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK}))
def test_areas_are_for_those_who_decide(role):
    assert fault(replace(BIDDING, role=role)) == (0, "areas", f"cannot be granted to the role {role}")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PRODUCER])
def test_feeds_are_for_producers(role):
    assert fault(replace(PRODUCER, role=role)) == (0, "feeds", f"cannot be granted to the role {role}")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PRODUCER, Role.AUDITOR, Role.COURT}))
def test_no_deciding_system_may_look_back(role):
    assert fault(replace(PRODUCER, role=role, feeds=frozenset())) == (
        0,
        "fields",
        f"known_at cannot be granted to the role {role}",
    )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PRODUCER, Role.CONNECTOR, Role.AUDITOR}))
def test_only_hrss_and_the_connector_may_follow_every_change(role):
    entry = replace(AUDITOR, role=role, fields=frozenset({"changes"}))

    assert fault(entry) == (0, "fields", f"changes cannot be granted to the role {role}")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"agency_id": ""}, "id"),
        ({"agency_id": "Hrss"}, "id"),
        ({"agency_id": "hrss/producer"}, "id"),
        ({"agency_id": "hrss\n"}, "id"),
        ({"agency_id": "-hrss"}, "id"),
        ({"agency_id": "a" * 65}, "id"),
        ({"name_zh": " "}, "name_zh"),
        ({"name_en": ""}, "name_en"),
        ({"territory": "42030"}, "territory"),
        ({"territory": "042030"}, "territory"),
        ({"territory": "４２０３００"}, "territory"),
        ({"feeds": frozenset({"Wage List"})}, "feeds"),
        ({"fields": frozenset({"everything"})}, "fields"),
    ],
)
def test_a_malformed_entry_is_refused_by_its_key(change, key):
    place, named, _ = fault(BIDDING, replace(PRODUCER, **change))

    assert (place, named) == (1, key)


def test_a_point_outside_the_areas_is_refused():
    points = BIDDING.points | {DecisionPoint.LENDING_APPROVAL}

    assert fault(replace(BIDDING, points=points)) == (0, "points", "LENDING_APPROVAL lies outside the areas granted")


def test_an_area_without_any_point_is_refused_because_it_would_grant_nothing():
    areas = BIDDING.areas | {Area.AWARDS}

    assert fault(replace(BIDDING, areas=areas)) == (
        0,
        "points",
        "none of AWARDS is granted, although the area is",
    )


@pytest.mark.parametrize("area", sorted(DISABLED_AREAS))
def test_an_area_that_is_decided_elsewhere_cannot_be_granted(area):
    assert fault(replace(BIDDING, areas=BIDDING.areas | {area})) == (
        0,
        "areas",
        f"{area.name} is decided elsewhere and cannot be granted",
    )
