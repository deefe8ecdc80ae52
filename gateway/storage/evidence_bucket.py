"""``EvidenceBucket``: sealed evidence in a bucket, by case and hash.

A file grows as an upload in parts under ``uploads/``, of which the last, short one waits under ``tails/``. Once all of
it is there and what the bucket gives back has the hash that was declared, it is copied to ``whole/``, where alone it
counts. Beside it, under ``blocks/``, stand the hashes of its blocks: a read gives no byte of a block that was changed.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.bucket_upload import BLOCK_BYTES, BucketUpload, Keys, blocks_in
from gateway.storage.evidence import PART_BYTES, under_way

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from gateway.services.ports.evidence import SealedFile
    from gateway.storage.bucket_calls import Bucket, Object
    from gateway.storage.byte_locks import ByteLocks

_DIGEST: Final = hashlib.sha256().digest_size


class EvidenceBucket:
    """The port ``EvidenceStore`` on a bucket. Safe to use from several threads and processes.

    Two machines are kept from each other's uploads by nothing but the hash: neither makes a file whole that has not its
    own, and over one that is whole goes nothing but a copy of the very same bytes.
    """

    def __init__(self, bucket: Bucket, locks: ByteLocks) -> None:
        self._bucket = bucket
        self._locks = locks

    def has(self, file: SealedFile) -> bool:
        """Return whether the file is there whole."""
        return self._whole(file) is not None

    def received(self, file: SealedFile) -> int:
        """Return how many bytes are there."""
        return file.size if self.has(file) else BucketUpload(self._bucket, file).received

    @contextmanager
    def upload(self, file: SealedFile) -> Iterator[BucketUpload]:
        """Open an upload; see the port."""
        keys = Keys.of(file)
        with self._locks.held(keys.whole) as ours:
            if not ours:
                raise under_way(file.sha256)
            upload = BucketUpload(self._bucket, file)
            try:
                yield upload
            finally:
                upload.leave()

    def read(self, file: SealedFile, offset: int) -> Generator[bytes]:
        """Yield the bytes of a whole file; see the port.

        Raises:
            StoreUnavailableError: It is not there, or ``CHANGED``: the bucket gives back other bytes than were kept.
        """
        there, keys = self._whole(file), Keys.of(file)
        if there is None:
            raise StoreUnavailableError("evidence is not there", object=file.sha256, kind="LOST")
        count = blocks_in(file.size)
        hashes = self._bucket.get(keys.blocks, 0, count * _DIGEST)
        digest = hashlib.sha256() if offset == 0 else None
        for number in range(offset // BLOCK_BYTES, count):
            begins = number * BLOCK_BYTES
            block = self._bucket.get(keys.whole, begins, min(BLOCK_BYTES, file.size - begins), there.tag)
            sound = hashlib.sha256(block).digest() == hashes[number * _DIGEST : (number + 1) * _DIGEST]
            if sound and digest is not None:
                # The hashes lie in the bucket too: who reads all of a file holds it to the hash that its name says.
                digest.update(block)
                sound = number + 1 < count or digest.hexdigest() == file.sha256
            if not sound:
                raise StoreUnavailableError("evidence is not what was kept", object=file.sha256, kind="CHANGED")
            for at in range(max(0, offset - begins), len(block), PART_BYTES):
                yield block[at : at + PART_BYTES]

    def _whole(self, file: SealedFile) -> Object | None:
        there = self._bucket.look(Keys.of(file).whole)
        return there if there is not None and there.size == file.size else None
