"""A submission has two commits, facts and entry: what a kill between them leaves is recorded at the next start."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import date

import grpc
from e2e.served import (
    BIDDING,
    CHECK,
    HRSS,
    REGISTRAR,
    SUBMIT,
    WRITER,
    award,
    gateway_in,
    held_up,
    new_party,
    stored,
    today,
    wait_until_stored,
)
from jointsanctions.v1 import ending_pb2, listing_pb2, registry_pb2

from gateway.sample.records import act, complaint, listing, profile
from gateway.storage.audit_verify import flaw
from gateway.storage.endings import SqlEndingStore
from gateway.storage.facts import SqlFactStore

ACKNOWLEDGE = "/jointsanctions.v1.CreditService/AcknowledgeEnding"
ENDINGS = "/jointsanctions.v1.CreditService/ListEndings"
PROPOSE = "/jointsanctions.v1.RegistryService/ProposeListing"


def submission(request_id="between"):
    records = [complaint(new_party(), f"between-{row}", today(), None) for row in range(3)]
    return registry_pb2.SubmitRecordsRequest(
        request_id=request_id, feed="labour_inspection", officer="o", records=records, last=True
    )


def test_facts_whose_entry_the_kill_prevented_are_recorded_at_the_next_start(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        before = gateway.next_number()
        with held_up(gateway):
            stream = gateway.channel(HRSS).stream_unary(SUBMIT, None, None)
            call = stream.future(iter([submission().SerializeToString()]))
            wait_until_stored(gateway, call, 3)
            gateway.process.kill()
            assert call.code() is grpc.StatusCode.UNAVAILABLE
        assert gateway.next_number() == before
        assert [found[0] for found in SqlFactStore(gateway._engine).unrecorded(WRITER)] == ["between"]

    with gateway_in(tmp_path, filled=False) as gateway:
        (recovered,) = gateway.entries(before)
        body = json.loads(recovered.body)
        assert (body["outcome"], body["request"]["id"], body["revisions"]) == ("RECOVERED", "between", [1, 1])
        assert flaw(recovered) == ""
        assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []

        again = gateway.raw_stream(SUBMIT, [submission().SerializeToString()])
        assert (again.code, again.reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
        assert stored(gateway) == 3

    with gateway_in(tmp_path, filled=False) as gateway:
        outcomes = [json.loads(entry.body)["outcome"] for entry in gateway.entries(before)]
        assert outcomes == ["RECOVERED", "REQUEST_ID_REUSED"]


def test_a_kill_in_the_middle_of_a_submission_is_recorded_and_the_submission_can_be_completed(tmp_path):
    chunks = [submission("middle") for _ in range(3)]
    for chunk in chunks[:2]:
        chunk.last = False
    sent = [chunk.SerializeToString() for chunk in chunks]
    killed = threading.Event()

    def until_killed():
        yield from sent[:2]
        killed.wait(60)

    with gateway_in(tmp_path, filled=False) as gateway:
        before = gateway.next_number()
        call = gateway.channel(HRSS).stream_unary(SUBMIT, None, None).future(until_killed())
        wait_until_stored(gateway, call, 6)
        gateway.process.kill()
        assert call.code() is grpc.StatusCode.UNAVAILABLE
        killed.set()

    with gateway_in(tmp_path, filled=False) as gateway:
        assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []
        again = gateway.raw_stream(SUBMIT, sent[:1])
        whole = gateway.raw_stream(SUBMIT, sent)
        assert (again.reason, whole.ok) == ("SUBMISSION_INCOMPLETE", True)
        found = [json.loads(entry.body) for entry in gateway.entries(before)]
        assert [(body["outcome"], body["revisions"]) for body in found] == [
            ("RECOVERED", [1, 2]),
            ("SUBMISSION_INCOMPLETE", [1, 1]),
            ("OK", [1, 3]),
        ]
        assert stored(gateway) == 9
        assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []


def order(request_id="step"):
    step = {"request_id": request_id, "listing_id": "L", "officer": "o", "authority": "示例市人力资源和社会保障局"}
    return listing_pb2.ProposeListingRequest(
        step=listing_pb2.ListingStep(document_number="责令1号", on="2026-01-05", **step),
        uscc=new_party().uscc,
        order_due_on="2026-01-20",
    )


def test_a_step_of_a_listing_whose_entry_the_kill_prevented_is_recorded_at_the_next_start(tmp_path):
    sent = order().SerializeToString()
    with gateway_in(tmp_path, filled=False) as gateway:
        before = gateway.next_number()
        with held_up(gateway):
            call = gateway.channel(HRSS).unary_unary(PROPOSE, None, None).future(sent)
            while SqlFactStore(gateway._engine).held_listing("L")[1] is None:
                assert not call.done()
            gateway.process.kill()
            assert call.code() is grpc.StatusCode.UNAVAILABLE
    with gateway_in(tmp_path, filled=False) as gateway:
        (recovered,) = gateway.entries(before)
        body = json.loads(recovered.body)
        assert (body["outcome"], body["request"]["id"], body["revisions"]) == ("RECOVERED", "step", [1, 1])
        again = gateway.raw(PROPOSE, sent, HRSS)
        assert again.ok, "the same step sent again is the same step"
        assert listing_pb2.ProposeListingResponse.FromString(again.answer).data_revision == 1


def test_an_acknowledgement_whose_entry_the_kill_prevented_is_recorded_at_the_next_start(tmp_path):
    """The end itself is nowhere stored: it follows from the acts, whenever the process stops."""
    party = new_party()
    acts = [profile(party, date(2020, 1, 1)), *listing(party, "L", date(2026, 1, 5))]
    with gateway_in(tmp_path, filled=False) as gateway:
        taken(gateway, "market_regulation", acts[:1], REGISTRAR)
        revision = taken(gateway, "wage_list", acts[1:])
        told = award(party.uscc)
        told.question.at_least_as_fresh = revision
        assert gateway.send(CHECK, told).ok
        taken(gateway, "wage_list", [act(party, "L", listing_pb2.LISTING_ACT_KIND_REPAIR, date(2026, 3, 2))])
        (ending,) = told_endings(gateway)
        before = gateway.next_number()
        request = ending_pb2.AcknowledgeEndingRequest(request_id="ack", ending_id=ending.ending_id, officer="o")
        store = SqlEndingStore(gateway._engine)
        with held_up(gateway):
            channel = gateway.channel(BIDDING)
            call = channel.unary_unary(ACKNOWLEDGE, None, None).future(request.SerializeToString())
            while not store.acknowledged(""):
                assert not call.done()
            gateway.process.kill()
            assert call.code() is grpc.StatusCode.UNAVAILABLE
    with gateway_in(tmp_path, filled=False) as gateway:
        (recovered,) = gateway.entries(before)
        body = json.loads(recovered.body)
        assert (body["outcome"], body["request"]["id"]) == ("RECOVERED", "ack")
        assert told_endings(gateway)[0].HasField("acknowledged_at")
        assert gateway.send(ACKNOWLEDGE, request).ok
        assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []


def taken(gateway, feed, records, who=HRSS):
    """Submit records, and return the revision that holds them."""
    for row, record in enumerate(records, 1):
        record.row = row
    request_id = f"{feed}-{gateway.next_number()}"
    chunk = registry_pb2.SubmitRecordsRequest(request_id=request_id, feed=feed, officer="o", records=records, last=True)
    answer = registry_pb2.SubmitRecordsResponse.FromString(
        gateway.raw_stream(SUBMIT, [chunk.SerializeToString()], who).answer
    )
    assert answer.stored == len(records), answer
    return answer.data_revision


def told_endings(gateway):
    answer = gateway.send(ENDINGS, ending_pb2.ListEndingsRequest(officer="o")).answer
    return ending_pb2.ListEndingsResponse.FromString(answer).endings


def test_nothing_is_answered_while_no_entry_can_be_committed(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        channel = gateway.channel(BIDDING)
        sent = award(new_party().uscc).SerializeToString()
        with held_up(gateway):
            calls = [channel.unary_unary(CHECK, None, None).future(sent) for _ in range(20)]
            stream = gateway.channel(HRSS).stream_unary(SUBMIT, None, None)
            late = stream.future(iter([submission().SerializeToString()]))
            wait_until_stored(gateway, late, 3)
            assert not [call for call in calls if call.done()]
            asked = gateway.next_number()
        answers = [call.result(timeout=40) for call in calls]
        assert late.result(timeout=40)

        assert len(answers) == 20
        entries = gateway.entries(asked)
        assert len(entries) == 21
        digests = [json.loads(entry.body)["request"].get("sha256") for entry in entries]
        assert digests.count(hashlib.sha256(sent).hexdigest()) == 20


def test_a_submission_whose_caller_goes_away_is_recorded_with_what_it_stored(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        before = gateway.next_number()
        with held_up(gateway):
            stream = gateway.channel(HRSS).stream_unary(SUBMIT, None, None)
            call = stream.future(iter([submission().SerializeToString()]))
            wait_until_stored(gateway, call, 3)
            call.cancel()
        # The next answer comes after whatever was waiting before it.
        gateway.send(CHECK, award(new_party().uscc))
        found = [json.loads(entry.body) for entry in gateway.entries(before)]
        assert [(body["method"], body.get("revisions")) for body in found] == [
            ("RegistryService/SubmitRecords", [1, 1]),
            ("CreditService/CheckEligibility", None),
        ]
    assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []
    assert gateway.process.returncode == 0
