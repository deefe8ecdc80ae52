"""What a caller, a process of the machine and a foreign certificate can do at the edge: nothing that counts."""

from __future__ import annotations

import ssl
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import grpc
import pytest
from certificates import make_authority, make_leaf
from cryptography import x509
from e2e.served import BIDDING, CHECK, FINANCE, RECORD, award, body_of, gateway_in, new_party, outcome_of
from fault.test_health_abuse import DATA, END_HEADERS, END_STREAM, HEADERS, DeafConnection, frame, literal
from fault.test_hostile_certificates import negotiated

from gateway.bench.processes import resident_mib
from gateway.bootstrap.edge import edge_key
from gateway.rpc import edge_terms as terms

pytestmark = pytest.mark.xdist_group("edge")

LIMIT = 4 * 1024 * 1024
BOMB = 400 * 1024 * 1024
ASKED = 60
BURST = 50
"""Calls that are opened and reset in one go."""
RESET, CANCELLED = 3, struct.pack(">I", 8)
ROOM = 150
"""MiB beyond what the gateway had that a hostile message may make it hold."""


@pytest.fixture(scope="module")
def edged(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("attacked"), edge=True) as served:
        yield served


def element(pem):
    return f'Hash={"0" * 64};Chain="{quote(pem.decode(), safe="")}"'


def certificate_of(edged, who=BIDDING):
    """Return the leaf and what its owner sends with it, PEM."""
    edged.credentials(who)
    return (edged.place.state / "pki" / "clients" / f"{who}.pem").read_bytes()


def said(edged, **changes):
    """All that the proxy says of a genuine caller, with its own key, unless *changes* say otherwise."""
    whole = {
        terms.CERTIFICATES: element(certificate_of(edged)),
        terms.KEY: edge_key(edged.config.settings.edge),
        terms.ADDRESS: "127.0.0.1:9",
        terms.TLS: "TLSv1.3",
        terms.GROUP: "X25519MLKEM768",
    }
    return [*{**whole, **changes}.items()]


def at_socket(edged, place, metadata):
    """Call the gateway's own socket, past the edge; return what came back and the bodies of its entries."""
    before = edged.next_number()
    path = edged.config.settings.edge.sockets(0)[place]
    with grpc.insecure_channel(f"unix:{path}") as channel:
        call = channel.unary_unary(CHECK, None, None)
        raw = award(new_party().uscc).SerializeToString()
        outcome = outcome_of(lambda sent, timeout: call(sent, timeout=timeout, metadata=metadata), raw)
    return outcome, [body_of(entry) for entry in edged.entries(before)]


FORGED = {
    "nothing": lambda _: [],
    "certificates alone": lambda edged: said(edged)[:1],
    "a guessed key": lambda edged: said(edged, **{terms.KEY: "0" * 64}),
    "a second element of certificates": lambda edged: said(edged, **{terms.CERTIFICATES: element_twice(edged)}),
    "certificates twice": lambda edged: [said(edged)[0], *said(edged)],
    "its key twice": lambda edged: [*said(edged), said(edged)[1]],
    "no certificate in the element": lambda edged: said(edged, **{terms.CERTIFICATES: f'Hash={"0" * 64};Chain="x"'}),
}


def element_twice(edged):
    return ",".join([element(certificate_of(edged))] * 2)


