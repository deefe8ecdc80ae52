"""Handing batches over as files, and reading their receipts.

A file is written beside, synced, and renamed; its manifest follows it, so that whoever sees a manifest finds the whole
file. Handing over again writes the same bytes under the same names: the number says which batch it is.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from adapters.platform.batches import file_name
from adapters.platform.layouts import ENDED, NEW
from formats.civil import format_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from adapters.platform.ledger import Ledger

ACCEPTED, REJECTED = "ACCEPTED", "REJECTED"
"""What a receipt says of a batch; of an accepted one single rows may be rejected."""
_RECEIPT: Final = re.compile(r"([0-9]{9})\.receipt\.json")
_LARGEST_RECEIPT: Final = 64 * 1024 * 1024
"""Bytes: a reason of some hundred bytes for each row of the largest batch is far below."""


@dataclass(frozen=True, slots=True)
class BadReceipt:
    """A file among the receipts that was not taken, and why."""

    file: str
    why: str


def prepare(folder: Path) -> None:
    """Make the folders that are shared with the exchange client, where they are not there yet."""
    for name in ("out", "receipts/taken", "reconciliation"):
        (folder / name).mkdir(parents=True, exist_ok=True)


def hand_over(ledger: Ledger, now: datetime, number: int | None = None) -> list[int]:
    """Write the files of every batch that was not handed over, or of one again; return their numbers.

    Raises:
        LookupError: There is no batch of this number.
    """
    wanted = "handed_at IS NULL" if number is None else "number = ?"
    rows = ledger.connection.execute(
        f"SELECT number, kind, content, manifest FROM batch WHERE {wanted} ORDER BY number",  # noqa: S608 - one of two
        () if number is None else (number,),
    ).fetchall()
    if number is not None and not rows:
        raise LookupError(f"there is no batch {number}")
    out = ledger.settings.folder / "out"
    for row in rows:
        name = file_name(row["number"], row["kind"])
        put(out / name, row["content"])
        put(out / name.replace(".csv", ".manifest.json"), row["manifest"])
        with ledger.writing() as connection:
            connection.execute("UPDATE batch SET handed_at = ? WHERE number = ?", (format_instant(now), row["number"]))
    return [row["number"] for row in rows]


def put(path: Path, content: bytes) -> None:
    """Write a file durably: whole under its name, or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.unlink(missing_ok=True)
    # "x": the folder is shared, and a link that somebody laid there must not be written through.
    with beside.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_receipts(ledger: Ledger, now: datetime) -> list[BadReceipt]:
    """Take the receipts that came, and put them aside; return those that could not be taken: they stay."""
    bad = []
    folder = ledger.settings.folder / "receipts"
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        found = _RECEIPT.fullmatch(path.name)
        try:
            if found is None:
                raise ValueError("is not named <number>.receipt.json")  # noqa: TRY301 - one place tells what was wrong
            with ledger.writing() as connection:
                _take(connection, int(found[1]), _read(path), now)
            path.replace(folder / "taken" / path.name)
        except (OSError, ValueError) as error:
            bad.append(BadReceipt(path.name, str(error)))
    return bad


def _read(path: Path) -> bytes:
    """Return a receipt's bytes; it is another system's file, so neither a link nor its size is trusted."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        content = file.read(_LARGEST_RECEIPT + 1)
    if len(content) > _LARGEST_RECEIPT:
        raise ValueError(f"is over {_LARGEST_RECEIPT} bytes")
    return content


def _take(connection: sqlite3.Connection, number: int, content: bytes, now: datetime) -> None:
    batch = connection.execute("SELECT rows, sha256, receipt FROM batch WHERE number = ?", (number,)).fetchone()
    if batch is None:
        raise ValueError(f"there is no batch {number}")
    status, refused = _said(content, number, batch)
    if batch["receipt"]:
        if batch["receipt"] != status:
            raise ValueError(f"batch {number} has a receipt already, and it says {batch['receipt']}")
        return
    parts = connection.execute("SELECT * FROM part WHERE batch = ? ORDER BY place", (number,)).fetchall()
    for part in parts:
        reason = refused.get(part["place"])
        if reason is None:
            connection.execute(
                "UPDATE row SET acknowledged = 1 WHERE row_id = ? AND batch = ? AND sent_digest = ?",
                (part["row_id"], number, part["digest"]),
            )
        else:
            connection.execute("INSERT INTO refusal VALUES (?, ?, ?)", (number, part["place"], reason))
            _refuse(connection, number, part)
    connection.execute(
        "UPDATE batch SET receipt = ?, received_at = ? WHERE number = ?", (status, format_instant(now), number)
    )


def _refuse(connection: sqlite3.Connection, number: int, part: sqlite3.Row) -> None:
    """Undo what was taken for granted, if nothing was sent of the row since; it is sent again when it changes."""
    held = {NEW: 0, ENDED: 1}.get(part["operation"], 1)
    connection.execute(
        """UPDATE row SET held = ?, refused_digest = ?, sent_digest = '', acknowledged = 1
        WHERE row_id = ? AND batch = ? AND sent_digest = ?""",
        (held, part["digest"], part["row_id"], number, part["digest"]),
    )


def _said(content: bytes, number: int, batch: sqlite3.Row) -> tuple[str, dict[int, str]]:
    """Return what a receipt says: its status, and the reason for each rejected row by its place from 1."""
    try:
        said: Any = json.loads(content)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(said, dict) or said.get("batch") != number:
        raise ValueError(f"it is not the receipt of batch {number}")
    if said.get("sha256") != batch["sha256"]:
        raise ValueError("its sha256 is not that of the batch: another file was received")
    status, listed = said.get("status"), said.get("rejected", [])
    if not isinstance(status, str) or status not in {ACCEPTED, REJECTED} or not isinstance(listed, list):
        raise ValueError(f"status must be {ACCEPTED} or {REJECTED}, and rejected a list")
    refused: dict[int, str] = {}
    for each in listed:
        place, reason = (each.get("row"), each.get("reason")) if isinstance(each, dict) else (None, None)
        if type(place) is not int or not 1 <= place <= batch["rows"] or not isinstance(reason, str) or not reason:
            raise ValueError(f"a rejected row needs its place from 1 to {batch['rows']} and a reason")
        refused[place] = reason
    if status == REJECTED:
        whole = str(said.get("reason") or "the whole batch was rejected")
        refused = {place: refused.get(place, whole) for place in _places(batch)}
    return status, refused


def _places(batch: sqlite3.Row) -> Iterator[int]:
    yield from range(1, batch["rows"] + 1)


def retry(ledger: Ledger, now: datetime) -> int:
    """Let rejected rows be sent again as they are; return how many rows that is."""
    with ledger.writing() as connection:
        rows = connection.execute("SELECT row_id, record_id FROM row WHERE refused_digest <> ''").fetchall()
        for row in rows:
            connection.execute("UPDATE row SET refused_digest = '' WHERE row_id = ?", (row["row_id"],))
            connection.execute(
                "UPDATE record SET turns_at = min(coalesce(turns_at, ?1), ?1) WHERE record_id = ?2",
                (format_instant(now), row["record_id"]),
            )
    return len(rows)
