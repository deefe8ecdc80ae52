"""Opening one entry of the record to a court: envelope, salt and body, with the proof that they stand in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats import canonical
from formats.receipt import Receipt, encode_receipt
from gateway.domain.errors import EnterpriseNotFoundError, StateError
from gateway.services.get_receipt import line_of

if TYPE_CHECKING:
    from gateway.domain.audit import Entry
    from gateway.services.ports.log import Entries
    from gateway.services.prove_entries import ProveEntries, Proven


class OpenEntry:
    """Reads the record. Blocking, and usable from any thread. Whether the caller may is decided before."""

    def __init__(self, entries: Entries, prove: ProveEntries) -> None:
        self._entries = entries
        self._prove = prove

    def __call__(self, year: int, index: int, item: int | None) -> tuple[Proven, bytes]:
        """Return where the entry stands, and its receipt with salt and body; of a batch the line of one item, if asked.

        Raises:
            EnterpriseNotFoundError: No signed checkpoint covers a recorded call there, or it has no such item.
            StateError: Its content was erased (I-58).
            StoreUnavailableError: The store cannot be read.
        """
        unknown = EnterpriseNotFoundError("no recorded call stands there", log=str(year), index=str(index))
        entry = self._entry(year, index)
        place = self._prove.place_of(entry.writer, entry.number) if entry is not None else None
        if entry is None or place is None or not (item is None or 0 <= item < len(entry.lines)):
            raise unknown
        if entry.erased:
            raise StateError("the content is erased", object=f"{year}/{index}", state="ERASED", wanted="RECORDED")
        proven = self._prove.inclusion(*place)
        line = None if item is None else line_of(entry, item)
        return proven, encode_receipt(Receipt(entry.envelope, entry.salt, entry.body, line, proven.proof, proven.key))

    def _entry(self, year: int, index: int) -> Entry | None:
        envelope = self._prove.envelope_of(year, index)
        named = canonical.decode(envelope) if envelope is not None else None
        if not isinstance(named, dict) or "writer" not in named:
            return None
        return self._entries.find(named["writer"], named["n"])
