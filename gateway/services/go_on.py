"""Going on in another log of the year: after a loss, or with another key.

A log that was shown further than it is here ends, and the next says so. Whoever signed on under the same name would
have signed two logs: the one that witnesses and receipts know, and this. So the log is signed no more. Its successor
opens with the last checkpoint that it has here, and with the one that somebody kept of it: the entries between them are
the loss, for everybody to see. A key signs one log: with another key goes another log, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.checkpoint import parse_checkpoint
from formats.note import decode_note
from gateway.domain.errors import StateError
from gateway.domain.log import succeeding
from gateway.services.integrate_queues import IntegrateQueues

if TYPE_CHECKING:
    from gateway.domain.log import LogState


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost: of which log, entries from index *first* to before *end*; and the log that goes on."""

    origin: str
    first: int
    end: int
    successor: LogState


class GoOn(IntegrateQueues):
    """Used while no other process integrates."""

    def with_new_key(self) -> LogState:
        """Integrate what the queues hold, end the newest log, and open its successor, which another key signs.

        Raises:
            LogDamagedError: The log or a queue is not what it was; nothing was opened.
            LogDeposedError: Another process has taken over since.
            StoreUnavailableError, OSError: The database or the disk failed.
        """
        state, more = self.begin(), True
        while more:
            state, more = self.round(state)
        return self._settled(self._open(succeeding(state.origin), state.note))

    def after_loss(self, kept: bytes) -> Loss:
        """Open the successor of the newest log, sign and publish it; entries are integrated into it from then on.

        What the newest log holds and no checkpoint here covers is signed first: it is the beginning of what was lost.

        Args:
            kept: A checkpoint of the newest log from elsewhere, whose signature was verified: the newest there is.

        Raises:
            StateError: Nothing is lost by that checkpoint, or it is of another log.
            LogDamagedError: The log is not what was signed; nothing was opened.
            LogDeposedError: Another process has taken over since.
            StoreUnavailableError, OSError: The database or the disk failed.
        """
        state = self._store.newest()
        seen = parse_checkpoint(decode_note(kept).text)
        if state is None or seen.origin != state.origin or seen.size <= state.size:
            here = f"{state.origin} with {state.size} entries" if state is not None else "nothing"
            raise StateError(
                f"nothing is lost by a checkpoint of {seen.origin} with {seen.size} entries: there is {here}",
                object=seen.origin,
                state="WHOLE",
                wanted="LOST",
            )
        state = self.begin()
        successor = self._settled(self._open(succeeding(state.origin), state.note, kept))
        return Loss(state.origin, state.size, seen.size, successor)
