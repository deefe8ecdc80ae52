"""Certificates that are revoked at the gateway: what names one, what is kept of it, and whose may be revoked by whom.

A revocation is never taken back: who is to call again gets another certificate. How certificates are read, and what
they are matched by, is for ``security``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import Role
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.agencies import Agency

OWN_GRANT: Final = "revoke_own"
"""What the mandate of one who is no operator needs, to revoke certificates of its own."""


class RevocationReason(Word):
    """Why, by the numbers of RFC 5280, section 5.3.1.

    Those are missing that say nothing (0), or that could be taken back (6 certificateHold, 8 removeFromCRL).
    """

    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    PRIVILEGE_WITHDRAWN = 9
    AA_COMPROMISE = 10


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """A certificate by its issuer and the issuer's number for it."""

    serial: str
    """Hexadecimal, small letters, no leading zeros."""
    issuer: str
    """Name, RFC 4514; ``alike`` says when two are one."""

    @property
    def alike(self) -> tuple[str, str]:
        """What two numbers of one certificate have in common: names differ in case and spaces only (RFC 5280, 7.1)."""
        return self.serial, " ".join(self.issuer.casefold().split())


@dataclass(frozen=True, slots=True)
class Marks:
    """What a certificate that was read can be matched by."""

    number: CertificateNumber
    sha256: frozenset[str]
    """Of its DER form, hexadecimal, the same with the other of two signatures that one ECDSA signature stands for."""


@dataclass(frozen=True, slots=True)
class NamedCertificate:
    """Which certificate is meant, as far as it is known; one of the two at the least."""

    number: CertificateNumber | None = None
    sha256: str = ""
    """Of its DER form, hexadecimal; empty where only the number is known."""
    agency: str = ""
    """Whose it is; empty where that is not known, or not proven."""
    role: str = ""
    holder: str = ""

    def is_one_of(self, chain: Iterable[Marks]) -> bool:
        """Return whether it is one of *chain*."""
        return any(RevokedSet.of([self]).has(marks) for marks in chain)


@dataclass(frozen=True, slots=True)
class RevokedSet:
    """What is revoked, to be looked up."""

    numbers: frozenset[tuple[str, str]] = frozenset()
    hashes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, named: Iterable[NamedCertificate]) -> RevokedSet:
        """Return the set of *named*."""
        whole = list(named)
        numbers = frozenset(each.number.alike for each in whole if each.number is not None)
        return cls(numbers, frozenset(each.sha256 for each in whole if each.sha256))

    def has(self, marks: Marks) -> bool:
        """Return whether a certificate with these *marks* is revoked."""
        return marks.number.alike in self.numbers or not self.hashes.isdisjoint(marks.sha256)

    def covers(self, named: NamedCertificate) -> bool:
        """Return whether nothing new is said by *named*: its number is here, or its hash where it has no number."""
        if named.number is not None:
            return named.number.alike in self.numbers
        return named.sha256 in self.hashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """One revocation as it is kept; it never changes."""

    number: int
    """Of the revocation, without gaps."""
    certificate: NamedCertificate
    reason: RevocationReason
    document_number: str
    at: datetime
    """UTC."""
    by: str
    """Whose certificate revoked it, ``agency/role[/holder]``."""
    officer: str


def require_may_revoke(caller: Agency, named: NamedCertificate) -> None:
    """Refuse whoever may not revoke this certificate.

    An operator may revoke any, one that nobody knows too; another caller with ``revoke_own`` in its mandate those that
    name itself, its agency in its role, whichever person they name.

    Raises:
        FieldNotInMandateError: The mandate does not cover it, or nothing shows that it is the caller's own.
    """
    if caller.role is Role.OPERATOR:
        return
    caller.require_field(OWN_GRANT, "certificate")
    if not named.agency:
        raise FieldNotInMandateError(
            "certificate", "no trusted authority says whose it is: send the certificate itself"
        )
    if (named.agency, named.role) != (caller.agency_id, caller.role.value):
        raise FieldNotInMandateError("certificate", "names another caller: only an operator may revoke it")


def require_own_is_meant(*, own: bool, said: str, calling: str) -> None:
    """Refuse to lock out who calls by accident.

    Args:
        own: What is to be revoked is the certificate of this call, or stands above it.
        said: The request's ``own_certificate``.
        calling: SHA-256 of the certificate of this call, hexadecimal.

    Raises:
        MalformedRequestError: It is own and not said, or said and not own.
    """
    if own and said != calling:
        why = f"after this you cannot call any more: to go on, give {calling}, which is the certificate of this call"
        raise MalformedRequestError("own_certificate", why)
    if said and not own:
        raise MalformedRequestError("own_certificate", "what is to be revoked is not the certificate of this call")
