"""What a disputed or stolen identity does to what weighs on an enterprise only through that person (X-02).

A listing reaches another enterprise through a person that is listed with it and represents the other. It does so no
more where the person's link to either of the two was found false, and it never did: as if the listing were void. While
the link is disputed the listing is shown as disputed; it is a review at most in any case (A-100, ``policy_lint``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from formats.civil import midnight
from gateway.domain.kinds.identity_dispute import DisputeOutcome
from gateway.domain.listings import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.domain.kinds.identity_dispute import IdentityDispute

NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""The end of what has none."""

Doubt = tuple[tuple[Interval, ...], ...]
"""For every person through whom something reaches, when that person's link is disputed."""


def doubted_at(doubt: Doubt, moment: datetime) -> bool:
    """Return whether at *moment* everybody through whom it reaches is disputed; one who is not is enough."""
    return bool(doubt) and all(any(moment in span for span in spans) for spans in doubt)


def edges_of(doubt: Doubt) -> Iterable[datetime]:
    """Yield every instant at which ``doubted_at`` may turn."""
    return (edge for spans in doubt for span in spans for edge in (span.start, span.end))


@dataclass(frozen=True, slots=True)
class Links:
    """Disputes by person's key and enterprise's code."""

    disputes: Mapping[tuple[str, str], tuple[IdentityDispute, ...]] = field(default_factory=dict)

    def through(self, key: str, enterprises: Iterable[str]) -> tuple[Interval, ...] | None:
        """Return when the links of a person to *enterprises* are disputed; None when one of them was found false."""
        found = [each for uscc in enterprises for each in self.disputes.get((key, uscc), ())]
        if any(each.outcome is DisputeOutcome.FALSE_LINK for each in found):
            return None
        return tuple(
            Interval(midnight(each.disputed_on), midnight(each.decided_on) if each.decided_on else NEVER)
            for each in found
            if each.decided_on is None or each.disputed_on < each.decided_on
        )


def genuine(links: Links, keys: Iterable[str], enterprises: tuple[str, str]) -> dict[str, tuple[Interval, ...]]:
    """Return the persons whose links to both *enterprises* were not found false, and when they are disputed."""
    spans = {key: links.through(key, enterprises) for key in keys}
    return {key: found for key, found in spans.items() if found is not None}
