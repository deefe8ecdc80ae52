"""An agency's own list of its calls, to be compared with the record: JSON Lines, CSV, or the journal of the adapter."""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from formats.merkle import HASH_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SQLITE_HEAD: Final = b"SQLite format 3\x00"
REQUIRED: Final = ("writer", "number", "leaf_hash")
OPTIONAL: Final = ("method", "request_sha256")
_JOURNAL: Final = """
    SELECT answer.writer, answer.writer_number AS number, lower(hex(answer.leaf_hash)) AS leaf_hash,
           lower(hex(question.request_digest)) AS request_sha256,
           CASE length(answer.line_hash) WHEN 0 THEN 'CreditService/CheckEligibility'
                ELSE 'CreditService/BatchCheckEligibility' END AS method
    FROM answer JOIN question ON question.number = answer.question ORDER BY answer.question"""


class OwnCallsError(ValueError):
    """The list cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class OwnCall:
    """One answered call as its agency has it; empty texts for what its list does not say."""

    writer: str
    number: int
    leaf: str
    """Leaf hash that the answer said, hexadecimal."""
    method: str = ""
    request: str = ""
    """SHA-256 of the raw request, hexadecimal."""


def read_own_calls(file: Path) -> list[OwnCall]:
    """Return the calls of a list, each once: the items of a batch share its position.

    Raises:
        OwnCallsError: A line is malformed, or says otherwise than another of the same position; or it is no such file.
        OSError: The file cannot be read.
    """
    with file.open("rb") as opened:
        head = opened.read(len(SQLITE_HEAD))
    if head == SQLITE_HEAD:
        rows: Iterable[tuple[str, Mapping[str, Any]]] = _journal(file)
    else:
        rows = _csv(file) if file.suffix.lower() == ".csv" else _json_lines(file)
    found: dict[tuple[str, int], OwnCall] = {}
    for place, row in rows:
        call = _call(place, row)
        if found.setdefault((call.writer, call.number), call) != call:
            raise OwnCallsError(f"{place}: says otherwise than another line of {call.writer}/{call.number}")
    return list(found.values())


def _call(place: str, row: Mapping[str, Any]) -> OwnCall:
    for name in REQUIRED:
        if row.get(name) in (None, ""):
            raise OwnCallsError(f"{place}: {name}: is required")
    for name in row.keys() - {*REQUIRED, *OPTIONAL}:
        raise OwnCallsError(f"{place}: {name}: is not known")
    number = str(row["number"])
    if not (number.isascii() and number.isdigit()):
        raise OwnCallsError(f"{place}: number: is no number of an entry")
    return OwnCall(
        writer=str(row["writer"]),
        number=int(number),
        leaf=_hash(place, "leaf_hash", str(row["leaf_hash"])),
        method=str(row.get("method") or ""),
        request=_hash(place, "request_sha256", str(row["request_sha256"])) if row.get("request_sha256") else "",
    )


def _hash(place: str, name: str, text: str) -> str:
    try:
        content = bytes.fromhex(text)
    except ValueError:
        content = b""
    if len(content) != HASH_SIZE:
        raise OwnCallsError(f"{place}: {name}: must be {2 * HASH_SIZE} hexadecimal digits")
    return content.hex()


def _json_lines(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise OwnCallsError(f"{file}: is not UTF-8") from error
    for number, line in enumerate(lines, start=1):
        place = f"{file}:{number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise OwnCallsError(f"{place}: is not JSON") from error
        if not isinstance(row, dict):
            raise OwnCallsError(f"{place}: is not an object")
        yield place, row


def _csv(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            for number, row in enumerate(csv.DictReader(opened), start=2):
                if None in row or None in row.values():
                    raise OwnCallsError(f"{file}:{number}: has another number of columns than the header")
                yield f"{file}:{number}", row
    except (UnicodeDecodeError, csv.Error) as error:
        raise OwnCallsError(f"{file}: is no CSV in UTF-8: {error}") from error


def _journal(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    journal = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        journal.row_factory = sqlite3.Row
        for row in journal.execute(_JOURNAL):
            yield f"{file}: {row['writer']}/{row['number']}", dict(row)
    except sqlite3.Error as error:
        raise OwnCallsError(f"{file}: is no journal of the adapter: {error}") from error
    finally:
        journal.close()
