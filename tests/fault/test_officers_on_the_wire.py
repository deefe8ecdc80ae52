"""Attacks on the word for an officer over mutual TLS: each is refused with its reason, recorded, and tells nothing."""

from __future__ import annotations

import grpc
import pytest
from assertions import compact, signed
from cryptography.hazmat.primitives.asymmetric import ec
from e2e.officers import KEYS, METADATA, send, send_stream, vouch
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    CONFIRM,
    FINANCE,
    HRSS,
    RECORD,
    SEARCH,
    SUBMIT,
    award,
    body_of,
    new_party,
    outcome_of,
    stored,
    today,
)
from jointsanctions.v1 import audit_pb2, changes_pb2, credit_pb2, registry_pb2

from gateway.sample.records import complaint

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("officers")

WATCH = "/jointsanctions.v1.RegistryService/WatchChanges"
RESIDENT_ID = "11010519491231002X"


def question(officer="li.wei"):
    return award(new_party().uscc, officer=officer).SerializeToString()


def refused(outcome, entries):
    """Return why a call was refused, once it is sure that it was recorded with it, and answered with nothing else."""
    (body,) = map(body_of, entries)
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.UNAUTHENTICATED, "OFFICER_ASSERTION_REJECTED")
    (info,) = outcome.infos
    assert set(info.metadata) == {"why"}
    assert body["outcome"] == "OFFICER_ASSERTION_REJECTED"
    assert body["assertion"]["why"] == info.metadata["why"]
    assert "enterprises" not in body
    return info.metadata["why"]


def chunk(**parts):
    request = registry_pb2.SubmitRecordsRequest(
        request_id=f"r-{new_party().uscc}", feed="labour_inspection", officer="li.wei", last=True, **parts
    )
    request.records.append(complaint(new_party(), "K", today(), today()))
    return request.SerializeToString()


