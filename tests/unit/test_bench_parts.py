"""The parts of the benchmark that need no server: its questions, its register, its processes and its profile."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import date

import pytest
from jointsanctions.v1 import credit_pb2, registry_pb2

from gateway.bench.processes import BenchError, cpu_seconds, family, heard, resident_mib, running, say, serving_port
from gateway.bench.questions import make_questions, read_questions, write_questions
from gateway.bench.register import CHUNK_ROWS, fill_register
from gateway.bench.sampling import LOOP, heaviest, read_stacks
from gateway.sample.load import make_load

TODAY = date(2026, 7, 1)


def test_questions_are_repeatable_and_come_back_from_their_file(tmp_path):
    questions = make_questions(7, 50, count=300)
    write_questions(tmp_path / "questions", questions)

    assert read_questions(tmp_path / "questions") == questions == make_questions(7, 50, count=300)


def test_questions_are_about_enterprises_of_the_register_and_nearly_all_of_them():
    registered = {record.uscc for _, record in make_load(7, TODAY, 50)}
    asked = {
        credit_pb2.CheckEligibilityRequest.FromString(raw).enterprise.uscc for raw in make_questions(7, 50, count=300)
    }

    assert asked <= registered
    assert len(asked) >= 45


def submitted(enterprises, **answered):
    streams = []

    def submit(feed, chunks):
        taken = list(chunks)
        streams.append((feed, taken))
        rows = sum(len(chunk.records) for chunk in taken)
        return registry_pb2.SubmitRecordsResponse(**{"stored": rows, **answered})

    told = []
    filled = fill_register(7, TODAY, enterprises, submit, lambda rows, _: told.append(rows))
    return filled, streams, told


def test_a_register_is_submitted_whole_feed_by_feed_in_numbered_rows():
    filled, streams, told = submitted(1_500)
    expected = list(make_load(7, TODAY, 1_500))

    assert filled.records == len(expected) == told[-1]
    assert [feed for feed, _ in streams] == list(dict.fromkeys(feed for feed, _ in expected))
    for feed, chunks in streams:
        records = [record for chunk in chunks for record in chunk.records]
        assert [record.source_key for record in records] == [r.source_key for f, r in expected if f == feed]
        assert [record.row for record in records] == list(range(1, len(records) + 1))
        assert {len(chunk.records) for chunk in chunks[:-2]} <= {CHUNK_ROWS}
        assert [chunk.last for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
        assert len({(chunk.request_id, chunk.feed) for chunk in chunks}) == 1
    assert len({chunks[0].request_id for _, chunks in streams}) == len(streams)


@pytest.mark.parametrize("answered", [{"stored": 1}, {"rejected": 1, "rows": [{"field": "uscc"}]}])
def test_a_register_that_was_not_stored_whole_is_not_measured(answered):
    with pytest.raises(BenchError, match=r"stored"):
        submitted(10, **answered)


def test_cpu_is_that_of_the_process_and_its_children(tmp_path):
    log = tmp_path / "log"
    with running(["gateway.bench.echo"], log, {}) as process:
        process.wait(timeout=30)
        with pytest.raises(BenchError, match="did not serve"):
            serving_port(process, log)
        with pytest.raises(BenchError, match="ended early"):
            heard(process, log)
        with pytest.raises(BenchError, match="ended early"):
            say(process, {"seconds": 1})
    before = cpu_seconds([os.getpid()])
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass

    assert 0.05 <= cpu_seconds([os.getpid()]) - before <= 1.0
    assert family([os.getpid()])[0] == os.getpid()
    assert os.getpid() in family([os.getppid()])
    assert resident_mib([os.getpid()]) > 10


def test_the_profile_shows_what_ran_in_the_loop_and_what_it_called():
    stacks = read_stacks(
        [
            f"main;{LOOP};serve;decide 3",
            f"main;{LOOP};serve;decide;decide 1",
            f"main;{LOOP};serve 2",
            f"main;{LOOP} 2",
            "main;load 90",
        ]
    )

    assert stacks == Counter(
        {
            ("main", "load"): 90,
            ("main", LOOP, "serve", "decide"): 3,
            ("main", LOOP, "serve", "decide", "decide"): 1,
            ("main", LOOP, "serve"): 2,
            ("main", LOOP): 2,
        }
    )
    assert heaviest(stacks, 3) == [(LOOP, 0.25, 1.0), ("serve", 0.25, 0.75), ("decide", 0.5, 0.5)]
