"""A part is measured once while command, machine and code are the same; a rate is a rate whatever is answered."""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import time
from dataclasses import asdict, replace

import pytest

from gateway.bench.all_parts import Measured, _kept, _told, code_digest, forget
from gateway.bench.goals import GOALS
from gateway.bench.parts import PARTS
from gateway.bench.rounds import _round

MACHINE = {"processor": "P", "cores": 2, "kernel": "6", "python": "3", "grpcio": "1", "load_average": 0.1}
FIGURES = {"F3": GOALS["F3"].judged(21.0)}
BEFORE = Measured("jsg bench batch", "2026-11-30T00:00:00+00:00", 9.0, MACHINE, FIGURES, "", possible=True, code="c0de")
BATCH, NODES = (next(part for part in PARTS if part.name == name) for name in ("batch", "nodes"))
FAULTS = next(part for part in PARTS if part.campaign)


@pytest.fixture
def kept(tmp_path):
    file = tmp_path / "batch.json"
    file.write_text(json.dumps(asdict(BEFORE)), encoding="utf-8")
    return file


def test_what_was_measured_is_taken_again_whatever_the_load(kept):
    assert _kept(kept, ["jsg", "bench", "batch"], MACHINE | {"load_average": 9}, "c0de") == BEFORE


@pytest.mark.parametrize(
    ("command", "machine", "code"),
    [
        (["jsg", "bench", "batch", "--pairs", "9"], MACHINE, "c0de"),
        (["jsg", "bench", "batch"], MACHINE | {"python": "4"}, "c0de"),
        (["jsg", "bench", "batch"], MACHINE, "other"),
    ],
)
def test_another_command_machine_or_code_is_measured_anew(kept, command, machine, code):
    assert _kept(kept, command, machine, code) is None
    assert _kept(kept.with_name("log.json"), ["jsg", "bench", "batch"], MACHINE, "c0de") is None


def test_what_is_kept_is_forgotten_once_there_is_nothing_left_to_go_on_with(kept):
    failed = replace(BEFORE, figures={}, fault="failed with 1")
    forget(kept.parent, {"batch": BEFORE, "log": failed})
    assert kept.exists()

    forget(kept.parent, {"batch": BEFORE, "nodes": replace(failed, possible=False)})
    assert not kept.exists()


def test_the_code_is_the_same_as_long_as_nothing_is_changed():
    assert code_digest() == code_digest()
    assert len(code_digest()) == 64


def done(stdout, code=0):
    return subprocess.CompletedProcess(["jsg"], code, stdout=stdout)


def test_a_part_that_misses_its_bar_is_measured_and_one_that_says_nothing_has_failed():
    assert _told(BATCH, done(json.dumps({"figures": FIGURES}), 1)) == (FIGURES, "")
    assert _told(BATCH, done("", 1)) == ({}, "failed with 1; what it said stands above")
    assert _told(BATCH, done(json.dumps({"figures": {}})))[1] == "did not measure F3"
    assert _told(BATCH, done(json.dumps({"figures": {}, "missing": ["no npm"]})))[1] == "no npm"


def test_the_campaigns_last_line_is_its_figure():
    figures = {"F10": GOALS["F10"].judged(1_100, answers=26_444)}

    assert _told(FAULTS, done("seed 7\n" + json.dumps({"figures": figures}) + "\n")) == (figures, "")
    assert _told(FAULTS, done("seed 7\n", 1))[0] == {}


def test_only_what_needs_a_database_is_given_its_address():
    assert NODES.words(quick=False, postgres="/url")[-2:] == ["--postgres", "/url"]
    assert "--postgres" not in BATCH.words(quick=False, postgres="/url")


def served_in(seconds):
    async def call(_question, timeout):  # noqa: ASYNC109 - as the callers call
        """Answer as a server does that needs its only processor for every answer."""
        await asyncio.sleep(0)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass
        return b"answer"

    return call


def asked_at(rate, seconds, in_flight, call):
    asked = {"seconds": seconds, "rate": rate, "from_due": True}
    return asyncio.run(_round([call], in_flight, itertools.cycle([b"question"]), asked))


def test_at_twice_the_rate_that_is_served_every_call_is_asked_and_waits_from_when_it_was_due():
    seen = asked_at(400, 0.4, 4, served_in(0.005))

    # For each of the four that ask, one that is due as the round ends may count as due before that: floats add up.
    assert 160 <= len(seen.latencies) <= 164
    assert seen.delivered < 100
    # The last is due as the round ends and is answered after all before it, some 0.4 s later.
    assert max(seen.latencies) > 0.3 * 1e6


def test_what_the_caller_itself_wakes_late_counts_from_when_the_call_was_due():
    """Two calls are due, 50 ms apart; the first has the only processor for 100 ms, and then the second."""
    seen = asked_at(20, 0.09, 2, served_in(0.1))

    assert len(seen.latencies) == 2
    assert max(seen.latencies) >= 140_000
    assert max(seen.late) >= 45_000
