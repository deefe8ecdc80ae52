"""docs/scale.md is what the model computes, and what goes into the model is what was measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.bench import scale
from gateway.bench.scale_tables import CITIES, capacity, inputs, limits, significant, sizes, whole

DOCS = Path(__file__).parents[2] / "docs"
SCALE = (DOCS / "scale.md").read_text(encoding="utf-8")
PERFORMANCE = re.sub(r"\s+", " ", (DOCS / "performance.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("table", [inputs, sizes, whole, limits])
def test_a_table_of_the_document_is_what_the_model_computes(table):
    assert table() in SCALE


def test_the_operators_table_is_what_the_model_computes():
    assert capacity() in (DOCS / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", scale.MEASURED)
def test_an_input_is_a_number_that_stands_in_the_document_of_what_was_measured(name):
    measured = scale.MEASURED[name]
    numbers = [float(each.replace(",", "")) for each in re.findall(r"\d[\d,]*(?:\.\d+)?", measured.quote)]

    assert measured.quote in PERFORMANCE
    # 0.6 kB is 600 bytes, 3 in 100 is 0.03.
    assert {measured.value, measured.value / 1000, measured.value * 100} & set(numbers)


def test_the_country_follows_from_the_numbers_by_hand():
    assert scale.peak(scale.COUNTRY) == pytest.approx(1e9 / 86_400 * 5)
    assert scale.processes(scale.COUNTRY, batched=False) == 109  # 57,870 / (885 * 0.6) is 108.98
    assert scale.processes(scale.COUNTRY, batched=True) == 13  # 57,870 / (7,692 * 0.6) is 12.5
    assert scale.machines(scale.COUNTRY) == 2 * 28
    assert scale.log_tb_per_year(scale.COUNTRY) == pytest.approx(1e9 * 365 * 2_214 / 1e12)
    assert scale.index_gib(scale.COUNTRY) == pytest.approx(94.9, abs=0.1)


def test_the_model_gives_back_what_was_measured_where_it_was_measured():
    there = scale.Realm("measured", 149_990, 1)

    assert scale.index_gib(there) * 1024 == pytest.approx(186)
    assert scale.start_seconds(there) == pytest.approx(3.79)
    assert scale.records(there) == pytest.approx(3_326_789)


def test_the_words_of_the_document_are_those_of_its_tables():
    assert f"{CITIES:,} cities" in SCALE
    assert f"{CITIES * scale.machines(scale.CITY):,} machines" in SCALE
    assert f"where {scale.machines(scale.COUNTRY)} would do" in SCALE
    assert f"{CITIES // 10} signatures" in SCALE


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00225, "0.00225"), (48.2253, "48.2"), (99.96, "100"), (4822.5, "4,820"), (3.6e9, "3,600,000,000")],
)
def test_three_digits_are_shown(value, shown):
    assert significant(value) == shown
