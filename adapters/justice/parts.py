"""What was sent of a dossier, believed only for the signature of the agency that refers the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError, DossierFault
from adapters.justice.party import HRSS
from formats.manifest import ManifestError, decode_manifest, manifest_hash

if TYPE_CHECKING:
    from adapters.justice.party import Party
    from formats.dossier import DossierItem, Manifest

PURPOSE: Final = "manifest"


@dataclass(frozen=True, slots=True)
class VerifiedPart:
    """One sending: its manifest, as bytes and read, who signed it, and the keys that are wrapped for us."""

    raw: bytes
    manifest: Manifest
    signature: pb.DossierSignature
    keys: tuple[pb.WrappedKey, ...]

    def openable(self, agency: str) -> list[tuple[DossierItem, list[pb.WrappedKey]]]:
        """Return the files whose keys are wrapped for *agency*, each with all that are: one for each key of its own."""
        keys: dict[str, list[pb.WrappedKey]] = {}
        for key in self.keys:
            if key.recipient == agency:
                keys.setdefault(key.item_id, []).append(key)
        return [(item, keys[item.item_id]) for item in self.manifest.items if item.item_id in keys]


def case_of(party: Party, referral_id: str) -> pb.GetReferralResponse:
    """Return a case as far as the party takes part in it.

    Raises:
        GatewayError: There was no answer, or there is no such case for it.
    """
    request = pb.GetReferralRequest(officer=party.officer, referral_id=referral_id)
    return party.client.referral("GetReferral", request, pb.GetReferralResponse)


def parts_of(party: Party, referral_id: str, referring: str) -> list[VerifiedPart]:
    """Return the sendings of a case of which something is for the party, in their order, each verified.

    Args:
        party: Who asks.
        referral_id: The case.
        referring: Id of the agency that must have signed each.

    Raises:
        DossierError: ``NOT_SIGNED``: a manifest is not that agency's, is of another case, or does not follow the one
            before it.
        GatewayError: There was no answer.
    """
    request = pb.DownloadDossierRequest(officer=party.officer, referral_id=referral_id)
    sent = [part for message in party.client.download_dossier(request) for part in message.parts]
    found: list[VerifiedPart] = []
    for part in sent:
        read = _verified(party, referral_id, referring, part)
        if found:
            require_following(found[-1], read)
        found.append(read)
    return found


def _verified(party: Party, referral_id: str, referring: str, part: pb.DossierPart) -> VerifiedPart:
    try:
        manifest = decode_manifest(part.manifest)
    except ManifestError as error:
        raise DossierError(DossierFault.NOT_SIGNED, f"{referral_id}: {error}") from error
    if (manifest.referral_id, manifest.agency) != (referral_id, referring):
        raise DossierError(
            DossierFault.NOT_SIGNED, f"{referral_id}: a manifest is of {manifest.agency}'s {manifest.referral_id}"
        )
    party.require_signer((PURPOSE, part.manifest, part.signature), manifest.made_at, referring, HRSS)
    return VerifiedPart(part.manifest, manifest, part.signature, tuple(part.keys))


def require_following(before: VerifiedPart, part: VerifiedPart) -> None:
    """Refuse a part that is put in; one of which nothing is for us may lie between.

    Raises:
        DossierError: ``NOT_SIGNED``.
    """
    last, this = before.manifest.part, part.manifest.part
    if this <= last or (this == last + 1 and part.manifest.previous_sha256 != manifest_hash(before.raw)):
        raise DossierError(
            DossierFault.NOT_SIGNED, f"{part.manifest.referral_id}: part {this} does not follow part {last}"
        )
