"""What a caller can do at the health service, where no quota holds: it holds up nothing, and takes nobody's place."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from contextlib import ExitStack
from datetime import UTC, datetime

import grpc
import pytest
from cryptography import x509
from e2e.served import CHECK, STRANGER, THROUGH_EDGE, award, gateway_in, new_party
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.rpc.health import CALLS_OF_ONE
from gateway.rpc.server import SERVICES
from gateway.security.pki import issue_server

pytestmark = pytest.mark.xdist_group("abuse")

PATIENCE = 20
SECOND = 1.0
SETTINGS, HEADERS, DATA, ACKNOWLEDGE, END_HEADERS, END_STREAM = 4, 1, 0, 1, 4, 1
OPEN_CALLS = 240
"""On one connection: a little below what it takes."""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("health"), filled=False) as served:
        yield served


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def literal(name, value):
    """A header as HPACK writes one that it does not compress."""
    return b"".join([b"\0", bytes([len(name)]), name.encode(), bytes([len(value)]), value.encode()])


class DeafConnection:
    """HTTP/2 by hand, as a stranger unless said otherwise: it opens no window, so no message can be delivered to it."""

    def __init__(self, gateway, who=STRANGER):
        gateway.credentials(who)
        pki = gateway.place.state / "pki"
        tls = ssl.create_default_context(cafile=pki / "ca-bundle.pem")
        tls.load_cert_chain(pki / "clients" / f"{who}.pem", pki / "clients" / f"{who}.key")
        tls.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE)
        self._tls = tls.wrap_socket(plain, server_hostname="localhost")
        no_window = struct.pack(">HI", 4, 0)
        self._tls.sendall(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, no_window) + frame(SETTINGS, ACKNOWLEDGE, 0)
        )
        self._next = 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tls.close()

    def call(self, method):
        """Make a call with an empty request; return once something of its answer is there: its headers, at most."""
        fields = {
            ":method": "POST",
            ":scheme": "https",
            ":path": f"/grpc.health.v1.Health/{method}",
            ":authority": "localhost",
            "te": "trailers",
            "content-type": "application/grpc",
        }
        block = b"".join(literal(*field) for field in fields.items())
        stream, self._next = self._next, self._next + 2
        self._tls.sendall(frame(HEADERS, END_HEADERS, stream, block) + frame(DATA, END_STREAM, stream, bytes(5)))
        while True:
            size, kind, _, of = struct.unpack(">IBBI", b"\0" + self._exactly(9))
            self._exactly(size)
            if (kind, of) == (HEADERS, stream):
                return

    def _exactly(self, size):
        read = b""
        while len(read) < size:
            more = self._tls.recv(size - len(read))
            assert more, "the server closed the connection"
            read += more
        return read


def shown_serial(gateway):
    pem = ssl.get_server_certificate(("127.0.0.1", gateway.port))
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


def test_a_watcher_that_takes_nothing_holds_up_neither_new_keys_nor_the_end(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway, DeafConnection(gateway) as deaf:
        deaf.call("Watch")
        pki = gateway.place.state / "pki"
        issue_server(pki, [], 30, datetime.now(UTC), force=True)
        new = x509.load_pem_x509_certificate((pki / "server.pem").read_bytes()).serial_number
        since = time.monotonic()
        while shown_serial(gateway) != new:
            assert time.monotonic() - since < SECOND
        gateway.process.terminate()

        assert gateway.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("method", ["Watch", "Check"])
def test_a_stranger_that_takes_no_answer_takes_nobodys_place(gateway, method):
    with ExitStack() as stack:
        for deaf in [stack.enter_context(DeafConnection(gateway)) for _ in range(9)]:
            for _ in range(OPEN_CALLS):
                deaf.call(method)
        assert gateway.send(CHECK, award(new_party().uscc)).ok
        assert health_pb2_grpc.HealthStub(gateway.channel()).Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE)


def test_every_service_is_listed_and_too_many_lists_are_refused_like_the_rest(gateway):
    stub = health_pb2_grpc.HealthStub(gateway.channel())
    listed = stub.List(health_pb2.HealthListRequest(), timeout=PATIENCE).statuses

    assert set(listed) == set(SERVICES)
    assert {each.status for each in listed.values()} == {health_pb2.HealthCheckResponse.SERVING}
    with DeafConnection(gateway) as deaf:
        for _ in range(OPEN_CALLS):
            deaf.call("List")
        with gateway.new_channel(STRANGER) as channel:
            # What nobody takes waits in the proxy where there is one, and takes no place here.
            assert code_of(watch(channel)) is (None if THROUGH_EDGE else grpc.StatusCode.RESOURCE_EXHAUSTED)


def watch(channel):
    return health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=PATIENCE)


def test_one_certificate_watches_so_often_at_once_and_again_when_it_has_left(gateway):
    with gateway.new_channel() as channel:
        watching = [watch(channel) for _ in range(CALLS_OF_ONE)]
        assert {next(each).status for each in watching} == {health_pb2.HealthCheckResponse.SERVING}
        assert code_of(watch(channel)) is grpc.StatusCode.RESOURCE_EXHAUSTED
        with gateway.new_channel(STRANGER) as another:
            assert next(watch(another)).status == health_pb2.HealthCheckResponse.SERVING
        for each in watching:
            each.cancel()
        until = time.monotonic() + PATIENCE
        while code_of(watch(channel)) is not None:
            assert time.monotonic() < until


def code_of(watching):
    """Return why the first message did not come; None when it did."""
    try:
        next(watching)
    except grpc.RpcError as error:
        return error.code()
    return None
