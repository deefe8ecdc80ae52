"""The entries of an exported dossier in the order in which they must stand, and the list of what was found."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO

from adapters.dossier.errors import DossierError, DossierFault
from formats.asic import SIGNATURE_NAME, DataObject
from formats.stored_zip import read_stored_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from formats.stored_zip import ZipEntry


class ContainerEntries:
    """A container read once, from its first byte on; everything raises ``StoredZipError`` where it is none.

    Attributes:
        objects: What was taken with ``listed`` or ``hashed``: what the container's list must list.
        moments: Of all entries, as ``zip_moment`` writes them.
    """

    def __init__(self, source: BinaryIO) -> None:
        self.objects: list[DataObject] = []
        self.moments: set[int] = set()
        self._entries: Iterator[ZipEntry] = read_stored_zip(source)
        self._next: ZipEntry | None = None

    def coming(self) -> str:
        """Return the name of the next entry; empty behind the last."""
        if self._next is None:
            self._next = next(self._entries, None)
        return self._next.name if self._next else ""

    def take(self, name: str, limit: int) -> bytes:
        """Return the content of the next entry.

        Raises:
            DossierError: It has another name (``NOT_THE_CONTENT``), or there is none (``CUT_OFF``).
        """
        return self._take(name).whole(limit)

    def listed(self, name: str, limit: int, media_type: str) -> bytes:
        """Return the content of the next entry, which the container lists; else as ``take``."""
        content = self.take(name, limit)
        self.objects.append(DataObject(name, media_type, hashlib.sha256(content).hexdigest()))
        return content

    def hashed(self, name: str, media_type: str) -> tuple[int, str]:
        """Return size and SHA-256 of the next entry, however large, which the container lists; else as ``take``."""
        entry = self._take(name)
        digest = hashlib.sha256()
        for chunk in entry.chunks():
            digest.update(chunk)
        self.objects.append(DataObject(name, media_type, digest.hexdigest()))
        return entry.size, digest.hexdigest()

    def end(self) -> None:
        """Return when all was taken.

        Raises:
            DossierError: ``NOT_THE_CONTENT``: there is another entry.
        """
        if name := self.coming():
            raise unlisted(name)

    def _take(self, name: str) -> ZipEntry:
        found = self.coming()
        if self._next is None:
            raise DossierError(DossierFault.CUT_OFF, f"{SIGNATURE_NAME}: is not there")
        if found != name:
            raise unlisted(found)
        entry, self._next = self._next, None
        self.moments.add(entry.moment)
        return entry


def unlisted(name: str) -> DossierError:
    """Return what an entry is refused with that has no place there."""
    return DossierError(DossierFault.NOT_THE_CONTENT, f"{name}: is no file that is expected there")
