"""``FolderUpkeep``: what of a folder of sealed evidence an operator looks after."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gateway.services.ports.evidence import StoredFile
from gateway.storage.evidence import failing, hash_in, locked
from gateway.storage.evidence_files import UPLOADS, case_name, whole_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class FolderUpkeep:
    """The port ``EvidenceUpkeep`` on a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def case_name(self, referral_id: str) -> str:
        """Return the name of a case's folder."""
        return case_name(referral_id)

    def whole(self) -> Iterator[StoredFile]:
        """Yield every whole file; see the port."""
        with failing("evidence cannot be read"):
            for file in whole_files(self._folder):
                yield _stored(file, file.parent.name, file.name)

    def unfinished(self) -> Iterator[StoredFile]:
        """Yield every upload; see the port."""
        with failing("evidence cannot be read"):
            uploads = self._folder / UPLOADS
            for file in sorted(uploads.iterdir()) if uploads.exists() else ():
                case, _, sha256 = file.name.rpartition("-")  # those from before uploads were by case have none
                with suppress(FileNotFoundError):  # it became whole meanwhile
                    yield _stored(file, case, sha256)

    def flaw(self, file: StoredFile) -> str:
        """Read a whole file to its end; see the port."""
        with failing("evidence cannot be read"):
            place = self._folder / file.case / file.sha256
            descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
            try:
                return "" if hash_in(descriptor) == file.sha256 else "is not the file that its name says"
            finally:
                os.close(descriptor)

    def discard(self, upload: StoredFile) -> bool:
        """Throw away an upload; see the port."""
        place = self._folder / UPLOADS / (f"{upload.case}-{upload.sha256}" if upload.case else upload.sha256)
        with failing("evidence cannot be written"):
            if not place.exists():
                return False
            descriptor = os.open(place, os.O_RDWR | os.O_CLOEXEC)
            try:
                # Under the lock: whoever opens it afterwards begins a file of its own, and whoever writes now keeps it.
                if not locked(descriptor):
                    return False
                place.unlink()
                return True
            finally:
                os.close(descriptor)


def _stored(file: Path, case: str, sha256: str) -> StoredFile:
    found = file.stat()
    return StoredFile(case, sha256, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
