"""Who asked about an enterprise, for that enterprise: organisation, purpose and time, without investigations (R-05)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.who_asked import PURPOSE_SHOWN, QUESTIONS, SHOWN_ROLES, is_hidden
from gateway.services.ports.audit import AskedFilter

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.services.ports.audit import AccessRow, AskedSearch, InvestigationReleases


@dataclass(frozen=True, slots=True)
class Asked:
    """One answered question about the enterprise, as it may see it. Zeros and empty texts: the question had none."""

    at: datetime
    agency: str
    role: str
    method: str
    area: int
    point: int
    purpose: str
    relations: tuple[str, ...]
    """What the enterprise was in it, by ``RelationKind``: that which was to go ahead, a consortium member, a related
    party."""


class NothingReleased:
    """The port ``InvestigationReleases`` where no investigation can be released: hidden questions stay hidden."""

    def released(self) -> frozenset[tuple[str, str]]:
        """Return nothing."""
        return frozenset()


NOTHING_RELEASED: Final = NothingReleased()


class ListWhoAsked:
    """Reads who asked."""

    def __init__(self, search: AskedSearch, releases: InvestigationReleases = NOTHING_RELEASED) -> None:
        self._search = search
        self._releases = releases

    async def __call__(
        self, uscc: str, span: tuple[datetime | None, datetime | None], size: int, token: str
    ) -> tuple[list[Asked], str]:
        """Return one page, newest first, and the token of the next (empty on the last).

        Args:
            uscc: The enterprise that asks.
            span: From the first instant, inclusive, to the last, exclusive; None is no bound.
            size: Questions a page, at least 1.
            token: Of the page wanted, empty for the first.

        Raises:
            ValueError: *token* is none, was changed, or belongs to another list.
            StoreUnavailableError: A database failed.
        """
        return await asyncio.to_thread(self._page, uscc, span, size, token)

    def _page(
        self, uscc: str, span: tuple[datetime | None, datetime | None], size: int, token: str
    ) -> tuple[list[Asked], str]:
        released = self._releases.released()
        wanted = AskedFilter(uscc, QUESTIONS, frozenset(SHOWN_ROLES), released, *span)
        rows, following = self._search.asked(wanted, size, token)
        return [_asked(row, uscc, released) for row in rows if not row.entry.erased], following


def _asked(row: AccessRow, uscc: str, released: frozenset[tuple[str, str]]) -> Asked:
    """Return what is told of one row; what the rule hides never gets here, and would stop the answer."""
    body: Any = row.content
    caller = body["caller"]
    role, agency = caller["role"], caller["agency"]
    if is_hidden(role, agency, body.get("case", ""), released):
        raise AssertionError("a hidden question was found for whom it is about")
    named: Any = row.line if row.line is not None else row.content
    relations = named.get("relations") or ["SELF"] * len(named["enterprises"])
    own = [kind for code, kind in zip(named["enterprises"], relations, strict=True) if code == uscc]
    return Asked(
        at=row.entry.time,
        agency=agency,
        role=role,
        method=body["method"],
        area=body.get("area", 0),
        point=body.get("point", 0),
        purpose=body.get("purpose", "") if role in PURPOSE_SHOWN else "",
        relations=tuple(dict.fromkeys(own)),
    )
