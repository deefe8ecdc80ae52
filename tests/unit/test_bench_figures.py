"""The arithmetic of the benchmark: a figure must follow from its rounds and from nothing else."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.bench.answers import verdicts_of
from gateway.bench.comparison import Comparison
from gateway.bench.figures import Pair, Round, Side, Spread, percentile
from gateway.bench.register import Filled
from gateway.bench.report import as_json, table


def made_round(delivered=900, cpu_seconds=0.5, seconds=2.0, latencies=(100, 200, 300), verdicts=()):
    return Round(seconds, 1000, delivered, cpu_seconds, tuple(latencies), Counter(dict(verdicts)))


def compared(*rates, added_us=200):
    pairs = tuple(
        Pair(
            made_round(delivered=2000, cpu_seconds=0.1),
            made_round(delivered=rate, cpu_seconds=0.1 + added_us / 1000, verdicts={"CLEAR": 980, "RESTRICTED": 20}),
        )
        for rate in rates
    )
    return Comparison(pairs, 140, 800, 1.5, 120.0, entries=5000, commits=250)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.01, 1), (0.5, 50), (0.501, 51), (0.95, 95), (0.99, 99), (0.999, 100), (1.0, 100)]
)
def test_a_percentile_is_the_smallest_value_that_covers_its_share(share, expected):
    assert percentile(range(1, 101), share) == expected


def test_the_percentile_of_one_value_is_that_value():
    assert percentile([7], 0.5) == percentile([7], 0.99) == 7


def test_what_came_after_the_time_was_up_costs_cpu_and_counts_for_no_rate():
    one = Round(seconds=2.0, calls=1000, delivered=900, cpu_seconds=0.5, latencies=(1,), verdicts=Counter())

    assert (one.rate, one.cpu_us, one.cores) == (450.0, 500.0, 0.25)


def test_the_ratio_is_the_median_of_the_pairs_not_the_ratio_of_medians():
    fast, slow = made_round(delivered=4000), made_round(delivered=1000)
    pairs = (Pair(fast, made_round(delivered=2000)), Pair(slow, made_round(delivered=900)), Pair(slow, slow))

    assert Spread.of([pair.ratio for pair in pairs]) == Spread(0.9, 0.5, 1.0)


def test_added_cpu_is_taken_within_each_pair():
    assert compared(1000, 1000, added_us=200).added_cpu_us.value == pytest.approx(200)


def test_latencies_of_all_rounds_are_one_population_and_answers_are_shares():
    side = Side.of(
        [
            made_round(latencies=[1] * 98, verdicts={"CLEAR": 3}),
            made_round(latencies=[9] * 2, verdicts={"CLEAR": 4, "RESTRICTED": 1}),
        ]
    )

    assert side.latencies_us == (1, 1, 9)
    assert side.verdicts == {"CLEAR": 0.875, "RESTRICTED": 0.125}


def test_the_figures_are_those_of_the_largest_register_beside_their_bars():
    small, large = (Filled(230, 1.0), compared(1800)), (Filled(2300, 9.0), compared(1000, 1200, 1400, added_us=300))
    result = as_json({100: small, 1000: large}, {"cores": 2}, {"command": "jsg bench check"})

    assert json.loads(json.dumps(result)) == result
    first, second = result["figures"]["F1"], result["figures"]["F2"]
    assert (first["value"], first["spread"], first["bar"], first["goal"]) == (0.6, [0.5, 0.7], 0.65, 0.85)
    assert (second["value"], second["bar"], second["goal"]) == (300, 250, 80)
    assert not first["met"]
    assert not second["met"]
    assert result["registers"]["100"]["figures"]["F1"]["met"]
    assert result["registers"]["100"]["figures"]["F2"]["met"]
    assert result["registers"]["1000"]["commits_per_answer"] == 0.05
    assert result["machine"] == {"cores": 2}
    assert result["settings"]["command"] == "jsg bench check"


def test_the_table_says_which_bar_was_missed():
    machine = {"processor": "P", "cores": 2, "load_average": 0.1, "python": "3", "grpcio": "1"}
    machine |= {"file_system": "ext4", "sync_us": 900}
    settings = {"in_flight": 64, "callers": 1, "workers": 1, "pairs": 5, "seconds": 3.0}
    shown = table(as_json({1000: (Filled(2300, 9.0), compared(1000, 1200))}, machine, settings))

    assert "1,000 enterprises, 2,300 records" in shown
    assert "F1 = 0.55 (0.5 to 0.6) gateway's calls/s : echo's; bar ≥ 0.65 MISSED, goal ≥ 0.85" in shown
    assert "F2 = 200 µs of server CPU a call beyond the echo's; bar ≤ 250 met, goal ≤ 80" in shown
    assert "CLEAR 98.0%, RESTRICTED 2.0%" in shown


def answer(verdict=common_pb2.VERDICT_CLEAR, leaf=b"l" * 32):
    response = credit_pb2.CheckEligibilityResponse()
    response.decision.verdict = verdict
    response.audit_position.leaf_hash = leaf
    return response.SerializeToString()


def test_answers_are_counted_by_verdict():
    answers = [answer(), answer(common_pb2.VERDICT_RESTRICTED), answer()]

    assert verdicts_of(answers) == {"CLEAR": 2, "RESTRICTED": 1}


@pytest.mark.parametrize("none", [answer(common_pb2.VERDICT_UNSPECIFIED), answer(leaf=b""), b""])
def test_an_answer_without_verdict_or_position_counts_for_nothing(none):
    with pytest.raises(ValueError, match="without verdict or without position"):
        verdicts_of([answer(), none])
