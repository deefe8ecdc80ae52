"""How a listing stands at a moment, by its acts as the stream of changes tells them: a run for each three years.

The gateway decides what weighs; this is what follows from the same acts for the exchange, written anew because an
adapter has none of the gateway's code. A test holds the two together. Acts known by their date only count in the
subject's favour: what burdens from the next midnight, what relieves from that day's first instant (A-126, L-23).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from formats.civil import add_months, civil_date, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

TERM_MONTHS: Final = 36
"""Three years from the decision (L-13)."""
BURDENS: Final = frozenset({"DELIVERY", "STAY_ENDED", "HIDDEN_ENDED", "REPAIR_SHOWN_REJECTED"})
ORDER: Final = (
    "DECISION", "DELIVERY", "STAY", "STAY_ENDED", "REPAIR", "RESTORE", "REVOCATION", "HIDDEN", "HIDDEN_ENDED",
    "REPAIR_SHOWN", "REPAIR_SHOWN_REJECTED",
)  # fmt: skip
"""Acts that change how a listing stands, in the order in which those of one instant count; others are left out."""
LIFTING: Final = (("STAY", "STAY_ENDED"), ("HIDDEN", "HIDDEN_ENDED"), ("REPAIR_SHOWN", "REPAIR_SHOWN_REJECTED"))
REPAIRED, EXPIRED, REVOKED = "信用修复", "期满", "撤销"
"""Grounds on which a run ended."""
LIFTED: Final = {"STAY": "停止执行", "HIDDEN": "裁定屏蔽", "REPAIR_SHOWN": "平台显示已修复"}
"""Grounds on which it is not shown for a time."""


@dataclass(frozen=True, slots=True)
class ListingAct:
    """One act: its kind's name, its day and instant, its document and its authority."""

    act_id: str
    kind: str
    on: date
    at: datetime | None
    document_number: str
    authority: str
    to_person: bool
    """Of a delivery: to a person listed with the enterprise, and to nobody else."""
    reason: str = ""
    basis: str = ""

    @property
    def counts_from(self) -> datetime:
        """First instant at which it has its effect."""
        if self.at is not None:
            return self.at
        return midnight(self.on + timedelta(days=1) if self.kind in BURDENS else self.on)

    @property
    def day(self) -> date:
        """Its civil day: the instant's, where one is known."""
        return self.on if self.at is None else civil_date(self.at)


@dataclass(frozen=True, slots=True)
class Run:
    """One term of a listing as it stands at a moment."""

    start: ListingAct
    ends: datetime
    """First instant no longer in force by time alone."""
    in_force: bool
    ground: str
    """Why it is not shown, once it was; empty while it is in force, or before it was delivered."""
    ended_on: date | None


def runs(acts: Sequence[ListingAct], moment: datetime) -> tuple[Run, ...]:
    """Return the runs decided by *moment*, in order; empty without a decision."""
    known = sorted(
        (act for act in acts if act.kind in ORDER), key=lambda a: (a.counts_from, a.day, ORDER.index(a.kind), a.act_id)
    )
    starts = [act for act in known if act.kind in {"DECISION", "RESTORE"}]
    void = min((act.on for act in known if act.kind == "REVOCATION"), default=None)
    found = []
    for number, start in enumerate(starts):
        following = starts[number + 1].on if number + 1 < len(starts) else None
        if start.counts_from <= moment or void is not None:
            found.append(_run(known, start, following, void, moment))
    return tuple(found)


def next_turn(acts: Iterable[ListingAct], moment: datetime) -> datetime | None:
    """Return the first instant after *moment* at which time alone may change how the listing stands."""
    edges: set[datetime] = set()
    for act in acts:
        if act.kind in ORDER:
            edges.add(act.counts_from)
        if act.kind in {"DECISION", "RESTORE"}:
            edges.add(midnight(add_months(act.on, TERM_MONTHS)))
    return min((edge for edge in edges if edge > moment), default=None)


def _run(
    known: Sequence[ListingAct], start: ListingAct, following: date | None, void: date | None, moment: datetime
) -> Run:
    ends = midnight(add_months(start.on, TERM_MONTHS))
    delivered = [
        act.counts_from
        for act in known
        if act.kind == "DELIVERY" and not act.to_person and act.day >= start.on
        if following is None or act.day < following
    ]
    begins = min(delivered, default=None)
    if void is not None:
        return Run(start, ends, in_force=False, ground=REVOKED, ended_on=void)
    repaired = _repaired_on(known, start, ends, moment)
    if repaired is not None:
        return Run(start, ends, in_force=False, ground=REPAIRED, ended_on=repaired)
    if moment >= ends:
        return Run(start, ends, in_force=False, ground=EXPIRED, ended_on=civil_date(ends))
    if begins is None or moment < begins:
        return Run(start, ends, in_force=False, ground="", ended_on=None)
    lifted = _lifted(known, start, moment)
    if lifted is not None:
        return Run(start, ends, in_force=False, ground=LIFTED[lifted.kind], ended_on=lifted.on)
    return Run(start, ends, in_force=True, ground="", ended_on=None)


def _repaired_on(known: Sequence[ListingAct], start: ListingAct, ends: datetime, moment: datetime) -> date | None:
    """Return the day of the first repair of a run by *moment*; one of a restoration's own day came before it."""
    restored = start.kind == "RESTORE"
    days = [
        act.on
        for act in known
        if act.kind == "REPAIR" and act.counts_from <= moment and act.counts_from < ends
        if act.on > start.on or (act.on == start.on and not restored)
    ]
    return min(days, default=None)


def _lifted(known: Sequence[ListingAct], start: ListingAct, moment: datetime) -> ListingAct | None:
    for opens, closes in LIFTING:
        still: list[ListingAct] = []
        for act in known:
            if act.counts_from > moment or act.kind not in {opens, closes}:
                continue
            if act.kind == opens:
                still.append(act)
            elif still:
                numbers = [opened.document_number for opened in still]
                closed = act.document_number if act.document_number in numbers else numbers[0]
                still = [opened for opened in still if opened.document_number != closed]
        own = [act for act in still if act.on >= start.on]
        if own:
            return own[0]
    return None
