"""What a hostile or broken peer can do to a socket: each is bounded, and the others are served meanwhile."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path

import grpc
import pytest
from e2e.served import (
    BIDDING,
    CHECK,
    FINANCE,
    HRSS,
    SUBMIT,
    award,
    body_of,
    gateway_in,
    new_party,
    outcome_of,
    today,
)
from fault.test_noisy_agency import procurement
from jointsanctions.v1 import changes_pb2, registry_pb2

from gateway.bench.processes import resident_mib
from gateway.sample.records import complaint

pytestmark = pytest.mark.xdist_group("abuse")

WATCH = "/jointsanctions.v1.RegistryService/WatchChanges"
CHANGES = {
    "slow_reader_seconds = 30 ": "slow_reader_seconds = 1 ",
    "stream_idle_seconds = 120 ": "stream_idle_seconds = 2 ",
}
HELLO = bytes.fromhex("16030102000100 01fc0303".replace(" ", ""))
"""The head of a TLS record that announces 512 bytes, and a little of them."""
PATIENCE = 30


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("abuse"), changes=CHANGES) as served:
        yield served


def served_well(gateway, calls=20):
    """Ask as a good agency; every call is answered, and soon."""
    for _ in range(calls):
        begun = time.monotonic()
        assert gateway.send(CHECK, award(new_party().uscc)).ok
        assert time.monotonic() - begun < 3


def closed(connection):
    """Read until the other side closes."""
    connection.settimeout(PATIENCE)
    try:
        while connection.recv(65536):
            pass
    except (ConnectionResetError, ssl.SSLError):
        pass
    connection.close()


@pytest.mark.parametrize("sent", [b"", HELLO, b"GET / HTTP/1.1\r\n"], ids=["nothing", "half a hello", "no TLS"])
def test_hundreds_of_connections_without_a_handshake_are_closed(gateway, sent):
    connections = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(300)]
    for connection in connections:
        connection.sendall(sent)
    served_well(gateway)
    for connection in connections:
        closed(connection)
    served_well(gateway)


def test_connections_that_say_nothing_after_the_handshake_are_closed(gateway):
    gateway.credentials(FINANCE)
    pki = gateway.place.state / "pki"
    context = ssl.create_default_context(cafile=str(pki / "ca-bundle.pem"))
    context.load_cert_chain(pki / "clients" / f"{FINANCE}.pem", pki / "clients" / f"{FINANCE}.key")
    context.set_alpn_protocols(["h2"])
    plain = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(20)]
    connections = [context.wrap_socket(each, server_hostname="localhost") for each in plain]
    served_well(gateway)
    for connection in connections:
        closed(connection)


@pytest.mark.parametrize(
    "metadata",
    [[("x-bomb", "a" * 17_000)], [("x-bomb", "a" * 4_000_000)], [(f"x-bomb-{place}", "a") for place in range(2_000)]],
    ids=["17 KB", "4 MB", "two thousand"],
)
def test_metadata_over_the_limit_is_refused(gateway, metadata):
    call = gateway.channel(FINANCE).unary_unary(CHECK, None, None)
    raw = procurement(new_party().uscc).SerializeToString()
    outcome = outcome_of(lambda sent, timeout: call(sent, timeout=timeout, metadata=metadata), raw)
    assert outcome.code in {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE}
    served_well(gateway)


def test_a_message_over_the_limit_is_refused(gateway):
    outcome = gateway.raw(CHECK, bytes(4 * 1024 * 1024 + 1), FINANCE)
    assert outcome.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    served_well(gateway)


def chunk(name, rows, *, last=False):
    records = [complaint(new_party(), f"{name}-{row}", today(), None) for row in range(rows)]
    return registry_pb2.SubmitRecordsRequest(
        request_id=name, feed="labour_inspection", officer="o", records=records, last=last
    )


def test_a_submission_that_falls_silent_is_ended_and_what_it_stored_stands(gateway):
    before = gateway.next_number()

    def slowly():
        yield chunk("silent", 3).SerializeToString()
        served_well(gateway)
        while not [body for body in ended(gateway, before) if body["outcome"] == "DEADLINE_PASSED"]:
            served_well(gateway, 1)

    outcome = outcome_of(gateway.channel(HRSS).stream_unary(SUBMIT, None, None), slowly(), timeout=PATIENCE)
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED")
    (body,) = [body for body in ended(gateway, before) if body["outcome"] == "DEADLINE_PASSED"]
    assert body["rows"]["stored"] == 3
    assert len(body["revisions"]) == 2


def ended(gateway, before):
    return [body_of(entry) for entry in gateway.entries(before)]


def test_a_reader_that_does_not_read_is_cut_and_takes_no_memory(gateway):
    for part in range(4):
        assert gateway.raw_stream(SUBMIT, [chunk(f"much-{part}", 1000, last=True).SerializeToString()]).ok
    before, memory = gateway.next_number(), resident_mib([gateway.process.pid])
    asked = changes_pb2.WatchChangesRequest(after_revision=0, officer="o").SerializeToString()
    # A reader takes in advance as much as its window holds: this one's is small.
    options = [
        ("grpc.ssl_target_name_override", "localhost"),
        ("grpc.http2.bdp_probe", 0),
        ("grpc.http2.lookahead_bytes", 16_384),
        ("grpc.use_local_subchannel_pool", 1),
    ]
    channel = grpc.secure_channel(f"127.0.0.1:{gateway.port}", gateway.credentials(HRSS), options)
    readers = [channel.unary_stream(WATCH, None, None)(asked) for _ in range(20)]
    until = time.monotonic() + PATIENCE
    cut = []
    while len(cut) < len(readers) and time.monotonic() < until:
        served_well(gateway, 5)
        cut = [body for body in ended(gateway, before) if body["outcome"] == "READER_TOO_SLOW"]
    assert len(cut) == len(readers)
    assert {body["method"] for body in cut} == {"RegistryService/WatchChanges"}
    assert resident_mib([gateway.process.pid]) < memory + 150
    for reader in readers:
        with pytest.raises(grpc.RpcError) as caught:
            for _ in reader:
                pass
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    channel.close()


def test_thousands_of_calls_on_one_connection_are_answered_or_refused(gateway):
    raw = procurement(new_party().uscc).SerializeToString()
    with gateway.new_channel(FINANCE) as channel:
        calls = [channel.unary_unary(CHECK, None, None).future(raw, timeout=PATIENCE) for _ in range(3000)]
        served_well(gateway)
        codes = {call.exception().code() if call.exception() else None for call in calls}
    # Over the streams of a connection gRPC itself refuses, which a client without retries sees as UNAVAILABLE.
    assert codes <= {None, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE}
    assert None in codes


def test_calls_that_are_opened_and_reset_at_once_harm_nobody_and_hold_nothing(gateway):
    raw = procurement(new_party().uscc).SerializeToString()
    with gateway.new_channel(FINANCE) as channel:
        grpc.channel_ready_future(channel).result(timeout=PATIENCE)
        for part in range(6):
            calls = [channel.unary_unary(CHECK, None, None).future(raw, timeout=PATIENCE) for _ in range(500)]
            for call in calls:
                call.cancel()
            served_well(gateway, 5 + part)
    until = time.monotonic() + PATIENCE
    while not gateway.raw(CHECK, raw, FINANCE).ok:
        assert time.monotonic() < until
    assert gateway.healthy()


def test_after_all_of_this_no_fault_was_logged(gateway):
    assert gateway.healthy()
    assert "unexpected fault" not in gateway.log
    assert Path(gateway.place.state / "audit").exists()
    assert gateway.raw(CHECK, award(gateway.city.example("listed").uscc).SerializeToString(), BIDDING).ok
