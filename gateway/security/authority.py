"""Makes the certificates of a development or small-city authority: root, issuing authority, leaves. In memory only.

A city that has an authority of its own uses that one; ``certs/README.md`` says what its certificates must be. Files
are ``pki``'s.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateway.security.names import CallerName

ROOT_LIFE: Final = timedelta(days=3653)
ISSUING_LIFE: Final = timedelta(days=1827)
BACKDATE: Final = timedelta(minutes=5)
"""Leaves are valid from a little earlier, because the clocks of the machines that check them differ."""
DNS_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_root(trust_domain: str, now: datetime) -> Issued:
    """Return a self-signed root for *trust_domain*, ECDSA P-384, valid for ten years."""
    key = ec.generate_private_key(ec.SECP384R1())
    name = _name(f"{trust_domain} root {x509.random_serial_number():x}"[:64])
    builder = _builder(name, name, key, now - BACKDATE, now + ROOT_LIFE)
    builder = _authority(builder, path_length=1)
    return Issued(builder.sign(key, hashes.SHA384()), key)


def make_issuing(root: Issued, trust_domain: str, now: datetime) -> Issued:
    """Return an authority for leaves below *root*, ECDSA P-256, valid for five years.

    Its one name is ``spiffe://<trust domain>``, without a path, as X509-SVID section 3.1 wants of an authority.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{trust_domain} issuing {x509.random_serial_number():x}"[:64])
    until = min(now + ISSUING_LIFE, root.certificate.not_valid_after_utc)
    builder = _builder(name, root.certificate.subject, key, now - BACKDATE, until)
    builder = _authority(builder, path_length=0)
    builder = builder.add_extension(_issuer_key(root), critical=False)
    names = [x509.UniformResourceIdentifier(f"spiffe://{trust_domain}")]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Issued(builder.sign(root.key, hashes.SHA384()), key)


def make_server(issuing: Issued, names: Sequence[str], until: datetime, now: datetime) -> Issued:
    """Return a certificate for a gateway that is reached under *names*: host names and IP addresses, at least one.

    The key is ECDSA: only then can TLS 1.2 be shut out (see ``gateway.security.tls``).

    Raises:
        ValueError: A name is neither.
    """
    alternatives = x509.SubjectAlternativeName([host_name(name) for name in names])
    return _leaf(issuing, names[0], alternatives, ExtendedKeyUsageOID.SERVER_AUTH, (now - BACKDATE, until))


def make_client(issuing: Issued, caller: CallerName, until: datetime, now: datetime) -> Issued:
    """Return a certificate for one caller."""
    alternatives = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(caller.uri)])
    common = ".".join(part for part in (caller.agency, caller.role, caller.holder) if part)
    return _leaf(issuing, common, alternatives, ExtendedKeyUsageOID.CLIENT_AUTH, (now - BACKDATE, until))


def host_name(name: str) -> x509.GeneralName:
    """Return the entry of a certificate that names a host; raises ``ValueError`` for neither address nor host name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        if not DNS_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is neither an IP address nor a host name in small ASCII letters") from None
        return x509.DNSName(name)


def _leaf(
    issuing: Issued,
    common_name: str,
    alternatives: x509.SubjectAlternativeName,
    purpose: x509.ObjectIdentifier,
    valid: tuple[datetime, datetime],
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_name(common_name[:64]), issuing.certificate.subject, key, *valid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(alternatives, critical=False)
        .add_extension(_issuer_key(issuing), critical=False)
        .sign(issuing.key, hashes.SHA256())
    )
    return Issued(certificate, key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    not_before: datetime,
    not_after: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True).add_extension(
        _usage(key_cert_sign=True, crl_sign=True), critical=True
    )


def _issuer_key(issuer: Issued) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
