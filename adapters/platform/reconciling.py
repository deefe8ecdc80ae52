"""Reconciling by count and hash: what the platform should hold by what was sent, against what it says it holds (X-03).

The hash is over the rows' own columns, sorted, so that no order matters: SHA-256 of one line of JSON for each row.
Where counts or hashes differ, a full extract of the platform says which rows.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.platform.layouts import ENDED, LAYOUTS, read
from adapters.platform.owed import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from adapters.platform.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. Keys are code, day and document number."""

    kind: str
    what: str
    """COUNT or HASH of a whole kind; MISSING there, EXTRA there, LATE_REMOVAL (extra, and ended here: X-03), DIFFERENT
    or TWICE of a row."""
    key: tuple[str, ...] = ()
    says: str = ""
    """What differs; of a late removal, the day on which it ended here."""
    pending: bool = False
    """The batch that should settle it has no receipt yet."""


def summary(ledger: Ledger, day: date) -> dict[str, Any]:
    """Return count and hash of each kind as the platform should hold it."""
    kinds = {}
    for kind in sorted(ledger.settings.reports):
        rows = [json.loads(row["cells"]) for row in _rows(ledger, kind) if row["operation"] != ENDED]
        kinds[kind] = {"count": len(rows), "sha256": digest(kind, rows)}
    return {"day": day.isoformat(), "revision": ledger.revision, "kinds": kinds}


def digest(kind: str, rows: Iterable[Mapping[str, str]]) -> str:
    """Return the hash of rows in whatever order."""
    columns = LAYOUTS[kind].columns
    lines = sorted(json.dumps([row.get(each, "") for each in columns], ensure_ascii=False) for row in rows)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def compare_summary(ledger: Ledger, theirs: object, day: date) -> list[Difference]:
    """Compare with the platform's own file of the same form.

    Raises:
        ValueError: It is none.
    """
    kinds = theirs.get("kinds") if isinstance(theirs, dict) else None
    if not isinstance(kinds, dict):
        raise ValueError("it has no kinds")  # noqa: TRY004 - what was read is wrong, not what was passed
    found = []
    for kind, own in summary(ledger, day)["kinds"].items():
        said = kinds.get(kind)
        if not isinstance(said, dict) or type(said.get("count")) is not int or not isinstance(said.get("sha256"), str):
            raise ValueError(f"{kind}: count and sha256 are expected")
        if said["count"] != own["count"]:
            found.append(Difference(kind, "COUNT", says=f"{own['count']} here, {said['count']} there"))
        elif said["sha256"] != own["sha256"]:
            found.append(Difference(kind, "HASH", says=f"{own['sha256']} here, {said['sha256']} there"))
    return found


def compare_extract(ledger: Ledger, content: bytes) -> list[Difference]:
    """Compare with all rows of one kind as the platform has them; the header says of which kind.

    Raises:
        ValueError: It is no such file, or of a kind that is not reported.
    """
    header, theirs = read(content)
    kind = next((each for each in ledger.settings.reports if set(LAYOUTS[each].columns) <= set(header)), None)
    if kind is None:
        raise ValueError("the header has the columns of no kind that is reported")
    layout = LAYOUTS[kind]
    found: list[Difference] = []
    there: dict[tuple[str, ...], dict[str, str]] = {}
    for row in theirs:
        key = tuple(row[column] for column in layout.key)
        if key in there:
            found.append(Difference(kind, "TWICE", key))
        there[key] = row
    ended: dict[tuple[str, ...], str] = {}
    here = set()
    for row in _rows(ledger, kind):
        key = key_of(row)
        if row["operation"] == ENDED:  # also where the platform rejected the end: it should have it no more
            ended[key] = row["ended_on"]
            continue
        here.add(key)
        pending = not row["acknowledged"]
        if key not in there:
            found.append(Difference(kind, "MISSING", key, pending=pending))
        elif columns := _differing(layout.columns, json.loads(row["cells"]), there[key]):
            found.append(Difference(kind, "DIFFERENT", key, ", ".join(columns), pending))
    for key in sorted(there.keys() - here):
        what = "LATE_REMOVAL" if key in ended else "EXTRA"
        found.append(Difference(kind, what, key, ended.get(key, "")))
    return found


def _differing(columns: Iterable[str], own: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    return [column for column in columns if own.get(column, "") != theirs.get(column, "")]


def _rows(ledger: Ledger, kind: str) -> list[Any]:
    """Return what was ever sent of a kind; a first row that was rejected is held by nobody and ended nowhere."""
    wanted = "SELECT * FROM row WHERE kind = ? AND (held = 1 OR operation = ?) ORDER BY row_id"
    return ledger.connection.execute(wanted, (kind, ENDED)).fetchall()
