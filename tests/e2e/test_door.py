"""The real server's door: TLS 1.3 and a client certificate, or nothing; and what health says."""

from __future__ import annotations

import ssl

import grpc
import pytest
from certificates import City
from e2e.door import first_bytes
from e2e.served import BIDDING, CHECK, award
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.rpc.server import SERVICES

pytestmark = pytest.mark.xdist_group("served")


def context(served, who=BIDDING):
    pki = served.place.state / "pki"
    tls = ssl.create_default_context(cafile=pki / "ca-bundle.pem")
    tls.set_alpn_protocols(["h2"])
    if who:
        tls.load_cert_chain(pki / "clients" / f"{who}.pem", pki / "clients" / f"{who}.key")
    return tls


def test_tls_1_3_with_a_certificate_is_let_in(served):
    version, received = first_bytes(served, context(served))
    assert version == "TLSv1.3"
    assert received


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2])
def test_a_client_that_speaks_no_tls_1_3_is_refused(served, version):
    tls = context(served)
    tls.maximum_version = version
    with pytest.raises(ssl.SSLError):
        first_bytes(served, tls)


def test_a_client_without_certificate_is_refused(served):
    # In TLS 1.3 the refusal comes after the client's own end of the handshake.
    try:
        _, received = first_bytes(served, context(served, who=""))
    except (ssl.SSLError, ConnectionResetError):
        received = b""
    assert received == b""


def test_who_speaks_no_tls_gets_nothing(served):
    with grpc.insecure_channel(f"127.0.0.1:{served.port}") as channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(CHECK, None, None)(award("").SerializeToString(), timeout=5)
    assert caught.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}


def call_with(served, client):
    credentials = grpc.ssl_channel_credentials(
        (served.place.state / "pki" / "ca-bundle.pem").read_bytes(), client.key_pem, client.pem
    )
    options = [("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1)]
    with grpc.secure_channel(f"127.0.0.1:{served.port}", credentials, options) as channel:
        channel.unary_unary(CHECK, None, None)(award("").SerializeToString(), timeout=5)


def test_another_authoritys_certificate_for_the_same_name_is_refused(served):
    before = served.next_number()
    with pytest.raises(grpc.RpcError) as caught:
        call_with(served, City().caller())
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert served.next_number() == before


@pytest.mark.parametrize("service", SERVICES)
def test_health_serves_each_service_and_is_not_recorded(served, service):
    before = served.next_number()
    stub = health_pb2_grpc.HealthStub(served.channel())
    answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)

    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert served.callers.as_caller(BIDDING).serving(service)
    assert served.next_number() == before


def test_health_of_a_service_that_there_is_not_is_not_found(served):
    stub = health_pb2_grpc.HealthStub(served.channel())
    with pytest.raises(grpc.RpcError) as caught:
        stub.Check(health_pb2.HealthCheckRequest(service="jointsanctions.v1.Nothing"), timeout=10)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_a_client_that_looks_for_another_server_does_not_get_this_one(served):
    """The name that the client asks for must be in the server's certificate."""
    options = [("grpc.ssl_target_name_override", "elsewhere.example"), ("grpc.use_local_subchannel_pool", 1)]
    channel = grpc.secure_channel(f"127.0.0.1:{served.port}", served.credentials(BIDDING), options)
    with channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(CHECK, None, None)(b"", timeout=5)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
