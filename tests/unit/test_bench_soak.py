"""The judge of a soak tells what grows from what only goes up and down, and holds every answer to the record."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from audit_calls import DRAFT, record

from gateway.bench.flat import LEAST_POINTS, MOST_POINTS, Measure, judge
from gateway.bench.soak import Soaked, Soaking
from gateway.bench.soak_account import Account, account
from gateway.bench.soak_report import as_json, judged, table
from gateway.bench.soak_samples import MEASURES, Sample, pace_us
from gateway.domain.audit import Draft
from gateway.storage.audit_place import FolderPlace

MEMORY = Measure("memory", "MiB", 0.05, 8)
CHECK = "CreditService/CheckEligibility"
HOW = Soaking(hours=1, share=0.7, window=10, today=date(2026, 11, 30))
MACHINE = {"processor": "P", "cores": 2, "load_average": 0.1, "python": "3", "file_system": "ext4", "sync_us": 200}
SOUND = {"fsck": {"entries": 9, "flaws": []}, "verify": {"entries": 10, "flaws": []}}


def series(count=360, *, noise=2.0, seed=7, shape=lambda _: 0.0):
    """Return *count* values around 120 with noise, and *shape* of the share of the run that is over."""
    draws = random.Random(seed)  # noqa: S311 - a series to judge, no secret
    return [120 + draws.gauss(0, noise) + shape(place / count) for place in range(count)]


@pytest.mark.parametrize("seed", range(8))
def test_what_only_goes_up_and_down_is_flat(seed):
    assert not judge(MEMORY, series(seed=seed, noise=6)).grew


@pytest.mark.parametrize("seed", range(8))
def test_a_leak_of_a_tenth_over_the_run_is_told_through_the_noise(seed):
    found = judge(MEMORY, series(seed=seed, shape=lambda over: 12 * over))
    assert found.grew
    assert found.trend == pytest.approx(12, abs=3)
    assert found.surely > 0


def test_a_minute_of_looks_is_enough_to_tell_a_leak():
    leak = [100 + 3.0 * place for place in range(LEAST_POINTS)]
    assert judge(MEMORY, leak).grew
    assert not judge(MEMORY, [100.0] * LEAST_POINTS).grew


def test_a_leak_that_begins_in_the_middle_is_told():
    assert judge(MEMORY, series(shape=lambda over: max(0.0, over - 0.5) * 60)).grew


def test_a_step_in_the_second_half_is_told_though_nothing_rises_after_it():
    found = judge(MEMORY, series(shape=lambda over: 20.0 if over > 0.55 else 0.0))
    assert found.grew
    assert found.later - found.level > found.allowed


def test_what_a_run_takes_to_warm_up_is_no_growth():
    assert not judge(MEMORY, series(shape=lambda over: min(over, 0.24) * 400)).grew
    assert not judge(MEMORY, series(shape=lambda over: -100.0 if over < 0.25 else 0.0)).grew


def test_a_few_wild_points_are_no_growth():
    values = series()
    values[200::40] = [900.0] * len(values[200::40])
    assert not judge(MEMORY, values).grew


def test_a_trend_that_may_be_an_accident_is_no_growth():
    found = judge(MEMORY, series(24, noise=6, seed=15))
    assert found.trend > found.allowed
    assert found.surely < 0
    assert not found.grew


def test_what_falls_has_not_grown():
    assert not judge(MEMORY, series(shape=lambda over: -40 * over)).grew


def test_a_long_run_is_judged_as_its_medians_are():
    leak = judge(MEMORY, series(8 * MOST_POINTS, shape=lambda over: 12 * over))
    assert leak.grew
    assert leak.trend == pytest.approx(12, abs=2)
    assert not judge(MEMORY, series(8 * MOST_POINTS)).grew


def test_what_is_near_nothing_may_grow_by_a_trifle_and_by_no_more():
    waiting = Measure("waiting", "", 0.5, 64)
    assert not judge(waiting, [float(place % 7) for place in range(60)]).grew
    assert not judge(waiting, [0.0] * 30 + [60.0] * 30).grew
    assert judge(waiting, [0.0] * 30 + [70.0] * 30).grew
    assert judge(waiting, [float(place * 4) for place in range(60)]).grew


@pytest.mark.parametrize("values", [[1.0] * (LEAST_POINTS - 1), [1.0] * LEAST_POINTS + [math.nan]])
def test_what_cannot_be_judged_is_no_verdict(values):
    with pytest.raises(ValueError, match="memory"):
        judge(MEMORY, values)


def samples(count=40, **leaks):
    """Return looks at which every measure is there; a leak adds so much at each."""
    return [
        Sample(
            {name: 100.0 + leaks.get(name.replace(" ", "_"), 0.0) * place for name in MEASURES},
            place,
            float(place),
            0.1,
            5_000 + place,
        )
        for place in range(count)
    ]


def soaked(looks, **more):
    found = Soaked(limit=100.0, rate=70.0, samples=looks, answered=Counter({CHECK: 9}), delivered=[69.0], turns=4)
    return replace(found, **more)


def result(found, counted=None, verified=None):
    counted = counted or Account({CHECK: 9}, {}, {CHECK: 9}, {})
    return {**as_json(found, HOW, counted, verified or SOUND), "machine": MACHINE}


def test_a_soak_in_which_nothing_grew_is_met_and_says_so():
    told = result(soaked(samples()))
    assert told["figures"]["soak"]["met"] is True
    assert "nothing grew" in table(told)
    assert "GREW" not in table(told)
    assert set(told["measures"]) == set(MEASURES)


@pytest.mark.parametrize("name", [name for name in MEASURES if name != "entries not in the index"])
def test_a_leak_planted_in_any_measure_is_told_by_its_name(name):
    told = result(soaked(samples(**{name.replace(" ", "_"): 50.0})))
    assert told["figures"]["soak"]["grew"] == [name]
    assert told["figures"]["soak"]["met"] is False
    assert next(line for line in table(told).splitlines() if line.endswith("GREW")).strip().startswith(name)


def test_the_pace_of_the_machine_is_told_and_not_judged():
    slower = [replace(look, pace_us=look.pace_us * (2 if number > 30 else 1)) for number, look in enumerate(samples())]
    told = result(soaked(slower))
    assert told["pace_us"] == {"value": 5_020, "spread": [5_000, 10_078]}
    assert told["samples"][3]["pace_us"] == 5_003
    assert told["figures"]["soak"]["met"] is True
    assert "the machine's own pace: 5,020 µs for the same arithmetic (5,000 to 10,078)" in table(told)
    assert "pace" not in table(result(soaked([])))


def test_the_pace_is_processor_time_of_some_milliseconds():
    begun = time.thread_time_ns()
    told = pace_us()
    assert 1_000 < told <= (time.thread_time_ns() - begun) / 1_000


def test_a_process_that_was_away_at_a_look_is_no_flat_measure():
    looks = samples()
    gone = {name: value for name, value in looks[20].values.items() if name != "memory gateway.intake"}
    looks[20] = replace(looks[20], values=gone)
    measures, wrong = judged(looks)
    assert "memory gateway.intake" not in measures
    assert wrong == ["memory gateway.intake: was not there at 1 of 40 looks"]
    assert result(soaked(looks))["figures"]["soak"]["met"] is False


@pytest.mark.parametrize(
    ("found", "counted", "verified", "said"),
    [
        (soaked(samples(), fault="a call was not answered"), None, None, "a call was not answered"),
        (soaked(samples(5)), None, None, "5 looks are too few"),
        (soaked(samples()), Account({CHECK: 9}, {}, {CHECK: 8}, {}), None, f"{CHECK}: 9 answered"),
        (soaked(samples()), Account({CHECK: 9}, {CHECK: 1}, {CHECK: 9}, {}), None, "1 without answer"),
        (soaked(samples()), None, {**SOUND, "fsck": {"entries": 9, "flaws": ["x differs"]}}, "fsck: x differs"),
    ],
)
def test_whatever_else_is_in_disorder_fails_the_soak_and_is_said(found, counted, verified, said):
    told = result(found, counted, verified)
    assert told["figures"]["soak"]["met"] is False
    assert said in "".join(told["figures"]["soak"]["disorder"])
    assert f"DISORDER  {told['figures']['soak']['disorder'][0]}" in table(told)


def test_answers_are_held_to_the_entries_of_every_queue_from_where_it_began(tmp_path):
    place = FolderPlace(tmp_path / "audit")
    refused = Draft({"method": CHECK, "outcome": "OVER_QUOTA"})
    status = Draft({"method": "AdminService/GetStatus", "outcome": "OK"})
    record(place, DRAFT, DRAFT, writer="gw1-0")
    since = place.next_numbers()
    record(place, DRAFT, refused, status, writer="gw1-0")
    record(place, DRAFT, writer="gw1-1")

    whole = account(place, since, {CHECK: 2}, {})
    assert (whole.differs, whole.recorded) == ([], {CHECK: 2})
    assert whole.others == {f"{CHECK} OVER_QUOTA": 1, "AdminService/GetStatus OK": 1}
    assert account(place, since, {CHECK: 3}, {}).differs == [f"{CHECK}: 3 answered, 0 without answer, 2 on record"]
    assert account(place, {}, {CHECK: 2}, {}).differs == [f"{CHECK}: 2 answered, 0 without answer, 4 on record"]
    place.close()
