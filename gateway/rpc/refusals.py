"""Refusals that cost their caller nothing must not fill the disk: the first is an entry, the next are counted.

Of refusals by quota, mandate, role or certificate, alike and of one caller, those beyond the first within a second
become one entry that says how many there were, when the first and the last, and of which methods. Whoever goes on gets
one such entry a second. Callers beyond ``MOST_CALLERS`` at once are counted together, without a name. A counted refusal
is answered before its entry is on disk; it told nobody anything.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from formats.civil import format_instant
from gateway.domain import errors
from gateway.domain.audit import Draft
from gateway.domain.call_record import CallerSeen, CallRecord, body_of

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.audit import Position
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.register import Clock

COUNTED: Final = (
    errors.QuotaExceededError,
    errors.CallerUnknownError,
    errors.CertificateRejectedError,
    errors.RoleNotPermittedError,
    errors.AreaNotInMandateError,
    errors.FieldNotInMandateError,
)
"""Not a missing case number or authorisation: each of these is an entry (A-120, R-04)."""
METHOD: Final = "refused"
"""What stands for the method of an entry that counts."""
SECONDS: Final = 1.0
FULL_SECONDS: Final = 0.02
"""How long a queue that is full is given at the end, again and again."""
MOST_CALLERS: Final = 1_024
"""Callers and reasons that are counted apart at once."""
MOST_METHODS: Final = 8
"""Methods that one counting entry names."""
_log: Final = logging.getLogger(__name__)

_Key = tuple[str, ...]


@dataclass(slots=True)
class _Tally:
    """Refusals alike of one caller that are not on record yet."""

    seen: CallerSeen
    in_full: int
    """How many more of this second are entries of their own."""
    number: int = 0
    first: datetime | None = None
    last: datetime | None = None
    methods: dict[str, None] = field(default_factory=dict)


class Refusals:
    """What one serving process has refused and not recorded one by one. Use it from one event loop."""

    def __init__(self, audit: AuditLog, clock: Clock, in_full: int) -> None:
        """Take where entries go, and how many refusals alike within a second are entries of their own."""
        self._audit = audit
        self._clock = clock
        self._in_full = in_full
        self._tallies: dict[_Key, _Tally] = {}

    def count(self, failure: errors.GatewayError, seen: CallerSeen, method: str) -> bool:
        """Count a refusal; False when it must be an entry of its own, now."""
        if not isinstance(failure, COUNTED):
            return False
        tally = self._tally(failure.reason, seen)
        if tally.in_full:
            tally.in_full -= 1
            return False
        if self._audit.failed:
            return False
        tally.number += 1
        tally.last = self._clock.now()
        tally.first = tally.first or tally.last
        if len(tally.methods) < MOST_METHODS:
            tally.methods[method] = None
        return True

    async def close(self) -> None:
        """Record what is counted; call it once nothing is refused any more, before the queue closes."""
        counted = {key: tally for key, tally in self._tallies.items() if tally.number}
        self._tallies.clear()
        while counted and not self._audit.failed:
            waiters = {key: self._record(key, tally) for key, tally in counted.items()}
            await asyncio.gather(*filter(None, waiters.values()), return_exceptions=True)
            counted = {key: counted[key] for key, waiter in waiters.items() if waiter is None}
            await asyncio.sleep(FULL_SECONDS if counted else 0)

    def _tally(self, reason: str, seen: CallerSeen) -> _Tally:
        key = (reason, *_caller(seen))
        found = self._tallies.get(key)
        if found is None and len(self._tallies) >= MOST_CALLERS:
            # No name is kept of these: an attacker with many must not take memory or disk with them.
            key, seen = (reason,), CallerSeen()
            found = self._tallies.get(key)
        if found is None:
            found = self._tallies[key] = _Tally(seen, self._in_full if len(key) > 1 else 0)
            asyncio.get_running_loop().call_later(SECONDS, self._look, key)
        return found

    def _look(self, key: _Key) -> None:
        """Record what was counted in the last second, and forget a caller of whom there was nothing."""
        tally = self._tallies.pop(key, None)
        if tally is None or not tally.number:
            return
        recorded = self._record(key, tally)
        # What could not be recorded is counted on.
        self._tallies[key] = tally if recorded is None else _Tally(tally.seen, 0)
        asyncio.get_running_loop().call_later(SECONDS, self._look, key)

    def _record(self, key: _Key, tally: _Tally) -> asyncio.Future[Position] | None:
        record = CallRecord(METHOD, key[0], tally.seen, "", 0, told=_told(tally))
        try:
            waiter = asyncio.ensure_future(self._audit.record(Draft(body_of(record))))
        except errors.GatewayError as error:
            _log.warning("%d refusals are not on record yet: %s", tally.number, error)
            return None
        waiter.add_done_callback(lambda done: done.cancelled() or done.exception())
        return waiter


def _told(tally: _Tally) -> dict[str, object]:
    assert tally.first is not None  # noqa: S101 - set with the first that is counted
    assert tally.last is not None  # noqa: S101 - likewise
    return {
        "counted": {
            "number": tally.number,
            "first": format_instant(tally.first),
            "last": format_instant(tally.last),
            "methods": list(tally.methods),
        }
    }


def _caller(seen: CallerSeen) -> tuple[str, ...]:
    """Return what tells callers apart: the certificate, one that was rejected too; without any the address, no port."""
    return (seen.identity, seen.certificate) if seen.certificate else (seen.peer.rpartition(":")[0],)
