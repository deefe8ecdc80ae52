"""``IndexerProcess``: the process that fills the access index, as the serving process sees it: started, asked, ended.

An entry takes some eighty microseconds of an interpreter to index. A thread of the serving process that did it would
take turns with whoever answers: an auditor's search after some busy minutes kept every caller waiting for seconds.
Whoever searches asks for it here and waits; where the process is away, whoever searches fills the index as before.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway import child

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

START_SECONDS: Final = 5.0
"""After the gateway has begun to serve, when a start's other work is done."""
AGAIN_SECONDS: Final = 1.0
"""After the process has ended by itself."""
LISTEN_SECONDS: Final = 0.2
"""How long it may take until an ending is noticed here."""
STOP_SECONDS: Final = 1.0
"""How long a chunk under way may take when the gateway stops; then it is killed, and the chunk is in no index."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setup:
    """What the process needs to know; it is told by the serving process and reads no configuration."""

    store_url: str
    """Of the facts' store: where it is a PostgreSQL database, queues and index are in the same."""
    state: Path
    key: Path
    """File of the key under which officers are found."""


class IndexerProcess:
    """One process that fills the index, from ``start`` to ``close``. ``fill`` may be called from any thread."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._ending = threading.Event()
        self._asking = threading.Lock()
        self._pipe: Connection | None = None
        """Its end of ours, while it runs."""
        self._fault = ""
        # It starts the process and listens to it for as long as either lives.
        self._thread = threading.Thread(target=self._keep, name="indexer", daemon=True)

    def start(self) -> None:
        """Start the process soon; nothing is waited for."""
        self._thread.start()

    def close(self) -> None:
        """End the process. Blocking; does nothing when it was not started."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def fill(self) -> bool:
        """Ask for every entry that waits by now to be indexed at once; return False where nobody is there to do it."""
        with self._asking:
            if self._pipe is None or self._fault:
                return False
            try:
                self._pipe.send(None)
            except OSError:
                return False
            return True

    def _keep(self) -> None:
        self._ending.wait(START_SECONDS)
        while not self._ending.is_set():
            process, pipe = child.start("gateway.indexer")
            with pipe:
                self._listen(pipe)
            child.end(process, STOP_SECONDS)
            self._ending.wait(AGAIN_SECONDS)

    def _listen(self, pipe: Connection) -> None:
        """Take in what the process says until it ends, or is to."""
        try:
            pipe.send(self._setup)
            with self._asking:
                self._pipe, self._fault = pipe, ""
            while not self._ending.is_set():
                if pipe.poll(LISTEN_SECONDS):
                    self._take(pipe.recv())
        except (EOFError, OSError):
            return
        finally:
            with self._asking:
                self._pipe = None

    def _take(self, fault: str) -> None:
        """Take in why nothing is indexed now; empty when it is again. Searches then say so themselves."""
        with self._asking:
            self._fault = fault
        if fault:
            _log.error("the access index is not filled any more: %s", fault)
        else:
            _log.info("the access index is filled again")
