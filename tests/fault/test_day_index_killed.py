"""Kill −9 of the integrator while it indexes days: each has one index in the end, and nothing is left out of any."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from audit_calls import KEY, record
from indexed_days import OTHER, OWN, asked, investigated
from integrated_logs import GATEWAY

from formats.civil import civil_date, midnight
from gateway import child
from gateway.clock import SystemClock
from gateway.integrator.process import DaySaid, Setup
from gateway.services.check_days import CheckDays
from gateway.services.index_days import IndexDays
from gateway.services.release_investigation import RecordedReleases
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_place import FolderPlace
from gateway.storage.day_store import SqlDayStore
from gateway.storage.engine import open_engine
from gateway.storage.log_place import log_engine
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.log_store import SqlLogStore
from gateway.storage.migrations import LOG, upgrade

DAYS = 40
KILLS = 8
PATIENCE = 60
FIRST = civil_date(SystemClock().now()) - timedelta(days=DAYS)


@pytest.fixture
def setup(tmp_path):
    """A gateway's state with calls on each of the days before today, in two queues."""
    key = tmp_path / "person.key"
    key.write_bytes(KEY)
    setup = Setup(GATEWAY, f"sqlite:///{tmp_path / 'facts.sqlite'}", tmp_path, key)
    engine = log_engine(open_engine(setup.store_url), tmp_path)
    upgrade(engine, LOG)
    engine.dispose()
    place = FolderPlace(tmp_path / "audit")
    for writer in ("gw1-0", "gw1-1"):
        noons = [midnight(FIRST + timedelta(days=day)) + timedelta(hours=12) for day in range(DAYS)]
        drafts = [asked(OWN), investigated(OTHER), asked(OWN, OTHER)]
        times = [noon for noon in noons for _ in drafts]
        record(place, *drafts * DAYS, writer=writer, times=times)
    place.close()
    return setup


def test_whatever_moment_it_is_killed_at_every_day_has_one_whole_index(setup, tmp_path):
    randomness = random.Random(7)  # noqa: S311 - when to kill is no secret
    said = []
    for kill in range(KILLS + 1):
        process, pipe = child.start("gateway.integrator")
        pipe.send(setup)
        try:
            if kill < KILLS:
                said += days_said(pipe, randomness.randint(1, 3))
                pipe.poll(randomness.random() / 20)
            else:
                said += days_said(pipe, DAYS, str(FIRST + timedelta(days=DAYS - 1)))
        finally:
            process.kill()
            process.wait()
            pipe.close()
    engine = log_engine(open_engine(setup.store_url), tmp_path)
    place, store = FolderPlace(tmp_path / "audit"), SqlDayStore(engine)
    search = AccessIndex(place, setup.key)
    releases, queues = RecordedReleases(search, search), PlaceQueues(place)
    check = CheckDays(store, IndexDays(store, queues, SqlLogStore(engine, place), releases, KEY), queues)

    assert [each.why for each in said if each.why] == []
    assert [(each.number, each.day) for each in store.all()] == [
        (number, FIRST + timedelta(days=number)) for number in range(DAYS)
    ]
    assert list(check.flaws()) == []
    assert [len(store.whole(number, "ordinary").leaves) for number in range(DAYS)] == [2] * DAYS
    place.close()
    engine.dispose()


def days_said(pipe, count, last=""):
    """Return what is said of days until so many were, or *last* was."""
    found = []
    while len(found) < count:
        assert pipe.poll(PATIENCE), "nothing is said of days any more"
        said = pipe.recv()
        if isinstance(said, DaySaid):
            found.append(said)
            if said.day == last or said.why:
                break
    return found
