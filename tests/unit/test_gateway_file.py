"""Early warnings, clocks, outcomes and the award gate in ``gateway.toml``: whole, in range, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.clock_rules import AS_SHIPPED, Roll
from gateway.domain.prevention import WarningParameters
from gateway.domain.vocabulary import Area
from gateway.settings import ConfigurationError
from gateway.settings.gateway_file import load_gateway

SHIPPED = Path(__file__).parents[2] / "config" / "gateway.toml"
LINE = "near_grade_b_incidents = 2 "


def loaded(folder, text):
    file = folder / "gateway.toml"
    file.write_text(text, encoding="utf-8")
    return load_gateway(file)


def test_what_is_shipped_is_what_the_parameters_are_without_a_file():
    assert load_gateway(SHIPPED).early_warnings == WarningParameters()


def test_a_threshold_of_the_file_counts(tmp_path):
    text = SHIPPED.read_text(encoding="utf-8").replace(LINE, "near_grade_b_incidents = 4 ")
    assert loaded(tmp_path, text).early_warnings == WarningParameters(near_grade_b_incidents=4)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "is missing"),
        ("near_grade_b_incidents = 0 ", "at least 1"),
        ("near_grade_b_incidents = 2.5 ", "type int"),
        ("near_grade_b_incidents = true ", "type int"),
        ("near_grade_b_incidents = 2\nnear_grade_c = 1 ", "not a known key"),
    ],
)
def test_a_threshold_that_is_wrong_stops_the_start_with_its_key(tmp_path, line, why):
    text = SHIPPED.read_text(encoding="utf-8")
    assert LINE in text
    with pytest.raises(ConfigurationError, match=rf"early_warnings\.near_grade_.*{why}"):
        loaded(tmp_path, text.replace(LINE, line))


def clocks_of(folder, text):
    begin, _, rest = SHIPPED.read_text(encoding="utf-8").partition("[clocks]\n")
    _, found, end = rest.partition("# A feed is what one producer says;")
    assert found
    return loaded(folder, begin + text + found + end).clocks


def test_the_clocks_that_are_shipped_count_as_without_a_section(tmp_path):
    written = load_gateway(SHIPPED).clocks
    assert written.rolling == AS_SHIPPED.rolling
    assert {shipped == length for _, shipped, length in written.lengths} == {True}
    assert clocks_of(tmp_path, "") == AS_SHIPPED


def test_a_length_that_a_lawyer_has_confirmed_counts(tmp_path):
    found = clocks_of(tmp_path, '[clocks]\nrolling = []\n[clocks.lengths]\n"C-08/decide" = [8, 20]\n')
    assert found.rolling == frozenset()
    assert found.lengths == {("C-08/decide", 7, 8), ("C-08/decide", 17, 20)}
    assert clocks_of(tmp_path, '[clocks]\nrolling = ["remedy"]\n').rolling == {Roll.REMEDY}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('rolling = ["never"]', "clocks.rolling: .*none of the laws"),
        ('rolling = ["ARL"]', "clocks.rolling: .*none of the laws"),
        ("yellow = 1", "clocks.yellow: is not a known key"),
        ('[clocks.lengths]\n"X-01/none" = [1]', "lengths.X-01/none: is none of the clocks"),
        ('[clocks.lengths]\n"L-16/decide" = [14]', "lengths.L-16/decide: has the length that the law gives it"),
        ('[clocks.lengths]\n"C-08/decide" = [8]', "must be 2 whole numbers"),
        ('[clocks.lengths]\n"C-08/decide" = [8, 8]', "must be 2 whole numbers"),
        ('[clocks.lengths]\n"P-06/review" = [0]', "must be 1 whole numbers"),
        ('[clocks.lengths]\n"P-06/review" = ["15"]', "must be a list of whole numbers"),
    ],
)
def test_a_clock_that_is_wrong_stops_the_start_with_its_key(tmp_path, text, why):
    with pytest.raises(ConfigurationError, match=why):
        clocks_of(tmp_path, f"[clocks]\n{text}\n")


def outcomes_of(folder, section):
    text = SHIPPED.read_text(encoding="utf-8")
    assert "[outcomes]\ndue_days = 5\n" in text
    return loaded(folder, text.replace("[outcomes]\ndue_days = 5\n", section)).outcome_days


@pytest.mark.parametrize(
    ("section", "days"), [("", 0), ("[outcomes]\ndue_days = 5\n", 5), ("[outcomes]\ndue_days = 250\n", 250)]
)
def test_outcomes_are_due_by_what_the_file_says_and_never_by_a_guess(tmp_path, section, days):
    assert outcomes_of(tmp_path, section) == days


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("due_days = 0", "must be 1 to 250"),
        ("due_days = 251", "must be 1 to 250"),
        ("due_days = true", "type int"),
        ("", "is missing"),
        ("due_days = 5\ndue_hours = 1", "not a known key"),
    ],
)
def test_a_term_of_outcomes_that_is_wrong_stops_the_start_with_its_key(tmp_path, line, why):
    with pytest.raises(ConfigurationError, match=rf"outcomes\.due_.*{why}"):
        outcomes_of(tmp_path, f"[outcomes]\n{line}\n")


def gate(folder, section):
    text = SHIPPED.read_text(encoding="utf-8")
    begin = text.index("[award_gate]")
    return loaded(folder, text[:begin] + section + text[text.index("# From which number on something") :]).award_gate


def test_an_award_is_cleared_only_in_the_areas_that_have_a_limit(tmp_path):
    assert gate(tmp_path, "") == {}
    found = gate(tmp_path, "[award_gate]\nbidding_days = 1\nlending_days = 366\n")
    assert found == {Area.BIDDING: timedelta(days=1), Area.LENDING: timedelta(days=366)}


@pytest.mark.parametrize("line", ["bidding_days = 0", "bidding_days = 367", "bidding_days = true", "travel_days = 1"])
def test_a_limit_of_the_award_gate_that_means_nothing_stops_the_start(tmp_path, line):
    with pytest.raises(ConfigurationError, match=r"award_gate\.(bidding|travel)_days"):
        gate(tmp_path, f"[award_gate]\n{line}\n")
