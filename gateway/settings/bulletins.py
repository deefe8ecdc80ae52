"""``[bulletin]`` of ``gateway.toml``: for how long a bulletin may be used. It can be left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.settings.strict import Table

MOST_HOURS: Final = 72
"""A weekend and a day: a repair reaches those who hold a bulletin only with the next one."""


@dataclass(frozen=True, slots=True)
class BulletinSettings:
    """How bulletins are issued."""

    life: timedelta = timedelta(hours=12)
    """From its issue to the first instant at which it may not be used: one working day and no night."""


def read_bulletin_settings(table: Table) -> BulletinSettings:
    """Return what ``[bulletin]`` says; what it leaves out is as shipped.

    Raises:
        ConfigurationError: ``hours`` is out of range.
    """
    if not table.has("hours"):
        table.close()
        return BulletinSettings()
    hours = table.take("hours", int)
    table.close()
    if not 1 <= hours <= MOST_HOURS:
        raise table.error("hours", f"must be 1 to {MOST_HOURS}")
    return BulletinSettings(timedelta(hours=hours))
