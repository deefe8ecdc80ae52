"""When an entry cannot be written, callers learn nothing and the process ends, and says so."""

from __future__ import annotations

import json
import resource
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from e2e.served import (
    BIDDING,
    CHECK,
    HRSS,
    SUBMIT,
    WRITER,
    award,
    gateway_in,
    held_up,
    new_party,
    outcome_of,
    today,
    wait_until_stored,
)
from jointsanctions.v1 import credit_pb2, registry_pb2

from formats.civil import parse_instant
from gateway.sample.records import complaint
from gateway.storage.audit_verify import flaw

pytestmark = pytest.mark.xdist_group("audit-stops")

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
ROOM = 60_000
"""Bytes that the queue's log may still grow by: a few entries."""


def limit_disk(gateway, room=ROOM):
    """Let no file of the server grow any more beyond a little: the kernel refuses with EFBIG."""
    log = gateway.place.state / "audit" / f"{WRITER}.sqlite-wal"
    size = log.stat().st_size + room
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (size, size))


def ask_until_refused(gateway):
    """Ask on a connection of its own until there is no answer; return the answers and the refusal."""
    answers = []
    with gateway.new_channel(BIDDING) as channel:
        while True:
            outcome = outcome_of(channel.unary_unary(CHECK, None, None), award(new_party().uscc).SerializeToString())
            if not outcome.ok:
                return answers, outcome
            answers.append(credit_pb2.CheckEligibilityResponse.FromString(outcome.answer))


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A gateway whose disk filled up while eight clients asked: what they were told, and its entries."""
    with gateway_in(tmp_path_factory.mktemp("full"), filled=False) as gateway:
        gateway.send(CHECK, award(new_party().uscc))
        limit_disk(gateway)
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(ask_until_refused, [gateway] * 8))
        gateway.process.wait(timeout=30)
        yield gateway, [answer for answers, _ in told for answer in answers], [refusal for _, refusal in told]


def test_the_process_ends_and_not_well(stopped):
    gateway, _, _ = stopped
    assert gateway.process.returncode == 1
    events = [json.loads(line) for line in gateway.log.splitlines()]
    assert [event["event"] for event in events if event["level"] == "critical"]
    assert [event["ended_well"] for event in events if event["event"] == "stopping"] == [False]


def test_callers_are_told_that_there_is_no_answer_and_nothing_else(stopped):
    _, _, refusals = stopped
    # What reaches a server after it has begun to stop is cancelled by gRPC itself.
    assert {refusal.code for refusal in refusals} <= {UNAVAILABLE, grpc.StatusCode.CANCELLED}
    explained = [refusal for refusal in refusals if refusal.infos]
    assert explained
    assert {(refusal.code, refusal.reason) for refusal in explained} == {(UNAVAILABLE, "AUDIT_UNAVAILABLE")}
    assert {refusal.answer for refusal in refusals} == {b""}
    assert not [refusal for refusal in explained if refusal.infos[0].metadata]


def test_whatever_was_answered_before_is_on_record(stopped):
    gateway, answers, _ = stopped
    entries = gateway.entries()
    assert answers
    assert [entry.number for entry in entries] == list(range(len(entries)))
    assert not [wrong for entry in entries if (wrong := flaw(entry))]
    for answer in answers:
        assert entries[answer.audit_position.number].leaf == answer.audit_position.leaf_hash


def test_with_room_again_it_goes_on_where_it_stopped_and_puts_on_record_that_it_had(stopped):
    gateway, _, _ = stopped
    before = gateway.next_number()
    last = gateway.entries()[-1].time
    with gateway_in(gateway.place.config.parent, filled=False) as again:
        assert again.send(CHECK, award(new_party().uscc)).ok
        first, second = [json.loads(entry.body) for entry in again.entries(before)]
        assert (first["method"], first["outcome"]) == ("AuditService", "STOPPED")
        assert last <= parse_instant(first["stopped"]["at"]) <= again.entries(before)[0].time
        assert first["stopped"]["cause"] == "OperationalError SQLITE_IOERR_WRITE"
        assert second["outcome"] == "OK"
    with gateway_in(gateway.place.config.parent, filled=False) as later:
        assert later.next_number() == before + 2, "it is on record once"


def test_facts_that_were_stored_but_could_not_be_recorded_are_refused_and_recorded_later(tmp_path):
    records = [complaint(new_party(), "unrecorded", today(), None)]
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id="unrecorded", feed="labour_inspection", officer="o", records=records, last=True
    )
    with gateway_in(tmp_path, filled=False) as gateway:
        gateway.send(CHECK, award(new_party().uscc))
        before = gateway.next_number()
        with held_up(gateway):
            stream = gateway.channel(HRSS).stream_unary(SUBMIT, None, None)
            call = stream.future(iter([chunk.SerializeToString()]))
            wait_until_stored(gateway, call, 1)
            limit_disk(gateway, room=0)
        refusal = outcome_of(lambda call, timeout: call.result(timeout=timeout), call)
        assert (refusal.code, refusal.reason) == (UNAVAILABLE, "AUDIT_UNAVAILABLE")
        assert gateway.process.wait(timeout=30) == 1

    with gateway_in(tmp_path, filled=False) as gateway:
        found = [json.loads(entry.body) for entry in gateway.entries(before)]
        assert [body["outcome"] for body in found] == ["STOPPED", "RECOVERED"]
        assert found[1]["request"]["id"] == "unrecorded"
        repeated = gateway.raw_stream(SUBMIT, [chunk.SerializeToString()], HRSS)
        answer = registry_pb2.SubmitRecordsResponse.FromString(repeated.answer)
        assert (answer.data_revision, answer.stored) == (1, 1)
