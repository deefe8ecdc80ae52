"""``BucketUpload``: one file on its way into a bucket, which goes on where the bucket says that it ended."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.evidence_files import place_of

if TYPE_CHECKING:
    from gateway.services.ports.evidence import SealedFile
    from gateway.storage.bucket_calls import Bucket, Object, Part

BLOCK_BYTES: Final = 5 << 20
"""Of a part, the least that S3 takes of any but the last; as much of a file is held in memory."""
UPLOADS, TAILS, WHOLE, BLOCKS = "uploads/", "tails/", "whole/", "blocks/"
_OFFSET: Final = "offset"


@dataclass(frozen=True, slots=True)
class Keys:
    """Under which keys what there is of one file lies; ``place`` is its case's name and its hash."""

    place: str

    @classmethod
    def of(cls, file: SealedFile) -> Keys:
        """Return those of a file."""
        return cls(place_of(file.referral_id, file.sha256))

    @property
    def upload(self) -> str:
        """Of the upload in parts, and of the object that it becomes until its hash is known to hold."""
        return UPLOADS + self.place

    @property
    def tail(self) -> str:
        """Of the bytes after the last full part."""
        return TAILS + self.place

    @property
    def whole(self) -> str:
        """Of the whole file."""
        return WHOLE + self.place

    @property
    def blocks(self) -> str:
        """Of the hashes of its blocks."""
        return BLOCKS + self.place


def blocks_in(size: int) -> int:
    """Return of how many blocks a file of that many bytes is made."""
    return -(-size // BLOCK_BYTES)


class BucketUpload:
    """The port ``Uploading`` on a bucket. ``received`` counts what ``leave`` keeps, when nothing fails before."""

    def __init__(self, bucket: Bucket, file: SealedFile) -> None:
        """Find what of a file that is not whole is there. For one caller at a time, once it is written to."""
        self._bucket = bucket
        self._file = file
        self._keys = Keys.of(file)
        self._upload = ""
        self._parts: list[Part] = []
        self._rest = bytearray()
        self._kept_rest = 0
        self._failed = False
        self.received = 0
        self._staged = self._found_staged()
        if self._staged is None:
            self._find()
        # The hash of what comes in one piece is known before the bucket is asked; of what goes on, the bucket tells it.
        self._digest = hashlib.sha256() if self.received == 0 else None

    def append(self, content: bytes) -> None:
        """Add bytes to the end; each full part goes to the bucket at once."""
        self._rest += content
        self.received += len(content)
        if self._digest is not None:
            self._digest.update(content)
        while len(self._rest) >= BLOCK_BYTES:
            with memoryview(self._rest) as rest:  # so that it is copied once
                block = rest[:BLOCK_BYTES].tobytes()
            self._put_part(block)
            del self._rest[:BLOCK_BYTES]

    def finish(self) -> bool:
        """Keep the file for good; see the port.

        Raises:
            StoreUnavailableError: The bucket failed, and what it has stays; or, ``CHANGED``, it gives back other bytes
                than were written, and nothing of them stays.
        """
        if self._staged is None:
            if self.received != self._file.size or not self._right(self._digest):
                self._throw_away()
                return False
            self._staged = self._made_one()
        digest, blocks = self._read_back(self._staged)
        if not self._right(digest):
            self._throw_away()
            if self._digest is not None:
                raise StoreUnavailableError(
                    "evidence is not what was written", object=self._file.sha256, kind="CHANGED"
                )
            return False
        self._bucket.put(self._keys.blocks, blocks)
        self._bucket.copy(self._keys.upload, self._staged.tag, self._keys.whole)
        there = self._bucket.look(self._keys.whole)
        if there is None or there.size != self._file.size:
            raise StoreUnavailableError("evidence cannot be written", object=self._file.sha256, kind="NOT_KEPT")
        self._clear()
        return True

    def leave(self) -> None:
        """Keep what is not in a part yet, so that the upload goes on from there."""
        if self._failed or len(self._rest) == self._kept_rest:
            return
        offset = self.received - len(self._rest)
        self._bucket.put(self._keys.tail, bytes(self._rest), {_OFFSET: str(offset)})

    def _found_staged(self) -> Object | None:
        staged = self._bucket.look(self._keys.upload)
        if staged is None or staged.size != self._file.size:
            return None
        self.received = staged.size
        return staged

    def _find(self) -> None:
        """Take up the parts that are there, as far as one follows the other, and what waits behind the last."""
        begun = [upload for key, upload, _ in self._bucket.begun(self._keys.upload) if key == self._keys.upload]
        if begun:
            self._upload = begun[0]
            for part in self._bucket.parts(self._keys.upload, self._upload):
                full = part.size == BLOCK_BYTES and self.received + part.size <= self._file.size
                last = self.received + part.size == self._file.size
                if part.number != len(self._parts) + 1 or not (full or last):
                    break
                self._parts.append(part)
                self.received += part.size
        tail = self._bucket.look(self._keys.tail)
        if tail is None or tail.said.get(_OFFSET) != str(self.received):
            return
        if 0 < tail.size < BLOCK_BYTES and self.received + tail.size <= self._file.size:
            self._rest += self._bucket.get(self._keys.tail, 0, tail.size, tail.tag)
            self._kept_rest = tail.size
            self.received += tail.size

    def _put_part(self, content: bytes) -> None:
        try:
            self._upload = self._upload or self._bucket.begin(self._keys.upload)
            part = self._bucket.put_part(self._keys.upload, self._upload, len(self._parts) + 1, content)
        except StoreUnavailableError:
            # Whoever leaves now would wait for the bucket once more, to keep what the next upload brings again.
            self._failed = True
            raise
        self._parts.append(part)
        self._kept_rest = 0

    def _made_one(self) -> Object:
        if self._rest:
            self._put_part(bytes(self._rest))
            self._rest.clear()
        self._bucket.complete(self._keys.upload, self._upload, self._parts)
        made = self._bucket.look(self._keys.upload)
        if made is None or made.size != self._file.size:
            raise StoreUnavailableError("evidence cannot be written", object=self._file.sha256, kind="NOT_KEPT")
        return made

    def _read_back(self, made: Object) -> tuple[hashlib._Hash, bytes]:
        """Return the running hash of what the bucket gives back, and the hashes of its blocks, one after the other."""
        whole, blocks = hashlib.sha256(), bytearray()
        for begins in range(0, made.size, BLOCK_BYTES):
            block = self._bucket.get(self._keys.upload, begins, min(BLOCK_BYTES, made.size - begins), made.tag)
            whole.update(block)
            blocks += hashlib.sha256(block).digest()
        return whole, bytes(blocks)

    def _right(self, digest: hashlib._Hash | None) -> bool:
        return digest is None or digest.hexdigest() == self._file.sha256

    def _throw_away(self) -> None:
        if self._upload and self._staged is None:
            self._bucket.abort(self._keys.upload, self._upload)
        self._clear()
        self.received = 0

    def _clear(self) -> None:
        """Remove what is left of the way here."""
        self._upload, self._staged = "", None
        self._parts.clear()
        self._rest.clear()
        self._kept_rest = 0
        for key in (self._keys.upload, self._keys.tail):
            self._bucket.delete(key)
