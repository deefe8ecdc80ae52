"""What may be published at this moment, and what may be no more, for HRSS and for the portal that shows it.

Everything is computed from dates and acts when it is asked for. What the store holds of it is remembered by revision
and only what changed is read again; nothing is stored, so that nothing can outlive its end.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date, midnight
from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.publishable import Ended, Withheld, faults_of, item_id, last_end, shown_at, shown_within
from gateway.services.publishable_catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from gateway.domain.agencies import Agency
    from gateway.domain.publishable import Item, Source
    from gateway.services.ports.publishable import Names, PublishableStore

GRANT: Final = "whole_record"
"""Of HRSS: it is told besides what would be shown and cannot be (R-02)."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is shown at one moment, by one revision."""

    revision: int
    as_of: datetime
    """The moment, UTC: never before the revision was committed."""
    items: tuple[Item, ...]
    """In order of kind and id, each once."""
    withheld: tuple[Withheld, ...]
    """In the same order."""
    changes_at: datetime | None
    """Next instant at which time alone changes any of it, UTC."""

    @property
    def state(self) -> str:
        """A digest of what is shown: equal while nothing that the public reads has changed."""
        return hashlib.sha256(repr(self.items).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Published:
    """A board as it is told: until when it may be relied on, and what has ended since the revision asked about."""

    board: Board
    valid_until: datetime
    ended: tuple[Ended, ...]
    """In order of their ids."""


class ListPublishable:
    """Reads what may be published."""

    def __init__(self, store: PublishableStore, validity: timedelta) -> None:
        """*validity* is how long a board may be relied on without asking anew: a repair can come at any time (C-02)."""
        self._store = store
        self._validity = validity
        self._lock = Lock()
        self._catalogue = Catalogue()
        self._board: Board | None = None

    @staticmethod
    def require(agency: Agency) -> bool:
        """Return whether the caller is also told what is withheld: HRSS is, a portal is not.

        Raises:
            FieldNotInMandateError: A producer that is not told whole records.
        """
        if agency.role is Role.PORTAL:
            return False
        agency.require_field(GRANT, GRANT)
        return True

    async def __call__(self, now: datetime, since: int) -> Published:
        """Return what is shown at *now*, and what ended since the revision *since*; 0 for no endings.

        Raises:
            MalformedRequestError: *since* is no revision.
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._published, now, since)

    def _published(self, now: datetime, since: int) -> Published:
        with self._lock:
            board = self._at(now)
            if not 0 <= since <= board.revision:
                why = f"must lie between 0 and the newest revision, {board.revision}"
                raise MalformedRequestError("since_revision", why)
            ended = tuple(self._ended(board, since)) if since else ()
        limit = board.as_of + self._validity
        return Published(board, limit if board.changes_at is None else min(limit, board.changes_at), ended)

    def _at(self, now: datetime) -> Board:
        changed = self._store.changed(self._catalogue.revision)
        self._catalogue = self._catalogue.after(changed)
        moment = max(now, changed.committed_at)
        held = self._board
        still = held is not None and (held.changes_at is None or moment < held.changes_at) and held.as_of <= moment
        if held is not None and still and held.revision == changed.revision:
            return replace(held, as_of=moment)
        self._board = self._computed(changed.revision, moment)
        return self._board

    def _computed(self, revision: int, moment: datetime) -> Board:
        sources = self._catalogue.sources(revision)
        found = [item for source in sources if (item := shown_at(source, moment)) is not None]
        codes = sorted({item.uscc for item in found if not item.name})
        names = self._store.names(codes, revision)
        items: list[Item] = []
        withheld: list[Withheld] = []
        for item in sorted(found, key=lambda each: (each.kind, each.item_id)):
            named = item if item.name else replace(item, name=_name(names.get(item.uscc, ()), moment))
            faults = faults_of(named)
            if faults:
                withheld.append(Withheld(named, faults))
            else:
                items.append(named)
        edges = {edge for source in sources for edge in source.edges()}
        edges |= {midnight(day) for dated in names.values() for day, _ in dated}
        coming = min((edge for edge in edges if edge > moment), default=None)
        return Board(revision, moment, tuple(items), tuple(withheld), coming)

    def _ended(self, board: Board, since: int) -> Iterable[Ended]:
        """Yield what whoever was told the board of *since* may show, and what is not shown now."""
        begun = self._store.committed_at(since)
        assert begun is not None  # noqa: S101 - it is a revision
        shown = {item.item_id for item in board.items}
        now = {_id(source): source for source in self._catalogue.sources(board.revision)}
        then = self._catalogue.sources(since)
        gone = {_id(source) for source in then if shown_within(source, begun, board.as_of)} - shown
        for found in sorted(gone):
            yield Ended(found, self._ended_at(found, now.get(found), board))

    def _ended_at(self, found: str, source: Source | None, board: Board) -> datetime:
        """Return since when it is not shown: by its dates, or, where it never was to be shown, since that is known."""
        ended = last_end(source, board.as_of) if source is not None else None
        if ended is not None:
            return ended
        known = self._store.committed_at(self._catalogue.changed_in(found))
        return board.as_of if known is None else known


def _id(source: Source) -> str:
    return item_id(source.kind, source.record_id)


def _name(dated: Names, moment: datetime) -> str:
    """Return the name in force at *moment*, or the first to come; empty when none is on record."""
    day = civil_date(moment)
    begun = [name for since, name in dated if since <= day]
    return begun[-1] if begun else next((name for _, name in dated), "")
