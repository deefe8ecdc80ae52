"""Certificates that must not get an answer, each offered in a real handshake to a real server on a real socket.

The server here is the smallest that asks ``CertificateVerifier`` and ``Agencies`` on every call: what is tested is that
those two refuse what gRPC lets through, and that a connection outlives nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from certificates import (
    DAY,
    NOW,
    SERVER,
    City,
    caller_uri,
    make_authority,
    make_leaf,
)
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.domain.agencies import Role
from gateway.domain.errors import CertificateRejectedError, GatewayError
from gateway.rpc.environment import CIPHERS_VARIABLE, TLS13_ONLY
from gateway.security.peer import CertificateVerifier
from gateway.settings.agencies_file import load_agencies

METHOD = "/test.Door/Knock"
AGENCIES = load_agencies(Path(__file__).parents[2] / "config" / "agencies.toml")
UNTRUSTED = "no chain to a trusted issuer"
AUTHORITY = "an authority's certificate, not a leaf"
ASKING = caller_uri()


@pytest.fixture(scope="module")
def city():
    return City()


class Door(grpc.GenericRpcHandler):
    """One method: answers who knocks, or aborts with the refusal's reason."""

    def __init__(self, verifier):
        self._verifier = verifier
        self.now = NOW
        self.knocks = 0

    def service(self, _call_details):
        return grpc.unary_unary_rpc_method_handler(self._knock)

    async def _knock(self, _request, context):
        self.knocks += 1
        presented = context.auth_context()
        chain = presented.get("x509_pem_cert_chain", [b""])
        try:
            peer = self._verifier.verify(presented["x509_pem_cert"][0], chain[0], self.now)
            caller = AGENCIES.find(peer.agency, peer.role, peer.identity)
            caller.require_role({Role.ASKING_SYSTEM}, METHOD)
        except GatewayError as error:
            await context.abort(
                grpc.StatusCode.PERMISSION_DENIED, json.dumps({"reason": error.reason, **error.metadata})
            )
        return peer.identity.encode()


@contextlib.asynccontextmanager
async def open_door(city, folder, *also_trusted):
    """A server, the door behind it, and what makes a call of a client certificate."""
    bundle, revoked = city.write(folder, *also_trusted)
    door = Door(CertificateVerifier("shiyan.example", bundle, revoked))
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((door,))
    pair = (city.server.key_pem, city.server.pem)
    credentials = grpc.ssl_server_credentials([pair], bundle.read_bytes(), require_client_auth=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    try:
        yield door, lambda client: channel_to(city, port, client)
    finally:
        await server.stop(0)


def channel_to(city, port, client):
    pair = (client.key_pem, client.pem) if client else (None, None)
    credentials = grpc.ssl_channel_credentials(city.root.leaf_pem, *pair)
    # Its own subchannels: a channel that shared a good client's connection would show nothing.
    return grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials, [("grpc.use_local_subchannel_pool", 1)])


async def knock(channel):
    """Answer, or (code, details) of the refusal."""
    try:
        return (await channel.unary_unary(METHOD)(b"", timeout=20)).decode()
    except grpc.aio.AioRpcError as error:
        return error.code().name, error.details()


def refusal(reason, **metadata):
    return "PERMISSION_DENIED", json.dumps({"reason": reason, **metadata})


def rejected(why):
    return refusal("CERTIFICATE_REJECTED", why=why)


# Hostile certificates that gRPC's handshake lets through: only the check on every call refuses them.
LET_THROUGH = {
    "an authority as a leaf": (lambda city: city.caller(ca=True), AUTHORITY),
    "the issuing authority itself": (lambda city: city.issuing, AUTHORITY),
    "the root itself": (lambda city: city.root, AUTHORITY),
    "no extended key usage": (lambda city: city.caller(purposes=None), "no extended key usage"),
    "two URI names": (lambda city: city.caller(uris=(ASKING, caller_uri("hrss", "producer"))), "two URI names"),
    "a DNS name that reads like ours": (lambda city: city.caller(uris=(), dns=(ASKING,)), "no URI name"),
    "another trust domain": (
        lambda city: city.caller(uris=(caller_uri(trust_domain="shiyan.example.evil.example"),)),
        "other trust domain",
    ),
    "RSA of 1024 bits": (
        lambda city: city.caller(key=rsa.generate_private_key(65537, 1024)),  # noqa: S505 - hostile on purpose
        "key is neither ECDSA P-256 or P-384 nor RSA of 2048 bits or more",
    ),
}

