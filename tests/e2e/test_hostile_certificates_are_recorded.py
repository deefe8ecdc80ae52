"""Each check on a certificate against the hostile certificate that it is there for, at the real server.

What the handshake lets through must be refused by the call *and* recorded, under no name that the certificate claims;
what the handshake stops reaches no code of ours and leaves no entry. ``fault/test_hostile_certificates.py`` shows of
the same certificates that the verifier refuses each by itself.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import grpc
import pytest
from certificates import DAY, NOW, SERVER, City, Issued, caller_uri, make_authority, make_leaf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from e2e.door import first_bytes
from e2e.served import CHECK, award, body_of, new_party, outcome_of

pytestmark = pytest.mark.xdist_group("served")

TESTS = Path(__file__).parents[1]
AUTHORITY = "an authority's certificate, not a leaf"


class ServedCity(City):
    """The authority that a running gateway trusts."""

    def __init__(self, pki):
        self.root = read(pki / "root")
        self.issuing = read(pki / "issuing")


def narrow_caller(city, host):
    """A caller of an authority that may name hosts below inside.example only: below the root, where it is allowed."""
    return make_leaf(make_authority(city.root, "narrow", constraints=[x509.DNSName("inside.example")]), dns=(host,))


def read(stem):
    certificate = x509.load_pem_x509_certificate(stem.with_suffix(".pem").read_bytes())
    return Issued(certificate, load_pem_private_key(stem.with_suffix(".key").read_bytes(), None))


CALL = {
    "CA certificate as leaf": (lambda city: city.caller(ca=True), "CERTIFICATE_REJECTED", AUTHORITY),
    "the root itself": (lambda city: with_signature(city.root), "CERTIFICATE_REJECTED", AUTHORITY),
    "no EKU": (lambda city: city.caller(purposes=None), "CERTIFICATE_REJECTED", "no extended key usage"),
    "two URI SANs": (
        lambda city: city.caller(uris=(caller_uri(), caller_uri("hrss", "producer"))),
        "CERTIFICATE_REJECTED",
        "two URI names",
    ),
    "a DNS SAN that reads spiffe://…": (
        lambda city: city.caller(uris=(), dns=(caller_uri(),)),
        "CERTIFICATE_REJECTED",
        "no URI name",
    ),
    "URI SAN of another trust domain": (
        lambda city: city.caller(uris=(caller_uri(trust_domain="evil.example"),)),
        "CERTIFICATE_REJECTED",
        "other trust domain",
    ),
    "unknown agency": (lambda city: city.caller("nobody"), "CALLER_UNKNOWN", "nobody"),
    "right agency, wrong role": (lambda city: city.caller(role="auditor"), "CALLER_UNKNOWN", "auditor"),
    "RSA 1024": (
        lambda city: city.caller(key=rsa.generate_private_key(65537, 1024)),  # noqa: S505 - hostile on purpose
        "CERTIFICATE_REJECTED",
        "2048 bits",
    ),
}
"""Hostile certificates that the handshake lets through: who makes them, and what the refusal says."""

HANDSHAKE = {
    "self-signed": lambda _: make_leaf(None),
    "other CA": lambda _: make_leaf(make_authority(name="other")),
    "expired": lambda city: city.caller(valid=(NOW - 2 * DAY, NOW - DAY)),
    "not yet valid": lambda city: city.caller(valid=(NOW + DAY, NOW + 2 * DAY)),
    "serverAuth only": lambda city: city.caller(purposes=SERVER),
    "name constraint violated": lambda city: narrow_caller(city, "outside.example"),
}
"""Hostile certificates that end in the handshake."""

ELSEWHERE = {
    "expired while connected": ("e2e/test_certificates_that_turn_hostile.py", "test_expired_while_connected"),
    "revoked": ("e2e/test_certificates_that_turn_hostile.py", "test_revoked_while_connected_and_before_it_connects"),
    "revoked while a stream is open": ("e2e/test_streams_are_cut.py", "test_a_stream_of_messages_from_the_caller"),
    "removed CA": ("e2e/test_certificates_that_turn_hostile.py", "test_removed_authority_takes_open_connections"),
    "TLS 1.2 only": ("e2e/test_door.py", "test_a_client_that_speaks_no_tls_1_3_is_refused"),
}
"""Those that need more than a certificate, and the tests that offer them."""


def with_signature(authority):
    """The authority's own key in a certificate that gRPC presents, which a root of ``jsg pki`` itself is not."""
    return make_leaf(authority, uris=(caller_uri(),), ca=True, key=authority.key)


