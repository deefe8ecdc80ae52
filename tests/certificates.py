"""Certificates for tests, good and hostile: every part can be set to what an honest authority would never sign.

Independent of ``gateway.security.authority``, so that a fault there is not repeated here. Only ``City.write`` touches
the disk.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TRUST_DOMAIN = "shiyan.example"
NOW = datetime.now(UTC).replace(microsecond=0)
"""Handshakes look at the machine's clock, so certificates for them are made around the present."""
DAY = timedelta(days=1)
CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def caller_uri(agency="public-resources-trading", role="asking-system", trust_domain=TRUST_DOMAIN) -> str:
    """Return the name of a caller."""
    return f"spiffe://{trust_domain}/agency/{agency}/{role}"


ASKING = caller_uri()


@dataclass(frozen=True)
class Issued:
    """A certificate, its key, and the authorities between it and the root, nearest first."""

    certificate: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def leaf_pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def chain_pem(self) -> bytes:
        """The authorities between it and the root; empty when there are none."""
        return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in self.chain)

    @property
    def pem(self) -> bytes:
        """What its holder sends in a handshake."""
        return self.leaf_pem + self.chain_pem

    @property
    def key_pem(self) -> bytes:
        """The key, unencrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def elliptic_key() -> ec.EllipticCurvePrivateKey:
    """Return a new key; P-256 takes microseconds."""
    return ec.generate_private_key(ec.SECP256R1())


def make(
    issuer: Issued | None,
    name: str,
    extensions: Sequence[tuple[x509.ExtensionType, bool]],
    *,
    key: Key | None = None,
    valid: tuple[datetime, datetime] = (NOW - DAY, NOW + 90 * DAY),
) -> Issued:
    """Sign a certificate with any extensions at all, each with its criticality; without *issuer* it is self-signed."""
    own = key or elliptic_key()
    signer = issuer.key if issuer else own
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    above = (
        (issuer.certificate, *issuer.chain)
        if issuer and issuer.certificate.issuer != issuer.certificate.subject
        else ()
    )
    return Issued(builder.sign(signer, hashes.SHA256()), own, above)


def make_authority(
    issuer: Issued | None = None, name: str = "root", *, constraints=None, uri=None, valid=None
) -> Issued:
    """Return an authority, self-signed without *issuer*; *constraints* are the subtrees that it may issue in."""
    extensions = [(x509.BasicConstraints(ca=True, path_length=None), True), (usage(authority=True), True)]
    if constraints:
        extensions.append((x509.NameConstraints(permitted_subtrees=constraints, excluded_subtrees=None), True))
    if uri:
        extensions.append((x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)]), False))
    return make(issuer, name, extensions, valid=valid or (NOW - 2 * DAY, NOW + 3650 * DAY))


def make_leaf(
    issuer: Issued | None,
    *,
    uris=(ASKING,),
    dns=(),
    addresses=(),
    purposes=CLIENT,
    signs=True,
    ca=False,
    key=None,
    valid=(NOW - DAY, NOW + 90 * DAY),
    more=(),
) -> Issued:
    """Return a client certificate, good unless told otherwise; ``purposes=None`` leaves the extension out."""
    extensions = [(x509.BasicConstraints(ca=ca, path_length=None), True)]
    if signs is not None:
        extensions.append((usage(signs=signs), True))
    if purposes is not None:
        extensions.append((x509.ExtendedKeyUsage(purposes), False))
    names = [
        *(x509.UniformResourceIdentifier(uri) for uri in uris),
        *(x509.DNSName(name) for name in dns),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses),
    ]
    if names:
        extensions.append((x509.SubjectAlternativeName(names), False))
    return make(issuer, "leaf", [*extensions, *more], key=key, valid=valid)


def usage(*, signs: bool = False, authority: bool = False) -> x509.KeyUsage:
    """Return a key usage; what a leaf has when it does not sign is keyAgreement.

    An authority signs messages as well as certificates, as many do: without that gRPC would not present it as a leaf.
    """
    return x509.KeyUsage(
        digital_signature=signs or authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not signs and not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


class City:
    """An authority as a city has one: a root, an issuing authority below it, and the gateway's certificate."""

    def __init__(self) -> None:
        self.root = make_authority()
        self.issuing = make_authority(self.root, "issuing")
        self.server = make_leaf(self.issuing, uris=(), dns=("localhost",), addresses=("127.0.0.1",), purposes=SERVER)

    def caller(self, agency: str = "public-resources-trading", role: str = "asking-system", **parts) -> Issued:
        """Return a certificate of a caller, good unless *parts*, those of ``make_leaf``, say otherwise."""
        return make_leaf(self.issuing, **{"uris": (caller_uri(agency, role),), **parts})

    def write(self, folder: Path, *also: Issued) -> tuple[Path, Path]:
        """Write the bundle, with the authorities in *also*, and a list without entries; return where they lie."""
        bundle, revoked = folder / "ca-bundle.pem", folder / "revoked.txt"
        bundle.write_bytes(b"".join(authority.leaf_pem for authority in (self.root, *also)))
        revoked.write_text("# none\n", encoding="utf-8")
        return bundle, revoked


def of_no_version(pem: bytes) -> bytes:
    """Return the one certificate or revocation list of *pem* with a version that there is not."""
    label = re.search(rb"BEGIN ([A-Z0-9 ]+)-", pem)[1]
    der = base64.b64decode(b"".join(pem.splitlines()[1:-1]))
    old = b"\xa0\x03\x02\x01\x02" if label == b"CERTIFICATE" else b"\x02\x01\x01"
    content = base64.encodebytes(der.replace(old, old[:-1] + b"\x07", 1))
    return b"-----BEGIN %s-----\n%s-----END %s-----\n" % (label, content, label)


def revocation_list(issuer: Issued, revoked: Sequence[Issued], *, next_update=NOW + DAY, critical=None) -> bytes:
    """Return a PEM certificate revocation list of *issuer*; *critical* is an extension that must be understood."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(min(NOW, next_update) - DAY).next_update(next_update)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(NOW - DAY)
        builder = builder.add_revoked_certificate(entry.build())
    if critical:
        builder = builder.add_extension(critical, critical=True)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM)
