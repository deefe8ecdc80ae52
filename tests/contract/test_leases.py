"""A lease: one holder at a time by the database's clock, and nothing stored by one who has lost it."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from audit_calls import DRAFT, record
from case_samples import KEY, NOW, TERMS
from sqlalchemy import text
from store_samples import code, submission

from gateway.domain.audit import Draft
from gateway.domain.case_events import Weighing
from gateway.domain.cases import case_of
from gateway.services.ports.days import IndexedDay
from gateway.services.ports.leases import LeaseLostError
from gateway.services.ports.log import LogDeposedError
from gateway.storage import leases
from gateway.storage.audit_place import DatabasePlace
from gateway.storage.case_events import SqlCaseEventStore
from gateway.storage.cases import SqlCaseStore
from gateway.storage.engine import open_engine, reading, writing
from gateway.storage.leases import INTEGRATOR, TIMERS, SqlLease
from gateway.storage.log_place import LogPlace
from gateway.storage.migrations import AUDIT, upgrade

pytest_plugins = ("audit_places",)
PATIENCE = 20.0


@pytest.fixture
def database(whole_database):
    """A database with every table of a gateway."""
    return whole_database


def holders(engine):
    return SqlLease(engine, TIMERS, "gw1-0"), SqlLease(engine, TIMERS, "gw2-0")


def run_out(engine):
    """Let the time of every lease pass."""
    with writing(engine) as connection:
        connection.execute(text("UPDATE lease SET ends_us = 1"))


def stored(engine, lease):
    with writing(engine) as connection:
        lease.require(connection)
        connection.execute(text("UPDATE lease SET holder = holder || '!' WHERE name = 'integrator'"))


def marks(engine):
    with reading(engine) as connection:
        return connection.execute(text("SELECT holder FROM lease WHERE name = 'integrator'")).scalar_one()


def told_holder(engine):
    with reading(engine) as connection:
        return connection.execute(text(f"SELECT holder FROM lease WHERE name = '{TIMERS}'")).scalar_one()  # noqa: S608


def test_one_holds_it_and_prolongs_it_and_the_other_does_not(database, monkeypatch):
    monkeypatch.setattr(leases, "PROLONG_SECONDS", 0)
    first, second = holders(database)
    assert [first.hold(), second.hold(), first.hold(), second.hold()] == [True, False, True, False]
    assert (first.held, second.held) == (True, False)
    stored(database, first)
    with pytest.raises(LeaseLostError):
        stored(database, second)
    assert marks(database) == "!"


def test_two_leases_are_two(database):
    first, second = SqlLease(database, TIMERS, "gw1-0"), SqlLease(database, INTEGRATOR, "gw2-0")
    assert first.hold()
    assert second.hold()


def test_who_prolongs_one_prolongs_no_other(database, monkeypatch):
    monkeypatch.setattr(leases, "PROLONG_SECONDS", 0)
    first, second = SqlLease(database, TIMERS, "gw1-0"), SqlLease(database, INTEGRATOR, "gw2-0")
    assert [first.hold(), second.hold()] == [True, True]
    run_out(database)
    assert first.hold()
    first.give_back()
    assert SqlLease(database, INTEGRATOR, "gw3-0").hold(), "its time has passed, whatever became of the other"


def test_one_that_is_given_back_is_had_at_once(database):
    first, second = holders(database)
    assert first.hold()
    first.give_back()
    first.give_back()
    assert second.hold()
    assert not first.hold()


def test_who_has_lost_it_gives_back_nothing_of_the_others(database):
    first, second = holders(database)
    assert first.hold()
    run_out(database)
    assert second.hold()
    first.give_back()
    assert not SqlLease(database, TIMERS, "gw3-0").hold()
    stored(database, second)


def test_the_table_tells_who_holds_it(database):
    first, second = holders(database)
    assert first.hold()
    assert told_holder(database) == "gw1-0"
    first.give_back()
    assert second.hold()
    assert told_holder(database) == "gw2-0"


def test_a_holder_whose_time_has_passed_keeps_it_while_nobody_wants_it(database, monkeypatch):
    monkeypatch.setattr(leases, "PROLONG_SECONDS", 0)
    first, second = holders(database)
    assert first.hold()
    run_out(database)
    assert first.hold()
    assert not second.hold()
    stored(database, first)


def test_one_that_was_taken_over_stores_nothing_although_it_believes_that_it_holds_it(database, monkeypatch):
    monkeypatch.setattr(leases, "PROLONG_SECONDS", 3600)
    first, second = holders(database)
    assert first.hold()
    run_out(database)
    assert second.hold()
    assert first.hold(), "it has asked a short while ago, and does not know better"
    with pytest.raises(LeaseLostError):
        stored(database, first)
    stored(database, second)
    assert marks(database) == "!"
    monkeypatch.setattr(leases, "PROLONG_SECONDS", 0)
    assert [first.hold(), first.hold()] == [False, False], "by now it knows"


def test_a_machine_that_slept_believes_nothing_of_before(database, monkeypatch):
    boot = {leases.time.CLOCK_BOOTTIME: 100.0}
    monkeypatch.setattr(leases.time, "clock_gettime", boot.__getitem__)
    first, second = holders(database)
    assert first.hold()
    run_out(database)
    assert second.hold()
    assert first.hold(), "it has asked within the second"
    boot[leases.time.CLOCK_BOOTTIME] += leases.PROLONG_SECONDS
    assert not first.hold()


def test_nobody_takes_it_in_the_middle_of_a_write_under_it(database):
    first, second = holders(database)
    assert first.hold()
    run_out(database)
    taken = threading.Event()

    def take():
        second.hold()
        taken.set()

    with writing(database) as connection:
        first.require(connection)
        thread = threading.Thread(target=take)
        thread.start()
        with reading(database) as other:
            waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name")
            while not other.execute(waiting, {"name": database.url.database}).scalar():
                other.execute(text("SELECT pg_stat_clear_snapshot()"))
        assert not taken.is_set()
        connection.execute(text("UPDATE lease SET holder = 'first' WHERE name = 'integrator'"))
    thread.join(PATIENCE)
    assert taken.is_set()
    with pytest.raises(LeaseLostError):
        stored(database, first)


def test_the_times_are_the_databases_whatever_a_node_believes(database, monkeypatch):
    first, second = holders(database)
    assert first.hold()
    monkeypatch.setattr(leases.time, "time", lambda: 9e9)
    monkeypatch.setattr(leases.time, "clock_gettime", lambda _: 9e9)
    assert not second.hold()


def test_cases_are_followed_under_it_and_by_nobody_who_has_lost_it(database):
    first, second = holders(database)
    case = case_of(SqlCaseStore(database).record(submission("a", agency="bidding", feed=""), KEY, lambda _: TERMS)[1])
    listed = {Weighing(code(1), "A-30/LISTING", "L-1")}
    assert first.hold()
    run_out(database)
    assert second.hold()
    with pytest.raises(LeaseLostError):
        SqlCaseEventStore(database, first.require).tell(case, listed, 3, NOW)
    assert SqlCaseEventStore(database).after("bidding", 0, 10) == []
    assert len(SqlCaseEventStore(database, second.require).tell(case, listed, 3, NOW)) == 1


def test_one_place_integrates_and_days_are_added_by_nobody_else(database, tmp_path):
    url = database.url.render_as_string(hide_password=False)
    first, second = LogPlace(url, tmp_path, "gw1"), LogPlace(url, tmp_path, "gw2")
    record(DatabasePlace(database), DRAFT)
    assert first.hold()
    first.store.take_over()
    assert not second.hold()
    run_out(database)
    assert second.hold()
    second.store.take_over()
    day = IndexedDay(0, date(2026, 11, 24), {}, Draft({"number": 0}))
    with pytest.raises(LogDeposedError):
        first.days.add(day, {})
    assert second.days.newest() is None
    second.days.add(day, {})
    second.give_back()
    assert first.hold()
    for each in (first, second):
        each.queues.index_engine().dispose()


def test_on_sqlite_it_is_held_by_whoever_asks(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    first, second = holders(engine)
    assert first.hold()
    assert second.hold()
    with writing(engine) as connection:
        first.require(connection)
    first.give_back()
    engine.dispose()


def test_the_tables_of_a_lease_are_there_once_for_each(database):
    upgrade(database, AUDIT)
    with reading(database) as connection:
        assert connection.execute(text("SELECT name FROM lease ORDER BY name")).scalars().all() == [INTEGRATOR, TIMERS]
