"""Among many invented names the right one comes first, is identified when only written otherwise, and never for nobody.

``jsg bench names`` does the same with a hundred thousand.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from formats.names import normalise_name
from gateway.bench.invented_names import EXACT, Kind, make_names, otherwise
from gateway.bench.names import measure
from gateway.cli.bench_names import FIRST_BAR, missed, table
from gateway.cli.main import main
from gateway.sample.invention import Draws

EACH, STRANGERS = 150, 400


@pytest.fixture(scope="module")
def measured():
    return measure(20_000, EACH, STRANGERS, 20261129)


@pytest.mark.parametrize("kind", Kind)
def test_whoever_is_meant_comes_first_and_is_identified_for_exact_kinds_alone(measured, kind):
    found = measured.kinds[kind]

    assert found.asked == EACH
    assert found.first >= FIRST_BAR * EACH
    assert found.identified == (EACH if kind in EXACT else 0)
    assert found.wrongly == 0


def test_a_name_of_nobody_identifies_nobody(measured):
    assert measured.strangers.asked == STRANGERS
    assert (measured.strangers.first, measured.strangers.identified, measured.strangers.wrongly) == (0, 0, 0)


def test_the_same_seed_makes_the_same_names_and_each_of_them_once():
    names = make_names(500, 3)

    assert names == make_names(500, 3)
    assert names != make_names(500, 4)
    assert len({normalise_name(name) for name in names}) == 500
    assert not {normalise_name(name) for name in make_names(500, 4, set(map(normalise_name, names)))} & set(names)


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_is_exact_when_the_normal_form_stays(kind):
    draws = Draws.of(1, kind.value)
    pairs = [(name, otherwise(name, kind, draws)) for name in make_names(300, 5)]
    changed = [(name, other) for name, other in pairs if other != name]

    assert len(changed) >= 20
    assert all((normalise_name(name) == normalise_name(other)) is (kind in EXACT) for name, other in changed)


def test_a_bar_that_is_missed_is_named(measured):
    kept = {kind: replace(found, cpu_p50_us=100) for kind, found in measured.kinds.items()}
    well = replace(measured, kinds=kept)
    assert missed(well) == []
    assert "of nobody" in table(well)

    def but(kind, **changes):
        return missed(replace(well, kinds={**kept, kind: replace(kept[kind], **changes)}))

    assert "came first in 100" in but(Kind.SCRIPT, first=100)[0]
    assert "1 wrongly" in but(Kind.WIDTH, wrongly=1)[0]
    assert "3 identified" in but(Kind.IN_FRONT, identified=3)[0]
    assert "1500 µs" in but(Kind.SPACES, cpu_p50_us=1_500)[0]
    assert but(Kind.IN_FRONT, cpu_p50_us=1_500) == []
    assert "nobody identified" in missed(replace(well, strangers=replace(well.strangers, identified=1)))[0]


def test_the_command_prints_what_was_measured_and_on_which_machine(tmp_path, capsys):
    words = ["bench", "names", "--names", "500", "--each", "5", "--strangers", "5", "--json"]
    main(["--config", str(Path(__file__).parents[2] / "config"), "--state", str(tmp_path), *words])
    printed = json.loads(capsys.readouterr().out)

    assert (printed["names"], printed["strangers"]["asked"]) == (500, 5)
    assert printed["kinds"].keys() == {kind.value for kind in Kind}
    assert printed["machine"]
