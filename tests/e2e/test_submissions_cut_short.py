"""A submission is whole when its caller says so: one that was cut off is never on record as if it had ended."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import grpc
import pytest
from e2e.served import HRSS, SUBMIT, award_known, body_of, new_party, today
from jointsanctions.v1 import credit_pb2, registry_pb2

from gateway.sample.records import complaint
from gateway.storage.facts import SqlFactStore

pytestmark = pytest.mark.xdist_group("served")
INCOMPLETE = "SUBMISSION_INCOMPLETE"
ROWS = 20

# Sends one chunk from a file and then neither another nor the end.
CLIENT = """
import pathlib, sys, threading
import grpc

target, authorities, key, certificate, path, chunk = sys.argv[1:]
read = lambda name: pathlib.Path(name).read_bytes()
credentials = grpc.ssl_channel_credentials(read(authorities), read(key), read(certificate))
channel = grpc.secure_channel(target, credentials, [("grpc.ssl_target_name_override", "localhost")])

def chunks():
    yield read(chunk)
    threading.Event().wait()

channel.stream_unary(path, None, None)(chunks())
"""


class Submission:
    """One submission of complaints about a new party, in chunks of 20."""

    def __init__(self, chunks=3):
        self.party = new_party()
        self.id = self.party.uscc
        records = [complaint(self.party, f"{self.id}-{row}", today(), None) for row in range(ROWS * chunks)]
        parts = [records[start : start + ROWS] for start in range(0, len(records), ROWS)]
        self.chunks = [self.chunk(part, last=part is parts[-1]) for part in parts]

    def chunk(self, records=(), *, last=False):
        return registry_pb2.SubmitRecordsRequest(
            request_id=self.id, feed="labour_inspection", records=records, officer="o", last=last
        ).SerializeToString()

    def known(self, served):
        """Return how many facts the server knows of the party."""
        request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o")
        request.enterprise.uscc = self.id
        return len(served.callers.as_caller(HRSS).credit_record(request).facts)

    def entry(self, served, before):
        """Return the first entry of the submission, as soon as it is there and the store knows that it is."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            mine = [entry for entry in served.entries(before) if body_of(entry)["request"].get("id") == self.id]
            if mine and not SqlFactStore(served._engine).unrecorded(mine[0].writer):
                return mine[0]
        raise AssertionError("a submission that was cut short is not on record")


def answer_of(outcome):
    assert outcome.ok, outcome.text()
    return registry_pb2.SubmitRecordsResponse.FromString(outcome.answer)


def assert_recorded_as_incomplete(served, entry, chunks):
    body = body_of(entry)
    assert body["outcome"] == INCOMPLETE
    assert body["rows"] == {"stored": ROWS * chunks, "unchanged": 0, "held": 0, "rejected": 0}
    assert body["revisions"][1] - body["revisions"][0] == chunks - 1
    assert not SqlFactStore(served._engine).unrecorded(entry.writer)


def assert_completed(served, submission, chunks=3):
    """The same sent again, whole, is taken and on record as such."""
    answer = answer_of(served.raw_stream(SUBMIT, submission.chunks))
    body = body_of(served.entry(answer.audit_position))
    award_known(served, answer.data_revision)

    assert (answer.stored, answer.unchanged) == (ROWS * chunks, 0)
    assert (body["outcome"], body["rows"]["stored"]) == ("OK", ROWS * chunks)
    assert submission.known(served) == ROWS * chunks
    assert not SqlFactStore(served._engine).unrecorded(answer.audit_position.writer)


def test_a_stream_cut_between_two_messages_is_recorded_as_incomplete_and_can_be_completed(served):
    submission, before = Submission(), served.next_number()

    cut = threading.Event()

    def chunks():
        yield from submission.chunks[:2]
        cut.wait(30)

    call = served.channel(HRSS).stream_unary(SUBMIT, None, None).future(chunks())
    while submission.known(served) < 2 * ROWS:
        assert not call.done()
    call.cancel()
    cut.set()

    assert_recorded_as_incomplete(served, submission.entry(served, before), chunks=2)
    assert submission.known(served) == 2 * ROWS
    assert_completed(served, submission)


