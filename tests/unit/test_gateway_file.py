"""The section on early warnings in ``gateway.toml``: whole, in range, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.domain.prevention import WarningParameters
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