# Hostile certificates that end in the handshake already; the verifier must refuse them by itself as well.
STOPPED_BEFORE = {
    "self-signed": (lambda _: make_leaf(None), UNTRUSTED),
    "another authority": (lambda _: make_leaf(make_authority(name="other")), UNTRUSTED),
    "another authority of the same name": (lambda _: make_leaf(make_authority(name="root")), UNTRUSTED),
    "expired": (lambda city: city.caller(valid=(NOW - 2 * DAY, NOW - DAY)), "expired"),
    "not yet valid": (lambda city: city.caller(valid=(NOW + DAY, NOW + 2 * DAY)), "not yet valid"),
    "serverAuth only": (lambda city: city.caller(purposes=SERVER), "extended key usage lacks clientAuth"),
    "DNS name constraint violated": (
        lambda city: make_leaf(
            make_authority(city.root, "narrow", constraints=[x509.DNSName("inside.example")]),
            dns=("outside.example",),
        ),
        UNTRUSTED,
    ),
    "URI name constraint violated": (
        lambda city: make_leaf(
            make_authority(city.root, "narrow", constraints=[x509.UniformResourceIdentifier("other.example")])
        ),
        UNTRUSTED,
    ),
}


@pytest.mark.parametrize("hostile", LET_THROUGH)
def test_what_the_handshake_lets_through_is_refused_with_its_reason(city, tmp_path, hostile):
    make_client, why = LET_THROUGH[hostile]

    async def story():
        async with open_door(city, tmp_path) as (door, connect):
            async with connect(city.caller()) as good:
                assert await knock(good) == ASKING
            async with connect(make_client(city)) as bad:
                assert await knock(bad) == rejected(why)
            assert door.knocks == 2

    asyncio.run(story())


@pytest.mark.parametrize("hostile", STOPPED_BEFORE)
def test_what_the_handshake_stops_reaches_nobody_and_would_be_refused_anyway(city, tmp_path, hostile):
    make_client, why = STOPPED_BEFORE[hostile]
    client = make_client(city)

    async def story():
        async with open_door(city, tmp_path) as (door, connect):
            async with connect(city.caller()) as good:
                assert await knock(good) == ASKING
            async with connect(client) as bad:
                code, _ = await knock(bad)
            assert (code, door.knocks) == ("UNAVAILABLE", 1)

    asyncio.run(story())
    verifier = CertificateVerifier("shiyan.example", *city.write(tmp_path))
    with pytest.raises(CertificateRejectedError) as caught:
        verifier.verify(client.leaf_pem, client.chain_pem, NOW)
    assert caught.value.metadata == {"why": why}


def test_an_authority_limited_to_host_names_is_good_within_its_limits(city, tmp_path):
    narrow = make_authority(city.root, "narrow", constraints=[x509.DNSName("inside.example")])

    async def story():
        client = make_leaf(narrow, dns=("bidding.inside.example",))
        async with open_door(city, tmp_path) as (_, connect), connect(client) as channel:
            assert await knock(channel) == ASKING

    asyncio.run(story())


def test_a_genuine_certificate_of_an_unknown_agency_is_refused_by_its_name(city, tmp_path):
    async def story():
        async with open_door(city, tmp_path) as (_, connect), connect(city.caller("nobody")) as stranger:
            assert await knock(stranger) == refusal("CALLER_UNKNOWN", identity=caller_uri("nobody"))

    asyncio.run(story())


def test_the_right_agency_in_a_role_that_it_does_not_hold_is_unknown(city, tmp_path):
    async def story():
        async with open_door(city, tmp_path) as (_, connect), connect(city.caller(role="auditor")) as pretender:
            identity = caller_uri(role="auditor")
            assert await knock(pretender) == refusal("CALLER_UNKNOWN", identity=identity)

    asyncio.run(story())


