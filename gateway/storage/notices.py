"""Hearing of new revisions on PostgreSQL, so that a node looks at once instead of at its next look.

Nothing rests on a notice: one that is lost, late or never sent costs the time until the next look (``index``), which
comes whatever is heard. SQLite sends none.
"""

from __future__ import annotations

import logging
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from gateway.storage.engine import is_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

CHANNEL: Final = "jsg_revision"
LISTEN_SECONDS: Final = 0.2
"""How long it may take until an ending is noticed here."""
AGAIN_SECONDS: Final = 1.0
"""After the database was lost."""
_NOTIFY: Final = text(f"NOTIFY {CHANNEL}")
_log: Final = logging.getLogger(__name__)


def tell_revision(connection: Connection) -> None:
    """Have whoever listens be told when this transaction commits; PostgreSQL tells of one that does not to nobody."""
    if not is_sqlite(connection):
        connection.execute(_NOTIFY)


class RevisionNotices:
    """Listens in a thread of its own, from ``start`` to ``stop``."""

    def __init__(self, engine: Engine, heard: Callable[[], None]) -> None:
        """Take the database, and what is called, in that thread, when there may be a new revision."""
        self._engine: Final = engine
        self._heard: Final = heard
        self._stopping: Final = threading.Event()
        self._thread: Final = threading.Thread(target=self._keep, name="revision-notices", daemon=True)

    def start(self) -> None:
        """Begin; on SQLite there is nothing to listen to."""
        if not is_sqlite(self._engine):
            self._thread.start()

    def stop(self) -> None:
        """End; the thread has ended when this returns. Blocking."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep(self) -> None:
        failing = False
        while not self._stopping.is_set():
            try:
                # One connection more than the pool's: it is never given back while it listens.
                with closing(self._engine.raw_connection()) as connection:
                    driver = connection.driver_connection
                    connection.detach()
                    self._listen(driver)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look at the store needs no notice
                if not failing:
                    _log.warning("new revisions are not heard of, and looked for only: %s", type(error).__name__)
                failing = True
                self._stopping.wait(AGAIN_SECONDS)
            else:
                failing = False

    def _listen(self, connection: Any) -> None:  # noqa: ANN401 - the driver's, which is an extra
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        self._heard()  # of what was committed before
        while not self._stopping.is_set():
            for _ in connection.notifies(timeout=LISTEN_SECONDS):
                self._heard()
