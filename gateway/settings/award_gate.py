"""``[award_gate]`` of ``gateway.toml``: how old an earlier answer may be at the award gate, by area. Optional.

An area that is not named has no limit, and nothing is cleared in it: there is no limit that would be right for all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.domain.vocabulary import DISABLED_AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.settings.strict import Table

LONGEST: Final = 366
"""Days: an answer of a year ago says nothing of a case that lives."""


def read_award_gate(table: Table) -> Mapping[Area, timedelta]:
    """Return the limits by area.

    Raises:
        ConfigurationError: An area is none or is decided elsewhere, or a limit means nothing.
    """
    areas = {f"{area.name.lower()}_days": area for area in Area if area not in DISABLED_AREAS}
    found: dict[Area, timedelta] = {}
    for key in table.names():
        if key not in areas:
            raise table.error(key, f"is none of {', '.join(sorted(areas))}")
        days = table.take(key, int)
        if not 1 <= days <= LONGEST:
            raise table.error(key, f"must be 1 to {LONGEST}")
        found[areas[key]] = timedelta(days=days)
    table.close()
    return found
