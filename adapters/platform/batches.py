"""Making batches: what the platform should hold now against what was sent, as numbered files that never change.

A row is new, changed or ended by what the platform has, not by what the gateway said since: so a record that came and
ended between two batches is never sent, and an end that comes by time alone is sent like any other. Each manifest names
the hash of the one before it: a batch that is left out, or changed, breaks the chain.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from adapters.platform.layouts import CHANGED, ENDED, ENDED_ON, GROUND, LAYOUTS, NEW, OPERATION, written
from adapters.platform.targets import WITHDRAWN, Target, lacking
from formats.civil import civil_date, format_instant, parse_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from adapters.platform.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row to be sent: what becomes of it, its cells as the platform will have them, and since when it is owed."""

    row_id: str
    record_id: str
    kind: str
    operation: str
    cells: Mapping[str, str]
    ground: str
    ended_on: str
    since: str

    @property
    def digest(self) -> str:
        """SHA-256 of all that is sent of it."""
        return digest_of([self.operation == ENDED, dict(self.cells), self.ground, self.ended_on])

    @property
    def line(self) -> dict[str, str]:
        """Its cells with the columns that say what became of it."""
        return {**self.cells, OPERATION: self.operation, GROUND: self.ground, ENDED_ON: self.ended_on}


def digest_of(value: object) -> str:
    """Return the SHA-256 of a value as sorted JSON, hexadecimal."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def make(ledger: Ledger, now: datetime) -> list[int]:
    """Make the batches that are due, in one transaction; return their numbers, none when there is nothing to send."""
    with ledger.writing() as connection:
        outgoing: list[Outgoing] = []
        for record in ledger.due(now):
            outgoing += _looked_at(ledger, record, now)
        numbers = []
        ordered = sorted(outgoing, key=lambda each: (each.kind, each.row_id, each.operation != ENDED))
        for kind, rows in groupby(ordered, key=lambda each: each.kind):
            listed = list(rows)
            size = ledger.settings.batch_rows
            parts = (listed[start : start + size] for start in range(0, len(listed), size))
            numbers += [_batch(connection, kind, part, ledger.revision, now) for part in parts]
    return numbers


def _looked_at(ledger: Ledger, record: sqlite3.Row, now: datetime) -> Iterator[Outgoing]:
    """Yield what is to be sent of a record, and remember when to look again."""
    since = record["since"] or civil_date(parse_instant(record["turns_at"])).isoformat()
    targets = ledger.targets(record, now)
    rows = targets.rows if targets is not None else ()
    waiting = ""
    for target in rows:
        missing = lacking(record["kind"], target) if target.shown else ()
        waiting = waiting or ", ".join(missing)
        if not missing:
            yield from _difference(ledger, record, target, since)
    known = {target.row_id for target in rows}
    for row in ledger.connection.execute("SELECT * FROM row WHERE record_id = ?", (record["record_id"],)).fetchall():
        if row["row_id"] not in known:
            gone = Target(row["row_id"], {}, shown=False, ground=WITHDRAWN, ended_on=civil_date(now))
            yield from _difference(ledger, record, gone, since)
    turns_at = targets.turns_at if targets is not None else None
    ledger.connection.execute(
        "UPDATE record SET since = ?, turns_at = ?, waiting = ? WHERE record_id = ?",
        (since if waiting else None, format_instant(turns_at) if turns_at else None, waiting, record["record_id"]),
    )


def _difference(ledger: Ledger, record: sqlite3.Row, target: Target, since: str) -> Iterator[Outgoing]:
    sent = ledger.connection.execute("SELECT * FROM row WHERE row_id = ?", (target.row_id,)).fetchone()
    held = sent is not None and bool(sent["held"])
    before: dict[str, str] = json.loads(sent["cells"]) if sent is not None else {}
    kind = record["kind"]

    def outgoing(operation: str, cells: Mapping[str, str], ground: str = "", ended_on: str = "") -> Outgoing:
        return Outgoing(target.row_id, record["record_id"], kind, operation, cells, ground, ended_on, since)

    found: list[Outgoing] = []
    if not target.shown:
        if held and target.ground:
            on = target.ended_on.isoformat() if target.ended_on else ""
            found.append(outgoing(ENDED, before, target.ground, on))
    elif held and _key(kind, before) != _key(kind, target.cells):
        found.append(outgoing(ENDED, before, WITHDRAWN, since))
        found.append(outgoing(NEW, target.cells))
    else:
        found.append(outgoing(CHANGED if held else NEW, target.cells))
    refused = sent["refused_digest"] if sent is not None else ""
    same = sent["sent_digest"] if held else ""
    yield from (each for each in found if each.digest not in {refused, same})


def _key(kind: str, cells: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(cells.get(column, "") for column in LAYOUTS[kind].key)


def _batch(connection: sqlite3.Connection, kind: str, rows: Sequence[Outgoing], revision: int, now: datetime) -> int:
    last = connection.execute(
        "SELECT number, to_revision, manifest_sha256 FROM batch ORDER BY number DESC LIMIT 1"
    ).fetchone()
    number = last["number"] + 1 if last else 1
    content = written(LAYOUTS[kind].all_columns, [row.line for row in rows])
    sha256 = hashlib.sha256(content).hexdigest()
    manifest = {
        "batch": number,
        "kind": kind,
        "file": file_name(number, kind),
        "rows": len(rows),
        "sha256": sha256,
        "after_revision": last["to_revision"] if last else 0,
        "to_revision": revision,
        "made_at": format_instant(now),
        "previous_manifest_sha256": last["manifest_sha256"] if last else "",
    }
    text = (json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
    connection.execute(
        """INSERT INTO batch (number, kind, rows, content, sha256, manifest, manifest_sha256, to_revision, made_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            number,
            kind,
            len(rows),
            content,
            sha256,
            text,
            hashlib.sha256(text).hexdigest(),
            revision,
            manifest["made_at"],
        ),
    )
    for place, row in enumerate(rows, 1):
        connection.execute(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?)", (number, place, row.row_id, row.digest, row.operation)
        )
        _mark(connection, number, row)
    return number


def file_name(number: int, kind: str) -> str:
    """Return the name of a batch's file, which sorts as the numbers do."""
    return f"{number:09d}.{kind}.csv"


def _mark(connection: sqlite3.Connection, number: int, row: Outgoing) -> None:
    """Remember what the platform has by this batch, taken for granted until its receipt says otherwise."""
    connection.execute(
        """REPLACE INTO row (row_id, record_id, kind, held, cells, sent_digest, batch, operation, ground, ended_on,
        since, acknowledged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)""",
        (
            row.row_id,
            row.record_id,
            row.kind,
            int(row.operation != ENDED),
            json.dumps(dict(row.cells), ensure_ascii=False, sort_keys=True),
            row.digest,
            number,
            row.operation,
            row.ground,
            row.ended_on,
            row.since,
        ),
    )
