"""The client signs for its officer: once a call, anew at each repetition, and over the very bytes that it sends."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import UTC, datetime

import grpc
import pytest
from assertions import public_pem
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2, record_pb2, registry_pb2
from test_adapters_peer import Refusal, at_the_wire, code, peer, settings  # noqa: F401

from adapters.client import GatewayClient
from adapters.errors import GatewayError, SettingsError
from adapters.officers import OfficerSigner
from gateway.domain.agencies import Agency, Role
from gateway.domain.officers import AssertionLimits, OfficerKey
from gateway.security.officer_assertion import OfficerAssertions
from gateway.services.ports.identity import SignedCall

KEYS = {"ES256": ec.generate_private_key(ec.SECP256R1()), "PS256": rsa.generate_private_key(65537, 2048)}
AT = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
CHECK = "/jointsanctions.v1.CreditService/CheckEligibility"
DOWN = grpc.StatusCode.UNAVAILABLE


def pem(key, password=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, password or NoEncryption())


def written(folder, key):
    file = folder / "officers.key"
    file.write_bytes(pem(key))
    return file


@pytest.fixture
def signer(tmp_path):
    file = written(tmp_path, KEYS["ES256"])
    return OfficerSigner("tenders", "desk-1", file, "shiyan.example", clock=AT.timestamp)


@pytest.fixture
def signing(settings, signer):
    with GatewayClient(replace(settings, officers=signer)) as client:
        yield client


def verified(assertion, path, request, key=KEYS["ES256"]):
    """Return the officer, as the gateway's own verifier reads the assertion."""
    registered = (OfficerKey("desk-1", public_pem(key)),)
    agency = Agency(
        agency_id="tenders",
        name_zh="甲",
        name_en="a",
        role=Role.ASKING_SYSTEM,
        territory="420300",
        officer_keys=registered,
    )
    raw = request.SerializeToString(deterministic=True)
    digest = hashlib.sha256(raw).hexdigest()
    verifier = OfficerAssertions("shiyan.example", AssertionLimits())
    return verifier.verify(assertion, SignedCall(agency, path, digest, AT)).officer


def ask(officer="li.wei"):
    enterprise = common_pb2.EnterpriseRef(uscc=code(1))
    return credit_pb2.CheckEligibilityRequest(enterprise=enterprise, question=credit_pb2.Question(officer=officer))


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_gateway_accepts_what_the_adapter_signs(tmp_path, algorithm):
    key = KEYS[algorithm]
    signer = OfficerSigner("tenders", "desk-1", written(tmp_path, key), "shiyan.example", clock=AT.timestamp)
    request = ask("李伟")
    assertion = signer.assertion("李伟", CHECK, request.SerializeToString(deterministic=True))
    assert verified(assertion, CHECK, request, key) == "李伟"


def test_a_call_is_signed_for_the_officer_whom_it_names(peer, signing):
    signing.check(ask())
    (assertion,) = peer.assertions
    assert verified(assertion, CHECK, ask()) == "li.wei"


def test_a_client_says_whether_it_signs(settings, signing):
    with GatewayClient(settings) as plain:
        assert (plain.asserts_officers, signing.asserts_officers) == (False, True)


def test_a_search_is_signed_for_who_searches_and_not_for_whom_it_looks(peer, signing):
    request = audit_pb2.SearchAccessRequest(officer="wang.fang", searched_by="zhao")
    signing.search_access(request)
    (assertion,) = peer.assertions
    assert verified(assertion, "/jointsanctions.v1.AuditService/SearchAccess", request) == "zhao"


def test_a_submission_is_signed_over_its_first_message(peer, signing):
    chunks = [
        registry_pb2.SubmitRecordsRequest(officer="zhou", records=[record_pb2.Record()] * number) for number in (1, 2)
    ]
    assert signing.submit(iter(chunks)).stored == 3
    (assertion,) = peer.assertions
    assert verified(assertion, "/jointsanctions.v1.RegistryService/SubmitRecords", chunks[0]) == "zhou"


def test_what_is_asked_again_is_signed_anew(peer, signing):
    peer.refusals = [Refusal(DOWN, "STORE_UNAVAILABLE"), Refusal(DOWN, "AUDIT_UNAVAILABLE")]
    begun = time.monotonic()
    assert signing.check(ask()).decision.verdict == common_pb2.VERDICT_CLEAR
    assert time.monotonic() - begun >= 0.3, "the pauses grow from a tenth of a second"
    assert len(peer.requests) == 3
    assert len(set(peer.assertions)) == 3


def test_what_stays_unavailable_is_not_asked_for_ever(peer, signing):
    peer.refusals = [Refusal(DOWN, "STORE_UNAVAILABLE")] * 9
    with pytest.raises(GatewayError) as caught:
        signing.check(ask())
    assert caught.value.reason == "STORE_UNAVAILABLE"
    assert len(peer.requests) == 4


def test_a_refused_assertion_is_not_sent_again(peer, signing):
    peer.refusals = [Refusal(grpc.StatusCode.UNAUTHENTICATED, "OFFICER_ASSERTION_REJECTED", {"why": "EXPIRED"})] * 2
    with pytest.raises(GatewayError) as caught:
        signing.check(ask())
    assert caught.value.metadata == {"why": "EXPIRED"}
    assert len(peer.requests) == 1


def test_without_a_signer_and_without_an_officer_nothing_is_sent(peer, settings, signing):
    with GatewayClient(settings) as client:
        client.check(ask())
    signing.check(ask(officer=""))
    assert signing.serving()
    assert peer.assertions == []


def test_two_assertions_about_the_same_call_differ(signer):
    assert signer.assertion("a", CHECK, b"") != signer.assertion("a", CHECK, b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        public_pem(KEYS["ES256"]),
        pem(ec.generate_private_key(ec.SECP384R1())),
    ],
    ids=["empty", "no key", "public", "another curve"],
)
def test_a_file_that_is_no_key_to_sign_with_is_named(tmp_path, content):
    file = tmp_path / "officers.key"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"officers\.key: "):
        OfficerSigner("tenders", "desk-1", file, "shiyan.example")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.key: cannot be read"):
        OfficerSigner("tenders", "desk-1", tmp_path / "nowhere.key", "shiyan.example")
