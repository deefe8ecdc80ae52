"""The gateway's methods with many messages: sent one after another, or received until the stream ends.

A stream is not repeated: whoever followed one opens it again after the last message that it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import bulletin_pb2, case_pb2, changes_pb2, export_pb2, referral_pb2, registry_pb2

from adapters.channel import PACKAGE, Channel, Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUBMIT: Final = Method(f"/{PACKAGE}.RegistryService/SubmitRecords", registry_pb2.SubmitRecordsResponse)
_WATCH: Final = Method(f"/{PACKAGE}.RegistryService/WatchChanges", changes_pb2.WatchChangesResponse)
_CASES: Final = Method(f"/{PACKAGE}.CreditService/WatchCase", case_pb2.WatchCaseResponse)
_BULLETIN: Final = Method(f"/{PACKAGE}.CreditService/GetBulletin", bulletin_pb2.GetBulletinResponse)
_EXPORT: Final = Method(f"/{PACKAGE}.AuditService/ExportAccess", export_pb2.ExportAccessResponse)
_UPLOAD: Final = Method(f"/{PACKAGE}.ReferralService/UploadEvidence", referral_pb2.UploadEvidenceResponse)
_DOWNLOAD: Final = Method(f"/{PACKAGE}.ReferralService/DownloadDossier", referral_pb2.DownloadDossierResponse)
_INBOX: Final = Method(f"/{PACKAGE}.ReferralService/SubscribeInbox", referral_pb2.SubscribeInboxResponse)


class Streams(Channel):
    """The streams of one channel. Each raises ``GatewayError``, also in the middle of what it yields."""

    def submit(self, requests: Iterable[registry_pb2.SubmitRecordsRequest]) -> registry_pb2.SubmitRecordsResponse:
        """Send records in chunks, of which the last has ``last`` set; the answer counts what became of them."""
        return self._send(_SUBMIT, requests)

    def bulletin(self, request: bulletin_pb2.GetBulletinRequest) -> Iterator[bulletin_pb2.GetBulletinResponse]:
        """Receive a bulletin, part by part; one that does not fit its head was broken off."""
        return self._follow(_BULLETIN, request, self._settings.submission_deadline_seconds)

    def export_access(self, request: export_pb2.ExportAccessRequest) -> Iterator[export_pb2.ExportAccessResponse]:
        """Receive an export of recorded calls, part by part; one that does not end with its manifest was broken off."""
        return self._follow(_EXPORT, request, self._settings.submission_deadline_seconds)

    def watch_changes(self, request: changes_pb2.WatchChangesRequest) -> Iterator[changes_pb2.WatchChangesResponse]:
        """Follow every change after a revision until the stream ends; no deadline, for it lives by its heartbeats."""
        return self._follow(_WATCH, request, None)

    def watch_case(
        self, request: case_pb2.WatchCaseRequest, seconds: float | None = None
    ) -> Iterator[case_pb2.WatchCaseResponse]:
        """Follow the events of our own cases after a sequence, for at most so many seconds; None: until it ends."""
        return self._follow(_CASES, request, seconds)

    def upload_evidence(
        self, requests: Iterable[referral_pb2.UploadEvidenceRequest]
    ) -> referral_pb2.UploadEvidenceResponse:
        """Send a sealed file of a dossier in chunks, the first of which declares it."""
        return self._send(_UPLOAD, requests)

    def download_dossier(
        self, request: referral_pb2.DownloadDossierRequest
    ) -> Iterator[referral_pb2.DownloadDossierResponse]:
        """Receive the manifests of a dossier, and one sealed file from an offset on."""
        return self._follow(_DOWNLOAD, request, self._settings.submission_deadline_seconds)

    def subscribe_inbox(
        self, request: referral_pb2.SubscribeInboxRequest, seconds: float | None = None
    ) -> Iterator[referral_pb2.SubscribeInboxResponse]:
        """Follow what our agency receives of referrals, for at most so many seconds; None: until it ends."""
        return self._follow(_INBOX, request, seconds)
