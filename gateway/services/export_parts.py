"""What an export is asked for, what it is made of, and how far it has come; how it is made is in ``export_access``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping
    from datetime import datetime

    from gateway.domain.access_export import ExportFormat
    from gateway.services.ports.audit import AccessFilter


class PartKind(Enum):
    """What a part of an export is the next piece of."""

    CONTENT = "content"
    PROOFS = "proofs"
    MANIFEST = "manifest"


@dataclass(frozen=True, slots=True)
class Part:
    """One part, and how many rows and which hash of them all parts so far make."""

    kind: PartKind
    data: bytes
    rows: int
    content_sha256: str


@dataclass(frozen=True, slots=True)
class ExportWanted:
    """What is exported, how, and by whom; ``told`` is the filter as it is recorded and as the manifest says it."""

    filter: AccessFilter
    without_outcome: bool
    form: ExportFormat
    told: Mapping[str, object]
    agency: str
    role: str
    officer: str
    begun_at: datetime


@dataclass(slots=True)
class ExportMade:
    """What has been made of an export so far."""

    rows: int = 0
    content: hashlib._Hash = field(default_factory=hashlib.sha256)
    proofs: hashlib._Hash = field(default_factory=hashlib.sha256)
    first: dict[str, object] | None = None
    last: dict[str, object] | None = None
    indexes: dict[str, array[int]] = field(default_factory=dict)
    """Of each log, in which the rows stand."""
    logs: list[dict[str, object]] = field(default_factory=list)

    def part(self, kind: PartKind, data: bytes) -> Part:
        """Return the next part."""
        return Part(kind, data, self.rows, self.content.hexdigest())
