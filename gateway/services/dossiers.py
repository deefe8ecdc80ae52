"""Sealed dossiers: uploaded by HRSS, sent with a signed manifest, shared with further recipients, and fetched.

The gateway holds ciphertext. It sees to it that what is sent is whole, signed by who sends it, and openable by those
who must be able to open it and by nobody else; that the content is what the manifest says, each recipient finds out.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.civil import civil_date
from formats.dossier_key import PURPOSE, KeyStatementError, decode_key
from formats.manifest import ManifestError, decode_manifest
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, StateError
from gateway.domain.referral_elements import GapWeight, element_gaps
from gateway.domain.referral_holds import held_by
from gateway.domain.referral_materials import material_gaps
from gateway.domain.referral_parts import SharedKeys, UploadedFile, key_faults, openable, part_faults
from gateway.domain.referral_sharing import not_known, sharing_faults
from gateway.domain.referral_steps import require_step
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage
from gateway.services.ports.dossiers import SignedKey
from gateway.services.ports.evidence import SealedFile
from gateway.services.referral_recipients import agreed_copies, lapsed_role, require_copies, require_receiver

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from formats.dossier import DossierItem, Manifest
    from gateway.domain.agencies import Agency
    from gateway.domain.referral_elements import Gap
    from gateway.domain.referral_parts import PartFault, SentPart, WrappedKey
    from gateway.domain.referral_steps import ReferralAct
    from gateway.domain.referrals import Copies, Referral, ReferralEntry
    from gateway.services.ports.dossiers import Deliveries, SignerNames
    from gateway.services.referrals import Referrals, Written

MANIFEST = "manifest"
"""Purpose for which a manifest is signed."""
CLOSED_TO_FILES = frozenset({Stage.CLOSED})


@dataclass(frozen=True, slots=True)
class SendingRequest:
    """A sending or a supplement as read from the wire."""

    request_id: str
    digest: str
    referral_id: str
    act: ReferralAct
    part: SentPart
    copies: Copies | None


@dataclass(frozen=True, slots=True)
class SharingRequest:
    """Keys wrapped for further recipients, as read from the wire."""

    request_id: str
    digest: str
    referral_id: str
    keys: tuple[WrappedKey, ...]


class Dossiers:
    """Takes, sends, shares and gives sealed files."""

    def __init__(self, referrals: Referrals, deliveries: Deliveries, signers: SignerNames) -> None:
        self._referrals = referrals
        self._deliveries = deliveries
        self._signers = signers

    async def require_uploadable(self, agency: Agency, referral_id: str) -> Referral:
        """Return a case to which the caller may upload.

        Raises:
            EnterpriseNotFoundError: There is no such case of the caller's.
            StateError: It is closed.
            StoreUnavailableError: The store could not be read.
        """
        case = await self._referrals.read(agency, referral_id)
        if case.stage in CLOSED_TO_FILES:
            raise _refused(case, "UPLOAD", "CLOSED")
        return case

    async def keep(self, agency: Agency, referral_id: str, request_id: str, file: UploadedFile) -> Written:
        """Record that a file of a case is there whole.

        Raises:
            StateError: Another file was sent under its id, or is there and on hold.
            StoreUnavailableError: It was not recorded.
        """

        def decide(case: Referral) -> ReferralEntry:
            known = case.uploaded.get(file.item_id)
            if known not in {None, file} and file.item_id in _sent_items(case):
                raise _refused(case, f"UPLOAD {file.item_id}", "SENT_ALREADY")
            if known not in {None, file} and held_by(case, file.item_id, civil_date(self._referrals.now())):
                raise _refused(case, f"UPLOAD {file.item_id}", "ON_HOLD")
            return self._referrals.entry(agency, referral_id, file)

        digest = f"{file.item_id} {file.sealed_sha256}"
        return await self._referrals.add(agency, (request_id, digest, referral_id), decide)

    async def send(self, agency: Agency, request: SendingRequest) -> tuple[Written, tuple[Gap, ...]]:
        """Send a case or supply materials; return it with what it may come back for.

        Raises:
            EnterpriseNotFoundError: There is no such case of the caller's.
            MalformedRequestError: Manifest, signature, keys or recipients are not as they must be, or no agreement
                provides for the notice to the court.
            StateError: The step cannot be taken, or something is missing that would bring the case back.
            StoreUnavailableError: Nothing was stored.
        """
        now = self._referrals.now()
        manifest = _manifest(request.part.manifest, agency, request.referral_id, now)
        part = request.part
        self._require_signer(agency, MANIFEST, part.manifest, (part.signature, part.chain), now)
        require_receiver(self._referrals, agency, request.act, now)
        require_copies(self._referrals, agency, request.copies, now)
        known = await self._referrals.read(agency, request.referral_id)
        police, copied = request.act.to_agency or known.police, request.copies or known.copies
        whole = {agency.agency_id, police}
        letters = {copied.procuratorate} if copied is not None else set()
        kids = await asyncio.to_thread(self._kids, whole | letters, now)
        gaps: list[Gap] = []

        def decide(case: Referral) -> ReferralEntry:
            require_step(case.acts, request.act, agency.role, now)
            if (role := lapsed_role(self._referrals, case, request.act, now)) is not None:
                raise _refused(case, request.act.kind.name, f"{role.name}_WITHOUT_MANDATE")
            copies = agreed_copies(self._referrals, case, request.copies, now)
            before = [(each.manifest, decode_manifest(each.manifest)) for each in case.parts]
            _refuse(part_faults(manifest, before, case.uploaded))
            if case.police != known.police:
                raise _refused(case, request.act.kind.name, "PASSED_ON_MEANWHILE")
            _refuse(key_faults(manifest.items, part.keys, whole, letters, kids))
            items = [item for _, earlier in before for item in earlier.items] + list(manifest.items)
            gaps.extend(self._gaps(case, items, now))
            blocking = [gap.rule for gap in gaps if gap.weight is GapWeight.BLOCKS]
            if blocking and request.act.kind is Kind.SENDING:
                raise _refused(case, Kind.SENDING.name, "MATERIAL_OR_ELEMENT_MISSING", ",".join(sorted(set(blocking))))
            entry = self._referrals.entry(agency, request.referral_id, request.act)
            return replace(entry, part=part, copies=copies)

        asked = (request.request_id, request.digest, request.referral_id)
        return await self._referrals.add(agency, asked, decide), tuple(gaps)

    async def share(self, agency: Agency, request: SharingRequest) -> Written:
        """Add recipients. The caller must be able to open what it shares, and each recipient must take part.

        What a recipient can open already by the same key of its own is left out: who has lost one is sealed to anew.

        Raises:
            EnterpriseNotFoundError: There is no such case, or none in which the caller takes part.
            MalformedRequestError: A key is for nobody who may have it, under no key that its recipient has now, or
                there twice; or nothing is left.
            StoreUnavailableError: Nothing was stored.
        """
        kids = await asyncio.to_thread(self._kids, {key.recipient for key in request.keys}, self._referrals.now())

        def decide(case: Referral) -> ReferralEntry:
            own, readers = openable(case.keys, agency.agency_id), case.full_recipients
            _refuse(sharing_faults(request.keys, own, readers, kids))
            new = not_known(request.keys, case.keys)
            if not new:
                raise MalformedRequestError("keys", "can all be opened by their recipients already, by these keys")
            return self._referrals.entry(agency, request.referral_id, SharedKeys(new))

        return await self._referrals.add(agency, (request.request_id, request.digest, request.referral_id), decide)

    async def file_for(self, agency: Agency, referral_id: str, item_id: str) -> tuple[Referral, SealedFile | None]:
        """Return a case, and a file that the caller can open; None for the manifests alone (an empty id).

        Raises:
            EnterpriseNotFoundError: There is no such case, or no such file that is for the caller.
            StoreUnavailableError: The store could not be read.
        """
        case = await self._referrals.read(agency, referral_id)
        if not item_id:
            return case, None
        file = case.uploaded.get(item_id)
        if file is None or item_id not in openable(case.keys, agency.agency_id):
            raise EnterpriseNotFoundError("no such file is for this agency", referral=referral_id)
        return case, SealedFile(referral_id, file.sealed_sha256, file.sealed_bytes)

    async def publish(self, agency: Agency, request_id: str, digest: str, key: SignedKey) -> tuple[int, SignedKey]:
        """Keep a key of the caller's; return the data revision, and the key with its id.

        Raises:
            MalformedRequestError: It is another agency's, out of date, or not signed by the caller's agency.
            StoreUnavailableError: Nothing was stored.
        """
        now = self._referrals.now()
        try:
            statement = decode_key(key.statement)
        except KeyStatementError as error:
            raise MalformedRequestError("statement", str(error)) from error
        if statement.agency != agency.agency_id:
            raise MalformedRequestError("statement", "$.agency: is another agency")
        if statement.ends <= now:
            raise MalformedRequestError("statement", "$.until: is past")
        self._require_signer(agency, PURPOSE, key.statement, (key.signature, key.chain), now)
        named = SignedKey(agency.agency_id, statement.kid, key.statement, key.signature, key.chain)
        submission = self._referrals.submission(agency, request_id, digest)
        return await asyncio.to_thread(self._deliveries.publish, submission, named), named

    async def keys(self, agencies: Collection[str]) -> list[SignedKey]:
        """Return the keys of those agencies to which can be sealed now, the newest of each first."""
        now = self._referrals.now()
        found = await asyncio.to_thread(self._deliveries.keys, agencies)
        return [key for key in found if decode_key(key.statement).holds(now)]

    def _kids(self, agencies: Iterable[str], now: datetime) -> dict[str, set[str]]:
        kids: dict[str, set[str]] = {}
        for key in self._deliveries.keys(sorted(set(agencies))):
            if decode_key(key.statement).holds(now):
                kids.setdefault(key.agency, set()).add(key.kid)
        return kids

    def _gaps(self, case: Referral, items: Sequence[DossierItem], now: datetime) -> tuple[Gap, ...]:
        law = self._referrals.law
        return (*element_gaps(case.facts, law.amounts, civil_date(now)), *material_gaps(items))

    def _require_signer(
        self, agency: Agency, purpose: str, content: bytes, signed: tuple[bytes, bytes], now: datetime
    ) -> None:
        peer = self._signers.signer(purpose, content, *signed, now)
        if (peer.agency, peer.role) != (agency.agency_id, agency.role.value):
            raise MalformedRequestError("signature.chain", "is a certificate of another agency")


def _manifest(data: bytes, agency: Agency, referral_id: str, now: datetime) -> Manifest:
    try:
        manifest = decode_manifest(data)
    except ManifestError as error:
        raise MalformedRequestError("part.manifest", str(error)) from error
    if manifest.referral_id != referral_id:
        raise MalformedRequestError("part.manifest", "$.referral_id: is another case")
    if manifest.agency != agency.agency_id:
        raise MalformedRequestError("part.manifest", "$.agency: is another agency")
    if manifest.made_at > now:
        raise MalformedRequestError("part.manifest", "$.made_at: lies ahead")
    return manifest


def _sent_items(case: Referral) -> set[str]:
    return {item.item_id for part in case.parts for item in decode_manifest(part.manifest).items}


def _refuse(faults: Iterable[PartFault]) -> None:
    for fault in faults:
        raise MalformedRequestError(fault.field, fault.why)


def _refused(case: Referral, wanted: str, why: str, rules: str = "") -> StateError:
    more = {"rules": rules} if rules else {}
    return StateError(
        "the case does not allow this",
        object=case.referral_id,
        state=case.stage.name,
        wanted=wanted,
        allowed="",
        why=why,
        **more,
    )
