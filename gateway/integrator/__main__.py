"""What the integrator does: ``python -m gateway.integrator DESCRIPTOR PARENT``, started by ``process`` alone.

It waits until no other process integrates this gateway's queues, on this node or another, and then does so ever again
until its pipe is closed; before it ends it integrates what the queues hold by then. A damaged log ends it, and so does
another process that has taken its place: whoever started it is told why.
"""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Final

from gateway import child
from gateway.clock import SystemClock
from gateway.domain.errors import StoreUnavailableError
from gateway.integrator.days import IndexedDays
from gateway.integrator.process import Fault, Standing
from gateway.integrator.witnesses import AskedWitness
from gateway.security.log_keys import LogKeys, holds
from gateway.services.index_days import IndexDays
from gateway.services.integrate_queues import IntegrateQueues
from gateway.services.ports.log import LogDamagedError, LogDeposedError
from gateway.services.release_investigation import RecordedReleases
from gateway.storage.access_index import AccessIndex
from gateway.storage.log_files import LogFolder
from gateway.storage.log_place import LogPlace
from gateway.storage.log_queues import PlaceQueues

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.domain.log import LogState
    from gateway.integrator.process import DaySaid, Setup, WitnessSaid

LOOK_SECONDS: Final = 0.2
"""How often the queues are looked at: a checkpoint covers an answer well within a second."""
WAIT_SECONDS: Final = 1.0
"""How often a process that waits for another to end tries to take its place."""


def main(descriptor: int, parent: int) -> int:
    """Integrate until the other end is closed; return 1 after a fault."""
    child.settle(parent)
    with Connection(descriptor) as connection:
        pipe = _Pipe(connection)
        try:
            _integrate(connection.recv(), pipe)
        except EOFError:
            return 0  # whoever started it is gone already
        except LogDamagedError as error:
            pipe.tell(Fault(str(error), damaged=True))
            return 1
        except LogDeposedError as error:
            pipe.tell(Fault(str(error), damaged=False, elsewhere=True))
            return 1
        except (StoreUnavailableError, OSError) as error:
            pipe.tell(Fault(f"{type(error).__name__}: {error}", damaged=False))
            return 1
    return 0


class _Pipe:
    """The end of the pipe at which several threads tell things."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._lock = threading.Lock()

    def tell(self, said: Standing | Fault | WitnessSaid | DaySaid) -> None:
        with self._lock, suppress(BrokenPipeError):
            self.connection.send(said)


def _integrate(setup: Setup, pipe: _Pipe) -> None:
    place = LogPlace(setup.store_url, setup.state, setup.node)
    while not place.hold():
        if _told_to_end(pipe.connection, WAIT_SECONDS):
            return
    try:
        _while_held(setup, place, pipe)
    finally:
        with suppress(StoreUnavailableError):
            place.give_back()


def _while_held(setup: Setup, place: LogPlace, pipe: _Pipe) -> None:
    queues, keys, files = PlaceQueues(place.queues), LogKeys(setup.state / "keys"), LogFolder(setup.state / "log")
    integrating = IntegrateQueues(setup.gateway, place.store, queues, keys, files, SystemClock())
    state = integrating.begin()
    pipe.tell(_standing(state))
    witnesses = [AskedWitness(each, place.store, holds, pipe.tell) for each in setup.witnesses]
    for witness in witnesses:
        witness.show(state)
    if setup.key is not None:
        IndexedDays(_index_days(place, queues, setup.key), SystemClock(), pipe.tell)
    while True:
        ending = _told_to_end(pipe.connection, LOOK_SECONDS)
        before, state = state, _caught_up(integrating, state, place)
        if state != before:
            pipe.tell(_standing(state))
            for witness in witnesses:
                witness.show(state)
        if ending:
            return


def _index_days(place: LogPlace, queues: PlaceQueues, key: Path) -> IndexDays:
    search = AccessIndex(place.queues, key)
    return IndexDays(place.days, queues, place.store, RecordedReleases(search, search), key.read_bytes())


def _caught_up(integrating: IntegrateQueues, state: LogState, place: LogPlace) -> LogState:
    """Integrate all that the queues hold, and return how far the log has come."""
    more = True
    while more:
        if not place.hold():
            raise LogDeposedError("another process integrates the queues by now")
        state, more = integrating.round(state)
    return state


def _told_to_end(connection: Connection, seconds: float) -> bool:
    """Wait so long at most for a word of the other end; any word, and none ever again, means to end."""
    if not connection.poll(seconds):
        return False
    with suppress(EOFError):
        connection.recv()
    return True


def _standing(state: LogState) -> Standing:
    return Standing(state.origin, state.size, SystemClock().now())


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
