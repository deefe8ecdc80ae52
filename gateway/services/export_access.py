"""Exporting recorded calls: rows page by page, the hashes that prove them, and the manifest of both.

What is exported is what the search finds at the beginning; a call recorded later is in none of its pages. Only calls
that a signed checkpoint of the log covers are exported, so that every row can be proven: one recorded a moment ago is
waited for.
"""

from __future__ import annotations

import asyncio
import base64
from array import array
from itertools import islice
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.access_export import KIND
from formats.civil import format_instant
from formats.merkle_many import absent_hashes
from gateway.domain.errors import StateError
from gateway.services.export_parts import ExportMade, PartKind
from gateway.services.export_rows import head_of, rows_of
from gateway.services.seen_calls import seen

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

    from gateway.domain.access_export import ExportFormat
    from gateway.services.export_parts import ExportWanted, Part
    from gateway.services.export_rows import Placed
    from gateway.services.ports.audit import AccessRow, AccessSearch
    from gateway.services.ports.register import Clock
    from gateway.services.prove_entries import ProveEntries
    from gateway.services.unreported import Unreported

PAGE: Final = 500
"""Rows of one part: they fit into a message of 4 MiB, however long their texts are."""
HASHES: Final = 16_384
"""Lines of one part of the proofs."""
WAIT_SECONDS: Final = 10.0
"""How long an export waits for the checkpoint that covers its newest rows; one comes within a second."""
LOOK_SECONDS: Final = 0.05


class ExportAccess:
    """Makes exports. Use it from an event loop; what blocks is done in threads."""

    def __init__(
        self,
        search: AccessSearch,
        unreported: Unreported,
        prove: ProveEntries,
        clock: Clock,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._wait_seconds = wait_seconds
        self._search = search
        self._unreported = unreported
        self._prove = prove
        self._clock = clock

    async def __call__(self, wanted: ExportWanted, turn: Callable[[], Awaitable[None]]) -> AsyncGenerator[Part]:
        """Yield the parts of an export in order, the manifest last; *turn* is awaited between them.

        Raises:
            StateError: The log has not come to the newest rows in the time that is waited; ask again.
            EntryUnreadableError: An entry is missing from its queue, or is not that of a recorded call.
            StoreUnavailableError: A store cannot be read.
        """
        made = ExportMade()
        if head := head_of(wanted.form):
            made.content.update(head)
            yield made.part(PartKind.CONTENT, head)
        token, more = "", True
        while more:
            rows, token = await asyncio.to_thread(self._page, wanted, token)
            data = await asyncio.to_thread(self._written, wanted.form, await self._placed(rows), made)
            if data:
                yield made.part(PartKind.CONTENT, data)
            more = bool(token)
            await turn()
        for origin in sorted(made.indexes):
            hashes = await asyncio.to_thread(self._proofs, origin, made)
            while data := await asyncio.to_thread(_lines, hashes):
                made.proofs.update(data)
                yield made.part(PartKind.PROOFS, data)
                await turn()
        yield made.part(PartKind.MANIFEST, self._manifest(wanted, made))

    def _page(self, wanted: ExportWanted, token: str) -> tuple[list[AccessRow], str]:
        rows, following = self._search.search(wanted.filter, PAGE, token)
        return self._unreported.among(rows) if wanted.without_outcome else rows, following

    async def _placed(self, rows: list[AccessRow]) -> list[Placed]:
        """Return the rows with their places in the log, once a signed checkpoint covers all of them."""
        for _ in range(round(self._wait_seconds / LOOK_SECONDS)):
            placed = await asyncio.to_thread(self._places, rows)
            if len(placed) == len(rows):
                return placed
            await asyncio.sleep(LOOK_SECONDS)
        raise StateError(
            "the log has not come to these entries yet: ask again",
            object=f"{rows[0].entry.writer}/{rows[0].entry.number}",
            state="RECORDED",
            wanted="SIGNED",
        )

    def _places(self, rows: list[AccessRow]) -> list[Placed]:
        numbers: dict[str, set[int]] = {}
        for row in rows:
            numbers.setdefault(row.entry.writer, set()).add(row.entry.number)
        found = {writer: self._prove.indexes(writer, mine) for writer, mine in numbers.items()}
        places = [(row, found[row.entry.writer].get(row.entry.number)) for row in rows]
        return [(seen(row), *place) for row, place in places if place is not None]

    @staticmethod
    def _written(form: ExportFormat, placed: list[Placed], made: ExportMade) -> bytes:
        for call, log, index in placed:
            made.indexes.setdefault(log, array("Q")).append(index)
            made.last = {"writer": call.writer, "number": call.number, "log": log, "index": index}
            made.first = made.first or made.last
        data = rows_of(form, placed)
        made.rows += len(placed)
        made.content.update(data)
        return data

    def _proofs(self, origin: str, made: ExportMade) -> Iterator[bytes]:
        """Return the hashes of one log, and note its checkpoint."""
        indexes = array("Q", sorted(set(made.indexes[origin])))
        size, note, key = self._prove.covering(origin, indexes[-1])
        made.logs.append({"origin": origin, "key": key, "checkpoint": note.decode(), "entries": len(indexes)})
        return absent_hashes(self._prove.nodes(origin), indexes, size)

    def _manifest(self, wanted: ExportWanted, made: ExportMade) -> bytes:
        return canonical.encode(
            {
                "kind": KIND,
                "format": wanted.form.name.lower(),
                "filter": dict(wanted.told),
                "rows": made.rows,
                "content_sha256": made.content.hexdigest(),
                "proofs_sha256": made.proofs.hexdigest(),
                "first": made.first,
                "last": made.last,
                "logs": made.logs,
                "exported_by": {"agency": wanted.agency, "role": wanted.role, "officer": wanted.officer},
                "begun_at": format_instant(wanted.begun_at),
                "ended_at": format_instant(self._clock.now()),
            }
        )


def _lines(hashes: Iterator[bytes]) -> bytes:
    """Return the next lines of the proofs; empty at their end."""
    return b"".join(base64.b64encode(each) + b"\n" for each in islice(hashes, HASHES))
