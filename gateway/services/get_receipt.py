"""The receipt of an answer: its entry, as far as the reader may see it, with the proof that it stands in the log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.merkle import inclusion_path, leaf_hash
from formats.receipt import Receipt, ReceiptLine, encode_receipt
from gateway.domain.agencies import Role
from gateway.domain.errors import EnterpriseNotFoundError, StateError

if TYPE_CHECKING:
    from formats.query_code import QueryCode
    from gateway.domain.agencies import Agency
    from gateway.domain.audit import Entry
    from gateway.services.ports.log import Entries
    from gateway.services.prove_entries import ProveEntries, Proven

WAIT_SECONDS: Final = 2.0
"""How long a receipt waits for the checkpoint that covers its entry; one comes within a second."""
LOOK_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answer: its place as it was told, and the item where it is one of a batch."""

    writer: str
    number: int
    leaf: bytes
    item: int | None


class GetReceipt:
    """Gives receipts to those whose answers they are, and to auditors."""

    def __init__(self, entries: Entries, prove: ProveEntries) -> None:
        self._entries = entries
        self._prove = prove

    async def by_code(self, agency: Agency, code: QueryCode, item: int | None) -> tuple[Proven, bytes]:
        """Return the receipt that a query code stands for; otherwise as when it is called.

        Raises:
            EnterpriseNotFoundError: No signed checkpoint covers an answer of this code, or it is not the caller's.
        """
        unknown = EnterpriseNotFoundError("no answer to this caller has this code", code=f"{code.year}/{code.index}")
        envelope = await asyncio.to_thread(self._prove.envelope_of, code.year, code.index)
        named = canonical.decode(envelope) if envelope is not None else None
        if envelope is None or not isinstance(named, dict) or "writer" not in named or not code.of(leaf_hash(envelope)):
            raise unknown
        try:
            return await self(agency, Wanted(named["writer"], named["n"], leaf_hash(envelope), item))
        except EnterpriseNotFoundError:
            raise unknown from None  # where it stands is not said either

    async def __call__(self, agency: Agency, wanted: Wanted) -> tuple[Proven, bytes]:
        """Return where the entry stands, and the receipt as a file.

        Whoever asked gets salt and body, an auditor of others' calls gets neither: a body tells measures and grade
        (R-03), and cannot be shown in part. What was erased (I-58) is shown to nobody; the rest of the receipt holds.

        Raises:
            EnterpriseNotFoundError: There is no entry of this leaf at this place, it is not the caller's, or it has no
                such item; which of them is not said.
            StateError: The log has not come to the entry within ``WAIT_SECONDS``; ask again.
            StoreUnavailableError: The store cannot be read.
        """
        entry = await asyncio.to_thread(self._entries.find, wanted.writer, wanted.number)
        own = entry is not None and _asked_by(entry) == (agency.agency_id, agency.role)
        if entry is None or entry.leaf != wanted.leaf or not (own or agency.role is Role.AUDITOR):
            raise _unknown(wanted)
        line = None
        if wanted.item is not None:
            if not 0 <= wanted.item < len(entry.lines):
                raise _unknown(wanted)
            line = line_of(entry, wanted.item) if own else None
        proven = await self._proven(wanted)
        return proven, encode_receipt(
            Receipt(
                envelope=entry.envelope,
                salt=entry.salt if own else b"",
                body=entry.body if own else b"",
                line=line,
                proof=proven.proof,
                key=proven.key,
            )
        )

    async def _proven(self, wanted: Wanted) -> Proven:
        for _ in range(round(WAIT_SECONDS / LOOK_SECONDS)):
            place = await asyncio.to_thread(self._prove.place_of, wanted.writer, wanted.number)
            if place is not None:
                return await asyncio.to_thread(self._prove.inclusion, *place)
            await asyncio.sleep(LOOK_SECONDS)
        raise StateError(
            "the log has not come to this entry yet: ask again",
            object=f"{wanted.writer}/{wanted.number}",
            state="RECORDED",
            wanted="SIGNED",
        )


def _asked_by(entry: Entry) -> tuple[str, str] | None:
    """Return agency and role that made a call; None of one that is erased or was nobody's."""
    if entry.erased:
        return None
    body = canonical.decode(entry.body)
    caller = body.get("caller") if isinstance(body, dict) else None
    return (caller.get("agency", ""), caller.get("role", "")) if isinstance(caller, dict) else None


def line_of(entry: Entry, item: int) -> ReceiptLine:
    """Return one line of a batch with its path; the entry has that item."""
    line = entry.lines[item]
    path = inclusion_path([each.leaf for each in entry.lines], item)
    return ReceiptLine(item, len(entry.lines), line.salt, line.content, tuple(path))


def _unknown(wanted: Wanted) -> EnterpriseNotFoundError:
    return EnterpriseNotFoundError("no answer to this caller stands there", position=f"{wanted.writer}/{wanted.number}")
