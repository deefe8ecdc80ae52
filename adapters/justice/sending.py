"""A case sent, or materials supplied: the signed manifest of what is sealed and not sent yet, with wrapped keys."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import Purpose
from adapters.justice.once import make_once
from adapters.justice.parts import PURPOSE, parts_of
from adapters.justice.recipients import recipient_key
from formats.dossier import Manifest, Material
from formats.manifest import encode_manifest, manifest_hash

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.dossier.keys import PublicDossierKey
    from adapters.justice.keyring import Keyring
    from adapters.justice.party import Party
    from adapters.justice.spool import Spool, SpooledFile

COPIED: Final = frozenset({Material.REFERRAL_LETTER, Material.ITEM_LIST, Material.PENALTY_DECISION})
"""What the procuratorate opens of what is sent (T-23)."""
_PENDING: Final = "sending.pending"


@dataclass(frozen=True, slots=True)
class Addressees:
    """Ids of agencies: who gets the case, its copy, and a notice without evidence, or nobody."""

    police: str
    procuratorate: str
    court: str = ""


def send(
    party: Party, keyring: Keyring, spool: Spool, step: pb.ReferralStep, to: Addressees, now: datetime
) -> pb.SendReferralResponse:
    """Send everything of *spool* that was not sent, with *step*: ``SENDING``, or ``SUPPLEMENT``.

    A sending that got no answer is made again as it was before anything else is sent: it arrives once.

    Raises:
        DossierError: Nothing is left to be sent, or a recipient's key is not proven.
        GatewayError: There was no answer, or it is refused.
        OSError: The spool cannot be read or written.
    """

    def prepare() -> pb.SendReferralRequest:
        return _request(party, keyring, spool, step, (to, now))

    def call(request: pb.SendReferralRequest) -> pb.SendReferralResponse:
        return party.client.referral("SendReferral", request, pb.SendReferralResponse)

    return make_once(spool.folder / _PENDING, pb.SendReferralRequest, prepare, call)


def _request(
    party: Party, keyring: Keyring, spool: Spool, step: pb.ReferralStep, going: tuple[Addressees, datetime]
) -> pb.SendReferralRequest:
    to, now = going
    before = parts_of(party, spool.referral_id, party.agency)
    gone = {item.item_id for part in before for item in part.manifest.items}
    files = [file for file in spool.files() if file.item.item_id not in gone]
    if not files:
        raise DossierError(DossierFault.NOT_THE_CONTENT, f"{spool.folder}: holds nothing that is not sent: seal first")
    manifest = encode_manifest(
        Manifest(
            referral_id=spool.referral_id,
            part=len(before) + 1,
            previous_sha256=manifest_hash(before[-1].raw) if before else "",
            agency=party.agency,
            made_at=now,
            items=tuple(file.item for file in files),
        )
    )
    keys = {agency: recipient_key(party, agency, now) for agency in (to.police, to.procuratorate)}
    keys[party.agency] = keyring.newest.public
    first = step.kind == pb.REFERRAL_ACT_KIND_SENDING
    if first:
        step.to_agency = to.police
    wrapped = [key for file in files for key in _wrapped(spool, keyring, file, _readers(file, keys, to))]
    return pb.SendReferralRequest(
        request_id=f"sending-{uuid.uuid4().hex}",
        officer=party.officer,
        referral_id=spool.referral_id,
        step=step,
        part=pb.DossierPart(manifest=manifest, signature=party.sign(PURPOSE, manifest), keys=wrapped),
        procuratorate=to.procuratorate if first else "",
        court=to.court if first else "",
    )


def _readers(file: SpooledFile, keys: dict[str, PublicDossierKey], to: Addressees) -> dict[str, PublicDossierKey]:
    """Return the keys of those who open a file: everybody what is copied, and the procuratorate nothing else."""
    copied = file.item.material in COPIED
    return {agency: key for agency, key in keys.items() if copied or agency != to.procuratorate}


def _wrapped(
    spool: Spool, keyring: Keyring, file: SpooledFile, readers: dict[str, PublicDossierKey]
) -> list[pb.WrappedKey]:
    item_id = file.item.item_id
    key = keyring.unwrap(file.wrapped, file.kid, Purpose(spool.referral_id, item_id, spool.agency))
    return [
        pb.WrappedKey(
            item_id=item_id,
            recipient=agency,
            kid=public.kid,
            wrapped=public.wrap(key, Purpose(spool.referral_id, item_id, agency)),
        )
        for agency, public in readers.items()
    ]
