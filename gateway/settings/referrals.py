"""``[referrals]`` of ``gateway.toml``: after how long silence towards a referral is evidence. It cannot be left out.

No law sets these bounds, so none is right for every deployment: what an auditor is shown must stand in a file that
somebody has answered for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.domain.referral_inbox import TransportBounds

if TYPE_CHECKING:
    from gateway.settings.strict import Table

LONGEST_HOURS: Final = 720
"""Thirty days, the longest that deciding on a filing may take (T-27): by then silence must long have been seen."""


@dataclass(frozen=True, slots=True)
class ReferralSettings:
    """Bounds of silence, and after how long an upload that got no further is stuck."""

    bounds: TransportBounds
    upload: timedelta


def read_referrals(table: Table) -> ReferralSettings:
    """Return what ``[referrals]`` says.

    Raises:
        ConfigurationError: A bound is missing, is nothing, is beyond thirty days, or opening is shorter than delivery.
    """
    delivery, opening, upload = (_hours(table, f"{name}_hours") for name in ("delivery", "opening", "upload"))
    table.close()
    try:
        return ReferralSettings(TransportBounds(delivery, opening), upload)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise table.error(f"{name}_hours", why) from error


def _hours(table: Table, key: str) -> timedelta:
    hours = table.take(key, float)
    if not 0 < hours <= LONGEST_HOURS:
        raise table.error(key, f"must be more than 0, and {LONGEST_HOURS} at most")
    return timedelta(hours=hours)
