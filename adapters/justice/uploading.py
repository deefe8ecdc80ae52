"""Sealed files brought to the gateway over a link that breaks, through a little memory."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import grpc
from jointsanctions.v1 import referral_pb2 as pb

from adapters.errors import NO_ANSWER, GatewayError
from adapters.justice.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.justice.party import Party
    from adapters.justice.spool import SpooledFile

MESSAGE_BYTES: Final = 256 << 10
"""Several messages are under way at once; smaller ones than this make nothing faster, larger ones take memory."""
STREAM_BYTES: Final = 64 << 20
"""Brought in one stream at most: the gateway bounds each (``stream_mebibytes``) and keeps what it had at its end."""


def upload(
    party: Party,
    referral_id: str,
    file: SpooledFile,
    patience: Patience | None = None,
    stream_bytes: int = STREAM_BYTES,
) -> None:
    """Bring a sealed file to the gateway; return once all of it is there and recorded. Repeating it changes nothing.

    Args:
        party: Who brings it.
        referral_id: The case.
        file: The file.
        patience: How often it is tried; None: as usual.
        stream_bytes: After how many bytes of it a stream ends and the next one goes on.

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
            answer = party.client.upload_evidence(_messages(party, referral_id, file, (there, stream_bytes)))
            if answer.whole:
                return
            _require_more(answer.received_bytes, there, file)
        except GatewayError as error:
            failed += 1
            patient.wait(failed, error)


def _require_more(received: int, before: int, file: SpooledFile) -> None:
    """Refuse an answer after which nothing more is there: of a gateway that says so for ever, one has to be told."""
    if received <= before:
        why = f"{file.item.item_id}: the gateway took what it was sent, and has no more than before"
        raise GatewayError(grpc.StatusCode.UNAVAILABLE, NO_ANSWER, {}, why)


def _received(party: Party, referral_id: str, file: SpooledFile) -> int:
    request = pb.GetUploadRequest(
        officer=party.officer,
        referral_id=referral_id,
        sealed_bytes=file.item.sealed_bytes,
        sealed_sha256=file.item.sealed_sha256,
    )
    return party.client.referral("GetUpload", request, pb.GetUploadResponse).received_bytes


def _messages(
    party: Party, referral_id: str, file: SpooledFile, part: tuple[int, int]
) -> Iterator[pb.UploadEvidenceRequest]:
    """Yield what declares the file, and its content from an offset on, so many bytes of it at most."""
    item, (offset, left) = file.item, part
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
        while content := sealed.read(min(MESSAGE_BYTES, left)):
            left -= len(content)
            yield pb.UploadEvidenceRequest(content=content)