ATTACKS = {
    "none at all": (lambda _: (), "MISSING"),
    "two": (lambda raw: (vouch(CHECK, raw), vouch(CHECK, raw)), "DUPLICATE"),
    "without a signature": (lambda _: (compact(None, b'{"alg":"none","kid":"desk-1"}', b"{}"),), "ALGORITHM"),
    "by another key": (lambda raw: (vouch(CHECK, raw, key=ec.generate_private_key(ec.SECP256R1())),), "SIGNATURE"),
    "by another agency's key": (lambda raw: (vouch(CHECK, raw, key=KEYS[HRSS]),), "SIGNATURE"),
    "of another agency": (lambda raw: (vouch(CHECK, raw, iss="hrss"),), "ISSUER"),
    "for another gateway": (lambda raw: (vouch(CHECK, raw, aud="wuhan.example"),), "AUDIENCE"),
    "for another method": (lambda raw: (vouch(BATCH, raw),), "METHOD"),
    "for another request": (lambda _: (vouch(CHECK, question()),), "REQUEST"),
    "expired": (lambda raw: (vouch(CHECK, raw, iat=1_700_000_000, exp=1_700_000_060),), "EXPIRED"),
    "from the future": (lambda raw: (vouch(CHECK, raw, iat=4_000_000_000, exp=4_000_000_060),), "NOT_YET_VALID"),
    "for another officer": (lambda raw: (vouch(CHECK, raw, sub="wang.fang"),), "OFFICER"),
    "for a resident's number": (lambda raw: (vouch(CHECK, raw, sub=RESIDENT_ID),), "OFFICER"),
    "no base64": (lambda _: ("a.b.c",), "MALFORMED"),
    "too long": (lambda _: ("e" * 4_097,), "OVERSIZE"),
    "a large object": (lambda _: (signed(KEYS[BIDDING], b'{"a":"' + b"x" * 8_000 + b'"}'),), "OVERSIZE"),
    "more brackets than a parser takes": (lambda _: (signed(KEYS[BIDDING], b"[" * 2_900),), "MALFORMED"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_no_word_for_the_officer_is_refused_and_recorded(vouched, attack):
    make, reason = ATTACKS[attack]
    raw = question()
    outcome, entries = send(vouched, CHECK, raw, *make(raw))
    assert refused(outcome, entries) == reason
    assert RESIDENT_ID not in outcome.text() + str(body_of(entries[0]))


def test_the_officer_of_a_refused_word_is_not_on_record_unless_it_was_proven(vouched):
    raw = question()
    _, (entry,) = send(vouched, CHECK, raw, vouch(BATCH, raw, sub="wang.fang"))
    assert "wang.fang" not in str(body_of(entry))
    _, (entry,) = send(vouched, CHECK, raw, vouch(CHECK, raw, sub="wang.fang"))
    assert (body_of(entry)["officer"], body_of(entry)["officer_by"]) == ("wang.fang", "asserted")


def test_a_call_that_is_sent_again_with_its_assertion_is_refused(vouched):
    raw = question()
    assertion = vouch(CHECK, raw)
    outcome, _ = send(vouched, CHECK, raw, assertion)
    assert outcome.ok
    assert refused(*send(vouched, CHECK, raw, assertion)) == "REPLAYED"


def test_metadata_beyond_what_grpc_takes_reaches_no_code_of_ours_and_harms_nobody(vouched):
    outcome, entries = send(vouched, CHECK, question(), "e" * 20_000)
    assert (outcome.code, entries) == (grpc.StatusCode.RESOURCE_EXHAUSTED, [])
    raw = question()
    assert send(vouched, CHECK, raw, vouch(CHECK, raw))[0].ok


def test_an_agency_without_a_key_cannot_pretend_to_have_one(vouched):
    raw = audit_pb2.SearchAccessRequest(searched_by="li.wei").SerializeToString()
    outcome, entries = send(vouched, SEARCH, raw, vouch(SEARCH, raw, key=KEYS[BIDDING], iss="finance"), who=FINANCE)
    assert refused(outcome, entries) == "KEY_UNKNOWN"


def test_certificate_and_role_are_judged_before_the_assertion_and_format_after_it(vouched):
    outcome, (entry,) = send(vouched, CONFIRM, b"\xff")
    assert (outcome.reason, body_of(entry)["outcome"]) == ("ROLE_NOT_PERMITTED", "ROLE_NOT_PERMITTED")
    assert refused(*send(vouched, CHECK, b"\xff")) == "MISSING"
    outcome, _ = send(vouched, CHECK, b"\xff", vouch(CHECK, b"\xff"))
    assert outcome.reason == "MALFORMED_REQUEST"


@pytest.mark.parametrize("path", [BATCH, RECORD, SEARCH])
def test_every_method_asks_for_the_word_before_it_reads(vouched, path):
    assert refused(*send(vouched, path, b"")) == "MISSING"


def test_a_submission_without_a_word_stores_nothing(vouched):
    before = stored(vouched)
    assert refused(*send_stream(vouched, SUBMIT, [chunk()])) == "MISSING"
    raw = chunk()
    assert refused(*send_stream(vouched, SUBMIT, [raw], vouch(SUBMIT, chunk(), HRSS))) == "REQUEST"
    assert stored(vouched) == before
    outcome, (entry,) = send_stream(vouched, SUBMIT, [raw], vouch(SUBMIT, raw, HRSS))
    assert outcome.ok, outcome.text()
    assert body_of(entry)["officer_by"] == "asserted"
    assert stored(vouched) == before + 1


def test_a_later_chunk_cannot_name_another_officer(vouched):
    first = registry_pb2.SubmitRecordsRequest(request_id="r-two", feed="labour_inspection", officer="li.wei")
    first.records.append(complaint(new_party(), "K", today(), today()))
    second = registry_pb2.SubmitRecordsRequest(request_id="r-two", feed="labour_inspection", officer="wang", last=True)
    raws = [message.SerializeToString() for message in (first, second)]
    assert refused(*send_stream(vouched, SUBMIT, raws, vouch(SUBMIT, raws[0], HRSS))) == "OFFICER"


def test_a_stream_of_changes_is_not_opened_without_a_word(vouched):
    raw = changes_pb2.WatchChangesRequest(officer="li.wei").SerializeToString()
    before = vouched.next_number()
    call = vouched.channel(HRSS).unary_stream(WATCH, None, None)
    outcome = outcome_of(lambda sent, timeout: next(call(sent, timeout=timeout)), raw)
    assert refused(outcome, vouched.entries(before)) == "MISSING"
    opened = call(raw, timeout=20, metadata=[(METADATA, vouch(WATCH, raw, HRSS))])
    assert next(opened)
    opened.cancel()
    while body_of(vouched.entries(before)[-1])["outcome"] != "CANCELLED":
        assert vouched.process.poll() is None


def test_a_flood_of_forgeries_by_one_agency_leaves_the_others_served(vouched):
    raw = question()
    for _ in range(200):
        assert refused(*send(vouched, CHECK, raw, vouch(CHECK, raw, key=KEYS[HRSS]))) == "SIGNATURE"
    outcome, _ = send(vouched, SEARCH, audit_pb2.SearchAccessRequest(searched_by="a").SerializeToString(), who=AUDITOR)
    assert outcome.ok
    outcome, _ = send(vouched, CHECK, raw, vouch(CHECK, raw))
    assert credit_pb2.CheckEligibilityResponse.FromString(outcome.answer).HasField("audit_position")
