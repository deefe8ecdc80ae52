"""Who takes part: an agency with its certificate, and how it proves and checks who said something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from google.protobuf.message import Message
from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.signing import Signature, signer_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from cryptography.x509.verification import Store

    from adapters.dossier.signing import Signer

HRSS: Final = frozenset({"producer"})
PARTIES: Final = frozenset({"producer", "police", "procuratorate", "court"})
"""Roles that certificates name."""
_AGENCY_PARTS, _HOLDER_PARTS = 4, 5

A = TypeVar("A", bound=Message)


class TakesPart(Protocol):
    """What is needed of a ``GatewayClient``; everything raises ``GatewayError``."""

    def referral(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``ReferralService``."""

    def upload_evidence(self, requests: Iterable[pb.UploadEvidenceRequest]) -> pb.UploadEvidenceResponse:
        """Send a sealed file."""

    def download_dossier(self, request: pb.DownloadDossierRequest) -> Iterator[pb.DownloadDossierResponse]:
        """Receive manifests and a sealed file."""

    def subscribe_inbox(
        self, request: pb.SubscribeInboxRequest, seconds: float | None = None
    ) -> Iterator[pb.SubscribeInboxResponse]:
        """Follow what is received."""


@dataclass(frozen=True, slots=True)
class CertificateName:
    """Whom a certificate names; ``holder`` is empty for a system's."""

    trust_domain: str
    agency: str
    role: str
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """One agency as it speaks: its channel, its officer, what it signs with, and whom it trusts."""

    client: TakesPart
    officer: str
    signer: Signer
    trusted: Store

    @property
    def name(self) -> CertificateName:
        """Whom the own certificate names."""
        return certificate_name(self.signer.name)

    @property
    def agency(self) -> str:
        """Id of the agency."""
        return self.name.agency

    def sign(self, purpose: str, content: bytes) -> pb.DossierSignature:
        """Return the own signature of *content* for *purpose*."""
        made = self.signer.sign(purpose, content)
        return pb.DossierSignature(value=made.value, chain=made.chain)

    def require_signer(
        self, signed: tuple[str, bytes, pb.DossierSignature], at: datetime, agency: str, roles: Collection[str]
    ) -> None:
        """Return when *agency*, of the own trust domain, has signed.

        Args:
            signed: Purpose, content and signature.
            at: Moment of signing, UTC, as the content names it.
            agency: Id of the agency that must have signed.
            roles: One of them must be the certificate's.

        Raises:
            DossierError: ``NOT_SIGNED``: signature or certificate does not hold, or names somebody else.
        """
        purpose, content, signature = signed
        uri = signer_of(purpose, content, Signature(signature.value, signature.chain), self.trusted, at)
        found = certificate_name(uri)
        if (found.trust_domain, found.agency) != (self.name.trust_domain, agency) or found.role not in roles:
            raise DossierError(DossierFault.NOT_SIGNED, f"{purpose}: signed by {uri}, and not by {agency}")


def certificate_name(uri: str) -> CertificateName:
    """Return whom ``spiffe://<trust domain>/agency/<agency>/<role>[/<holder>]`` names.

    Raises:
        DossierError: ``NOT_SIGNED``: it is no such name.
    """
    parts = uri.removeprefix("spiffe://").split("/")
    fits = uri.startswith("spiffe://") and len(parts) in {_AGENCY_PARTS, _HOLDER_PARTS} and all(parts)
    if not fits or parts[1] != "agency":
        raise DossierError(DossierFault.NOT_SIGNED, f"{uri}: is no name of an agency's certificate")
    return CertificateName(parts[0], *parts[2:])
