"""Verifying an export without a gateway: read, counted and hashed again, and proven row by row against the log.

The receipt proves the entry of the export's end, that entry names the manifest's hash, the manifest those of rows and
proofs, and the proofs lead from every row to a signed checkpoint. So no byte of the four files can be changed. What a
row says beside its place is what the gateway exported; that an entry stands there, of that queue and instant, is
proven.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import stat
from typing import TYPE_CHECKING, Any

from formats import canonical
from formats.access_export import (
    CSV_COLUMNS,
    MANIFEST_FILE,
    PROOFS_FILE,
    RECEIPT_FILE,
    ROWS_FILES,
    ExportError,
    digest,
    place_of,
    read_manifest,
)
from formats.checkpoint import parse_checkpoint
from formats.merkle_many import root_of_many
from formats.note import NoteError, decode_note, verify_note
from formats.receipt import ReceiptError, decode_receipt, verify_receipt
from formats.spreadsheet import restored
from gateway.domain.access_export import EXPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from formats.access_export import ExportedPlace
    from formats.note import VerificationKey, Verify


def verify_export(folder: Path, keys: Sequence[VerificationKey], verify: Verify) -> dict[str, object]:
    """Return what an export has proven.

    Args:
        folder: Of the export.
        keys: Public keys of logs that are trusted.
        verify: Tells whether a signature holds.

    Raises:
        ExportError: It is not what was exported, or nothing that is trusted proves it.
        OSError: A file cannot be read.
    """
    data = _file(folder, MANIFEST_FILE).read_bytes()
    manifest = read_manifest(data)
    try:
        receipt = verify_receipt(decode_receipt(_file(folder, RECEIPT_FILE).read_bytes()), keys, verify)
        _check_end(manifest, data, receipt.body or {})
        leaves = _leaves(folder, manifest)
        proofs = _file(folder, PROOFS_FILE).read_bytes()
        if digest(proofs) != manifest["proofs_sha256"]:
            raise ExportError("the proofs are not those that the manifest names")
        hashes = iter(_hashes(proofs))
        for log in manifest["logs"]:
            _check_log(log, leaves.pop(log["origin"], {}), hashes, keys, verify)
    except (ReceiptError, NoteError) as error:
        raise ExportError(str(error)) from error
    if leaves or next(hashes, None) is not None:
        raise ExportError("there are rows or hashes that the manifest does not speak of")
    return {
        "export": manifest["format"],
        "rows": manifest["rows"],
        "filter": manifest["filter"],
        "exported_by": manifest["exported_by"],
        "exported_at": receipt.envelope.get("time"),
        "logs": {log["origin"]: log["entries"] for log in manifest["logs"]},
        "recorded": f"{receipt.envelope.get('writer')}/{receipt.envelope.get('n')}",
    }


def _file(folder: Path, name: str) -> Path:
    """Return a file of the folder; a link or a device is none: it leads elsewhere, or has no end."""
    file = folder / name
    if not stat.S_ISREG(file.lstat().st_mode):
        raise ExportError(f"{name}: is no file of this folder")
    return file


def _check_end(manifest: dict[str, Any], data: bytes, body: Any) -> None:  # noqa: ANN401 - a decoded body
    """Look whether the entry that the receipt proves is the end of this very export."""
    named = {
        "format": manifest["format"],
        "count": manifest["rows"],
        "content": manifest["content_sha256"],
        "manifest": digest(data),
    }
    caller = body.get("caller", {})
    by = {"agency": caller.get("agency"), "role": caller.get("role"), "officer": body.get("officer")}
    if (body.get("method"), body.get("outcome"), body.get("export")) != (EXPORT, "OK", named):
        raise ExportError("the receipt is not that of this export's end")
    if by != manifest["exported_by"] or body.get("search", {}) != manifest["filter"]:
        raise ExportError("the record has another exporter or filter than the manifest")


def _leaves(folder: Path, manifest: dict[str, Any]) -> dict[str, dict[int, bytes]]:
    """Return the leaf at each index, by log, once every row has been read again."""
    file, form = _file(folder, ROWS_FILES[manifest["format"]]), manifest["format"]
    with file.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != manifest["content_sha256"]:
            raise ExportError("the rows are not those that the manifest names")
    leaves: dict[str, dict[int, bytes]] = {}
    ends: list[dict[str, object]] = []
    count, told = 0, set()
    for place in _csv_places(file) if form == "csv" else _json_places(file):
        place.check()
        count += 1
        told.add((place.writer, place.number, place.item))
        if leaves.setdefault(place.log, {}).setdefault(place.index, place.leaf) != place.leaf:
            raise ExportError(f"{place.log}: two entries are said to stand at {place.index}")
        here = {"writer": place.writer, "number": place.number, "log": place.log, "index": place.index}
        ends = [ends[0] if ends else here, here]
    if (count, len(told)) != (manifest["rows"], count):
        raise ExportError(f"{count} rows, {len(told)} of them different, where the manifest has {manifest['rows']}")
    if ends != ([manifest["first"], manifest["last"]] if count else []):
        raise ExportError("the first or the last row is not that of the manifest")
    return leaves


def _json_places(file: Path) -> Iterator[ExportedPlace]:
    with file.open("rb") as lines:
        for line in lines:
            try:
                event = canonical.decode(line.removesuffix(b"\n"))
            except ValueError as error:
                raise ExportError(f"a row: {error}") from error
            part = event.get("unmapped") if isinstance(event, dict) else None
            if not isinstance(part, dict):
                raise ExportError("a row does not say where it stands")
            yield place_of(part)


def _csv_places(file: Path) -> Iterator[ExportedPlace]:
    with io.TextIOWrapper(file.open("rb"), encoding="utf-8-sig", newline="") as text:
        try:
            rows = csv.reader(text, strict=True)
            if tuple(next(rows, ())) != CSV_COLUMNS:
                raise ExportError("the columns are not those of an export")
            for row in rows:
                if len(row) != len(CSV_COLUMNS):
                    raise ExportError("a row has not as many cells as there are columns")
                yield place_of(dict(zip(CSV_COLUMNS, map(restored, row), strict=True)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise ExportError(f"a row: {error}") from error


def _hashes(proofs: bytes) -> Iterator[bytes]:
    for line in proofs.splitlines():
        try:
            yield base64.b64decode(line, validate=True)
        except ValueError as error:
            raise ExportError("a line of the proofs is no hash") from error


def _check_log(
    log: dict[str, Any],
    leaves: dict[int, bytes],
    hashes: Iterator[bytes],
    keys: Sequence[VerificationKey],
    verify: Verify,
) -> None:
    note = decode_note(str(log["checkpoint"]).encode())
    checkpoint = parse_checkpoint(note.text)
    signed = verify_note(note, [key for key in keys if key.name == log["origin"] == checkpoint.origin], verify)
    if not signed or str(log["key"]) not in {str(each.key) for each in signed}:
        raise ExportError(f"the checkpoint of {log['origin']} is not signed by a key that is trusted for it")
    if len(leaves) != log["entries"]:
        raise ExportError(f"{log['origin']}: {len(leaves)} entries where the manifest has {log['entries']}")
    try:
        root = root_of_many(leaves, checkpoint.size, hashes)
    except ValueError as error:
        raise ExportError(f"{log['origin']}: {error}") from error
    if root != checkpoint.root:
        raise ExportError(f"{log['origin']}: a row does not stand in the log where it says")
