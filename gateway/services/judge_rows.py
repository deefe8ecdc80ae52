"""Judging rows before they are stored: of what kind, whose, and by whose decision.

Whose a record is follows from its code alone (I-08): a row without a sound code is held and weighs on nobody, or
refused; it is never matched by name. What is on record about it is judged by the store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.identifiers import UsccError, parse_uscc, plausible_uscc
from formats.resident_ids import find_resident_id, mask_resident_id
from gateway.domain.authorities import DECIDED_BY_SENDER, REFUSAL, may_decide
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.facts import HeldNotice, RowOutcome, SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.domain.agencies import Agency
    from gateway.services.ports.facts import FactStore

MASTER_KIND = "enterprise"
"""Only the market-regulation master feed carries profiles; what it has exists, whatever its code's check says."""


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """One row as read from the wire, its code and name as the source has them."""

    content: SubmittedRow
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows that may be stored, rows that may not, and codes that fail the standard and that these rows make known."""

    ready: list[SubmittedRow]
    refused: list[RowOutcome]
    brought: frozenset[str]


class JudgeRows:
    """Checks rows against feed, mandate and register. Blocking."""

    def __init__(self, store: FactStore, kinds_of_feed: Mapping[str, frozenset[str]]) -> None:
        self._store = store
        self._kinds_of_feed = kinds_of_feed

    def __call__(
        self, agency: Agency, feed: str, rows: Sequence[IncomingRow], known: frozenset[str] = frozenset()
    ) -> Judged:
        """Return what of *rows* an agency may store; *known* codes count as sound beside the register's."""
        allowed = self._kinds_of_feed[feed]
        codes, brought = self._codes(rows, known)
        ready: list[SubmittedRow] = []
        refused: list[RowOutcome] = []
        for incoming in rows:
            code = codes[incoming.code]
            outcome = _refusal(incoming, allowed, code) or _of_another_authority(incoming, agency, feed)
            if outcome is None:
                ready.append(_placed(incoming, code))
            else:
                refused.append(outcome)
        return Judged(ready, refused, brought)

    def _codes(self, rows: Iterable[IncomingRow], also: frozenset[str]) -> tuple[Mapping[str, _Code], frozenset[str]]:
        """Judge every code that *rows* name, each once: a file brings many rows of one enterprise.

        A code that fails the standard counts as sound when the master feed has it, or brings it now; the latter are
        returned as well.
        """
        codes = {code: _read_code(code) for code in {row.code for row in rows}}
        doubtful = {code.normal for code in codes.values() if code.fault is not None and code.normal}
        if not doubtful:
            return codes, frozenset()
        brought = doubtful & {codes[row.code].normal for row in rows if row.content.kind == MASTER_KIND}
        known = self._store.nonconforming_known(sorted(doubtful)) | brought | (doubtful & also)
        sound = {text: replace(code, fault=None) if code.normal in known else code for text, code in codes.items()}
        return sound, frozenset(brought)


@dataclass(frozen=True, slots=True)
class _Code:
    """A code as judged: ``normal`` is its normal form, empty when it has not even the shape of one."""

    normal: str
    fault: UsccError | None = None
    """Why it names no enterprise."""


def _read_code(text: str) -> _Code:
    if not text:
        return _Code("")
    try:
        return _Code(parse_uscc(text).code)
    except UsccError as error:
        return _Code(_shape(text), error)


def _shape(text: str) -> str:
    """Return the normal form of what has the shape of a code; else an empty string."""
    try:
        return plausible_uscc(text)
    except UsccError:
        return ""


def _refusal(incoming: IncomingRow, allowed: frozenset[str], code: _Code) -> RowOutcome | None:
    content = incoming.content
    if content.kind not in allowed:
        return _rejected(content, "fact", "this feed does not carry records of this kind")
    if content.kind == "published_notice":
        return _personal_number(incoming, code)
    if content.person_key:
        return _of_a_person(incoming)
    if content.attachment is not None and not incoming.code:
        return None  # it is detached: an attachment without a code is not read otherwise
    if not incoming.code:
        return _rejected(content, "uscc", "is required")
    return None if code.fault is None else _rejected(content, "uscc", str(code.fault))


def _of_another_authority(incoming: IncomingRow, agency: Agency, feed: str) -> RowOutcome | None:
    """A decision is its authority's: only a feed that passes on others' decisions carries those of others (L-01)."""
    content = incoming.content
    decided = content.listing_act or content.fact
    if content.kind not in DECIDED_BY_SENDER or decided is None or may_decide(agency, decided.authority, [feed]):
        return None
    return _rejected(content, "authority", REFUSAL)


def _rejected(content: SubmittedRow, field: str, why: str) -> RowOutcome:
    return RowOutcome(content.row, RowStatus.REJECTED, content.record_id, field, why)


def _of_a_person(incoming: IncomingRow) -> RowOutcome | None:
    """A natural person's record names no enterprise: it is never part of one's file (E-11, S-06)."""
    wrong = "uscc" if incoming.code else "name" if incoming.name else ""
    return _rejected(incoming.content, wrong, "must be empty: the record is a natural person's") if wrong else None


def _personal_number(incoming: IncomingRow, code: _Code) -> RowOutcome | None:
    """A resident id where a code belongs is refused even in a notice, alone or in a text: it is never kept (I-20)."""
    why = ""
    if code.fault is not None and code.fault.why == "RESIDENT_ID":
        why = str(code.fault)
    elif (number := find_resident_id(incoming.code)) is not None:
        why = f"holds a resident identity number ({mask_resident_id(number)})"
    return _rejected(incoming.content, "uscc", why) if why else None


def _placed(incoming: IncomingRow, code: _Code) -> SubmittedRow:
    """Return the row with its enterprise's code, or held without one."""
    content = incoming.content
    if content.person_key:
        return content
    if content.kind == "published_notice" and (not incoming.code or code.fault is not None):
        why = "no code was published" if code.fault is None else str(code.fault)
        assert content.fact is not None  # noqa: S101 - every published notice is a fact
        held = HeldNotice(content.fact, incoming.name, incoming.code[:36], why)
        return replace(content, held=held, fact=None)
    if content.attachment is not None:
        return replace(content, uscc=code.normal, attachment=replace(content.attachment, uscc=code.normal))
    return _of_enterprise(content, code.normal)


def _of_enterprise(row: SubmittedRow, uscc: str) -> SubmittedRow:
    """Return *row* with its enterprise's code: ``replace`` would take three times as long, for every row."""
    return SubmittedRow(
        row.row,
        row.kind,
        row.record_id,
        row.content_digest,
        uscc,
        row.profile,
        row.fact,
        row.listing_act,
        row.act_details,
        row.listing_id,
        row.person_keys,
        row.sealed_persons,
        row.person_key,
        row.held,
        row.attachment,
    )
