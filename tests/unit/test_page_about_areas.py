"""The page about the nine areas says what the adapters are: gates, what opens them, grants, forms of case numbers."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from jointsanctions.v1 import common_pb2
from nine_areas import ADAPTERS, RULES
from test_documents import ROOT, code, table

PAGE = ROOT / "docs/areas.md"
WAYS = [row for row in table(PAGE, "What is asked where") if row[0] != "area"]


def name_of(area, point):
    return common_pb2.DecisionPoint.Name(point).removeprefix(f"DECISION_POINT_{area.upper()}_").lower()


@pytest.mark.parametrize("area", sorted(RULES))
def test_every_decision_point_is_there_with_what_must_precede_it(area):
    listed = {row[1]: row[3] for row in WAYS if row[0] == area}
    declared = {
        name_of(area, each.point): name_of(area, each.after.point) if each.after else "–"
        for each in RULES[area][1].points
    }

    assert {point: before.partition(",")[0] for point, before in listed.items()} == declared


@pytest.mark.parametrize(("area", "point", "method", "before", "gives"), WAYS, ids=lambda cell: cell)
def test_what_the_page_names_is_there_and_takes_and_gives_what_it_says(area, point, method, before, gives):
    (name,) = code([method])
    hints = getattr(ADAPTERS[area], name).__annotations__
    (grant,) = code([gives]) or {"Standing"}

    assert common_pb2.DecisionPoint.Value(f"DECISION_POINT_{area.upper()}_{point.upper()}")
    if code([gives]):
        assert hints["return"] == grant
        assert grant == "WagesGoOn" or hasattr(import_module(f"adapters.{area}"), grant)
    taken = [hint for argument, hint in hints.items() if hint.endswith(("Grant", "Approval")) and argument != "return"]
    assert bool(taken) is ("grant" in before)


def test_what_is_listed_for_every_area_is_listed_for_all():
    for heading in ('What "restricted" is there', "Case numbers"):
        assert {row[0] for row in table(PAGE, heading)} - {"area"} == set(RULES)


def test_every_pattern_of_the_page_takes_a_number_of_its_kind_and_no_telephone_number():
    for area, pattern in ((row[0], row[1].strip("`")) for row in table(PAGE, "Case numbers") if row[0] != "area"):
        assert re.fullmatch(pattern, pattern.partition("-")[0] + "-2026-17"), area
        assert not re.fullmatch(pattern, "13900000000"), area
