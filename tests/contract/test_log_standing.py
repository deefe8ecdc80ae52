"""How the signed log stands beside the queues: what waits for a checkpoint, and since when, on both stores."""

from __future__ import annotations

from datetime import timedelta

from audit_calls import DRAFT, NOON, change, record
from indexed_days import DAY, ONE, OWN, Indexed, asked
from integrated_logs import ORIGIN

from gateway.storage.day_store import SqlDayStore
from gateway.storage.log_standing import log_figures

pytest_plugins = ("audit_places",)


def standing(site):
    found = log_figures(site.place, site.store(), SqlDayStore(site.engine))
    return found.origin, found.signed, found.waiting, found.since


def test_before_there_is_a_log_everything_waits(site):
    assert standing(site) == ("", 0, 0, None)
    record(site.place, DRAFT, DRAFT)
    assert standing(site) == ("", 0, 2, NOON)


def test_once_all_is_signed_nothing_waits(site):
    record(site.place, DRAFT, DRAFT)
    record(site.place, DRAFT, writer="node-2.0")
    site.integrate()
    assert standing(site) == (ORIGIN, 4, 0, None)


def test_the_oldest_that_waits_in_any_queue_is_told(site):
    record(site.place, DRAFT, DRAFT)
    site.integrate()
    record(site.place, DRAFT, writer="node-2.0", times=[NOON + timedelta(hours=2)])
    record(site.place, DRAFT, DRAFT, times=[NOON + timedelta(hours=1), NOON + timedelta(hours=3)])
    assert standing(site) == (ORIGIN, 3, 3, NOON + timedelta(hours=1))


def test_what_is_in_the_log_and_not_signed_waits_too(site):
    site.integrate()
    record(site.place, DRAFT, DRAFT)
    site.integrate()
    store = site.store()
    state = store.find(ORIGIN)
    change(site.engine, "UPDATE log SET signed_size = 2")
    assert state.signed_size == 3
    assert standing(site) == (ORIGIN, 2, 1, NOON + timedelta(seconds=1))


def test_the_first_day_without_an_index_on_record_is_told(site, key_file):
    days = Indexed(site, key_file)

    def day_to_index():
        return log_figures(site.place, site.store(), days.days).day_to_index

    assert day_to_index() is None
    days.record(asked(OWN))
    assert day_to_index() == DAY
    days.end_of(DAY + ONE)
    assert [each.day for each in (days.index.next(site.clock), days.index.next(site.clock))] == [DAY, DAY + ONE]
    assert day_to_index() == DAY, "made and not recorded"
    days.record_indexes(DAY + ONE + ONE)
    assert day_to_index() == DAY + ONE + ONE
