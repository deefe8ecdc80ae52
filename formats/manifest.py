"""How a dossier's manifest is written: canonical JSON, with a hash of every file, which its sender signs.

It holds nothing that names anybody but officers by their agency's ids: titles, names of files and the facts of the case
are content of a file of their own (``CASE_DATA``), sealed like every other. A supplement is a manifest of its own that
names the hash of the one before it, so that nobody can take a part out or put one in between.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import format_instant, parse_date, parse_instant
from formats.dossier import (
    FILE_LIMIT,
    ID_FORM,
    ITEM_LIMIT,
    DossierItem,
    EvidenceKind,
    Manifest,
    Material,
    sealed_bytes,
)

if TYPE_CHECKING:
    from datetime import date, datetime
    from enum import StrEnum

KIND: Final = "joint-sanctions-dossier/v1"
MANIFEST_LIMIT: Final = 512 << 10
"""Bytes of a manifest."""
OFFICER_BYTES: Final = 64
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,63}/[a-z0-9!#$&^_.+-]{1,63}")
_AGENCY: Final = re.compile(r"[a-z0-9-]{1,64}")


class ManifestError(ValueError):
    """Bytes are no manifest; the message begins with the path of what is at fault."""


def manifest_hash(data: bytes) -> str:
    """Return the SHA-256 by which the next part names this manifest, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest.

    Raises:
        ManifestError: It is not one that ``decode_manifest`` would take.
    """
    items = [{**asdict(item), "collected_on": item.collected_on.isoformat()} for item in manifest.items]
    content = {
        "kind": KIND,
        "referral_id": manifest.referral_id,
        "part": manifest.part,
        "previous_sha256": manifest.previous_sha256,
        "agency": manifest.agency,
        "made_at": format_instant(manifest.made_at),
        "items": items,
    }
    data = canonical.encode(content)
    decode_manifest(data)
    return data


def decode_manifest(data: bytes) -> Manifest:
    """Read a manifest; who signed it is not looked at.

    Raises:
        ManifestError: It is none.
    """
    if len(data) > MANIFEST_LIMIT:
        raise ManifestError(f"$: over {MANIFEST_LIMIT} bytes")
    try:
        content = canonical.decode(data)
    except ValueError as error:
        raise ManifestError(str(error)) from error
    read = _Reader(content, "$", {"kind", "referral_id", "part", "previous_sha256", "agency", "made_at", "items"})
    if read.text("kind") != KIND:
        raise ManifestError(f"$.kind: is not {KIND}")
    part, previous = read.count("part"), read.text("previous_sha256")
    if part < 1 or bool(previous) is (part == 1):
        raise ManifestError("$.previous_sha256: the first part has none, and every other the hash of the one before")
    if previous:
        read.matching("previous_sha256", _HASH)
    manifest = Manifest(
        referral_id=read.matching("referral_id", ID_FORM),
        part=part,
        previous_sha256=previous,
        agency=read.matching("agency", _AGENCY),
        made_at=read.instant("made_at"),
        items=tuple(_item(each, f"$.items[{place}]") for place, each in enumerate(read.rows("items"))),
    )
    ids = [item.item_id for item in manifest.items]
    if ids != sorted(set(ids)):
        raise ManifestError("$.items: ids are sorted, each once")
    return manifest


def _item(content: object, path: str) -> DossierItem:
    read = _Reader(content, path, set(DossierItem.__slots__))
    item = DossierItem(
        item_id=read.matching("item_id", ID_FORM),
        material=Material(read.one_of("material", Material)),
        evidence=EvidenceKind(read.one_of("evidence", EvidenceKind)),
        media_type=read.matching("media_type", _MEDIA_TYPE),
        collected_by=read.officer("collected_by"),
        collected_on=read.day("collected_on"),
        content_bytes=read.count("content_bytes"),
        content_sha256=read.matching("content_sha256", _HASH),
        sealed_bytes=read.count("sealed_bytes"),
        sealed_sha256=read.matching("sealed_sha256", _HASH),
    )
    if item.content_bytes > FILE_LIMIT:
        raise ManifestError(f"{path}.content_bytes: over {FILE_LIMIT} bytes")
    if item.sealed_bytes != sealed_bytes(item.content_bytes):
        raise ManifestError(f"{path}.sealed_bytes: not the size of that much content sealed")
    return item


class _Reader:
    """The members of one object, read by their names; every fault names the path."""

    def __init__(self, content: object, path: str, members: set[str]) -> None:
        if not isinstance(content, dict) or set(content) != members:
            raise ManifestError(f"{path}: expected are the members {', '.join(sorted(members))}")
        self._content: dict[str, Any] = content
        self._path = path

    def text(self, name: str) -> str:
        value = self._content[name]
        if not isinstance(value, str):
            raise ManifestError(f"{self._path}.{name}: must be text")
        return value

    def matching(self, name: str, form: re.Pattern[str]) -> str:
        value = self.text(name)
        if not form.fullmatch(value):
            raise ManifestError(f"{self._path}.{name}: must have the form {form.pattern}")
        return value

    def one_of(self, name: str, words: type[StrEnum]) -> str:
        value = self.text(name)
        if value not in words.__members__:
            raise ManifestError(f"{self._path}.{name}: is none of {', '.join(words.__members__)}")
        return value

    def officer(self, name: str) -> str:
        value = self.text(name)
        if not value.strip() or not value.isprintable() or len(value.encode()) > OFFICER_BYTES:
            raise ManifestError(f"{self._path}.{name}: must be 1 to {OFFICER_BYTES} printable bytes")
        return value

    def count(self, name: str) -> int:
        value = self._content[name]
        if type(value) is not int or value < 0:
            raise ManifestError(f"{self._path}.{name}: must be a whole number from 0")
        return value

    def day(self, name: str) -> date:
        try:
            return parse_date(self.text(name))
        except ValueError as error:
            raise ManifestError(f"{self._path}.{name}: {error}") from error

    def instant(self, name: str) -> datetime:
        try:
            return parse_instant(self.text(name))
        except ValueError as error:
            raise ManifestError(f"{self._path}.{name}: {error}") from error

    def rows(self, name: str) -> list[object]:
        value = self._content[name]
        if not isinstance(value, list) or not 1 <= len(value) <= ITEM_LIMIT:
            raise ManifestError(f"{self._path}.{name}: must be 1 to {ITEM_LIMIT} files")
        return value
