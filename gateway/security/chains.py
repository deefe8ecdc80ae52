"""From a caller's leaf to an authority that is trusted: which certificates lie between, and how many there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from gateway.domain.errors import CertificateRejectedError
from gateway.security.leaf import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

INTERMEDIATES: Final = 4
"""Authorities at most between a leaf and one that is trusted."""
SENT: Final = INTERMEDIATES + 1
"""Certificates at most beside a leaf: the intermediates, and the root, which some send too."""


def parse_issuers(raw: bytes) -> Store:
    """Return the authorities of a PEM bundle.

    Raises:
        ValueError: There is none. One of ``UNREADABLE`` where one cannot be read: the bundle is refused whole.
    """
    return Store(x509.load_pem_x509_certificates(raw))


def read_sent(chain_pem: bytes) -> list[x509.Certificate]:
    """Return what a peer sent beside its leaf; nothing when it sent nothing.

    Raises:
        CertificateRejectedError: It is more than ``SENT``: whoever looks for a chain looks at each of them. One of
            ``UNREADABLE`` where one cannot be read.
    """
    sent = x509.load_pem_x509_certificates(chain_pem) if chain_pem.strip() else []
    if len(sent) > SENT:
        raise CertificateRejectedError("too many certificates sent")
    return sent


def find_chain(
    leaf: x509.Certificate, sent: list[x509.Certificate], issuers: Store, now: datetime
) -> Sequence[x509.Certificate]:
    """Return the chain from *leaf* to a trusted authority, both included; name constraints are checked on the way.

    Raises:
        CertificateRejectedError: There is none.
    """
    builder = PolicyBuilder().store(issuers).time(now).max_chain_depth(INTERMEDIATES)
    try:
        return builder.build_client_verifier().verify(leaf, sent).chain
    except (VerificationError, *UNREADABLE) as error:
        raise CertificateRejectedError("no chain to a trusted issuer") from error
