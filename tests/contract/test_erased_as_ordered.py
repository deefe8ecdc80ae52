"""Erased entries are held to the runs that ordered them, on both stores: whoever erases by hand is found (I-58)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from audit_calls import body, line, record
from sqlalchemy import update

from gateway.domain.audit import Draft, Position
from gateway.domain.call_record import CallerSeen, CallRecord, body_of
from gateway.domain.retention import BEGUN, RUN, RetentionClass, RetentionTerms, tombstone
from gateway.rpc.retention import _told
from gateway.services.apply_retention import ApplyRetention
from gateway.storage import audit_tables
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_erase import QueueArchive
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_runs import ErasedEntries
from gateway.storage.audit_verify import flaw
from gateway.storage.engine import writing

pytest_plugins = ("audit_places",)

WRITER, RUNS = "node-1.0", "node-1.1"
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
OLD = datetime(2021, 11, 24, 4, tzinfo=UTC)
TODAY = date(2026, 11, 24)
READ = Draft(body(method="AuditService/SearchAccess"))
RECEIPT = Draft(body(verdict=1))
BATCH = Draft(body(method="CreditService/BatchCheckEligibility", outcome="CANCELLED"), [line(0, "91420300MA10004470")])
BY = Position(RUNS, 0, b"", NOW)


@pytest.fixture
def ordered(place, key_file, tmp_path):
    """Entries 0, 2 and 4 are due and erased by a run on record; 1 is a receipt, 3 and 5 are younger."""
    (tmp_path / "audit").mkdir(exist_ok=True)
    times = [OLD, OLD, OLD, OLD + timedelta(days=1), OLD + timedelta(days=1), OLD + timedelta(days=2)]
    record(place, READ, RECEIPT, BATCH, READ, times=times[:4])
    index = AccessIndex(place, key_file)
    erase(place, index, NOW)
    record(place, READ, READ, times=times[4:])
    assert [number for number, entry in enumerate(entries(place)) if entry.erased] == [0, 2]
    assert unordered(place) == []
    yield place
    index.close()


def erase(place, index, now):
    use = ApplyRetention(QueueArchive(place, index), RetentionTerms(), ())
    stretch = use.look(None, now)
    record(place, run_of(_told(stretch, "档〔2026〕1号")), writer=RUNS, times=[now])
    number = place.next_numbers()[RUNS] - 1
    assert use.erase(stretch, now, Position(RUNS, number, b"", now)) == len(stretch.due)


def run_of(told, outcome=BEGUN):
    return Draft(body_of(CallRecord(RUN, outcome, CallerSeen(), "", 0, told={"retention": told})))


def entries(place, writer=WRITER):
    return read_entries(place.readers()[writer], writer, 0, 100, with_lines=True)


def unordered(place):
    return [(number, why) for _, number, why in ErasedEntries(place).unordered()]


def forge(place, number, run=BY, of=RetentionClass.ORDINARY, on=TODAY):
    """Erase an entry by hand as retention would; by itself it is sound."""
    table = audit_tables.entries
    with writing(place.readers()[WRITER]) as connection:
        mine = (table.c.writer == WRITER) & (table.c.number == number)
        connection.execute(update(table).where(mine).values(salt=b"", body=tombstone(of, on, run)))
    assert flaw(entries(place)[number]) == ""


def test_what_a_run_ordered_is_in_order_and_counted(ordered):
    look = ErasedEntries(ordered)
    assert (list(look.unordered()), look.count) == ([], 2)


def test_a_receipt_erased_by_hand_within_the_stretch_of_a_run_is_one_too_many(ordered):
    """It claims a class whose floor is six months; nothing in the entry itself could contradict that."""
    forge(ordered, 1)
    assert [why for _, why in unordered(ordered)] == ["the run node-1.1/0 ordered fewer of the class ORDINARY"]


def test_a_class_that_the_run_did_not_order_is_found(ordered):
    forge(ordered, 1, of=RetentionClass.PERSON)
    assert unordered(ordered) == [(1, "the run node-1.1/0 ordered fewer of the class PERSON")]


def test_an_entry_outside_the_stretch_is_found(ordered):
    forge(ordered, 5)
    assert unordered(ordered) == [(5, "the run node-1.1/0 did not order it")]


@pytest.mark.parametrize("number", [7, 10**15])
def test_a_run_that_is_not_on_record_is_found(ordered, number):
    forge(ordered, 1, Position(RUNS, number, b"", NOW))
    assert unordered(ordered) == [(1, f"no run is on record as {RUNS}/{number}")]


def test_another_call_is_no_run_and_neither_is_a_run_that_only_counted(ordered):
    record(ordered, run_of({"writer": WRITER, "first": 0, "last": 9, "due": {"ORDINARY": 9}}, "OK"), writer=RUNS)
    for run in (Position(WRITER, 3, b"", NOW), Position(RUNS, 1, b"", NOW), Position("nobody", 0, b"", NOW)):
        forge(ordered, 1, run)
        assert unordered(ordered) == [(1, f"no run is on record as {run.writer}/{run.number}")]


def test_a_run_of_another_queue_is_found(ordered):
    told = {"writer": RUNS, "first": 0, "last": 9, "due": {"ORDINARY": 9}}
    record(ordered, run_of(told), writer=RUNS, times=[NOW])
    forge(ordered, 1, Position(RUNS, 1, b"", NOW))
    assert unordered(ordered) == [(1, f"the run {RUNS}/1 did not order it")]


def test_an_erasure_dated_after_its_run_is_found(ordered):
    """By a later day more is due than was when the run was."""
    forge(ordered, 0, on=date(2046, 1, 1))
    assert unordered(ordered) == [(0, f"the run {RUNS}/0 was before that day")]


def test_a_run_whose_entry_was_changed_orders_nothing(ordered):
    table = audit_tables.entries
    (run,) = entries(ordered, RUNS)
    more = run.body.replace(b'"last":2', b'"last":5').replace(b'"ORDINARY":2', b'"ORDINARY":5')
    assert more != run.body
    with writing(ordered.readers()[RUNS]) as connection:
        connection.execute(update(table).where(table.c.writer == RUNS).values(body=more))
    assert unordered(ordered) == [(0, f"no run is on record as {RUNS}/0"), (2, f"no run is on record as {RUNS}/0")]


def test_an_entry_that_is_not_sound_by_itself_is_told_as_that(ordered):
    table = audit_tables.entries
    with writing(ordered.readers()[WRITER]) as connection:
        connection.execute(update(table).where(table.c.writer == WRITER, table.c.number == 0).values(body=b"{}"))
    assert unordered(ordered) == [(0, "it is erased, and does not say by what")]