def test_a_role_that_an_agency_does_hold_opens_no_method_of_another_role(city, tmp_path):
    async def story():
        async with (
            open_door(city, tmp_path) as (_, connect),
            connect(city.caller("audit-bureau", "auditor")) as auditor,
        ):
            assert await knock(auditor) == refusal("ROLE_NOT_PERMITTED", role="auditor", method=METHOD)

    asyncio.run(story())


def test_a_certificate_that_expires_on_an_open_connection_stops_working(city, tmp_path):
    async def story():
        async with open_door(city, tmp_path) as (door, connect), connect(city.caller()) as channel:
            assert await knock(channel) == ASKING
            door.now = NOW + 90 * DAY + timedelta(seconds=1)
            assert await knock(channel) == rejected("expired")

    asyncio.run(story())


def test_a_certificate_that_is_revoked_on_an_open_connection_stops_working(city, tmp_path):
    client, other = city.caller(), city.caller("housing")

    async def story():
        async with open_door(city, tmp_path) as (_, connect), connect(client) as channel, connect(other) as neighbour:
            assert await knock(channel) == ASKING
            with (tmp_path / "revoked.txt").open("a", encoding="utf-8") as revoked:
                revoked.write(f"{client.certificate.serial_number:X}\n")
            assert await knock(channel) == rejected("revoked")
            assert await knock(neighbour) == caller_uri("housing")

    asyncio.run(story())


def test_an_authority_that_is_removed_takes_its_open_connections_with_it(city, tmp_path):
    former = make_authority(name="former")
    client = make_leaf(former, uris=(caller_uri("housing"),))

    async def story():
        async with (
            open_door(city, tmp_path, former) as (_, connect),
            connect(client) as channel,
            connect(city.caller()) as neighbour,
        ):
            assert await knock(channel) == caller_uri("housing")
            (tmp_path / "ca-bundle.pem").write_bytes(city.root.leaf_pem)
            assert await knock(channel) == rejected(UNTRUSTED)
            assert await knock(neighbour) == ASKING

    asyncio.run(story())


def test_no_certificate_at_all_ends_in_the_handshake(city, tmp_path):
    async def story():
        async with open_door(city, tmp_path) as (door, connect):
            async with connect(city.caller()) as good:
                assert await knock(good) == ASKING
            async with connect(None) as nobody:
                code, _ = await knock(nobody)
            assert (code, door.knocks) == ("UNAVAILABLE", 1)

    asyncio.run(story())


SERVER_PROCESS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import grpc
folder = Path(sys.argv[1])
pair = ((folder / "server.key").read_bytes(), (folder / "server.pem").read_bytes())
bundle = (folder / "ca-bundle.pem").read_bytes()
server = grpc.server(ThreadPoolExecutor(1), options=[("grpc.so_reuseport", 0)])
print(server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair], bundle, True)), flush=True)
server.start()
sys.stdin.read()
"""


@contextlib.contextmanager
def server_process(folder, **environment):
    """A gRPC server in a process of its own, because gRPC reads the variable once; yields its port."""
    command = [sys.executable, "-c", SERVER_PROCESS, str(folder)]
    inherited = {name: value for name, value in os.environ.items() if name != CIPHERS_VARIABLE}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=inherited | environment, text=True
    ) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(timeout=20)


def negotiated(folder, port, highest):
    """The TLS version that a client which speaks *highest* at most agrees on with the server."""
    context = ssl.create_default_context(cafile=folder / "ca-bundle.pem")
    context.load_cert_chain(folder / "client.pem", folder / "client.key")
    context.maximum_version = highest
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        return connection.version()


@pytest.fixture
def material(city, tmp_path):
    city.write(tmp_path)
    for name, issued in (("server", city.server), ("client", city.caller())):
        (tmp_path / f"{name}.pem").write_bytes(issued.pem)
        (tmp_path / f"{name}.key").write_bytes(issued.key_pem)
    return tmp_path


def test_a_client_that_speaks_tls_1_2_only_gets_no_connection(material):
    with server_process(material, **{CIPHERS_VARIABLE: TLS13_ONLY}) as port:
        assert negotiated(material, port, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        with pytest.raises((ssl.SSLError, ConnectionError)):
            negotiated(material, port, ssl.TLSVersion.TLSv1_2)


def test_without_the_cipher_suites_that_we_set_grpc_would_speak_tls_1_2(material):
    with server_process(material) as port:
        assert negotiated(material, port, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
