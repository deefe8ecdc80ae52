"""What the access index keeps of one entry: a row for the call and, of a batch, one for each item.

It reads the body that ``gateway.domain.call_record`` writes; a key that is absent is unknown. It stores nothing.
"""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from formats.civil import parse_instant
from formats.day_proof import METHOD
from gateway.domain.call_record import OK, asked_alone, body_of_item, has_more
from gateway.storage.access_tables import MORE
from gateway.storage.audit_tables import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.domain.audit import Entry

KEY_DIGITS: Final = 32
"""Hexadecimal digits of a keyed hash that are kept: 128 bits tell officers apart, and the index stays small."""

TEXT_LIMIT: Final = 128
"""Characters of a text that are indexed and looked for."""


_RECORD_READ: Final = "CreditService/GetCreditRecord"


class EntryUnreadableError(Exception):
    """An entry is missing, or its body or line is not the JSON of a recorded call: which writer and number."""

    def __init__(self, writer: str, number: int, why: str) -> None:
        super().__init__(f"audit queue of writer {writer!r}, number {number}: {why}")


class IndexRows(NamedTuple):
    """Rows to insert, their values in the order of the tables' columns."""

    rows: list[tuple[object, ...]]
    parties: list[tuple[object, ...]]
    told: list[tuple[object, ...]]


def decoded(entry: Entry, content: bytes) -> Mapping[str, Any]:
    """Return a body or line of *entry* as plain values.

    Raises:
        EntryUnreadableError: It is not a JSON object.
    """
    try:
        value = json.loads(content)
    except ValueError as error:
        raise EntryUnreadableError(entry.writer, entry.number, "the content is not JSON") from error
    if not isinstance(value, dict):
        raise EntryUnreadableError(entry.writer, entry.number, "the content is not an object")
    return value


def officer_key(key: bytes, officer: str) -> str:
    """Return the keyed hash under which an officer is found, hexadecimal; empty for no officer."""
    return hmac.digest(key, b"officer\x00" + officer.encode(), "sha256").hex()[:KEY_DIGITS] if officer else ""


def searchable(value: str) -> str:
    """Return a text as the index holds it: callers choose some of these, and none may keep the index from being filled.

    PostgreSQL stores no NUL, and no index holds a text of any length.
    """
    return value[:TEXT_LIMIT].replace("\x00", "\ufffd")


def index_rows(entry: Entry, key: bytes) -> IndexRows:
    """Return the rows of *entry*, read with its lines.

    Raises:
        EntryUnreadableError: Its body or a line is not that of a recorded call.
    """
    found = IndexRows([], [], [])
    if entry.erased:
        return found
    body = decoded(entry, entry.body)
    time_us = to_microseconds(entry.time)
    agency = searchable(body.get("caller", {}).get("agency", "")) or None
    where = (body.get("area") or None, body.get("point") or None)
    answered = (
        searchable(body.get("outcome", "")),
        searchable(body.get("caller", {}).get("role", "")) or None,
        searchable(body.get("method", "")),
    )
    ranked = list(_ranked(entry, body))
    for rank, content in ranked:
        own = body_of_item(body, content) if rank else body
        who = (agency, officer_key(key, own.get("officer", "")) or None, searchable(own.get("case", "")) or None)
        alone = asked_alone(content) if rank else not any(asked_alone(line) for _, line in ranked[1:])
        place = (time_us, entry.writer, entry.number, rank)
        found.rows.append((*place, *who, *where, content.get("verdict") or None, *answered, int(alone)))
        found.told.extend((*told, *place, *seen_at) for *told, seen_at in _told(entry, own, content))
        usccs = dict.fromkeys(searchable(uscc) for uscc in content.get("enterprises", ()))
        found.parties.extend((uscc, *place) for uscc in usccs)
    return found


def _told(
    entry: Entry, body: Mapping[str, Any], content: Mapping[str, Any]
) -> Iterator[tuple[str, str, tuple[int, int, str]]]:
    """Yield the records that a call or an item of a batch was told of: record, agency, and what it was answered by.

    An answer was given only where the outcome says so and a revision was read. One recorded before grounds were is
    taken to have told of more than is known.
    """
    grounds = content.get("grounds")
    agency = searchable(body.get("caller", {}).get("agency", ""))
    if grounds is None:
        unnamed = bool(content.get("measures")) or body.get("method") == _RECORD_READ
        grounds = [MORE] if unnamed else []
    if not grounds or not agency or body.get("outcome") != OK or "revision" not in body:
        return
    as_of = parse_instant(body["as_of"]) if "as_of" in body else entry.time
    seen_at = (int(body["revision"]), to_microseconds(as_of), searchable(body.get("case", "")))
    named = grounds[:-1] if has_more(grounds) else grounds
    for record in dict.fromkeys([*map(searchable, named), *([MORE] if len(named) < len(grounds) else [])]):
        yield record, agency, seen_at


def _ranked(entry: Entry, body: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield 0, body
    if body.get("method") == METHOD:
        return  # the lines of an index of a day are callers, and no items of a question
    for item, line in enumerate(entry.lines):
        yield -1 - item, decoded(entry, line.content)
