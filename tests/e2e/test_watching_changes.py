"""Following every change over mutual TLS: no gap, each delivery on record first, cut when the caller may no longer."""

from __future__ import annotations

import time
from contextlib import contextmanager

import grpc
import pytest
from cryptography.x509 import load_pem_x509_certificate
from e2e.served import BIDDING, HRSS, REGISTRAR, SUBMIT, body_of, gateway_in, new_party, outcome_of, today
from jointsanctions.v1 import changes_pb2, listing_pb2
from jointsanctions.v1 import registry_pb2 as pb

from gateway.sample.records import profile

pytestmark = pytest.mark.xdist_group("served")
CONNECTOR = "credit-platform.connector"
WATCH = "/jointsanctions.v1.RegistryService/WatchChanges"


def wanted(after, officer="o"):
    return changes_pb2.WatchChangesRequest(after_revision=after, officer=officer).SerializeToString()


@contextmanager
def watching(channel, after):
    """Give an iterator of the messages after a revision; the stream is cancelled at the end."""
    call = channel.unary_stream(WATCH, None, changes_pb2.WatchChangesResponse.FromString)(wanted(after), timeout=60)
    try:
        yield call
    finally:
        call.cancel()


@contextmanager
def raw_watching(channel, after):
    """Give an iterator of the messages' bytes."""
    call = channel.unary_stream(WATCH, None, None)(wanted(after), timeout=60)
    try:
        yield call
    finally:
        call.cancel()


def revisions(messages, upto):
    """Take messages until all of *upto* came, and return the revisions told, large ones of several parts once."""
    found, parts = [], 0
    for message in messages:
        if message.WhichOneof("event") == "changes":
            parts += 1
            assert message.changes.part == parts
            if message.changes.last_part:
                found.append(message.changes.revision)
                parts = 0
                if found[-1] >= upto:
                    return found
    raise AssertionError("the stream ended")


def submit_one(served):
    """Submit one new enterprise, and return its code and the revision that holds it."""
    party = new_party()
    record = profile(party, today())
    record.row = 1
    chunk = pb.SubmitRecordsRequest(
        request_id=party.uscc, feed="market_regulation", officer="o", records=[record], last=True
    )
    outcome = served.raw_stream(SUBMIT, [chunk.SerializeToString()], REGISTRAR)
    return party.uscc, pb.SubmitRecordsResponse.FromString(outcome.answer).data_revision


def refused(served, who, request):
    """Return (status, reason, field) of a stream that gives nothing, and the body of its one entry."""
    before = served.next_number()
    outcome = outcome_of(
        lambda sent, timeout: list(served.channel(who).unary_stream(WATCH)(sent, timeout=timeout)), request
    )
    # Streams of earlier tests may still be found to have been left.
    (body,) = [body for body in map(body_of, served.entries(before)) if body["outcome"] != "CANCELLED"]
    return (outcome.code, outcome.reason, outcome.field), body


def test_everything_from_the_beginning_comes_in_order_without_a_gap(served):
    _, newest = submit_one(served)
    with watching(served.channel(CONNECTOR), 0) as messages:
        first = next(messages)
        assert first.WhichOneof("event") == "heartbeat"
        assert revisions(messages, newest) == list(range(1, newest + 1))


def test_a_stream_that_is_opened_again_goes_on_after_the_last_revision(served):
    _, before = submit_one(served)
    uscc, newest = submit_one(served)
    with watching(served.channel(HRSS), before) as messages:
        next(messages)
        message = next(messages)

    assert message.changes.revision == before + 1
    assert [change.uscc for change in message.changes.changes] == [uscc] * (newest == before + 1)


def test_what_comes_while_the_stream_is_open_is_told_at_once_and_is_on_record_before_it(served):
    _, before = submit_one(served)
    with watching(served.channel(CONNECTOR), before) as messages:
        opened = next(messages)
        uscc, newest = submit_one(served)
        message = next(m for m in messages if m.WhichOneof("event") == "changes")

    (change,) = message.changes.changes
    assert (change.uscc, change.kind, change.what) == (uscc, "enterprise", changes_pb2.CHANGE_KIND_ADDED)
    assert message.changes.feed == "market_regulation"
    opening, delivery = body_of(served.entry(opened.audit_position)), body_of(served.entry(message.audit_position))
    assert (opening["after_revision"], opening["outcome"]) == (before, "OK")
    assert (delivery["delivered_revision"], delivery["delivered_records"], delivery["officer"]) == (newest, 1, "o")
    assert delivery["caller"]["agency"] == "credit-platform"


def test_a_change_carries_what_the_record_says_and_no_person(served):
    party = new_party()
    representative = listing_pb2.PersonRef(name="示例丙", document_type="PASSPORT", document_number="E7654321")
    record = profile(party, today(), representative=representative)
    record.row = 1
    chunk = pb.SubmitRecordsRequest(
        request_id=party.uscc, feed="market_regulation", officer="o", records=[record], last=True
    )
    outcome = served.raw_stream(SUBMIT, [chunk.SerializeToString()], REGISTRAR)
    newest = pb.SubmitRecordsResponse.FromString(outcome.answer).data_revision
    with watching(served.channel(CONNECTOR), newest - 1) as messages:
        message = next(m for m in messages if m.WhichOneof("event") == "changes")
    (change,) = message.changes.changes
    record.ClearField("row")
    record.ClearField("source_key")
    record.ClearField("name")
    record.enterprise.ClearField("legal_representative")

    assert change.record == record
    assert change.persons == 1
    for secret in ("示例丙", "E7654321"):
        assert secret.encode() not in message.SerializeToString()


