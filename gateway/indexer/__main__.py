"""What the indexer does: ``python -m gateway.indexer DESCRIPTOR PARENT``, started by ``process`` alone.

Every ten seconds, and whenever it is asked, it puts into the access index what the queues hold more. Any number of
processes may do so at once, on any node: each chunk goes in under one lock, and once.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Final

from gateway import child
from gateway.domain.errors import StoreUnavailableError
from gateway.storage.access_index import AccessIndex
from gateway.storage.access_rows import EntryUnreadableError
from gateway.storage.audit_place import place_of
from gateway.storage.engine import open_engine

if TYPE_CHECKING:
    from gateway.indexer.process import Setup

LAST: Final = 19
"""The least of all priorities: only a search ever waits for it."""
LOOK_SECONDS: Final = 10.0
"""How often the queues are looked at unasked: rarely, because in the company of thousands an entry costs half."""


def main(descriptor: int, parent: int) -> None:
    """Fill the index until the other end is closed."""
    child.settle(parent)
    os.nice(LAST)
    with Connection(descriptor) as connection, suppress(EOFError, ConnectionError):
        _keep_level(connection.recv(), connection)


def _keep_level(setup: Setup, connection: Connection) -> None:
    """Fill ever again; tell the other end why it cannot be done, once, and that it can be again.

    Raises:
        EOFError, ConnectionError: The other end is closed.
    """
    index, fault = None, ""
    while True:
        try:
            index = index or AccessIndex(place_of(open_engine(setup.store_url), setup.state), setup.key)
            index.catch_up()
            now = ""
        except (EntryUnreadableError, StoreUnavailableError, OSError) as error:
            now = f"{type(error).__name__}: {error}"
        if now != fault:
            connection.send(now)
            fault = now
        _wait_for_word(connection)


def _wait_for_word(connection: Connection) -> None:
    """Wait until somebody asks, or it is time to look; who asked meanwhile asks for the same."""
    waiting = connection.poll(LOOK_SECONDS)
    while waiting:
        connection.recv()
        waiting = connection.poll()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
