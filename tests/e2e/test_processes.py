"""Several processes on one port, draining, and starts that must fail with words instead of half a server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from e2e.served import (
    AUDITOR,
    BIDDING,
    CHECK,
    HRSS,
    SUBMIT,
    award,
    body_of,
    gateway_in,
    held_up,
    new_party,
    outcome_of,
    prepared,
    today,
    wait_until_stored,
)
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2, registry_pb2

from gateway.sample.records import complaint
from gateway.storage.audit_verify import flaw
from gateway.storage.facts import SqlFactStore

pytestmark = pytest.mark.xdist_group("processes")
CONNECTIONS = 24
"""Of which the kernel gives each worker some: that one gets none has a chance of two in 2^24."""


def serve(place, *more):
    """Run a server that must not start; return its exit code and what it said."""
    command = [sys.executable, "-m", "gateway", "--config", str(place.config), "--state", str(place.state), "serve"]
    ended = subprocess.run([*command, *more], capture_output=True, text=True, timeout=60, check=False)
    return ended.returncode, ended.stderr


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("workers"), workers=2, filled=False) as gateway:
        yield gateway


def ask_on_a_new_connection(gateway, case_ref="c"):
    with gateway.new_channel(BIDDING) as channel:
        sent = award(new_party().uscc, case_ref=case_ref).SerializeToString()
        outcome = outcome_of(channel.unary_unary(CHECK, None, None), sent)
    assert outcome.ok, outcome.text()
    return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer).audit_position


def test_two_workers_answer_on_one_port_each_with_a_queue_of_its_own(two_workers):
    positions = [ask_on_a_new_connection(two_workers, "TWO") for _ in range(CONNECTIONS)]

    assert {position.writer for position in positions} == {"gw1-0", "gw1-1"}
    for writer in ("gw1-0", "gw1-1"):
        entries = two_workers.entries(writer=writer)
        assert [entry.number for entry in entries] == list(range(len(entries)))
        assert not [wrong for entry in entries if (wrong := flaw(entry))]
    for position in positions:
        assert two_workers.entry(position).leaf == position.leaf_hash
    search = audit_pb2.SearchAccessRequest(searched_by="a", case_ref="TWO", page_size=1000)
    found = two_workers.callers.as_caller(AUDITOR).search_access(search).entries
    assert len(found) == CONNECTIONS


def test_what_one_worker_stored_weighs_with_the_other(two_workers):
    party = new_party()
    record = complaint(party, party.uscc, today(), None)
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=party.uscc, feed="labour_inspection", officer="o", records=[record], last=True
    )
    revision = two_workers.callers.as_caller(HRSS).submit(iter([chunk])).data_revision
    seen = set()
    for _ in range(CONNECTIONS):
        with two_workers.new_channel(BIDDING) as channel:
            sent = award(party.uscc, at_least_as_fresh=revision).SerializeToString()
            answer = outcome_of(channel.unary_unary(CHECK, None, None), sent).answer
        response = credit_pb2.CheckEligibilityResponse.FromString(answer)
        assert response.basis.data_revision >= revision
        assert response.decision.enterprise.known
        seen.add(response.audit_position.writer)
    assert len(seen) == 2


def test_a_server_of_its_own_on_a_port_that_is_taken_does_not_start(two_workers, tmp_path):
    other = prepared(tmp_path, {})
    code, said = serve(other, "--listen", f"127.0.0.1:{two_workers.port}")
    assert code == 1
    assert said.splitlines()[-1].startswith(f"jsg: cannot listen on '127.0.0.1:{two_workers.port}'")
    assert "Traceback" not in said


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1:99999", "192.0.2.1:50443"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_address_that_cannot_be_had_is_named(tmp_path, listen, workers):
    code, said = serve(prepared(tmp_path, {}), "--listen", listen, "--workers", workers)
    assert code == 1
    assert f"cannot listen on '{listen}'" in said
    assert "Traceback" not in said


def test_the_same_writer_in_a_second_process_does_not_start_and_says_which(two_workers):
    code, said = serve(two_workers.place, "--listen", "127.0.0.1:0")
    assert code == 1
    assert "'gw1-0' is in use by another process" in said
    assert "Traceback" not in said
    assert ask_on_a_new_connection(two_workers)


def test_a_worker_that_dies_takes_the_others_with_it_and_the_supervisor_says_so(tmp_path):
    with gateway_in(tmp_path, workers=2, filled=False) as gateway:
        children = Path(f"/proc/{gateway.process.pid}/task/{gateway.process.pid}/children")
        worker, other = map(int, children.read_text(encoding="ascii").split())
        os.kill(worker, signal.SIGKILL)
        assert gateway.process.wait(timeout=30) == 1
        with pytest.raises(ProcessLookupError):
            os.kill(other, 0)


@pytest.mark.parametrize("workers", [1, 2])
def test_on_sigterm_calls_under_way_are_answered_and_the_exit_is_clean(tmp_path, workers):
    with gateway_in(tmp_path, workers=workers, filled=False) as gateway:
        before = gateway.next_number()
        party = new_party()
        chunk = registry_pb2.SubmitRecordsRequest(
            request_id=party.uscc,
            feed="labour_inspection",
            officer="o",
            records=[complaint(party, party.uscc, today(), None)],
            last=True,
        )
        with held_up(gateway):
            if workers == 1:
                asked = award(new_party().uscc).SerializeToString()
                check = gateway.channel(BIDDING).unary_unary(CHECK, None, None).future(asked)
                stream = gateway.channel(HRSS).stream_unary(SUBMIT, None, None)
                submit = stream.future(iter([chunk.SerializeToString()]))
                wait_until_stored(gateway, submit, 1)
            gateway.process.terminate()
        assert gateway.process.wait(timeout=30) == 0
        if workers == 1:
            assert check.result(timeout=1)
            assert submit.result(timeout=1)
            assert gateway.next_number() == before + 2
        assert not [line for line in gateway.log.splitlines() if '"level": "error"' in line]


def test_under_load_a_drain_loses_no_answer(tmp_path):
    """Whoever was not answered is told so by a status; whoever was is on record."""
    with gateway_in(tmp_path, filled=False) as gateway:

        def ask_until_gone(_):
            positions = []
            with gateway.new_channel(BIDDING) as channel:
                while True:
                    outcome = outcome_of(
                        channel.unary_unary(CHECK, None, None), award(new_party().uscc).SerializeToString()
                    )
                    if not outcome.ok:
                        return positions, outcome
                    answer = credit_pb2.CheckEligibilityResponse.FromString(outcome.answer)
                    positions.append(answer.audit_position)
                    if len(positions) == 10:
                        gateway.process.terminate()

        with ThreadPoolExecutor(6) as pool:
            told = list(pool.map(ask_until_gone, range(6)))
        assert gateway.process.wait(timeout=30) == 0
        entries = gateway.entries()
        positions = [position for mine, _ in told for position in mine]
        assert positions
        assert all(entries[position.number].leaf == position.leaf_hash for position in positions)
        # What reaches a server after it has begun to stop is cancelled by gRPC itself.
        assert {refusal.code for _, refusal in told} <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}


def test_a_submission_that_never_ends_does_not_hold_up_the_stop_and_is_on_record(tmp_path):
    ended = threading.Event()
    party = new_party()
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id="endless",
        feed="labour_inspection",
        officer="o",
        records=[complaint(party, party.uscc, today(), None)],
    )

    def chunks():
        yield chunk.SerializeToString()
        ended.wait(60)

    with gateway_in(tmp_path, filled=False, changes={"drain_seconds = 10": "drain_seconds = 1"}) as gateway:
        call = gateway.channel(HRSS).stream_unary(SUBMIT, None, None).future(chunks())
        wait_until_stored(gateway, call, 1)
        gateway.process.terminate()
        assert gateway.process.wait(timeout=20) == 0
        ended.set()
        assert call.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
        (body,) = [body_of(entry) for entry in gateway.entries(1)]  # the first is of the mandates
        assert (body["request"]["id"], body["revisions"]) == ("endless", [1, 1])
        assert body["outcome"] == "SUBMISSION_INCOMPLETE"
        assert SqlFactStore(gateway._engine).unrecorded("gw1-0") == []


def test_after_a_restart_numbers_and_facts_go_on_where_they_were(tmp_path):
    with gateway_in(tmp_path) as gateway:
        listed = gateway.city.example("listed").uscc
        last = gateway.callers.as_caller(BIDDING).check(award(listed)).audit_position.number
    with gateway_in(tmp_path, filled=False) as gateway:
        answer = gateway.callers.as_caller(BIDDING).check(award(listed))
        assert answer.audit_position.number == last + 1
        assert answer.decision.verdict == common_pb2.VERDICT_RESTRICTED
        assert "RECOVERED" not in [body_of(entry)["outcome"] for entry in gateway.entries()]


# What is wrong with the configuration or the state, and the words that must be said.
SPOILT = {
    "an unknown key": (lambda place: edit(place, 'node = "gw1"', 'node = "gw1"\ncolour = "red"'), "colour"),
    "an unknown profile": (lambda place: edit(place, 'profile = "shiyan"', 'profile = "lenient"'), "lenient"),
    "a feed that nobody configured": (lambda place: edit(place, 'name = "wage_list"', 'name = "wages"'), "wage_list"),
    "no certificate": (lambda place: (place.state / "pki" / "server.pem").unlink(), "server.pem"),
    "another's key": (
        lambda place: (place.state / "pki" / "server.key").write_bytes(
            (place.state / "pki" / "clients" / f"{BIDDING}.key").read_bytes()
        ),
        "key",
    ),
    "no tables": (lambda place: (place.state / "facts.sqlite").unlink(), "jsg db upgrade"),
}


def edit(place, old, new):
    file = place.config / "gateway.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_wrong_stops_the_start_with_words(tmp_path, what):
    spoil, word = SPOILT[what]
    place = prepared(tmp_path, {})
    spoil(place)
    code, said = serve(place)
    assert code == 1
    assert word in said
    assert "Traceback" not in said


def test_the_log_is_json_lines(two_workers):
    lines = [line for line in two_workers.log.splitlines() if line]
    assert {"serving"} <= {json.loads(line)["event"] for line in lines}
