"""Sealed files on their way: on HRSS's own disk, so that an upload that breaks goes on with the same ciphertext.

Of each file there are two: the ciphertext, and a record with what the manifest says of it and its key, wrapped for
HRSS's own key. The key in plain is never on the disk. A file whose record is there is not sealed again.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import Purpose
from adapters.dossier.sealing import seal
from adapters.justice.durable import written_whole
from formats import canonical
from formats.dossier import DossierItem, Manifest
from formats.manifest import decode_manifest, encode_manifest

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from adapters.dossier.keys import PublicDossierKey
    from adapters.justice.folder import ListedFile

_RECORD, _SEALED = ".json", ".sealed"
_READ: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """One sealed file: what the manifest says of it, where its ciphertext is, and its key, wrapped for HRSS."""

    item: DossierItem
    path: Path
    kid: str
    wrapped: bytes


class Spool:
    """The sealed files of one case in one folder. For one process at a time."""

    def __init__(self, folder: Path, referral_id: str, agency: str) -> None:
        """Take the folder, which is made once something is sealed, the case and the referring agency."""
        self.folder = folder
        self.referral_id = referral_id
        self.agency = agency

    def seal(self, listed: ListedFile, own: PublicDossierKey, now: datetime) -> SpooledFile:
        """Return a file sealed: as it was before, or now.

        Args:
            listed: The file.
            own: HRSS's own key.
            now: UTC.

        Raises:
            DossierError: ``NOT_THE_CONTENT``: another content is sealed under its id.
            ManifestError: The manifest cannot list it so; the message names the member.
            OSError: It cannot be read or written.
        """
        with listed.path.open("rb") as content:
            return self.seal_stream(listed, content, own, now)

    def seal_stream(self, listed: ListedFile, content: BinaryIO, own: PublicDossierKey, now: datetime) -> SpooledFile:
        """Seal what *content* holds, which can be sought in; else as ``seal``."""
        self._require_listable(listed, now)
        record = self.folder / f"{listed.item_id}{_RECORD}"
        if record.exists():
            return self._same(self._read(record), content)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = self.folder / f"{listed.item_id}{_SEALED}"
        with written_whole(place) as sink:
            made = seal(listed.item_id, content, sink)
        sizes = (made.content_bytes, made.content_sha256, made.sealed_bytes, made.sealed_sha256)
        item = _item(listed, *sizes)
        wrapped = own.wrap(made.key, Purpose(self.referral_id, listed.item_id, self.agency))
        manifest = self._alone(item, now)
        text = {"manifest": manifest.decode(), "kid": own.kid, "wrapped": b64encode(wrapped).decode()}
        # Only now does the ciphertext count: without its record nothing opens it, and it is sealed anew.
        with written_whole(record) as file:
            file.write(canonical.encode(text))
        return SpooledFile(item, place, own.kid, wrapped)

    def files(self) -> list[SpooledFile]:
        """Return every sealed file in the order of their ids; empty where nothing is sealed.

        Raises:
            DossierError: ``CHANGED``: a record is none of this case; the message names it.
        """
        found = [self._read(record) for record in self.folder.glob(f"*{_RECORD}")] if self.folder.exists() else []
        return sorted(found, key=lambda file: file.item.item_id)

    def _read(self, record: Path) -> SpooledFile:
        try:
            content = json.loads(record.read_bytes())
            manifest = decode_manifest(content["manifest"].encode())
            (item,) = manifest.items
            kid, wrapped = str(content["kid"]), b64decode(content["wrapped"], validate=True)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DossierError(DossierFault.CHANGED, f"{record}: is no record of a sealed file") from error
        if (manifest.referral_id, manifest.agency) != (self.referral_id, self.agency):
            raise DossierError(DossierFault.CHANGED, f"{record}: is of {manifest.agency}'s {manifest.referral_id}")
        return SpooledFile(item, record.with_name(f"{item.item_id}{_SEALED}"), kid, wrapped)

    def _require_listable(self, listed: ListedFile, now: datetime) -> None:
        """Refuse what no manifest takes before a file name is made of it, and before it is sealed for nothing."""
        nothing = hashlib.sha256().hexdigest()
        self._alone(_item(listed, 0, nothing, 16, nothing), now)

    def _alone(self, item: DossierItem, now: datetime) -> bytes:
        return encode_manifest(Manifest(self.referral_id, 1, "", self.agency, now, (item,)))

    @staticmethod
    def _same(sealed: SpooledFile, content: BinaryIO) -> SpooledFile:
        digest = hashlib.sha256()
        while part := content.read(_READ):
            digest.update(part)
        if digest.hexdigest() != sealed.item.content_sha256:
            raise DossierError(
                DossierFault.NOT_THE_CONTENT, f"{sealed.item.item_id}: another content is sealed under this id"
            )
        return sealed


def _item(
    listed: ListedFile, content_bytes: int, content_sha256: str, sealed_size: int, sealed_sha256: str
) -> DossierItem:
    return DossierItem(
        item_id=listed.item_id,
        material=listed.material,
        evidence=listed.evidence,
        media_type=listed.media_type,
        collected_by=listed.collected_by,
        collected_on=listed.collected_on,
        content_bytes=content_bytes,
        content_sha256=content_sha256,
        sealed_bytes=sealed_size,
        sealed_sha256=sealed_sha256,
    )
