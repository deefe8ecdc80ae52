"""What the figures are to reach stands in one list, and the document has it; what is printed follows from what came."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gateway.bench.all_parts import Measured
from gateway.bench.all_report import as_json, markdown, missed, table
from gateway.bench.figures import Spread
from gateway.bench.goals import GOALS
from gateway.bench.parts import PARTS
from gateway.bench.reach import Reached
from gateway.bench.reach_report import figure, lines

DOCUMENT = Path(__file__).parents[2] / "docs/performance.md"
BOUNDS = {
    "F1": ("≥ 0.65", "≥ 0.85"),
    "F2": ("≤ 250", "≤ 80"),
    "F3": ("≥ 20", "≥ 40"),
    "F4": ("≥ 2", "≥ 5"),
    "F5": ("≥ 0.9", "≥ 0.98"),
    "F6": ("≤ 4", "≤ 2.5"),
    "F6/memory": ("≤ 600", "≤ 600"),
    "F7": ("≤ 0.2", "≤ 0.05"),
    "F7/nodes": ("≤ 1", "≤ 0.3"),
    "F8": ("≤ 5", "≤ 2"),
    "F8/memory": ("≤ 250", "≤ 150"),
    "F9": ("≥ 2", "≥ 4"),
    "F10": ("≥ 1,000", "≥ 10,000"),
    "F11": ("≤ 1", "≤ 0.3"),
    "F12": ("≤ 30", "≤ 8"),
    "soak": ("≤ 0", "≤ 0"),
}
MACHINE = {
    "processor": "P",
    "cores": 2,
    "load_average": 0.25,
    "kernel": "6",
    "python": "3",
    "grpcio": "1",
    "file_system": "ext4",
    "sync_us": 210,
}


def came(fault="", **figures):
    at = "2026-11-30T00:00:00+00:00"
    return Measured("jsg bench log", at, 12.0, MACHINE, figures, fault, possible=True, code="c0de")


def test_the_table_of_the_document_names_every_figure_with_its_bar_and_goal():
    rows = re.findall(
        r"^\| (F\d+\S*|soak) \| (.*) \| (.*) \| (.*) \| (.*) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE
    )

    assert {name: bounds for name, _, *bounds, _ in rows} == {name: list(each) for name, each in BOUNDS.items()}
    assert {name: says for name, says, *_ in rows} == {name: goal.says for name, goal in GOALS.items()}
    assert {name.partition("/")[0] for name, *_ in rows} == {*(f"F{number}" for number in range(1, 13)), "soak"}


def test_without_a_run_the_table_that_is_written_is_the_documents():
    written = re.sub(r" [^|]* \|$", "", markdown(None), flags=re.MULTILINE)
    held = re.sub(r" [^|]* \|$", "", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)

    assert written in held


def test_every_figure_has_one_part_that_measures_it():
    assert sorted(figure for part in PARTS for figure in part.figures) == sorted(GOALS)


@pytest.mark.parametrize(("name", "value", "met"), [("F1", 0.65, True), ("F1", 0.649, False), ("F2", 250, True)])
def test_the_bar_itself_is_reached(name, value, met):
    assert GOALS[name].judged(value)["met"] is met


def test_a_value_is_judged_as_measured_and_not_as_it_is_shown():
    figure = GOALS["F1"].judged(Spread(0.6496, 0.6, 0.7))

    assert figure["value"] == GOALS["F1"].bar
    assert not figure["met"]


def test_a_missed_bar_and_a_figure_that_is_missing_are_told_with_their_reason():
    found = {"log": came(F11=GOALS["F11"].judged(1.5), F12=GOALS["F12"].judged(9)), "batch": came("ended early")}
    result = as_json(found, quick=False, command="jsg bench all")

    assert json.loads(json.dumps(result)) == result
    assert missed(result, ["F3", "F11", "F12"]) == ["F3: not measured: ended early", "F11: 1.5, bar ≤ 1"]
    assert "part import was not asked for" in result["missing"]["F1"]
    assert "F11        1.5    ≤ 1      ≤ 0.3     bar missed  0.25" in table(result)
    assert "| ≤ 30 | ≤ 8 | **9**, bar met |" in markdown(result)


def test_a_quick_run_judges_nothing_and_says_so():
    result = as_json({"log": came(F11=GOALS["F11"].judged(99), F12=GOALS["F12"].judged(1))}, quick=True, command="")

    assert [result["figures"][name]["met"] for name in ("F11", "F12")] == [None, None]
    assert missed(result, ["F11", "F12"]) == []
    assert table(result).count("not the definition") == 2


def reached(late):
    told = {"BIDDING": [Reached(40_000, late, 9)], "AWARDS": [Reached(10_000, 0, 9)]}
    return figure("F7", {"listed": told, "repaired": told})


def test_one_answer_of_the_old_state_after_the_bar_misses_it_however_soon_the_new_one_came():
    soon, late = reached(0), reached(1)

    assert (soon["value"], soon["met"], soon["reached"]) == (0.04, True, True)
    assert (late["value"], late["met"], late["reached"]) == (0.04, False, False)
    assert late["listed"]["old_after_the_bar"] == 1
    assert "1 told the old state after the bar" in "\n".join(lines({"machine": MACHINE, "figures": {"F7": late}}))