@pytest.fixture(scope="module")
def city(served):
    return ServedCity(served.place.state / "pki")


def fingerprint(client):
    return client.certificate.fingerprint(hashes.SHA256()).hex()


def offer(served, client):
    """Ask with this certificate; return what came back and the bodies of the entries that were made."""
    root = (served.place.state / "pki" / "ca-bundle.pem").read_bytes()
    credentials = grpc.ssl_channel_credentials(root, client.key_pem, client.pem)
    options = [("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1)]
    before = served.next_number()
    with grpc.secure_channel(f"127.0.0.1:{served.port}", credentials, options) as channel:
        outcome = outcome_of(channel.unary_unary(CHECK, None, None), award(new_party().uscc).SerializeToString())
    return outcome, [body_of(entry) for entry in served.entries(before)]


def test_the_good_certificate_beside_them_is_served(served, city):
    outcome, (body,) = offer(served, city.caller())

    assert outcome.ok
    assert body["caller"]["agency"] == "public-resources-trading"


def test_an_authority_that_is_limited_is_served_within_its_limits(served, city):
    """Otherwise the one beyond them would be refused for some other reason."""
    outcome, _ = offer(served, narrow_caller(city, "bidding.inside.example"))

    assert outcome.ok


@pytest.mark.parametrize("hostile", CALL)
def test_what_reaches_a_call_is_refused_and_recorded(served, city, hostile):
    make, reason, told = CALL[hostile]
    client = make(city)
    outcome, (body,) = offer(served, client)

    assert (outcome.reason, body["outcome"]) == (reason, reason)
    assert told in outcome.text()
    assert body["caller"]["certificate"] == fingerprint(client), "which one it was can be found out"
    if reason == "CERTIFICATE_REJECTED":
        assert outcome.code is grpc.StatusCode.UNAUTHENTICATED
        assert "agency" not in body["caller"], "no name that it claims"


@pytest.mark.parametrize("hostile", HANDSHAKE)
def test_what_ends_in_the_handshake_gets_no_answer_and_leaves_no_entry(served, city, hostile):
    outcome, bodies = offer(served, HANDSHAKE[hostile](city))

    assert (outcome.code, bodies) == (grpc.StatusCode.UNAVAILABLE, [])


@pytest.mark.parametrize("authority", ["root", "issuing"])
def test_the_authorities_of_the_city_themselves_get_no_answer(served, authority):
    """Not a certificate like theirs but their own, by a client that offers whatever it is told to."""
    pki, before = served.place.state / "pki", served.next_number()
    tls = ssl.create_default_context(cafile=pki / "ca-bundle.pem")
    tls.set_alpn_protocols(["h2"])
    tls.load_cert_chain(pki / f"{authority}.pem", pki / f"{authority}.key")
    try:
        _, received = first_bytes(served, tls)
    except (ssl.SSLError, ConnectionError):
        received = b""

    assert (received, served.next_number()) == (b"", before)


def test_all_twenty_are_offered_somewhere():
    assert len({*CALL, *HANDSHAKE, *ELSEWHERE}) == len(CALL) + len(HANDSHAKE) + len(ELSEWHERE) == 20
    for file, test in ELSEWHERE.values():
        assert f"def {test}" in (TESTS / file).read_text(encoding="utf-8")
