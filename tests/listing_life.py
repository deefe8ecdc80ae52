"""A listing's life in acts for tests: every stage as it is really reached; nothing here asserts.

Everything is invented. The order was to be paid by 2025-01-20; the five working days after the pre-notice's delivery
end on 2025-02-05 (the Spring Festival lies between), and the decision is of 2025-03-03.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders import act, day, listing

from formats.calendar import WorkingCalendar, load_year
from gateway.domain.listing_steps import Case
from gateway.domain.listing_words import ListingStage as Stage
from gateway.domain.vocabulary import ListingActKind as Kind

if TYPE_CHECKING:
    from gateway.domain.listing_acts import Act
    from gateway.domain.listings import Listing

CALENDARS = Path(__file__).parent.parent / "config" / "calendar"
CALENDAR = WorkingCalendar([load_year(file.read_bytes()) for file in sorted(CALENDARS.glob("*.toml"))])
WIDE: dict[Kind, dict[str, Any]] = {
    Kind.ORDER_ISSUED: {"due_on": day("2025-01-20")},
    Kind.REPAIR_APPLIED: {"corrected_on": day("2025-04-01")},
}
ORDER = (Kind.ORDER_ISSUED, "2025-01-06")
DELIVERED_ORDER = (Kind.ORDER_DELIVERED, "2025-01-07")
PRE_NOTICE = (Kind.PRE_NOTICE, "2025-01-21")
PRE_NOTICED = (Kind.PRE_NOTICE_DELIVERED, "2025-01-22")
DECISION = (Kind.DECISION, "2025-03-03")
DELIVERY = (Kind.DELIVERY, "2025-03-05")
APPLIED = (Kind.REPAIR_APPLIED, "2026-03-20")
REPAIR = (Kind.REPAIR, "2026-04-01")
TO_NOTICE = (ORDER, DELIVERED_ORDER, PRE_NOTICE, PRE_NOTICED)
TO_LISTED = (*TO_NOTICE, DECISION, DELIVERY)

STORIES: dict[Stage, tuple[tuple[tuple[Kind, str], ...], str]] = {
    Stage.NOT_OPENED: ((), "2025-01-05"),
    Stage.ORDERED: ((ORDER,), "2025-01-06"),
    Stage.ORDER_RUNNING: ((ORDER, DELIVERED_ORDER), "2025-01-20"),
    Stage.ORDER_EXPIRED: ((ORDER, DELIVERED_ORDER), "2025-01-21"),
    Stage.PRE_NOTICE_ISSUED: ((ORDER, DELIVERED_ORDER, PRE_NOTICE), "2025-01-21"),
    Stage.PRE_NOTICED: (TO_NOTICE, "2025-03-03"),
    Stage.OBJECTED: ((*TO_NOTICE, (Kind.OBJECTION, "2025-01-24")), "2025-03-03"),
    Stage.NOT_LISTED: ((*TO_NOTICE, (Kind.NOT_LISTED, "2025-01-27")), "2025-03-03"),
    Stage.DECIDED: ((*TO_NOTICE, DECISION), "2025-03-04"),
    Stage.LISTED: (TO_LISTED, "2026-04-01"),
    Stage.REPAIRED: ((*TO_LISTED, APPLIED, REPAIR), "2026-04-01"),
    Stage.EXPIRED: (TO_LISTED, "2028-03-03"),
    Stage.REVOKED: ((*TO_LISTED, (Kind.REVOCATION, "2026-01-05")), "2026-04-01"),
}
"""For each stage the acts that lead to it, and a day on which the listing stands there."""


def made(kind: Kind, on: str, **changes: Any) -> Act:
    return act(kind, on, **(WIDE.get(kind, {}) | changes))


def lived(*steps: tuple[Kind, str]) -> Listing:
    return listing(*(made(kind, on) for kind, on in steps))


def case(*steps: tuple[Kind, str], findings: tuple[Any, ...] = ()) -> Case:
    return Case(lived(*steps), findings)
