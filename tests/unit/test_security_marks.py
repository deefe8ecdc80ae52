"""By what a certificate is matched: its number and issuer, and each hash that it can have."""

from __future__ import annotations

import hashlib

import pytest
from certificates import Issued, elliptic_key, make_authority, make_leaf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from revocation_calls import twin

from gateway.domain.revoked_certificates import CertificateNumber, Marks, NamedCertificate, RevokedSet
from gateway.security.marks import marks_of


def sha256(certificate):
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


@pytest.mark.parametrize("round_", range(20))
def test_both_signatures_of_an_authority_on_p256_are_marks_of_one_certificate(round_):
    """Twenty, because r and s are of different lengths, and one in two is the greater of its pair."""
    authority = make_authority(name=f"authority {round_}")
    own = make_leaf(authority).certificate
    other = x509.load_pem_x509_certificate(twin(own))
    other.verify_directly_issued_by(authority.certificate)
    assert sha256(other) != sha256(own)
    assert {sha256(own), sha256(other)} <= marks_of(own).sha256
    assert {sha256(own), sha256(other)} <= marks_of(other).sha256
    assert marks_of(own).number == marks_of(other).number


@pytest.mark.parametrize(
    ("key", "most"), [(ec.generate_private_key(ec.SECP384R1()), 3), (rsa.generate_private_key(65537, 2048), 1)]
)
def test_of_other_keys_the_hash_is_among_the_marks(key, most):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer")])
    leaf = make_leaf(None, key=elliptic_key()).certificate
    builder = (
        x509.CertificateBuilder()
        .subject_name(leaf.subject)
        .issuer_name(name)
        .serial_number(0x1F)
        .public_key(leaf.public_key())
        .not_valid_before(leaf.not_valid_before_utc)
        .not_valid_after(leaf.not_valid_after_utc)
    )
    signed = Issued(builder.sign(key, hashes.SHA256()), key).certificate
    marks = marks_of(signed)
    assert sha256(signed) in marks.sha256
    assert len(marks.sha256) <= most
    assert marks.number == CertificateNumber("1f", "CN=issuer")


@pytest.mark.parametrize(
    ("named", "matches"),
    [
        (NamedCertificate(CertificateNumber("1f", "CN=Issuer  A")), True),
        (NamedCertificate(CertificateNumber("1f", "cn=ISSUER A")), True),
        (NamedCertificate(CertificateNumber("1f", "CN=Issuer B")), False),
        (NamedCertificate(CertificateNumber("20", "CN=Issuer A")), False),
        (NamedCertificate(sha256="ab"), True),
        (NamedCertificate(sha256="cd"), True),
        (NamedCertificate(sha256="ef"), False),
        (NamedCertificate(CertificateNumber("20", "CN=Issuer A"), "ab"), True),
        (NamedCertificate(), False),
    ],
)
def test_a_certificate_is_revoked_by_either_of_its_number_with_its_issuer_and_its_hashes(named, matches):
    marks = Marks(CertificateNumber("1f", "CN=issuer a"), frozenset({"ab", "cd"}))
    assert RevokedSet.of([named]).has(marks) is matches
    assert named.is_one_of([marks]) is matches