@pytest.mark.parametrize("place", [0, 1], ids=["ordinary", "fast"])
@pytest.mark.parametrize("forged", FORGED)
def test_past_the_edge_nobody_is_anybody_and_that_is_on_record(edged, place, forged):
    outcome, bodies = at_socket(edged, place, FORGED[forged](edged))

    assert (outcome.code, outcome.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REJECTED")
    (body,) = bodies
    assert body["outcome"] == "CERTIFICATE_REJECTED"
    assert "agency" not in body["caller"]
    assert "certificate" not in body["caller"]


@pytest.mark.parametrize("place", [0, 1], ids=["ordinary", "fast"])
def test_the_certificate_that_the_edge_tells_of_is_judged_like_one_of_a_handshake(edged, place):
    assert at_socket(edged, place, said(edged))[0].ok, "who has the proxy's key is the proxy"
    foreign = make_leaf(make_authority(name="other"))
    outcome, (body,) = at_socket(edged, place, said(edged, **{terms.CERTIFICATES: element(foreign.leaf_pem)}))
    assert "no chain to a trusted issuer" in outcome.text()
    assert body["caller"]["certificate"]
    old = at_socket(edged, place, said(edged, **{terms.TLS: "TLSv1.2"}))[0]
    assert "TLS version TLSv1.2" in old.text()


@pytest.mark.parametrize("path", [CHECK, RECORD], ids=["fast", "ordinary"])
def test_what_a_caller_says_by_the_proxys_names_changes_nothing(edged, path):
    call = edged.channel(FINANCE).unary_unary(path, None, None)
    for metadata in (said(edged), said(edged) * 2, [(terms.CERTIFICATES, "x")], [("x-forwarded-for", "192.0.2.1")]):
        before = edged.next_number()
        outcome = outcome_of(lambda sent, timeout, told=metadata: call(sent, timeout=timeout, metadata=told), b"")
        (entry,) = edged.entries(before)
        caller = body_of(entry)["caller"]
        assert outcome.code is not grpc.StatusCode.UNAUTHENTICATED
        assert caller["agency"] == "finance"
        assert caller["peer"].startswith("ipv4:127.0.0.1:")
        assert caller["peer"] != "ipv4:127.0.0.1:9"


def test_without_an_edge_the_same_headers_change_nothing_either(edged, tmp_path):
    with gateway_in(tmp_path, filled=False) as plain:
        before = plain.next_number()
        call = plain.channel(FINANCE).unary_unary(CHECK, None, None)
        outcome_of(lambda sent, timeout: call(sent, timeout=timeout, metadata=said(edged)), b"")
        (entry,) = plain.entries(before)
        assert body_of(entry)["caller"]["agency"] == "finance"


def test_nobody_else_can_open_what_gateway_and_proxy_share(edged):
    folder = edged.config.settings.edge.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    secret = [file for file in folder.iterdir() if file.is_file()]
    assert {"key", "envoy.json", "server.json", "callers.json"} <= {file.name for file in secret}
    assert {file.stat().st_mode & 0o777 for file in secret} == {0o600}


def test_tls_1_2_no_certificate_and_a_foreign_one_end_in_the_handshake(edged):
    pki = edged.place.state / "pki"
    edged.credentials(BIDDING)
    for kind in ("pem", "key"):
        (pki / f"client.{kind}").write_bytes((pki / "clients" / f"{BIDDING}.{kind}").read_bytes())
    assert negotiated(pki, edged.port, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        negotiated(pki, edged.port, ssl.TLSVersion.TLSv1_2)
    before = edged.next_number()
    root = (pki / "root.pem").read_bytes()
    foreign = make_leaf(make_authority(name="other"))
    for pair in ((None, None), (foreign.key_pem, foreign.pem)):
        options = [("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1)]
        credentials = grpc.ssl_channel_credentials(root, *pair)
        with grpc.secure_channel(f"127.0.0.1:{edged.port}", credentials, options) as channel:
            assert outcome_of(channel.unary_unary(CHECK, None, None), b"").code is grpc.StatusCode.UNAVAILABLE
    assert edged.next_number() == before


def held(edged):
    return resident_mib([edged.process.pid])


@pytest.mark.parametrize("path", [CHECK, RECORD], ids=["fast", "ordinary"])
def test_a_message_over_the_limit_is_refused_and_held_by_nobody(edged, path):
    before = held(edged)
    assert edged.raw(path, bytes(LIMIT + 1), FINANCE).code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert edged.raw(path, bytes(BOMB), FINANCE).code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert held(edged) < before + ROOM
    assert edged.healthy()


@pytest.mark.parametrize("path", [CHECK, RECORD], ids=["fast", "ordinary"])
def test_what_unpacks_to_more_than_the_limit_is_refused_and_held_by_nobody(edged, path):
    before = held(edged)
    call = edged.channel(FINANCE).unary_unary(path, None, None)
    outcome = outcome_of(
        lambda sent, timeout: call(sent, timeout=timeout, compression=grpc.Compression.Gzip), bytes(BOMB), 60
    )
    assert outcome.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert held(edged) < before + ROOM
    assert edged.healthy()


class Raw(DeafConnection):
    """Calls by hand, whose messages say of themselves what no library would let them say."""

    def check(self, content, **headers):
        """Send one message as it is; its first byte says whether it is compressed."""
        stream = self._next
        self._tls.sendall(self._opened(content, headers))
        while True:
            size, kind, _, of = struct.unpack(">IBBI", b"\0" + self._exactly(9))
            got = self._exactly(size)
            if (kind, of) == (HEADERS, stream):
                return got

    def reset(self, content, calls):
        """Open so many calls and reset each at once."""
        sent = []
        for _ in range(calls):
            stream = self._next
            sent += [self._opened(content, {}), frame(RESET, 0, stream, CANCELLED)]
        self._tls.sendall(b"".join(sent))

    def _opened(self, content, headers):
        fields = {
            ":method": "POST",
            ":scheme": "https",
            ":path": CHECK,
            ":authority": "localhost",
            "te": "trailers",
            "content-type": "application/grpc",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        block = b"".join(literal(*field) for field in fields.items())
        stream, self._next = self._next, self._next + 2
        return frame(HEADERS, END_HEADERS, stream, block) + frame(DATA, END_STREAM, stream, content)


def test_a_message_that_is_compressed_and_does_not_say_how_is_answered_by_nobody(edged):
    before = edged.next_number()
    with Raw(edged) as connection:
        assert connection.check(b"\1" + struct.pack(">I", 20) + bytes(20))
        assert connection.check(b"\1" + struct.pack(">I", 20) + bytes(20), grpc_encoding="gzip")
    assert not [entry for entry in edged.entries(before) if body_of(entry)["outcome"] == "OK"]
    assert edged.healthy()


def resetting(edged, content, over):
    """Reset calls as fast as they are taken until *over*; return how many, and how often the connection was cut."""
    made = cut = 0
    while not over.is_set():
        with Raw(edged, FINANCE) as connection:
            try:
                while not over.is_set():
                    connection.reset(content, BURST)
                    made += BURST
            except OSError:
                cut += 1
    return made, cut


def test_who_opens_calls_and_resets_them_at_once_harms_no_other_caller(edged):
    """By hand: a library's own cancelling may wait for its own threads for good."""
    raw, over = award(new_party().uscc).SerializeToString(), threading.Event()
    content = b"\0" + struct.pack(">I", len(raw)) + raw
    with ThreadPoolExecutor(3) as pool:
        floods = [pool.submit(resetting, edged, content, over) for _ in range(3)]
        try:
            outcomes = [edged.send(CHECK, award(new_party().uscc)) for _ in range(ASKED)]
        finally:
            over.set()
        told = [each.result() for each in floods]
    assert [outcome.text() for outcome in outcomes if not outcome.ok] == []
    assert min(made for made, _ in told) > BURST
    assert edged.healthy()


def test_what_the_edge_wrote_down_of_its_callers_is_nothing(edged):
    assert edged.healthy()
    text = (edged.place.state / "edge.log").read_text(encoding="utf-8")
    serial = x509.load_pem_x509_certificate(certificate_of(edged)).serial_number
    assert f"{serial:x}" not in text
    assert "CheckEligibility" not in text
    assert BIDDING.partition(".")[0] not in text
