"""Verify an export of recorded calls without the gateway and without its code.

    python3 verify_export.py --key 'NAME+ID+KEY' [--key …] FOLDER…

Needs Python, ``cryptography``, and ``verify_receipt.py`` beside it: copy these two files to another machine. Written
from docs/exports.md, and sharing nothing with the program that writes exports.

What is shown: the receipt proves that the gateway recorded the end of this export under the hash of this manifest; the
manifest names the hashes of rows and proofs; the proofs lead from every row to a checkpoint that the log's key has
signed.

Exit code 0: every export is proven. 1: one is not; the reason is printed. 2: usage.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import stat
import sys
from pathlib import Path
from typing import Any

from verify_receipt import Unproven, read_checkpoint, read_key, require, sha256, strict_object, unbase64, verify

Key = tuple[str, bytes, bytes]
COLUMNS = [
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
]
ROWS = {"jsonl": "rows.jsonl", "csv": "rows.csv"}
GUARDED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
"""A cell that was kept from running as a formula: its first apostrophe is none of its own."""
REFUSED = (Unproven, ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError, csv.Error)
"""What a folder that is no export makes of this program, told in one line."""


def content_of(folder: Path, name: str) -> bytes:
    """Return the bytes of a file of the folder; a link or a device is none."""
    require(stat.S_ISREG((folder / name).lstat().st_mode), f"{name} is no file of this folder")
    return (folder / name).read_bytes()


def ending(body: dict[str, Any], manifest: dict[str, Any], digest: str) -> None:
    """Look whether a recorded call is the end of the export that *manifest* speaks of."""
    said, caller = body.get("export"), body.get("caller", {})
    require(
        body.get("method") == "AuditService/ExportAccess" and body.get("outcome") == "OK", "not an export's receipt"
    )
    require(isinstance(said, dict) and said.get("manifest") == digest, "the record names another manifest")
    assert isinstance(said, dict)  # noqa: S101 - required above
    require(said["count"] == manifest["rows"] and said["content"] == manifest["content_sha256"], "other rows on record")
    by = {"agency": caller.get("agency"), "role": caller.get("role"), "officer": body.get("officer")}
    require(by == manifest["exported_by"], "the record names another exporter")
    require(body.get("search", {}) == manifest["filter"], "the record names another filter")


def json_rows(content: str) -> list[dict[str, Any]]:
    """Return where each row says that it stands."""
    require(not content or content.endswith("\n"), "the last row does not end its line")
    return [dict(strict_object(line)["unmapped"]) for line in content.split("\n")[:-1]]  # type: ignore[call-overload]


def csv_rows(content: str) -> list[dict[str, Any]]:
    """Return the cells of each row by column."""
    require(content.startswith("\ufeff"), "no byte order mark")
    head, *rows = csv.reader(io.StringIO(content[1:], newline=""), strict=True)
    require(head == COLUMNS and all(len(row) == len(COLUMNS) for row in rows), "other columns")
    plain = [[cell[1:] if GUARDED.match(cell) else cell for cell in row] for row in rows]
    return [dict(zip(COLUMNS, row, strict=True)) for row in plain]


def leaf_of(row: dict[str, Any]) -> bytes:
    """Return the leaf hash of the entry that a row is of, made from its envelope."""
    envelope = strict_object(row["envelope"])
    require(envelope["writer"] == row["writer"] and envelope["n"] == int(row["number"]), "another entry's envelope")
    leaf = sha256(b"\x00" + row["envelope"].encode())
    require(leaf.hex() == row["leaf"], "the leaf is not the hash of the envelope")
    return leaf


def rooted(leaves: dict[int, bytes], size: int, hashes: list[bytes]) -> bytes:
    """Return the root that leaves lead to; takes from the end of *hashes*, which are in reverse, those between them.

    A tree is split at the largest power of two below its size (RFC 9162, 2.1.1). Of a part without any of the leaves
    its hash is the next one of the proof.
    """
    known = sorted(leaves)

    def part(first: int, count: int, low: int, high: int) -> bytes:
        if low == high:
            require(bool(hashes), "a hash is missing")
            return hashes.pop()
        if count == 1:
            return leaves[first]
        left = 1
        while left * 2 < count:
            left *= 2
        middle = low
        while middle < high and known[middle] < first + left:
            middle += 1
        below = part(first, left, low, middle)
        return sha256(b"\x01" + below + part(first + left, count - left, middle, high))

    require(bool(known) and known[0] >= 0 and known[-1] < size, "an index lies outside the tree")
    return part(0, size, 0, len(known))


def check_logs(manifest: dict[str, Any], rows: list[dict[str, Any]], proofs: str, keys: list[Key]) -> None:
    """Look whether every row stands in its log."""
    leaves: dict[str, dict[int, bytes]] = {}
    for row in rows:
        leaf = leaf_of(row)
        held = leaves.setdefault(row["log"], {}).setdefault(int(row["index"]), leaf)
        require(held == leaf, "two entries at one index")
    hashes = [unbase64(line) for line in proofs.split("\n")[:-1]]
    require(proofs in {"", "".join(f"{line}\n" for line in proofs.split("\n")[:-1])}, "not lines of hashes")
    require(all(len(each) == 32 for each in hashes), "a line is no hash")
    hashes.reverse()
    for log in manifest["logs"]:
        require(read_key(log["key"]) in keys, "the key that the manifest names is not at hand")
        origin, size, root = read_checkpoint(log["checkpoint"], keys)
        require(origin == log["origin"] == log["key"].split("+", 1)[0], "the checkpoint of another log")
        mine = leaves.pop(origin, {})
        require(len(mine) == log["entries"], "the manifest counts other entries")
        require(rooted(mine, size, hashes) == root, f"a row does not stand in {origin} where it says")
    require(not leaves and not hashes, "rows or hashes that the manifest does not speak of")


def verify_export(folder: Path, keys: list[Key]) -> dict[str, object]:
    """Return what an export proves; ``Unproven`` when it does not."""
    text = content_of(folder, "manifest.json")
    manifest: dict[str, Any] = strict_object(text.decode())
    require(manifest["kind"] == "joint-sanctions-export/v1", "not the manifest of an export")
    receipt = content_of(folder, "receipt.json")
    recorded = verify(receipt, keys)
    ending(strict_object(str(strict_object(receipt.decode())["body"])), manifest, sha256(text).hex())
    content = content_of(folder, ROWS[manifest["format"]])
    proofs = content_of(folder, "proofs.txt")
    require(sha256(content).hex() == manifest["content_sha256"], "the rows are not those of the manifest")
    require(sha256(proofs).hex() == manifest["proofs_sha256"], "the proofs are not those of the manifest")
    rows = (csv_rows if manifest["format"] == "csv" else json_rows)(content.decode())
    told = {(row["writer"], str(row["number"]), str(row.get("item", ""))) for row in rows}
    require(len(rows) == len(told) == manifest["rows"], "not as many different rows as the manifest has")
    check_logs(manifest, rows, proofs.decode(), keys)
    return {
        "rows": manifest["rows"],
        "filter": manifest["filter"],
        "exported_by": manifest["exported_by"],
        "recorded_at": recorded["recorded_at"],
        "logs": {log["origin"]: log["entries"] for log in manifest["logs"]},
    }


def main(arguments: list[str] | None = None) -> int:
    """Verify each export that the command line names."""
    parser = argparse.ArgumentParser(description="verify exports of the joint-sanctions gateway")
    parser.add_argument("--key", action="append", required=True, help="public key of a log, had from its operator")
    parser.add_argument("folders", nargs="+", type=Path)
    asked = parser.parse_args(arguments)
    keys, failed = [read_key(text) for text in asked.key], False
    for folder in asked.folders:
        try:
            told = verify_export(folder, keys)
        except REFUSED as error:
            failed = True
            print(f"{folder}: NOT PROVEN: {error}")
        else:
            print(f"{folder}: proven: {json.dumps(told, ensure_ascii=False)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
