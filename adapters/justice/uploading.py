"""Sealed files brought to the gateway over a link that breaks, through a little memory."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from adapters.errors import GatewayError
from adapters.justice.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.justice.party import Party
    from adapters.justice.spool import SpooledFile

MESSAGE_BYTES: Final = 1 << 20


def upload(party: Party, referral_id: str, file: SpooledFile, patience: Patience | None = None) -> None:
    """Bring a sealed file to the gateway; return once all of it is there and recorded. Repeating it changes nothing.

    Raises:
        GatewayError: It is refused, or nothing more arrived in as many tries as *patience* has.
        OSError: The ciphertext cannot be read.
    """
    patient = patience or Patience()
    failed, reached = 0, -1
    while True:
        try:
            there = _received(party, referral_id, file)
            if there > reached:
                failed, reached = 0, there
            # Also when all of it is there: that it belongs to this case is recorded by this call.
            answer = party.client.upload_evidence(_messages(party, referral_id, file, there))
        except GatewayError as error:
            failed += 1
            patient.wait(failed, error)
            continue
        if answer.whole:
            return


def _received(party: Party, referral_id: str, file: SpooledFile) -> int:
    request = pb.GetUploadRequest(
        officer=party.officer,
        referral_id=referral_id,
        sealed_bytes=file.item.sealed_bytes,
        sealed_sha256=file.item.sealed_sha256,
    )
    return party.client.referral("GetUpload", request, pb.GetUploadResponse).received_bytes


def _messages(party: Party, referral_id: str, file: SpooledFile, offset: int) -> Iterator[pb.UploadEvidenceRequest]:
    """Yield what declares the file, and its content from *offset* on."""
    item = file.item
    named = f"{party.agency}\n{referral_id}\n{item.item_id}\n{item.sealed_sha256}"
    yield pb.UploadEvidenceRequest(
        request_id=f"upload-{hashlib.sha256(named.encode()).hexdigest()[:40]}",
        officer=party.officer,
        referral_id=referral_id,
        item_id=item.item_id,
        sealed_bytes=item.sealed_bytes,
        sealed_sha256=item.sealed_sha256,
        offset=offset,
    )
    with file.path.open("rb") as sealed:
        sealed.seek(offset)
        while part := sealed.read(MESSAGE_BYTES):
            yield pb.UploadEvidenceRequest(content=part)
