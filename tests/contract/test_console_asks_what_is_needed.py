"""The console's form asks for every fact that a question needs under a shipped policy, and for none of another area."""

from __future__ import annotations

import pytest
from shipped_policy import NATIONAL, SHIYAN, policy

from console.case_facts import facts_of, name_of, point_named, points_of
from gateway.domain.case_facts import FACT_AREAS
from gateway.domain.vocabulary import DISABLED_AREAS, Area, DecisionPoint


@pytest.mark.parametrize("profile", [SHIYAN, NATIONAL])
@pytest.mark.parametrize("point", DecisionPoint, ids=lambda point: point.name)
def test_what_a_point_needs_is_asked_for_there(profile, point):
    offered = {fact.name for fact in facts_of(int(point))}

    assert set(policy(profile).required_facts(point)) <= offered
    assert all(point.area in FACT_AREAS[name] for name in offered)


def test_the_points_of_an_area_are_those_of_the_domain():
    areas = tuple(int(area) for area in Area if area not in DISABLED_AREAS)
    found = points_of(areas)

    assert {point for points in found.values() for point in points} == {int(point) for point in DecisionPoint}
    assert all(DecisionPoint(point).area == area for area, points in found.items() for point in points)
    assert all(point_named(name_of(int(point))) == point for point in DecisionPoint)
