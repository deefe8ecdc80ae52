"""``EvidenceFolder``: sealed evidence in a folder, by case and hash, each file moved into place once it is whole.

An upload grows in a file of its own, which is locked while somebody writes to it. It is believed only when all of it
has the hash that its sender declared: what a power cut left at its end is found then, and the upload begins anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import StateError, StoreUnavailableError
from gateway.storage.evidence_files import UPLOADS, earlier_place_of, place_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from gateway.services.ports.evidence import SealedFile

PART_BYTES: Final = 256 << 10
"""Read at once. Of a download several parts are under way, at both ends."""


class FolderUpload:
    """An upload whose file is locked for it."""

    def __init__(self, folder: EvidenceFolder, file: SealedFile, descriptor: int) -> None:
        self._folder = folder
        self._file = file
        self._descriptor = descriptor
        self.received = os.fstat(descriptor).st_size

    def append(self, content: bytes) -> None:
        """Add bytes to the end."""
        with failing("evidence cannot be written"):
            written = 0
            while written < len(content):
                written += os.pwrite(self._descriptor, content[written:], self.received + written)
            self.received += written

    def finish(self) -> bool:
        """Keep the file for good; see the port."""
        with failing("evidence cannot be written"):
            if self.received != self._file.size or hash_in(self._descriptor) != self._file.sha256:
                os.ftruncate(self._descriptor, 0)
                self.received = 0
                return False
            os.fsync(self._descriptor)
            self._folder.keep(self._file)
            return True


class EvidenceFolder:
    """The port ``EvidenceStore`` on a folder. Safe to use from several threads and processes of one machine."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made when the first upload begins, readable by its owner alone."""
        self._folder = folder

    def has(self, file: SealedFile) -> bool:
        """Return whether the file is there whole."""
        return self._size(self._place(file)) == file.size

    def received(self, file: SealedFile) -> int:
        """Return how many bytes are there."""
        return file.size if self.has(file) else min(self._size(self._upload(file)), file.size)

    @contextmanager
    def upload(self, file: SealedFile) -> Iterator[FolderUpload]:
        """Open an upload; see the port."""
        with failing("evidence cannot be written"):
            for folder in (self._folder, self._folder / UPLOADS):  # each by itself, so that each is its owner's alone
                folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(self._upload(file), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # What an operator has thrown away meanwhile has no name any more: it could not be moved into its place.
            if not locked(descriptor) or os.fstat(descriptor).st_nlink == 0:
                raise under_way(file.sha256)
            with failing("evidence cannot be written"):
                if os.fstat(descriptor).st_size > file.size:
                    os.ftruncate(descriptor, file.size)
            yield FolderUpload(self, file, descriptor)
        finally:
            os.close(descriptor)

    def read(self, file: SealedFile, offset: int) -> Generator[bytes]:
        """Yield the bytes of a whole file; see the port. Whether they were changed, their recipient sees."""
        with failing("evidence cannot be read"):
            place, earlier = self._place(file), self._folder / earlier_place_of(file.sha256)
            with (place if place.exists() or not earlier.exists() else earlier).open("rb") as stream:
                stream.seek(offset)
                while part := stream.read(PART_BYTES):
                    yield part

    def keep(self, file: SealedFile) -> None:
        """Move a whole upload into its place, durably."""
        place = self._place(file)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        self._upload(file).rename(place)
        for folder in (place.parent, self._folder, self._folder / UPLOADS):
            _sync(folder)

    def _place(self, file: SealedFile) -> Path:
        return self._folder / place_of(file.referral_id, file.sha256)

    def _upload(self, file: SealedFile) -> Path:
        return self._folder / UPLOADS / place_of(file.referral_id, file.sha256).replace("/", "-")

    @staticmethod
    def _size(path: Path) -> int:
        with failing("evidence cannot be read"):
            return path.stat().st_size if path.exists() else 0


def under_way(sha256: str) -> StateError:
    """Return what is raised while somebody else uploads the same file."""
    return StateError(
        "another upload of this file is under way",
        object=sha256,
        state="UPLOADING",
        wanted="UPLOAD",
        allowed="",
        why="UPLOAD_UNDER_WAY",
    )


def locked(descriptor: int) -> bool:
    """Return whether a file is locked for this descriptor now: False while another has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def hash_in(descriptor: int) -> str:
    """Return the SHA-256 of an open file, hexadecimal."""
    digest, offset = hashlib.sha256(), 0
    while part := os.pread(descriptor, PART_BYTES, offset):
        digest.update(part)
        offset += len(part)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def failing(what: str) -> Iterator[None]:
    """Turn what the file system refuses into what the caller is told."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailableError(what, kind=type(error).__name__) from error
