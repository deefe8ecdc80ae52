"""``[clocks]`` of ``gateway.toml``: what the law leaves open, and lengths that a lawyer has confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import AS_SHIPPED, ClockParameters, Roll

if TYPE_CHECKING:
    from gateway.settings.strict import Table


def load_clocks(table: Table) -> ClockParameters:
    """Return the parameters; what the table does not say is as shipped.

    Raises:
        ConfigurationError: With file, key and reason: an unknown law or clock, one whose length is confirmed, or
            lengths that are no whole numbers from 1 on, as many as the clock has, growing.
    """
    rolling = AS_SHIPPED.rolling
    if table.has("rolling"):
        words = table.strings("rolling")
        for word in words:
            if word not in {roll.value for roll in Roll} - {Roll.NEVER.value}:
                raise table.error("rolling", f"{word!r} is none of the laws that may move a last day")
        rolling = frozenset(Roll(word) for word in words)
    lengths = _lengths(table.table("lengths")) if table.has("lengths") else frozenset()
    table.close()
    return ClockParameters(rolling=rolling, lengths=lengths)


def _lengths(table: Table) -> frozenset[tuple[str, int, int]]:
    found: set[tuple[str, int, int]] = set()
    for clock_id in table.names():
        rule = CLOCKS.get(clock_id)
        if rule is None:
            raise table.error(clock_id, "is none of the clocks")
        if rule.confirmed and all(longer.confirmed for longer in rule.extensions):
            raise table.error(clock_id, "has the length that the law gives it, and no other")
        shipped = [rule.length, *(longer.length for longer in rule.extensions)]
        given = table.numbers(clock_id)
        if len(given) != len(shipped) or given[0] < 1 or sorted(set(given)) != list(given):
            raise table.error(clock_id, f"must be {len(shipped)} whole numbers from 1 on, each greater than the last")
        found |= {(clock_id, was, now) for was, now in zip(shipped, given, strict=True)}
    return frozenset(found)
