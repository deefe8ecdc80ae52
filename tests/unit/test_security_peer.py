"""What a client certificate must be: each rule, its reason, and its time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from certificates import (
    ASKING,
    CLIENT,
    DAY,
    NOW,
    SERVER,
    City,
    caller_uri,
    make,
    make_authority,
    make_leaf,
)
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gateway.domain.errors import CertificateRejectedError
from gateway.security.peer import CertificateVerifier
from gateway.services.ports.identity import PeerCertificate

SECOND = timedelta(seconds=1)
AUTHORITY = "an authority's certificate, not a leaf"
WEAK = "key is neither ECDSA P-256 or P-384 nor RSA of 2048 bits or more"
UNTRUSTED = "no chain to a trusted issuer"


@pytest.fixture(scope="module")
def city():
    return City()


@pytest.fixture
def verifier(city, tmp_path):
    return CertificateVerifier("shiyan.example", *city.write(tmp_path))


def verify(verifier, client, now=NOW):
    return verifier.verify(client.leaf_pem, client.chain_pem, now)


def why(verifier, client, now=NOW):
    with pytest.raises(CertificateRejectedError) as caught:
        verify(verifier, client, now)
    return caught.value.metadata["why"]


def test_a_good_certificate_names_its_caller(city, verifier):
    client = make_leaf(city.issuing, uris=(caller_uri("hrss", "producer") + "/officer-7",))

    assert verify(verifier, client) == PeerCertificate(
        agency="hrss",
        role="producer",
        holder="officer-7",
        identity="spiffe://shiyan.example/agency/hrss/producer/officer-7",
        sha256=client.certificate.fingerprint(client.certificate.signature_hash_algorithm).hex(),
    )


@pytest.mark.parametrize("key", [ec.SECP256R1(), ec.SECP384R1(), 2048, 3072])
def test_the_keys_that_are_strong_enough_are_accepted(city, verifier, key):
    own = rsa.generate_private_key(65537, key) if isinstance(key, int) else ec.generate_private_key(key)

    assert verify(verifier, city.caller(key=own)).identity == ASKING


@pytest.mark.parametrize("key", [ec.SECP521R1(), ec.SECP256K1(), ec.SECP224R1(), 1024, 2047, "Ed25519"])
def test_every_other_key_is_refused(city, verifier, key):
    if isinstance(key, int):
        own = rsa.generate_private_key(65537, key)
    else:
        own = ed25519.Ed25519PrivateKey.generate() if key == "Ed25519" else ec.generate_private_key(key)

    assert why(verifier, city.caller(key=own)) == WEAK


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"ca": True}, AUTHORITY),
        ({"signs": None}, "key usage lacks digitalSignature"),
        ({"signs": False}, "key usage lacks digitalSignature"),
        ({"purposes": None}, "no extended key usage"),
        ({"purposes": SERVER}, "extended key usage lacks clientAuth"),
        ({"purposes": (x509.oid.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)}, "extended key usage lacks clientAuth"),
        ({"uris": ()}, "no URI name"),
        ({"uris": (), "dns": (ASKING,)}, "no URI name"),
        ({"uris": (ASKING, ASKING)}, "two URI names"),
        ({"uris": (ASKING, "https://shiyan.example/")}, "two URI names"),
        ({"uris": (caller_uri(trust_domain="other.example"),)}, "other trust domain"),
        ({"uris": ("https://shiyan.example/agency/hrss/producer",)}, "malformed URI name"),
        ({"uris": (caller_uri(agency="HRSS"),)}, "malformed URI name"),
        ({"valid": (NOW - 2 * DAY, NOW - DAY)}, "expired"),
        ({"valid": (NOW + DAY, NOW + 2 * DAY)}, "not yet valid"),
        ({"more": [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)]}, UNTRUSTED),
    ],
)
def test_each_rule_refuses_with_its_own_reason(city, verifier, parts, reason):
    assert why(verifier, city.caller(**parts)) == reason


def test_other_purposes_and_other_kinds_of_names_beside_ours_do_no_harm(city, verifier):
    client = city.caller(purposes=(*CLIENT, *SERVER), dns=("bidding.example",), addresses=("192.0.2.1",))

    assert verify(verifier, client).identity == ASKING


def test_a_certificate_that_signs_certificates_is_an_authority_whatever_it_calls_itself(city, verifier):
    extensions = [
        (x509.KeyUsage(True, False, False, False, False, True, False, False, False), True),  # noqa: FBT003 - as in X.509
        (x509.ExtendedKeyUsage(CLIENT), False),
        (x509.SubjectAlternativeName([x509.UniformResourceIdentifier(ASKING)]), False),
    ]

    assert why(verifier, make(city.issuing, "leaf", extensions)) == AUTHORITY


def test_the_root_and_the_issuing_authority_are_no_callers_even_with_a_callers_name(city, verifier):
    assert why(verifier, city.root) == AUTHORITY
    assert why(verifier, make_authority(city.root, "named", uri=ASKING)) == AUTHORITY


@pytest.mark.parametrize(
    "leaf", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(verifier, leaf):
    with pytest.raises(CertificateRejectedError, match="unreadable certificate"):
        verifier.verify(leaf, b"", NOW)


def test_intermediates_that_are_no_certificates_are_refused(city, verifier):
    with pytest.raises(CertificateRejectedError, match="unreadable certificate"):
        verifier.verify(city.caller().leaf_pem, b"no certificate", NOW)


def test_malformed_extensions_are_refused_and_never_an_accident(city, verifier):
    broken = x509.UnrecognizedExtension(x509.oid.ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x03\x86\x01\xff")

    assert why(verifier, city.caller(uris=(), more=[(broken, False)])) == "unreadable certificate"


def test_the_intermediates_must_come_with_the_certificate(city, verifier):
    with pytest.raises(CertificateRejectedError, match=UNTRUSTED):
        verifier.verify(city.caller().leaf_pem, b"", NOW)


@pytest.mark.parametrize(
    "issuer",
    [
        lambda city: None,  # noqa: ARG005 - the same shape as the others
        lambda city: make_authority(name="root"),  # noqa: ARG005 - likewise
        lambda city: city.caller(),
        lambda city: make_authority(city.root, "ended", valid=(NOW - 9 * DAY, NOW - DAY)),
        lambda city: make_authority(city.root, "narrow", constraints=[x509.UniformResourceIdentifier("a.example")]),
    ],
    ids=["itself", "a namesake of the root", "a caller", "an authority that ended", "an authority for others"],
)
def test_who_may_not_issue_is_not_believed(city, verifier, issuer):
    assert why(verifier, make_leaf(issuer(city))) == UNTRUSTED


def test_the_first_and_the_last_second_of_validity_count_and_no_other(city, verifier):
    client = city.caller(valid=(NOW, NOW + DAY))

    assert why(verifier, client, NOW - SECOND) == "not yet valid"
    verify(verifier, client, NOW)
    verify(verifier, client, NOW + DAY)
    assert why(verifier, client, NOW + DAY + SECOND) == "expired"
    verify(verifier, client, NOW + DAY)
    assert why(verifier, client, NOW - SECOND) == "not yet valid"


def test_an_issuer_that_ends_takes_the_certificates_it_issued_with_it(city, verifier):
    issuing = make_authority(city.root, "short", valid=(NOW - DAY, NOW + DAY))
    client = make_leaf(issuing)

    verify(verifier, client, NOW)
    assert why(verifier, client, NOW + 2 * DAY) == UNTRUSTED


def test_a_root_that_ended_is_trusted_no_more(tmp_path):
    city = City()
    city.root = make_authority(valid=(NOW - DAY, NOW + DAY))
    verifier = CertificateVerifier("shiyan.example", *city.write(tmp_path))
    client = make_leaf(city.root)

    verify(verifier, client, NOW)
    assert why(verifier, client, NOW + 2 * DAY) == UNTRUSTED


def test_a_repeated_call_costs_far_less_than_the_first(city, verifier):
    client = city.caller()
    started = time.perf_counter()
    verify(verifier, client)
    first = time.perf_counter() - started
    repeated = []
    for _ in range(200):
        started = time.perf_counter()
        verify(verifier, client)
        repeated.append(time.perf_counter() - started)

    assert sorted(repeated)[100] < first / 5


def test_what_a_caller_sends_beside_its_leaf_is_bounded_and_not_kept(city, verifier):
    """It may send as much as a handshake holds, something else on every connection."""
    client = city.caller()
    others = [make_authority(name=f"other {number}").leaf_pem for number in range(5)]

    verifier.verify(client.leaf_pem, client.chain_pem + b"".join(others[:4]), NOW)
    with pytest.raises(CertificateRejectedError, match="too many certificates sent"):
        verifier.verify(client.leaf_pem, client.chain_pem + b"".join(others), NOW)
    (kept,) = verifier._accepted.items()
    assert len(kept[0]) == 32
    assert {each.subject for each in kept[1].chain} == {
        each.certificate.subject for each in (client, city.issuing, city.root)
    }


def test_more_callers_than_are_remembered_are_each_judged_by_themselves(city, verifier, monkeypatch):
    monkeypatch.setattr("gateway.security.peer.REMEMBERED", 2)
    clients = [city.caller(f"agency-{number}") for number in range(4)]

    for _ in range(2):
        assert [verify(verifier, client).agency for client in clients] == [f"agency-{number}" for number in range(4)]
        assert len(verifier._accepted) <= 2
    assert why(verifier, clients[0], NOW + 91 * DAY) == "expired"
