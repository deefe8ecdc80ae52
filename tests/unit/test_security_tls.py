"""The gateway's own material: each fault is named before gRPC would keep silent about it."""

from __future__ import annotations

import pytest
from certificates import CLIENT, DAY, NOW, SERVER, City, elliptic_key, make_authority, make_leaf, of_no_version
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from gateway.security.tls import check_material

HOST = {"uris": (), "dns": ("gateway.example",), "purposes": SERVER}


@pytest.fixture(scope="module")
def city():
    return City()


def faults(city, server, key_pem=None, bundle=None, now=NOW):
    key = server.key_pem if key_pem is None else key_pem
    return check_material(server.pem, key, city.root.leaf_pem if bundle is None else bundle, now)


def test_sound_material_has_no_faults(city):
    assert faults(city, city.server) == []
    assert faults(city, make_leaf(city.issuing, uris=(), addresses=("192.0.2.1",), purposes=SERVER)) == []


def test_material_is_sound_only_while_it_is_valid(city):
    early = [f"the certificate is valid only from {(NOW - DAY).isoformat()}"]
    late = [f"the certificate expired at {(NOW + 90 * DAY).isoformat()}"]

    assert faults(city, city.server, now=NOW - 1.5 * DAY)[:1] == early
    assert faults(city, city.server, now=NOW + 91 * DAY)[:1] == late


@pytest.mark.parametrize("purposes", [None, CLIENT])
def test_a_certificate_that_is_not_for_servers_is_named(city, purposes):
    server = make_leaf(city.issuing, **(HOST | {"purposes": purposes}))

    assert "the certificate's extended key usage lacks serverAuth" in faults(city, server)


def test_a_certificate_without_a_host_is_named(city):
    server = make_leaf(city.issuing, purposes=SERVER)

    assert faults(city, server) == ["the certificate names neither a host nor an IP address"]
    assert faults(city, make_leaf(city.issuing, **(HOST | {"dns": ()}))) == [
        "the certificate names neither a host nor an IP address"
    ]


def test_another_certificates_key_is_named(city):
    assert faults(city, city.server, city.issuing.key_pem) == ["the key does not belong to the certificate"]


def test_a_key_that_leaves_tls_1_2_open_is_named(city):
    server = make_leaf(city.issuing, key=rsa.generate_private_key(65537, 2048), **HOST)

    assert faults(city, server) == ["the key is not ECDSA, so that TLS 1.2 could not be shut out"]


def test_a_key_that_cannot_be_read_is_named(city):
    locked = elliptic_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"invented"))

    for key in (b"", b"no key", locked):
        assert faults(city, city.server, key) == ["the key file holds no unencrypted PEM private key"]


def test_a_chain_that_ends_nowhere_is_named(city):
    nowhere = ["the certificate does not chain to an authority of the bundle"]

    assert faults(city, city.server, bundle=make_authority(name="other").leaf_pem) == nowhere
    alone = check_material(city.server.leaf_pem, city.server.key_pem, city.root.leaf_pem, NOW)
    assert alone == nowhere


@pytest.mark.parametrize("bundle", [b"", b"no certificate"])
def test_a_bundle_that_cannot_be_read_is_named(city, bundle):
    assert faults(city, city.server, bundle=bundle) == ["the bundle of authorities holds no PEM certificate"]


@pytest.mark.parametrize("certificate", [b"", b"no certificate"])
def test_a_certificate_that_cannot_be_read_is_named(city, certificate):
    assert check_material(certificate, city.server.key_pem, city.root.leaf_pem, NOW) == [
        "the certificate file holds no PEM certificate"
    ]


def test_a_certificate_of_a_version_that_there_is_not_is_a_fault_and_no_accident(city):
    odd = of_no_version(city.root.leaf_pem)

    (in_bundle,) = faults(city, city.server, bundle=odd)
    (as_leaf,) = check_material(odd, city.server.key_pem, city.root.leaf_pem, NOW)
    assert in_bundle.startswith("the bundle of authorities holds a certificate that cannot be read")
    assert as_leaf.startswith("the certificate file holds a certificate that cannot be read")


def test_malformed_extensions_are_named(city):
    broken = x509.UnrecognizedExtension(x509.oid.ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x03\x86\x01\xff")
    server = make_leaf(city.issuing, **(HOST | {"dns": ()}), more=[(broken, False)])

    assert faults(city, server) == ["the certificate's extensions are malformed"]


def test_several_faults_are_all_named(city):
    server = make_leaf(city.issuing, **(HOST | {"purposes": CLIENT, "valid": (NOW - 2 * DAY, NOW - DAY)}))

    assert len(faults(city, server, city.issuing.key_pem)) == 4