def test_a_submission_whose_client_was_killed_is_recorded_as_incomplete_and_can_be_completed(served, tmp_path):
    submission, before = Submission(), served.next_number()
    pki = served.place.state / "pki"
    (tmp_path / "chunk").write_bytes(submission.chunks[0])
    files = [pki / "ca-bundle.pem", pki / "clients" / f"{HRSS}.key", pki / "clients" / f"{HRSS}.pem"]
    words = [f"127.0.0.1:{served.port}", *map(str, files), SUBMIT, str(tmp_path / "chunk")]
    with subprocess.Popen([sys.executable, "-c", CLIENT, *words]) as client:
        while submission.known(served) < ROWS:
            assert client.poll() is None
        client.kill()

    assert_recorded_as_incomplete(served, submission.entry(served, before), chunks=1)
    assert_completed(served, submission)


def test_a_stream_whose_deadline_passes_is_recorded_as_incomplete(served):
    submission, before = Submission(), served.next_number()
    passed = threading.Event()

    def chunks():
        yield submission.chunks[0]
        passed.wait(30)

    call = served.channel(HRSS).stream_unary(SUBMIT, None, None).future(chunks(), timeout=2)

    assert call.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    passed.set()
    assert_recorded_as_incomplete(served, submission.entry(served, before), chunks=1)


@pytest.mark.parametrize("chunks", [1, 2])
def test_a_stream_that_ends_without_its_last_chunk_is_refused_and_what_was_stored_stands(served, chunks):
    submission, before = Submission(), served.next_number()
    outcome = served.raw_stream(SUBMIT, submission.chunks[:chunks])
    (info,) = outcome.infos
    (entry,) = served.entries(before)
    award_known(served, body_of(entry)["revisions"][1])

    assert (outcome.code, outcome.reason) == (grpc.StatusCode.FAILED_PRECONDITION, INCOMPLETE)
    assert dict(info.metadata) == {"request_id": submission.id, "chunks": str(chunks)}
    assert_recorded_as_incomplete(served, entry, chunks)
    assert submission.known(served) == ROWS * chunks
    assert_completed(served, submission)


def test_a_stream_without_any_message_is_incomplete(served):
    before = served.next_number()
    outcome = served.raw_stream(SUBMIT, [])
    (info,) = outcome.infos
    (entry,) = served.entries(before)

    assert (outcome.reason, dict(info.metadata)) == (INCOMPLETE, {"chunks": "0"})
    assert body_of(entry)["outcome"] == INCOMPLETE
    assert "revisions" not in body_of(entry)


def test_the_last_chunk_may_hold_no_record_and_completes_what_forgot_to_say_so(served):
    submission = Submission(chunks=2)
    forgotten = submission.chunks = [submission.chunks[0]]
    assert served.raw_stream(SUBMIT, forgotten).reason == INCOMPLETE
    submission.chunks = [*forgotten, submission.chunk(last=True)]

    assert_completed(served, submission, chunks=1)
    assert_completed(served, submission, chunks=1)


def test_a_submission_of_nothing_is_complete(served):
    answer = answer_of(served.raw_stream(SUBMIT, [Submission().chunk(last=True)]))

    assert (answer.stored, answer.unchanged, answer.held, answer.rejected) == (0, 0, 0, 0)
    assert answer.data_revision > 0


@pytest.mark.parametrize("late", [{"records": [complaint(new_party(), "late", today(), None)]}, {"last": True}])
def test_nothing_may_follow_the_last_chunk(served, late):
    submission, before = Submission(), served.next_number()
    outcome = served.raw_stream(SUBMIT, [*submission.chunks, submission.chunk(**late)])
    (entry,) = served.entries(before)
    body = body_of(entry)

    assert (outcome.code, outcome.field) == (grpc.StatusCode.INVALID_ARGUMENT, "last")
    assert (body["outcome"], body["field"], body["rows"]["stored"]) == ("MALFORMED_REQUEST", "last", 3 * ROWS)
    assert_completed(served, submission)


def test_a_complete_submission_is_neither_shortened_nor_continued_under_its_id(served):
    submission = Submission()
    assert_completed(served, submission)
    first, second, third = submission.chunks
    going_on = registry_pb2.SubmitRecordsRequest.FromString(third)
    going_on.last = False

    for other in (
        [first, submission.chunk(last=True)],
        [first, second, going_on.SerializeToString(), submission.chunk(last=True)],
    ):
        assert served.raw_stream(SUBMIT, other).reason == "REQUEST_ID_REUSED"
    assert_completed(served, submission)
