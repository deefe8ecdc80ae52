"""Recording the indexes of days: each as it is stored, again after a failure, and none that is recorded already."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, date, datetime

import pytest
from leases import HandLease

from gateway.bootstrap import days as bootstrap
from gateway.bootstrap.days import recorded_days
from gateway.domain.audit import Draft, Position
from gateway.domain.errors import AuditUnavailableError, StoreUnavailableError
from gateway.services.ports.days import IndexedDay


class Days:
    """Two indexes that no entry holds."""

    def __init__(self):
        self.waiting = [IndexedDay(number, date(2026, 11, 24), {}, Draft({"number": number})) for number in range(2)]
        self.places = []
        self.failing = 0
        self.done = threading.Event()

    def to_record(self):
        if self.failing:
            self.failing -= 1
            raise StoreUnavailableError("away")
        return list(self.waiting)

    def recorded(self, number, writer, entry):
        self.waiting = [each for each in self.waiting if each.number != number]
        self.places.append((number, writer, entry))
        if not self.waiting:
            self.done.set()


class Waiting(HandLease):
    """Another process has it for three looks."""

    def __init__(self, days):
        super().__init__(held=False)
        self.refused = 0
        self.days = days

    def hold(self):
        self.held = self.refused == 3
        self.refused += not self.held
        assert self.held or not self.days.places
        return self.held


class Audit:
    """A queue that refuses so many entries before it takes one."""

    writer = "gw1-0"

    def __init__(self, refused=0):
        self.refused = refused
        self.bodies = []

    async def record(self, draft):
        if self.refused:
            self.refused -= 1
            raise AuditUnavailableError("away")
        self.bodies.append(draft.body)
        return Position("gw1-0", 10 + len(self.bodies), bytes(32), datetime(2026, 11, 25, tzinfo=UTC))


def recorded(days, audit):
    """Let it look until nothing waits, and stop it."""

    async def run():
        task = recorded_days(days, audit, HandLease())
        task.start()
        assert await asyncio.to_thread(days.done.wait, 20)
        await task.stop()

    asyncio.run(run())


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(bootstrap, "LOOK_SECONDS", 0)


def test_each_index_is_recorded_as_it_is_stored_and_its_place_is_noted():
    days, audit = Days(), Audit()
    recorded(days, audit)

    assert audit.bodies == [{"number": 0}, {"number": 1}]
    assert days.places == [(0, "gw1-0", 11), (1, "gw1-0", 12)]


def test_what_fails_is_tried_again_and_said_once(caplog):
    days, audit = Days(), Audit(refused=3)
    days.failing = 2
    recorded(days, audit)

    assert days.places == [(0, "gw1-0", 11), (1, "gw1-0", 12)]
    assert [record.message for record in caplog.records] == ["the index of a day is not recorded: away"]


def test_stopping_before_the_start_does_nothing():
    asyncio.run(recorded_days(Days(), Audit(), HandLease()).stop())


def test_nothing_is_recorded_where_the_lease_is_not_held_until_it_is():
    days = Days()
    audit, lease = Audit(), Waiting(days)

    async def run():
        task = recorded_days(days, audit, lease)
        task.start()
        assert await asyncio.to_thread(days.done.wait, 20)
        await task.stop()

    asyncio.run(run())
    assert lease.refused == 3
    assert [number for number, _, _ in days.places] == [0, 1]
