"""The channel: what comes back, what is asked again, and whom it speaks to."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace

import grpc
import pytest
import test_adapters_peer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from jointsanctions.v1 import audit_pb2, candidate_pb2, common_pb2, credit_pb2, record_pb2, registry_pb2
from test_adapters_peer import Authority, Refusal, at_the_wire, client, code, peer, settings  # noqa: F401

from adapters.client import GatewayClient
from adapters.errors import GatewayError, SettingsError


def ask(number=1):
    return credit_pb2.CheckEligibilityRequest(enterprise=common_pb2.EnterpriseRef(uscc=code(number)))


def test_an_answer_comes_back_as_it_was_sent(peer, client):
    peer.says(code(1), common_pb2.VERDICT_RESTRICTED)

    assert client.check(ask()).decision.verdict == common_pb2.VERDICT_RESTRICTED


def test_records_are_streamed(peer, client):
    chunks = [registry_pb2.SubmitRecordsRequest(records=[record_pb2.Record()] * 3) for _ in range(2)]

    assert client.submit(chunks).stored == 6


def test_a_batch_of_a_thousand_with_long_measures_passes_the_usual_limit_of_four_mebibytes(peer, client):
    weighty = common_pb2.Measure(rule_id="x" * 6000, effect=common_pb2.EFFECT_NOTICE)
    peer.says(code(1), common_pb2.VERDICT_CLEAR, weighty)
    items = [credit_pb2.BatchItem(item_id=str(i), enterprise=ask().enterprise) for i in range(1000)]

    answer = client.batch(credit_pb2.BatchCheckEligibilityRequest(items=items))

    assert answer.ByteSize() > 5_000_000


@pytest.mark.parametrize(("service", "serving"), [("", True), ("stopped", False)])
def test_health_tells_serving_from_not_serving(peer, client, service, serving):
    assert client.serving(service) is serving


def test_an_error_of_the_gateway_keeps_its_reason_and_metadata(peer, client):
    peer.refusals = [Refusal(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", {"field": "enterprise.uscc"})]

    with pytest.raises(GatewayError) as caught:
        client.check(ask())

    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert (caught.value.reason, caught.value.metadata) == ("MALFORMED_REQUEST", {"field": "enterprise.uscc"})


@pytest.mark.parametrize(
    "details",
    [
        [RetryInfo()],
        [ErrorInfo(reason="MALFORMED_REQUEST", domain="somebody.else")],
        [ErrorInfo(reason="", domain="joint-sanctions-gateway")],
        [
            ErrorInfo(reason="A", domain="joint-sanctions-gateway"),
            ErrorInfo(reason="B", domain="joint-sanctions-gateway"),
        ],
    ],
    ids=["none", "other domain", "no reason", "two"],
)
def test_an_error_without_exactly_one_reason_of_ours_is_nobodys_word(peer, client, details):
    peer.refusals = [Refusal(grpc.StatusCode.PERMISSION_DENIED, "MALFORMED_REQUEST", details=details)]

    with pytest.raises(GatewayError) as caught:
        client.check(ask())

    assert (caught.value.reason, caught.value.metadata) == ("NO_ANSWER", {})


def test_bytes_that_are_no_message_are_no_answer(peer, client):
    peer.raw = b"\xff\xff\xff"

    with pytest.raises(GatewayError) as caught:
        client.check(ask())

    assert caught.value.reason == "NO_ANSWER"


def test_unavailable_is_asked_again(peer, client):
    peer.refusals = [Refusal(grpc.StatusCode.UNAVAILABLE, "AUDIT_UNAVAILABLE")] * 2

    assert client.check(ask()).decision.verdict == common_pb2.VERDICT_CLEAR
    assert len(peer.requests) == 3


def test_unavailable_is_not_asked_again_for_ever(peer, client):
    peer.refusals = [Refusal(grpc.StatusCode.UNAVAILABLE, "AUDIT_UNAVAILABLE")] * 9

    with pytest.raises(GatewayError) as caught:
        client.check(ask())

    assert caught.value.reason == "AUDIT_UNAVAILABLE"
    assert len(peer.requests) == 4


@pytest.mark.parametrize(
    "status", [s for s in grpc.StatusCode if s not in {grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE}]
)
def test_nothing_else_is_asked_again(peer, client, status):
    peer.refusals = [Refusal(status, "UNEXPECTED")]

    with pytest.raises(GatewayError):
        client.check(ask())

    assert len(peer.requests) == 1


def test_a_method_that_the_peer_does_not_have_is_no_answer(peer, client, monkeypatch):
    monkeypatch.delitem(test_adapters_peer._METHODS, "/jointsanctions.v1.AuditService/SearchAccess")
    with pytest.raises(GatewayError) as caught:
        client.search_access(audit_pb2.SearchAccessRequest())

    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.UNIMPLEMENTED, "NO_ANSWER")


def test_nobody_at_the_address_is_no_answer(settings):
    with GatewayClient(replace(settings, target="127.0.0.1:1")) as client, pytest.raises(GatewayError) as caught:
        client.check(ask())

    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.UNAVAILABLE, "NO_ANSWER")


@pytest.mark.parametrize("call", [lambda client: client.check(ask()), lambda client: client.submit([])])
def test_a_closed_channel_is_no_answer(settings, call):
    client = GatewayClient(settings)
    client.close()

    with pytest.raises(GatewayError) as caught:
        call(client)

    assert caught.value.reason == "NO_ANSWER"


def test_a_server_of_another_authority_is_not_spoken_to(peer, settings, tmp_path):
    ca_file = Authority().write(tmp_path / "other.pem")

    with GatewayClient(replace(settings, ca_file=ca_file)) as client, pytest.raises(GatewayError):
        client.check(ask())

    assert peer.requests == []


def test_a_server_of_another_name_is_not_spoken_to(peer, settings):
    with GatewayClient(replace(settings, server_name="gateway.example")) as client, pytest.raises(GatewayError):
        client.check(ask())

    assert peer.requests == []


def test_the_environments_proxy_is_not_used(peer, settings, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    with GatewayClient(settings) as client:
        assert client.check(ask()).decision.verdict == common_pb2.VERDICT_CLEAR


@pytest.mark.parametrize("field", ["ca_file", "certificate_file", "key_file"])
@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN nonsense"])
def test_a_file_that_is_missing_or_no_pem_is_named(settings, tmp_path, field, content):
    path = tmp_path / "bad.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError, match=r"bad\.pem"):
        GatewayClient(replace(settings, **{field: path}))


@pytest.mark.parametrize("how", ["mismatched", "expired", "ed25519"])
def test_a_key_or_certificate_that_cannot_serve_is_named(settings, tmp_path, how):
    key = ed25519.Ed25519PrivateKey.generate() if how == "ed25519" else None
    names = [x509.DNSName("agency.example")]
    pem, key_file = Authority().issue(tmp_path, "bad", names, key=key, expired=how == "expired")
    changed = {"certificate_file": pem, "key_file": settings.key_file if how == "mismatched" else key_file}

    with pytest.raises(SettingsError, match="key" if how != "expired" else r"bad\.pem.*expired"):
        GatewayClient(replace(settings, **changed))


def test_a_submission_that_ends_in_the_middle_is_no_answer(peer, client):
    def chunks():
        yield registry_pb2.SubmitRecordsRequest(records=[record_pb2.Record()])
        raise OSError("the file was taken away")

    with pytest.raises(GatewayError) as caught:
        client.submit(chunks())

    assert caught.value.reason == "NO_ANSWER"


def test_what_a_feed_confirms_and_an_auditor_finds_comes_back(peer, client):
    assert client.confirm_current(registry_pb2.ConfirmCurrentRequest(feed="x")).data_revision == 9
    assert client.submitted(registry_pb2.GetSubmissionRequest(feed="x")).messages == 3
    assert isinstance(client.search_access(audit_pb2.SearchAccessRequest()), audit_pb2.SearchAccessResponse)
    assert isinstance(client.credit_record(credit_pb2.GetCreditRecordRequest()), credit_pb2.GetCreditRecordResponse)
    assert isinstance(client.resolve(candidate_pb2.ResolveEnterpriseRequest()), candidate_pb2.ResolveEnterpriseResponse)
    assert [type(request).__name__ for request in peer.requests] == [
        "ConfirmCurrentRequest",
        "GetSubmissionRequest",
        "SearchAccessRequest",
        "GetCreditRecordRequest",
        "ResolveEnterpriseRequest",
    ]
