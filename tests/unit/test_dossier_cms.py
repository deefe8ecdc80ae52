"""A CMS signature of our form: by every kind of key that an agency has, the same for the same, nothing beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs7,
)
from hypothesis import given
from hypothesis import strategies as st

from adapters.dossier.cms import CMS_BYTES, read_cms, sign_cms
from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.signing import Signer

pytestmark = pytest.mark.xdist_group("dossier_cms")
AT = datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC)
CONTENT = b"<list/>"
KEYS = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.fixture(scope="module", params=KEYS)
def files(request, tmp_path_factory):
    """Return the files of a certificate that signed itself, and of its key."""
    folder = tmp_path_factory.mktemp("cms")
    key = KEYS[request.param]()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "police.police")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=9)).sign(key, SHA256())
    (folder / "police.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "police.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "police.pem", folder / "police.key"


@pytest.fixture
def signer(files):
    return Signer(*files)


def refused(signature: bytes, content: bytes = CONTENT, why: str = "signature") -> bool:
    with pytest.raises(DossierError, match=why) as caught:
        read_cms(signature, content)
    return caught.value.fault is DossierFault.NOT_SIGNED


def test_who_reads_it_learns_who_signed_and_when(signer):
    found = read_cms(sign_cms(CONTENT, signer, AT), CONTENT)
    assert (list(found.chain), found.at) == (signer.certificates, AT)


def test_the_same_is_signed_alike_and_another_content_or_moment_otherwise(signer):
    signature = sign_cms(CONTENT, signer, AT)
    assert sign_cms(CONTENT, signer, AT + timedelta(microseconds=9)) == signature, "whole seconds are written"
    assert sign_cms(CONTENT, signer, AT + timedelta(seconds=1)) != signature
    assert refused(signature, CONTENT + b" ")
    assert refused(sign_cms(CONTENT + b" ", signer, AT))


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_no_byte_of_it_can_be_changed_taken_or_added(signer):
    signature = sign_cms(CONTENT, signer, AT)
    for place in range(len(signature)):
        changed = bytearray(signature)
        changed[place] ^= 1 << (place % 8)
        assert refused(bytes(changed)), place
    assert refused(signature[:-1])
    assert refused(signature + b"\0")
    assert refused(bytes(CMS_BYTES + 1), why=f"over {CMS_BYTES}")


def test_the_signature_of_another_program_is_not_of_our_form(files, signer):
    """A valid one: what it says beside is not looked past, even where it is harmless."""
    key = load_pem_private_key(files[1].read_bytes(), None)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(CONTENT).add_signer(signer.certificates[0], key, SHA256())
    assert refused(builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]))


def test_a_signature_for_a_purpose_is_none_of_a_content(signer):
    assert refused(signer.sign("manifest", CONTENT).value)


@given(st.binary(max_size=300))
def test_no_bytes_are_read_as_anything_else_than_a_signature(content):
    assert refused(content)
    assert refused(b"\x30\x82\x01\x00" + content)
