"""``BucketUpkeep``: what of the sealed evidence in a bucket an operator looks after."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gateway.services.ports.evidence import StoredFile
from gateway.storage.bucket_upload import BLOCK_BYTES, TAILS, UPLOADS, WHOLE, Keys
from gateway.storage.evidence_files import NAME, case_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateway.storage.bucket_calls import Bucket
    from gateway.storage.byte_locks import ByteLocks


class BucketUpkeep:
    """The port ``EvidenceUpkeep`` on a bucket."""

    def __init__(self, bucket: Bucket, locks: ByteLocks) -> None:
        self._bucket = bucket
        self._locks = locks

    def case_name(self, referral_id: str) -> str:
        """Return the name of a case in the bucket."""
        return case_name(referral_id)

    def whole(self) -> Iterator[StoredFile]:
        """Yield every whole file; see the port."""
        for each in self._bucket.objects(WHOLE):
            case, _, sha256 = each.key.removeprefix(WHOLE).partition("/")
            yield StoredFile(case, sha256, each.size, each.modified)

    def unfinished(self) -> Iterator[StoredFile]:
        """Yield every upload; see the port. One that is whole beside it is what a break at the very end has left."""
        found: dict[str, tuple[int, datetime]] = {}
        for key, upload, since in self._bucket.begun(UPLOADS):
            parts = self._bucket.parts(key, upload)
            _add(found, key.removeprefix(UPLOADS), sum(part.size for part in parts), since)
        for prefix in (UPLOADS, TAILS):
            for each in self._bucket.objects(prefix):
                _add(found, each.key.removeprefix(prefix), each.size, each.modified)
        for place, (size, since) in sorted(found.items()):
            if NAME.fullmatch(place):
                case, _, sha256 = place.partition("/")
                yield StoredFile(case, sha256, size, since)

    def flaw(self, file: StoredFile) -> str:
        """Read a whole file to its end; see the port."""
        key, digest = Keys(f"{file.case}/{file.sha256}").whole, hashlib.sha256()
        there = self._bucket.look(key)
        if there is None:
            return "is not there"
        for begins in range(0, there.size, BLOCK_BYTES):
            digest.update(self._bucket.get(key, begins, min(BLOCK_BYTES, there.size - begins), there.tag))
        return "" if digest.hexdigest() == file.sha256 else "is not the file that its name says"

    def discard(self, upload: StoredFile) -> bool:
        """Throw away an upload; see the port. On another machine somebody may write to it, who begins anew then."""
        keys = Keys(f"{upload.case}/{upload.sha256}")
        with self._locks.held(keys.whole) as ours:
            if not ours:
                return False
            for key, begun, _ in self._bucket.begun(keys.upload):
                self._bucket.abort(key, begun)
            for key in (keys.upload, keys.tail):
                self._bucket.delete(key)
        return True


def _add(found: dict[str, tuple[int, datetime]], place: str, size: int, since: datetime) -> None:
    """Add what there is of a file to what was found of it: all its bytes, and when it was last written to."""
    earlier = found.get(place, (0, since))
    found[place] = earlier[0] + size, max(earlier[1], since)
