"""A gateway in memory as the parties' library sees it, over a link that breaks where a test says, and its parties."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import grpc
from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.keys import KeyKind, PrivateDossierKey
from adapters.dossier.signing import Signer, authorities
from adapters.errors import NO_ANSWER, GatewayError
from adapters.justice.folder import ListedFile
from adapters.justice.party import Party
from adapters.justice.patience import Patience
from formats.dossier import EvidenceKind, Material
from formats.dossier_key import PURPOSE, KeyStatement, encode_key
from gateway.security.pki import init_authority, issue_client

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
CASE = "YS-2026-1"
HURRIED = Patience(tries=4, pause=lambda _: None)


def broken() -> GatewayError:
    return GatewayError(grpc.StatusCode.UNAVAILABLE, NO_ANSWER, {}, "the link broke")


def refused(field: str) -> GatewayError:
    return GatewayError(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED", {"field": field}, "is not so")


@dataclass
class MemoryGateway:
    """Uploads by their hashes, one dossier, one inbox, and keys; ``breaks`` are the messages after which it breaks."""

    breaks: list[int] = field(default_factory=list)
    uploads: dict[str, bytearray] = field(default_factory=dict)
    recorded: dict[str, str] = field(default_factory=dict)
    parts: list = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    keys: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)
    sent: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    lost_answers: int = 0
    stream_bytes: int = 1 << 30
    never_whole: bool = False

    def __post_init__(self):
        self._methods = {
            "GetUpload": self._get_upload,
            "GetReferral": self._get_referral,
            "ListDossierKeys": self._list_dossier_keys,
            "AcknowledgeInbox": self._acknowledge_inbox,
            "ListInbox": self._list_inbox,
            "SendReferral": self._send_referral,
            "ShareDossier": self._share_dossier,
        }

    def referral(self, rpc, request, _answer):
        self.calls.append(rpc)
        return self._methods[rpc](request)

    def upload_evidence(self, requests):
        after = self.breaks.pop(0) if self.breaks else None
        left = self.stream_bytes
        for number, request in enumerate(requests):
            left -= len(request.content)
            if left < 0:
                raise refused("request")
            if number == 0:
                declared, there = request, self.uploads.setdefault(request.sealed_sha256, bytearray())
                if declared.offset != len(there):
                    raise refused("offset")
            if number == after:
                raise broken()
            there.extend(request.content)
        whole = hashlib.sha256(there).hexdigest() == declared.sealed_sha256 and not self.never_whole
        if whole:
            self.recorded[declared.item_id] = declared.request_id
        return pb.UploadEvidenceResponse(received_bytes=len(there), whole=whole)

    def download_dossier(self, request):
        after = self.breaks.pop(0) if request.item_id and self.breaks else None
        yield pb.DownloadDossierResponse(parts=self.parts)
        content = self.files.get(request.item_id, b"")[request.offset :]
        for number, at in enumerate(range(0, len(content), 1000)):
            if number == after:
                raise broken()
            yield pb.DownloadDossierResponse(content=content[at : at + 1000])

    def subscribe_inbox(self, request, _seconds=None):
        yield pb.SubscribeInboxResponse()
        for entry in self.entries:
            if entry.place > request.after_place and entry.place not in self.acknowledged:
                yield pb.SubscribeInboxResponse(entry=entry)
        yield pb.SubscribeInboxResponse()

    def _list_inbox(self, request):
        left = [each for each in self.entries if each.place > request.after_place]
        left = [each for each in left if each.place not in self.acknowledged]
        return pb.ListInboxResponse(entries=left[:1], more=len(left) > 1)

    def _get_upload(self, request):
        there = self.uploads.get(request.sealed_sha256, b"")
        return pb.GetUploadResponse(received_bytes=len(there), whole=len(there) == request.sealed_bytes)

    def _get_referral(self, request):
        return pb.GetReferralResponse(referral=pb.Referral(referral_id=request.referral_id, agency="hrss"))

    def _list_dossier_keys(self, request):
        return pb.ListDossierKeysResponse(keys=[key for key in self.keys if key.agency in request.agencies])

    def _acknowledge_inbox(self, request):
        self.acknowledged |= set(request.places)
        return self._answered(pb.AcknowledgeInboxResponse(acknowledged=len(request.places)))

    def _send_referral(self, request):
        if self.sent.setdefault(request.request_id, request.SerializeToString()) != request.SerializeToString():
            raise refused("request_id")
        if request.part not in self.parts:
            self.parts.append(request.part)
        return self._answered(pb.SendReferralResponse(referral=pb.Referral(referral_id=request.referral_id)))

    def _share_dossier(self, request):
        for part in self.parts:
            part.keys.extend(request.keys)
        return self._answered(pb.ShareDossierResponse(referral=pb.Referral(referral_id=request.referral_id)))

    def _answered(self, answer):
        if self.lost_answers:
            self.lost_answers -= 1
            raise broken()
        return answer


class Authority:
    """One issuing authority in a folder, and the parties with its certificates."""

    def __init__(self, folder: Path, trust_domain: str = "shiyan.example", at: datetime | None = None) -> None:
        self.folder = folder
        self.at = at
        """When everything is issued; now when not given."""
        self.issued = {}
        init_authority(folder, trust_domain, at or datetime.now(UTC))
        self.store = authorities(folder / "ca-bundle.pem")

    def party(self, client, agency: str, role: str) -> Party:
        name = (agency, role)
        if name not in self.issued:
            self.issued[name] = issue_client(self.folder, agency, role, None, 90, self.at or datetime.now(UTC))
        files = self.issued[name]
        return Party(client, f"{agency}-officer", Signer(files.certificate, files.key), self.store)


def shown_key(
    party: Party, key: PrivateDossierKey, agency: str = "", *, begins: datetime | None = None
) -> pb.DossierKey:
    """Return a key as the gateway shows it, stated to be *agency*'s and signed by *party*."""
    begins = begins or datetime.now(UTC)
    named = KeyStatement(
        agency or party.agency, key.public.kind.value, key.public.content, begins, begins + timedelta(days=30)
    )
    statement = encode_key(named)
    signature = party.sign(PURPOSE, statement)
    return pb.DossierKey(statement=statement, signature=signature, kid=named.kid, agency=agency or party.agency)


def light_key() -> PrivateDossierKey:
    return PrivateDossierKey.generate(KeyKind.X25519)


def listed(path: Path, item_id: str = "order", material: Material = Material.ORDER) -> ListedFile:
    """Return a file that is to be sealed."""
    return ListedFile(
        path, item_id, "标题", material, EvidenceKind.DOCUMENTARY, "application/pdf", "officer", date(2026, 11, 2)
    )
