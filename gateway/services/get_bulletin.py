"""The bulletin of one area: what is published of its listings in force, signed, for hours without an answer (X-10).

Computed anew for each caller from what may be published now, so that a repaired listing is in no later one. It holds
nothing that the public is not shown, and clears nobody.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from formats.bulletin import BulletinHead, ListedFacts, head_text, joined, listing_lines
from gateway.domain.vocabulary import Effect, PublishableKind, Trigger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime, timedelta

    from gateway.domain.policy import Policy
    from gateway.domain.publishable import Item
    from gateway.domain.vocabulary import Area, DecisionPoint
    from gateway.services.list_publishable import ListPublishable
    from gateway.services.ports.bulletins import BulletinSigner


@dataclass(frozen=True, slots=True)
class Issued:
    """A bulletin as it is handed out."""

    head: BulletinHead
    listings: int
    content: bytes
    """All of it, signed."""
    keys: tuple[str, ...]
    """Public halves of the keys that have signed it."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of all of it, 32 bytes."""
        return sha256(self.content).digest()


class GetBulletin:
    """Issues bulletins of one gateway under one policy."""

    def __init__(
        self,
        publishable: ListPublishable,
        policy: Policy,
        signer: BulletinSigner,
        name: str,
        policy_ends: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        """Take what may be published, what weighs, who signs, the gateway's name, and until when the policy holds."""
        self._policy_ends = policy_ends
        self._publishable = publishable
        self._policy = policy
        self._signer = signer
        self._name = name
        self._held: tuple[tuple[Item, ...], tuple[int, bytes]] | None = None
        """The lines of the items of one board: all areas have the same, and a revision may bring new ones."""

    async def __call__(self, area: Area, points: Collection[DecisionPoint], now: datetime, life: timedelta) -> Issued:
        """Return the bulletin of *area* for a caller with these decision points; it holds for *life* from *now*.

        Raises:
            StoreUnavailableError: The store or the keys could not be read.
        """
        board = (await self._publishable(now, 0)).board
        weighs_at = tuple(point for point in sorted(points) if point.area is area and self._weighs(point))
        head = BulletinHead(
            gateway=self._name,
            area=area.name,
            revision=board.revision,
            issued_at=board.as_of,
            valid_until=min(board.as_of + life, self._policy_ends() or board.as_of + life),
            weighs_at=tuple(point.name for point in weighs_at),
        )
        return await asyncio.to_thread(self._issued, head, board.items if weighs_at else ())

    def _weighs(self, point: DecisionPoint) -> bool:
        """Return whether a listing can be more than a notice at *point*: at the points of wages it never is."""
        return any(row.effect > Effect.NOTICE for row in self._policy.cell(Trigger.LISTING, point))

    def _issued(self, head: BulletinHead, items: tuple[Item, ...]) -> Issued:
        count, lines = self._written(items)
        note = self._signer.sign(head_text(head, lines))
        return Issued(head, count, joined(note, lines), self._signer.published())

    def _written(self, items: tuple[Item, ...]) -> tuple[int, bytes]:
        if not items:
            return 0, b""
        held = self._held
        if held is None or held[0] is not items:
            listings = (item for item in items if item.kind is PublishableKind.WAGE_ARREARS_LISTING)
            facts = [found for item in listings if (found := _facts(item)) is not None]
            held = self._held = (items, (len(facts), listing_lines(facts)))
        return held[1]


def _facts(item: Item) -> ListedFacts | None:
    """Return what a bulletin says of a listing; None of one without an end, which no listing in force is (L-13)."""
    if item.decided_on is None or item.display_until is None:
        return None
    return ListedFacts(
        uscc=item.uscc,
        authority=item.authority,
        document_number=item.document_number,
        decided_on=item.decided_on,
        published_on=item.published_on,
        until=item.display_until,
    )
