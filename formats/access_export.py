"""An export of the record of calls: the names of its files, where a row says that it stands, and the manifest.

Shared by who writes one and who verifies it. Which calls are in it, and what of them, is not its business; how proofs
are made and followed is ``merkle_many``'s.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.merkle import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND: Final = "joint-sanctions-export/v1"
MANIFEST_FILE, PROOFS_FILE, RECEIPT_FILE = "manifest.json", "proofs.txt", "receipt.json"
ROWS_FILES: Final = {"jsonl": "rows.jsonl", "csv": "rows.csv"}
MEMBERS: Final = frozenset(
    {
        "kind",
        "format",
        "filter",
        "rows",
        "content_sha256",
        "proofs_sha256",
        "first",
        "last",
        "logs",
        "exported_by",
        "begun_at",
        "ended_at",
    }
)
LOG_MEMBERS: Final = frozenset({"origin", "key", "checkpoint", "entries"})
CSV_COLUMNS: Final = (
    "recorded_at",
    "agency",
    "role",
    "officer",
    "officer_known",
    "officer_key",
    "officer_nonce",
    "assertion_fault",
    "method",
    "outcome",
    "area",
    "decision_point",
    "case_ref",
    "usccs",
    "verdict",
    "field",
    "writer",
    "number",
    "item",
    "log",
    "index",
    "leaf",
    "envelope",
)


class ExportError(ValueError):
    """An export is not what was exported, and why."""


@dataclass(frozen=True, slots=True)
class ExportedPlace:
    """Where a row says that its call stands: queue, number, item of a batch; log, index, leaf hash and envelope."""

    writer: str
    number: int
    item: int | None
    log: str
    index: int
    leaf: bytes
    envelope: bytes

    def members(self) -> dict[str, object]:
        """Return it as members of a JSON object; without ``item`` where it is the call itself."""
        item = {} if self.item is None else {"item": self.item}
        return {
            "writer": self.writer,
            "number": self.number,
            **item,
            "log": self.log,
            "index": self.index,
            "leaf": self.leaf.hex(),
            "envelope": self.envelope.decode(),
        }

    def cells(self) -> dict[str, str]:
        """Return it as cells of a CSV, by column."""
        return {"item": "", **{name: str(value) for name, value in self.members().items()}}

    def check(self) -> None:
        """Look whether the envelope is that of this place, and the leaf its hash.

        Raises:
            ExportError: It is not.
        """
        if leaf_hash(self.envelope) != self.leaf:
            raise ExportError(f"{self.writer}/{self.number}: the leaf is not the hash of the envelope")
        envelope = _object(self.envelope, "the envelope")
        if (envelope.get("writer"), envelope.get("n")) != (self.writer, self.number):
            raise ExportError(f"{self.writer}/{self.number}: the envelope is that of another entry")


def place_of(members: Mapping[str, Any]) -> ExportedPlace:
    """Read a place from what ``members`` gave, or from cells.

    Raises:
        ExportError: Something is missing or of another form.
    """
    try:
        item = members.get("item", "")
        return ExportedPlace(
            str(members["writer"]),
            int(members["number"]),
            None if item == "" else int(item),
            str(members["log"]),
            int(members["index"]),
            bytes.fromhex(members["leaf"]),
            members["envelope"].encode(),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ExportError(f"a row does not say where it stands: {error!r}") from error


def read_manifest(data: bytes) -> dict[str, Any]:
    """Return a manifest whose members are all there and of their form; what they say is not looked at.

    Raises:
        ExportError: It is none.
    """
    manifest = _object(data, "the manifest")
    if manifest.keys() != MEMBERS or manifest["kind"] != KIND or manifest["format"] not in ROWS_FILES:
        raise ExportError("not the manifest of an export")
    logs, by = manifest["logs"], manifest["exported_by"]
    if not isinstance(logs, list) or any(not isinstance(log, dict) or log.keys() != LOG_MEMBERS for log in logs):
        raise ExportError("not the manifest of an export: logs")
    if not isinstance(by, dict) or by.keys() != {"agency", "role", "officer"}:
        raise ExportError("not the manifest of an export: exported_by")
    return manifest


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _object(data: bytes, what: str) -> dict[str, Any]:
    try:
        value = canonical.decode(data)
    except ValueError as error:
        raise ExportError(f"{what}: {error}") from error
    if not isinstance(value, dict):
        raise ExportError(f"{what} is not an object")
    return value
