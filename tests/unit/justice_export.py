"""A dossier that was sent in two parts and fetched, without a gateway: what an export is made of."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from adapters.justice.exporting import write_container
from adapters.justice.fetching import FetchedFile
from adapters.justice.parts import PURPOSE, VerifiedPart
from formats.dossier import DossierItem, EvidenceKind, Manifest, Material, sealed_bytes
from formats.manifest import encode_manifest, manifest_hash

if TYPE_CHECKING:
    from pathlib import Path

    from justice_gateway import Authority

CASE = "YS-2026-1"
WHEN = datetime.now(UTC).replace(microsecond=0)
"""Of every export. Authorities are made ``at=WHEN`` too: a test may begin long after this was read."""
CONTENTS = {1: {"letter": b"a letter", "order": b"an order " * 9, "report": b""}, 2: {"penalty": b"a penalty"}}


def item_of(item_id: str, content: bytes, media_type: str = "application/pdf") -> DossierItem:
    return DossierItem(
        item_id=item_id,
        material=Material.OTHER,
        evidence=EvidenceKind.DOCUMENTARY,
        media_type=media_type,
        collected_by="officer",
        collected_on=date(2026, 11, 2),
        content_bytes=len(content),
        content_sha256=hashlib.sha256(content).hexdigest(),
        sealed_bytes=sealed_bytes(len(content)),
        sealed_sha256="ab" * 32,
    )


class Dossier:
    """Parts signed by HRSS and the opened files of the police; ``write`` makes the container."""

    def __init__(self, authority: Authority, folder: Path, contents: dict[int, dict[str, bytes]] | None = None) -> None:
        self.authority, self.folder = authority, folder
        self.hrss = authority.party(None, "hrss", "producer")
        self.police = authority.party(None, "police", "police")
        self.parts: list[VerifiedPart] = []
        self.files: list[FetchedFile] = []
        for part, files in (contents or CONTENTS).items():
            items = tuple(item_of(item_id, content) for item_id, content in sorted(files.items()))
            self.add_part(part, items)
            for item in items:
                self.add_file(part, item, files[item.item_id])

    def add_part(self, number: int, items: tuple[DossierItem, ...], signer=None, **other) -> None:
        before = manifest_hash(self.parts[-1].raw) if number > 1 else ""
        manifest = replace(Manifest(CASE, number, before, "hrss", WHEN, items), **other)
        raw = encode_manifest(manifest)
        self.parts.append(VerifiedPart(raw, manifest, (signer or self.hrss).sign(PURPOSE, raw), ()))

    def add_file(self, part: int, item: DossierItem, content: bytes) -> None:
        path = self.folder / f"{part}-{len(self.files)}"
        path.write_bytes(content)
        self.files.append(FetchedFile(part, item, path))

    def written(self, by=None, at: datetime = WHEN) -> bytes:
        sink = io.BytesIO()
        write_container(by or self.police, self.parts, self.files, (sink, at))
        return sink.getvalue()
