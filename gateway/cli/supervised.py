"""What a supervisor such as systemd is told (``sd_notify``): that the gateway serves, that it lives, that it stops.

The protocol is datagrams to the socket that ``NOTIFY_SOCKET`` names; without that variable nothing is told. Of several
workers each tells the process that started them, and that one tells on that all serve, and that all live.
"""

from __future__ import annotations

import logging
import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

VARIABLE: Final = "NOTIFY_SOCKET"
READY: Final = b"READY=1"
ALIVE: Final = b"WATCHDOG=1"
STOPPING: Final = b"STOPPING=1"
_LONGEST: Final = 64
_log: Final = logging.getLogger(__name__)


class Supervisor:
    """The supervisor of this process, where it has one."""

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        """Take who it is from *environment*, and out of it: what this process starts is not supervised."""
        name = environment.pop(VARIABLE, "")
        self._address = "\0" + name[1:] if name.startswith("@") else name

    @property
    def there(self) -> bool:
        """There is one."""
        return bool(self._address)

    def tell(self, what: bytes) -> None:
        """Tell it; nobody waits for it, and that it is away is logged."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.settimeout(0)
            try:
                told.sendto(what, self._address)
            except OSError as error:
                _log.warning("the supervisor is not told %s: %s", what.decode(), error.strerror)

    def alive(self) -> None:
        """Tell it that the event loop turns."""
        self.tell(ALIVE)


class Workers:
    """What workers say, gathered: ``address`` is for the environment of each, ``look`` passes on what all have said."""

    def __init__(self, supervisor: Supervisor, count: int) -> None:
        """Gather from *count* workers; from none where there is no supervisor."""
        self._supervisor = supervisor
        self._folder = tempfile.TemporaryDirectory(prefix="jsg-") if supervisor.there else None
        self._sockets = [self._bound(number) for number in range(count)] if supervisor.there else []
        self._said: dict[bytes, set[int]] = {READY: set(), ALIVE: set()}

    def address(self, worker: int) -> str:
        """Return where a worker tells; nobody but this user reaches it. Empty where there is no supervisor."""
        return "" if self._folder is None else str(Path(self._folder.name, str(worker)))

    def look(self) -> None:
        """Take what was said since the last look, and pass on what every worker has said by now."""
        for number, each in enumerate(self._sockets):
            while (what := _taken(each)) is not None:
                if what in self._said:
                    self._said[what].add(number)
        for what, workers in self._said.items():
            if workers and len(workers) == len(self._sockets):
                self._supervisor.tell(what)
                workers.clear()

    def close(self) -> None:
        """Take no more."""
        for each in self._sockets:
            each.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _bound(self, worker: int) -> socket.socket:
        found = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        found.settimeout(0)
        found.bind(self.address(worker))
        return found


def _taken(each: socket.socket) -> bytes | None:
    try:
        return each.recv(_LONGEST)
    except BlockingIOError:
        return None


def environment_of(workers: Workers, worker: int) -> dict[str, str]:
    """Return the environment of a worker: this process's, and where it tells, if anybody is told."""
    address = workers.address(worker)
    return {**os.environ, VARIABLE: address} if address else dict(os.environ)