def test_a_revision_too_large_for_a_message_comes_in_parts_and_each_is_on_record(served):
    """Gate: whoever keeps to gRPC's 4 MiB receives every revision that can be submitted."""
    party = new_party()
    records = [penalty_of(party, number) for number in range(1_000)]
    chunk = pb.SubmitRecordsRequest(
        request_id=party.uscc, feed="penalties", officer="o", records=records, last=True
    ).SerializeToString()
    outcome = served.raw_stream(SUBMIT, [chunk], "credit-platform.producer")
    newest = pb.SubmitRecordsResponse.FromString(outcome.answer).data_revision
    parts = []
    with raw_watching(served.channel(CONNECTOR), newest - 1) as messages:
        for raw in messages:
            assert len(raw) < 4 * 1024 * 1024
            message = changes_pb2.WatchChangesResponse.FromString(raw)
            if message.WhichOneof("event") == "changes":
                parts.append(message)
                if message.changes.last_part:
                    break
    bodies = [body_of(served.entry(message.audit_position)) for message in parts]

    assert 3.5 * 1024 * 1024 < len(chunk) < 4 * 1024 * 1024
    assert len(parts) > 1
    assert sum(len(message.changes.changes) for message in parts) == 1_000
    assert [body["delivered_part"] for body in bodies] == [message.changes.part for message in parts]
    assert sum(body["delivered_records"] for body in bodies) == 1_000
    assert {body["delivered_revision"] for body in bodies} == {newest}


def penalty_of(party, number):
    record = party.record(f"{party.uscc}/{number}", "示例市人力资源和社会保障局")
    record.row = number + 1
    record.penalty.decided_on = today().isoformat()
    record.penalty.penalty_class = "罚款"
    record.penalty.content = "示例处罚内容" * 200
    return record


def test_nobody_without_the_mandate_follows_and_the_attempt_is_on_record(served):
    told, body = refused(served, REGISTRAR, wanted(0))
    assert told == (grpc.StatusCode.PERMISSION_DENIED, "FIELD_NOT_IN_MANDATE", "after_revision")
    assert body["outcome"] == "FIELD_NOT_IN_MANDATE"
    told, _ = refused(served, BIDDING, wanted(0))
    assert told[:2] == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_PERMITTED")


@pytest.mark.parametrize(
    ("request_sent", "field"),
    [(wanted(-1), "after_revision"), (wanted(2**40), "after_revision"), (wanted(0, ""), "officer"), (b"\xff", "")],
)
def test_a_malformed_opening_is_refused_naming_its_field(served, request_sent, field):
    (code, reason, named), _ = refused(served, CONNECTOR, request_sent)
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST")
    assert named.startswith(field)


def test_while_nothing_changes_the_stream_says_that_it_is_alive_and_records_nothing(tmp_path):
    with gateway_in(tmp_path, filled=False, changes={"heartbeat_seconds = 5 ": "heartbeat_seconds = 0.1 "}) as gateway:
        gateway.credentials(CONNECTOR)
        before = gateway.next_number()
        with watching(gateway.channel(CONNECTOR), 0) as messages:
            beats = [next(messages) for _ in range(4)]
            assert [beat.heartbeat.revision for beat in beats] == [0] * 4
            assert [beat.HasField("audit_position") for beat in beats] == [True, False, False, False]
            assert gateway.next_number() == before + 1


def test_a_revoked_follower_is_cut_within_a_second_of_the_revocation(tmp_path):
    with gateway_in(tmp_path, filled=False, changes={"heartbeat_seconds = 5 ": "heartbeat_seconds = 0.1 "}) as gateway:
        gateway.credentials(CONNECTOR)
        pki = gateway.place.state / "pki"
        certificate = load_pem_x509_certificate((pki / "clients" / f"{CONNECTOR}.pem").read_bytes())
        with watching(gateway.channel(CONNECTOR), 0) as messages:
            next(messages)
            with (pki / "revoked.txt").open("a", encoding="utf-8") as revoked:
                revoked.write(f"{certificate.serial_number:X}\n")
            since = time.monotonic()
            with pytest.raises(grpc.RpcError) as caught:
                list(messages)
            assert time.monotonic() - since < 2.0
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert body_of(gateway.entries()[-1])["outcome"] == "CERTIFICATE_REJECTED"


def test_a_server_that_stops_ends_the_stream_in_good_order_and_does_not_wait_for_it(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        gateway.credentials(CONNECTOR)
        with watching(gateway.channel(CONNECTOR), 0) as messages:
            next(messages)
            since = time.monotonic()
            gateway.process.terminate()
            assert list(messages) == []
            assert messages.code() is grpc.StatusCode.OK
            assert gateway.process.wait(timeout=20) == 0
            assert time.monotonic() - since < 5.0


def test_a_follower_that_leaves_is_on_record(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        gateway.credentials(CONNECTOR)
        before = gateway.next_number()
        with watching(gateway.channel(CONNECTOR), 0) as messages:
            next(messages)
        deadline = time.monotonic() + 10
        while gateway.next_number() < before + 2 and time.monotonic() < deadline:
            gateway.channel(HRSS)
        assert body_of(gateway.entries()[-1])["outcome"] == "CANCELLED"
