"""An open call of a caller that may no longer call is cut within a second, whatever its shape, and that is recorded."""

from __future__ import annotations

import queue
import time
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_pem_x509_certificate
from e2e.served import (
    BIDDING,
    CHECK,
    SUBMIT,
    award,
    body_of,
    gateway_in,
    new_party,
    today,
    wait_until_stored,
)
from jointsanctions.v1 import registry_pb2

from gateway.security.authority import make_client
from gateway.security.key_pairs import PairFiles, replace_pair
from gateway.security.names import CallerName
from gateway.security.pki import read_issuing
from gateway.security.revoking import revoke

pytestmark = pytest.mark.xdist_group("processes")

CONNECTOR = "credit-platform.connector"
PLATFORM = "credit-platform.producer"
WATCH = "/jointsanctions.v1.RegistryService/WatchChanges"
SECOND = 1.0
SHORT_LIFE = timedelta(seconds=6)


@pytest.fixture
def gateway(tmp_path):
    changes = {
        "heartbeat_seconds = 5 ": "heartbeat_seconds = 0.1 ",
        "reach_wait_seconds = 1 ": "reach_wait_seconds = 3 ",
    }
    with gateway_in(tmp_path, filled=False, changes=changes) as served:
        yield served


def revoked(gateway, who):
    """Revoke *who*; return when, by the monotonic clock, it must be out a second later."""
    agency, role = who.split(".")
    revoke(gateway.place.state / "pki", [f"{agency}/{role}"], "key lost", datetime.now(UTC))
    return time.monotonic()


def expiring(gateway, who):
    """The certificate of *who* runs out by itself; return when."""
    certificate = load_pem_x509_certificate((gateway.place.state / "pki" / "clients" / f"{who}.pem").read_bytes())
    return time.monotonic() + (certificate.not_valid_after_utc - datetime.now(UTC)).total_seconds()


def short_lived(gateway, who):
    """Give *who* a certificate that ends in some seconds."""
    pki = gateway.place.state / "pki"
    issuing, trust_domain = read_issuing(pki)
    now = datetime.now(UTC)
    leaf = make_client(issuing, CallerName(trust_domain, *who.split(".")), now + SHORT_LIFE, now)
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in (leaf.certificate, issuing.certificate))
    key = leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    replace_pair(PairFiles(pki / "clients" / f"{who}.pem", pki / "clients" / f"{who}.key"), pem, key)


ENDS = {"revoked": (lambda *_: None, revoked), "expired": (short_lived, expiring)}


def chunk(request_id):
    """A chunk with one penalty of a new enterprise, and more to come."""
    party = new_party()
    record = party.record(f"{party.uscc}/1", "示例市人力资源和社会保障局")
    record.row = 1
    record.penalty.decided_on = today().isoformat()
    record.penalty.penalty_class, record.penalty.content = "罚款", "示例处罚内容"
    return registry_pb2.SubmitRecordsRequest(
        request_id=request_id, feed="penalties", officer="o", records=[record]
    ).SerializeToString()


def cut(call, at):
    """Wait for the end of the call; it must come within a second of *at*."""
    error = call.exception(timeout=20)
    late = time.monotonic() - at
    assert error.code() is grpc.StatusCode.UNAUTHENTICATED
    assert late < SECOND


def last_entry(gateway):
    body = body_of(gateway.entries()[-1])
    return body["outcome"], body["caller"]["agency"]


@pytest.mark.parametrize("end", ENDS)
def test_a_stream_of_messages_to_the_caller_is_cut(gateway, end):
    before, ending = ENDS[end]
    before(gateway, CONNECTOR)
    call = gateway.channel(CONNECTOR).unary_stream(WATCH, None, None)(b"\x12\x01o", timeout=60)
    next(call)
    at = ending(gateway, CONNECTOR)
    with pytest.raises(grpc.RpcError) as caught:
        list(call)
    assert time.monotonic() - at < SECOND
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert last_entry(gateway)[0] == "CERTIFICATE_REJECTED"


@pytest.mark.parametrize("end", ENDS)
def test_a_stream_of_messages_from_the_caller_is_cut_though_it_says_nothing(gateway, end):
    before, ending = ENDS[end]
    before(gateway, PLATFORM)
    chunks = queue.Queue()
    request_id = new_party().uscc
    for _ in range(2):
        chunks.put(chunk(request_id))
    call = gateway.channel(PLATFORM).stream_unary(SUBMIT, None, None).future(iter(chunks.get, None), timeout=60)
    wait_until_stored(gateway, call, 1)
    cut(call, ending(gateway, PLATFORM))
    chunks.put(None)

    assert last_entry(gateway) == ("CERTIFICATE_REJECTED", "credit-platform")
    assert "revisions" in body_of(gateway.entries()[-1]), "what was stored before is on record"


def test_a_caller_revoked_while_its_call_waits_is_not_told_the_answer(gateway):
    request = award(new_party().uscc)
    request.question.at_least_as_fresh = 1
    call = gateway.channel(BIDDING).unary_unary(CHECK, None, None).future(request.SerializeToString(), timeout=20)
    # Answered after the waiting one was let in: calls of one connection begin in their order.
    assert gateway.send(CHECK, award(new_party().uscc)).ok
    assert not call.done()
    revoked(gateway, BIDDING)

    assert call.exception(timeout=20).code() is grpc.StatusCode.UNAUTHENTICATED
    assert last_entry(gateway) == ("CERTIFICATE_REJECTED", "public-resources-trading")
