"""Silence as evidence: that a recipient had not acknowledged an entry, or not fetched its files, when a bound passed.

A silence that is established stays true whatever comes later: what was done late overrules it in what is shown, and
takes nothing back. So it is judged at its bound, by what had been done then, however much later that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from formats.civil import format_instant
from gateway.domain.audit import Draft
from gateway.domain.referral_inbox import TransportState, evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from gateway.domain.referral_inbox import Arrival, Received, TransportBounds

SERVICE: Final = "ReferralService"
SILENT: Final = "SILENCE_ESTABLISHED"
"""Outcome of the entry that holds a silence."""
SETTLED: Final = timedelta(minutes=1)
"""After a bound, for what was done just before it to be on record, by the clock of another node."""


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence: which entry, towards whom, what was not done, and since when that is evidence, UTC."""

    referral_id: str
    place: int
    recipient: str
    state: TransportState
    """``NOT_DELIVERED`` or ``NOT_OPENED``."""
    since: datetime

    @property
    def key(self) -> tuple[int, str, TransportState]:
        """What tells it from every other: each is established once."""
        return self.place, self.recipient, self.state


def silences_of(
    referral_id: str, arrival: Arrival, received: Received, now: datetime, bounds: TransportBounds
) -> Iterator[Silence]:
    """Yield every silence of an entry towards its recipient that is settled at *now*, the earlier bound first."""
    for state, bound in bounds_of(bounds):
        at = arrival.at + bound
        if now >= at + SETTLED and evidence_of(arrival, received, at, bounds).state is state:
            yield Silence(referral_id, arrival.entry.place, received.recipient, state, at)


def next_look(arrival: Arrival, now: datetime, bounds: TransportBounds) -> datetime | None:
    """Return when time alone may establish the next silence of an entry; None when both bounds are over."""
    ahead = [arrival.at + bound + SETTLED for _, bound in bounds_of(bounds)]
    return min((at for at in ahead if at > now), default=None)


def bounds_of(bounds: TransportBounds) -> tuple[tuple[TransportState, timedelta], ...]:
    """Return what silence is at each bound, the earlier one first."""
    return (TransportState.NOT_DELIVERED, bounds.delivery), (TransportState.NOT_OPENED, bounds.opening)


def draft_of(silence: Silence) -> Draft:
    """Return the entry that establishes a silence: the gateway's own, with no caller."""
    return Draft(told_of(silence))


def told_of(silence: Silence) -> dict[str, object]:
    """Return the body of that entry."""
    return {
        "method": SERVICE,
        "outcome": SILENT,
        "caller": {},
        "referral": silence.referral_id,
        "place": silence.place,
        "silence": {
            "recipient": silence.recipient,
            "state": silence.state.name,
            "since": format_instant(silence.since),
        },
    }


def establishes(body: Mapping[str, Any], silence: Silence) -> bool:
    """Return whether the entry with this *body* establishes a silence."""
    return all(body.get(key) == value for key, value in told_of(silence).items())
