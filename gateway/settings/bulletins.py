"""``[bulletin]`` of ``gateway.toml``: how long a bulletin and its key may be used. It can be left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.settings.strict import Table

MOST_HOURS: Final = 72
"""A weekend and a day: a repair reaches those who hold a bulletin only with the next one."""
MOST_KEY_DAYS: Final = 1825
"""Five years."""


@dataclass(frozen=True, slots=True)
class BulletinSettings:
    """How bulletins are issued."""

    life: timedelta = timedelta(hours=12)
    """From its issue to the first instant at which it may not be used: one working day and no night."""
    key_days: int = 365
    """How old the newest key may be before `jsg doctor` asks for the next: ours, no law sets it."""


def read_bulletin_settings(table: Table) -> BulletinSettings:
    """Return what ``[bulletin]`` says; what it leaves out is as shipped.

    Raises:
        ConfigurationError: ``hours`` or ``key_days`` is out of range.
    """
    shipped = BulletinSettings()
    hours = table.take("hours", int) if table.has("hours") else shipped.life // timedelta(hours=1)
    key_days = table.take("key_days", int) if table.has("key_days") else shipped.key_days
    table.close()
    for key, found, most in (("hours", hours, MOST_HOURS), ("key_days", key_days, MOST_KEY_DAYS)):
        if not 1 <= found <= most:
            raise table.error(key, f"must be 1 to {most}")
    return BulletinSettings(timedelta(hours=hours), key_days)
