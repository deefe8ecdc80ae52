"""What is appended to the log is read back from the store before it is signed, on both stores."""

from __future__ import annotations

import pytest
from audit_calls import DRAFT, record
from integrated_logs import GATEWAY
from sqlalchemy import select, update

from gateway.security.log_keys import LogKeys
from gateway.services.integrate_queues import IntegrateQueues
from gateway.services.ports.log import LogDamagedError
from gateway.storage import log_tables
from gateway.storage.engine import writing
from gateway.storage.log_files import LogFolder
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.log_store import SqlLogStore

pytest_plugins = ("audit_places",)


class Turning(SqlLogStore):
    """A store whose disk keeps something else than what was written."""

    def append(self, *grown):
        state = super().append(*grown)
        with writing(self._engine) as connection:
            kept = connection.execute(select(log_tables.tiles.c.hashes)).scalar_one()
            connection.execute(update(log_tables.tiles).values(hashes=kept[:-1] + bytes([kept[-1] ^ 1])))
        return state


def test_what_is_stored_is_read_back_before_it_is_signed(site):
    keys, files = LogKeys(site.folder / "keys"), LogFolder(site.folder / "log")
    integrating = IntegrateQueues(
        GATEWAY, Turning(site.engine, site.place), PlaceQueues(site.place), keys, files, site.clock
    )
    state = integrating.begin()
    record(site.place, DRAFT)
    with pytest.raises(LogDamagedError, match="root"):
        integrating.round(state)

    found = site.store().newest()
    assert (found.size, found.signed_size, found.note) == (2, 1, state.note)
