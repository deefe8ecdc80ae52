"""Bringing what the folder of sealed evidence has into the bucket, for a gateway that goes over to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.bootstrap.config import StartError
from gateway.bootstrap.evidence import evidence_store
from gateway.bootstrap.evidence_check import named_files
from gateway.domain.errors import StoreUnavailableError
from gateway.storage.evidence import EvidenceFolder
from gateway.storage.evidence_files import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from gateway.services.ports.evidence import EvidenceStore, SealedFile
    from gateway.settings.gateway_file import GatewaySettings


@dataclass(frozen=True, slots=True)
class Brought:
    """How many files were brought now, how many were there before, and what could not be: a sentence each."""

    now: int
    before: int
    flaws: tuple[str, ...]


def bring_evidence(settings: GatewaySettings, progress: Callable[[int], None]) -> Brought:
    """Bring every file that a case names and the bucket has not; the folder stays as it is. Repeating it goes on.

    Args:
        settings: Of the gateway, which may serve meanwhile.
        progress: Told how many files have been looked at.

    Raises:
        StartError: No bucket is configured, or its keys or those of the store cannot be used.
        StoreUnavailableError: The bucket or the database failed.
        ContentError: An entry of a case cannot be read.
    """
    if settings.evidence is None:
        raise StartError("gateway.toml: evidence: no bucket is configured")
    bucket, folder = evidence_store(settings), EvidenceFolder(settings.state / EVIDENCE)
    now, before, flaws = 0, 0, []
    for number, (who, file) in enumerate(named_files(settings).items(), 1):
        if bucket.has(file):
            before += 1
        elif _bring(folder, bucket, file):
            now += 1
        else:
            flaws.append(f"{who}: the folder has it not, or not as it is on record")
        progress(number)
    return Brought(now, before, tuple(flaws))


def _bring(folder: EvidenceFolder, bucket: EvidenceStore, file: SealedFile) -> bool:
    with bucket.upload(file) as upload:
        parts = folder.read(file, upload.received)
        while part := _next(parts):
            if upload.received + len(part) > file.size:
                return False
            upload.append(part)
        return upload.finish()


def _next(parts: Generator[bytes]) -> bytes:
    """Return the next part of a file of the folder; nothing at its end, and where it is not there."""
    try:
        return next(parts, b"")
    except StoreUnavailableError:
        return b""
