"""The list of revocations in the form that others read: a CRL, signed by the authority of a folder of ``jsg pki``.

The gateway itself reads ``revoked.txt``. A side-car whose clients have certificates of this authority reads the CRL.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.security.issued import read_revocations
from gateway.security.key_files import replace_file
from gateway.security.pki import PkiError, read_issuing
from gateway.security.revocation import SerialNumbers

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

FILE: Final = "revoked.crl.pem"
"""Its name in the folder."""


def issue_crl(folder: Path, days: int, now: datetime) -> Path:
    """Write the CRL of everything that ``revoked.txt`` holds, in place of an earlier one.

    Args:
        folder: The folder of ``jsg pki``.
        days: By when the next has to have come; afterwards it lets nobody in.
        now: The present, UTC.

    Returns:
        The file, PEM.

    Raises:
        PkiError: The folder has no authority, its list cannot be read or holds CRLs already, or the file cannot be
            written; the message names it.
    """
    issuing, _ = read_issuing(folder)
    revoked = read_revocations(folder)
    if not isinstance(revoked, SerialNumbers):
        raise PkiError(f"{folder / 'revoked.txt'}: it is a CRL already")
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuing.certificate.subject)
        .last_update(now)
        .next_update(now + timedelta(days=days))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    for serial in sorted(revoked.serials):
        one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
        builder = builder.add_revoked_certificate(one)
    path = folder / FILE
    try:
        replace_file(path, builder.sign(issuing.key, hashes.SHA256()).public_bytes(Encoding.PEM), mode=0o644)
    except OSError as error:
        raise PkiError(f"{path}: {error.strerror}") from error
    return path
