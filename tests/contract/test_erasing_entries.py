"""Erasing what is due from the queues, on both stores: the log stays valid, and what is not due stays whole (I-58)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from audit_calls import ANY, DRAFT, body, change, found, line, record
from sqlalchemy import func, select, update

from gateway.domain.audit import Draft, Position, salts_needed, seal
from gateway.domain.errors import StateError
from gateway.domain.retention import LegalHold, RetentionClass, RetentionTerms
from gateway.services import apply_retention
from gateway.services.apply_retention import ApplyRetention, Place
from gateway.storage import access_tables, audit_tables
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_erase import EntryChangedError, QueueArchive
from gateway.storage.audit_open import open_queue
from gateway.storage.audit_reader import read_entries, read_next_numbers
from gateway.storage.audit_verify import flaw
from gateway.storage.engine import is_sqlite, reading, writing

pytest_plugins = ("audit_places",)

WRITER = "node-1.0"
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
RUN = Position("gw1-0", 9, b"", NOW)
OLD = datetime(2021, 11, 24, 4, tzinfo=UTC)
"""To the day five years ago: due."""
YOUNG = OLD + timedelta(days=1)
SECRET = "SECRET-CASE-7"
READ = {"method": "AuditService/SearchAccess", "officer": "officer-li"}
BATCH = Draft(
    body(method="CreditService/BatchCheckEligibility", outcome="MALFORMED_REQUEST", case=SECRET),
    [line(0, "91420300MA10004470"), line(1, "91110108551385082Q")],
)


@pytest.fixture
def index(place, key_file, tmp_path):
    (tmp_path / "audit").mkdir(exist_ok=True)
    index = AccessIndex(place, key_file)
    yield index
    index.close()


def entries(place):
    return read_entries(place.readers()[WRITER], WRITER, 0, 1_000, with_lines=True)


def retention(place, index, *holds, terms=None):
    return ApplyRetention(QueueArchive(place, index), terms or RetentionTerms(), holds)


def run(use, now=NOW, *, erase=True):
    """Go through all queues; return (due by class, held, flawed, erased)."""
    due, held, flawed, erased, at = {}, 0, 0, 0, None
    while True:
        stretch = use.look(at, now)
        for of, count in stretch.counts().items():
            due[of.value] = due.get(of.value, 0) + count
        held, flawed = held + sum(stretch.held.values()), flawed + stretch.flawed
        if erase:
            erased += use.erase(stretch, now, RUN)
        at = stretch.following
        if at is None:
            return due, held, flawed, erased


def fill(place):
    """Four that are due, one of them a batch; a receipt of the same day; and one that is a day younger."""
    drafts = [Draft(body(**READ, case=SECRET)), BATCH, Draft(body(**READ)), Draft(body(outcome="QUOTA_EXCEEDED"))]
    record(place, *drafts, Draft(body(verdict=1)), Draft(body(**READ)), times=[OLD] * 5 + [YOUNG])


def test_a_dry_run_counts_and_changes_nothing(place, index):
    fill(place)
    before = entries(place)
    assert run(retention(place, index), erase=False) == ({"ORDINARY": 4}, 0, 0, 0)
    assert entries(place) == before


def test_what_is_due_is_erased_and_the_log_is_valid_leaf_by_leaf(place, index):
    fill(place)
    before = entries(place)
    assert run(retention(place, index)) == ({"ORDINARY": 4}, 0, 0, 4)
    after = entries(place)
    assert [entry.erased for entry in after] == [True] * 4 + [False] * 2
    assert [(entry.envelope, entry.leaf) for entry in after] == [(entry.envelope, entry.leaf) for entry in before]
    assert [line.leaf for line in after[1].lines] == [line.leaf for line in before[1].lines]
    assert all(not line.salt and not line.content for line in after[1].lines)
    assert after[4:] == before[4:]
    assert [flaw(entry) for entry in after] == [""] * 6


def test_a_second_run_finds_nothing(place, index):
    fill(place)
    run(retention(place, index))
    after = entries(place)
    assert run(retention(place, index)) == ({}, 0, 0, 0)
    assert entries(place) == after


def test_receipts_go_after_fifteen_years_and_not_before(place, index):
    day = datetime(2011, 11, 24, 4, tzinfo=UTC)
    record(place, Draft(body(verdict=1)), Draft(body(verdict=1)), times=[day, day + timedelta(days=1)])
    assert run(retention(place, index)) == ({"RECEIPT": 1}, 0, 0, 1)
    assert [entry.erased for entry in entries(place)] == [True, False]


def test_a_hold_keeps_what_it_names_in_calls_and_in_lines(place, index):
    fill(place)
    by_case, by_line = LegalHold("d", case_ref=SECRET, agency="bidding"), LegalHold("d", uscc="91110108551385082Q")
    assert run(retention(place, index, by_line)) == ({"ORDINARY": 3}, 1, 0, 3)
    assert [entry.erased for entry in entries(place)][:2] == [True, False]
    assert run(retention(place, index, by_case))[1:] == (1, 0, 0)
    assert run(retention(place, index)) == ({"ORDINARY": 1}, 0, 0, 1)


def test_an_entry_that_is_not_as_it_was_sealed_is_evidence_and_never_erased(place, index):
    fill(place)
    engine = place.readers()[WRITER]
    change(engine, "UPDATE audit_entry SET time_us = time_us - 1 WHERE number = 0")
    change(engine, "UPDATE audit_line SET content = salt WHERE number = 1 AND item = 1")
    assert run(retention(place, index)) == ({"ORDINARY": 2}, 0, 2, 2)
    assert [entry.erased for entry in entries(place)] == [False, False, True, True, False, False]


@pytest.mark.parametrize("column", ["envelope", "leaf"])
def test_a_changed_envelope_is_still_found_after_the_body_is_gone(place, index, column):
    fill(place)
    run(retention(place, index))
    first = entries(place)[0]
    stored = getattr(first, column)
    wanted = update(audit_tables.entries).where(audit_tables.entries.c.number == 0)
    with writing(place.readers()[WRITER]) as connection:
        connection.execute(wanted.values(**{column: stored[:-1] + bytes([stored[-1] ^ 1])}))
    assert flaw(entries(place)[0])
    with writing(place.readers()[WRITER]) as connection:
        connection.execute(wanted.values(**{column: stored}))
    assert flaw(entries(place)[0]) == ""


def test_the_queue_opens_and_goes_on_after_its_tail_was_erased(place, index):
    fill(place)
    run(retention(place, index))
    record(place, DRAFT, times=[NOW])
    assert read_next_numbers(place.readers()[WRITER])[WRITER] == 7


def test_a_writer_goes_on_while_its_queue_is_erased(place, index):
    fill(place)
    queue = open_queue(place, WRITER)
    run(retention(place, index))
    queue.store.append([seal(DRAFT, WRITER, queue.tail.next_number, NOW, bytes(salts_needed(DRAFT)))])
    queue.held.close()
    assert [entry.erased for entry in entries(place)] == [True] * 4 + [False] * 3


def test_a_search_finds_nothing_of_what_was_erased_and_everything_else(place, index):
    fill(place)
    assert len(found(index)[0]) == 8
    run(retention(place, index))
    assert found(index)[0] == [(5, None), (4, None)]
    index.rebuild()
    assert found(index)[0] == [(5, None), (4, None)]
    with reading(place.index_engine()) as connection:
        kept = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (access_tables.rows, access_tables.parties, access_tables.told)
        ]
    assert kept == [2, 0, 0]


def test_an_index_row_that_outlived_its_entry_shows_nothing_of_it(place, index):
    """As when the index was made anew between forgetting and erasing."""
    fill(place)
    found(index)
    archive = QueueArchive(place, _Forgetful(index))
    run(ApplyRetention(archive, RetentionTerms(), ()))
    rows, _ = index.search(ANY, 100, "")
    assert [dict(row.content) for row in rows if row.entry.erased] == [{}] * 6
    assert all(row.line is None for row in rows)


class _Forgetful:
    """An index whose forgetting is lost."""

    def __init__(self, index):
        self._index = index

    def forget(self, _entries):
        pass


def test_a_run_that_dies_between_index_and_queue_is_finished_by_the_next(place, index):
    class Dying(QueueArchive):
        def _engine(self, writer):
            if self.dying:
                raise KeyboardInterrupt
            return super()._engine(writer)

    fill(place)
    found(index)
    archive = Dying(place, index)
    archive.dying = False
    use = ApplyRetention(archive, RetentionTerms(), ())
    stretch = use.look(None, NOW)
    whole = [(archive.whole(entry), b"{}") for entry, _ in stretch.due]
    index.forget([entry for entry, _ in whole])
    archive.dying = True
    with pytest.raises(KeyboardInterrupt):
        archive.erase(whole)
    assert not any(entry.erased for entry in entries(place))
    assert run(retention(place, index)) == ({"ORDINARY": 4}, 0, 0, 4)
    assert found(index)[0] == [(5, None), (4, None)]


def test_what_was_changed_after_it_was_read_is_not_erased(place, index):
    fill(place)
    archive = QueueArchive(place, index)
    stretch = retention(place, index).look(None, NOW)
    whole = archive.whole(stretch.due[0][0])
    with pytest.raises(EntryChangedError, match="changed"):
        archive.erase([(replace(whole, leaf=hashlib.sha256().digest()), b"{}")])
    assert not any(entry.erased for entry in entries(place))


def test_stretches_go_through_every_queue_to_its_end(place, index, monkeypatch):
    monkeypatch.setattr(apply_retention, "STRETCH", 2)
    for writer in ("a-0", "b-0"):
        record(place, *[Draft(body(**READ))] * 3, writer=writer, times=[OLD] * 3)
    use = retention(place, index)
    assert use.look(Place("a-0", 0), NOW).following == Place("a-0", 2)
    assert use.look(Place("a-0", 2), NOW).following == Place("b-0", 0)
    assert run(use) == ({"ORDINARY": 6}, 0, 0, 6)
    with pytest.raises(ValueError, match="no queue"):
        use.look(Place("c-0", 0), NOW)


def test_nothing_is_due_where_there_is_no_queue(place, index):
    assert retention(place, index).look(None, NOW) is None


def test_every_entry_that_is_due_is_looked_at_whatever_the_month(place, index):
    """31 August and 6 months is 28 February: the day from which all four days at the end of August are due."""
    days = [datetime(2025, 8, day, 4, tzinfo=UTC) for day in (28, 29, 30, 31)]
    record(place, *[Draft(body(**READ))] * 5, times=[*days, datetime(2025, 9, 1, 4, tzinfo=UTC)])
    use = retention(place, index, terms=RetentionTerms(ordinary_months=6))
    assert run(use, datetime(2026, 2, 27, 16, tzinfo=UTC), erase=False)[0] == {"ORDINARY": 4}
    assert run(use, datetime(2026, 2, 27, 15, tzinfo=UTC), erase=False)[0] == {}


def test_the_words_are_gone_from_the_files(place, index, tmp_path):
    """SQLite only: what PostgreSQL leaves in dead rows its vacuum takes, as the document says."""
    fill(place)
    found(index)
    if not is_sqlite(place.readers()[WRITER]):
        pytest.skip("PostgreSQL frees dead rows by its own vacuum")
    run(retention(place, index))
    files = {file.name: file.read_bytes() for file in (tmp_path / "audit").glob(f"{WRITER}.sqlite")}
    assert files
    for name, content in files.items():
        assert SECRET.encode() not in content, name


def test_classes_are_judged_by_their_own_times(place, index):
    persons = Draft(body(method="CreditService/CheckPerson"))
    record(place, persons, Draft(body(**READ)), times=[OLD - timedelta(days=1), OLD])
    terms = RetentionTerms(ordinary_months=120)
    stretch = retention(place, index, terms=terms).look(None, NOW)
    assert stretch.counts() == {RetentionClass.PERSON: 1}


def test_the_newest_entry_by_a_moment_is_found_over_all_queues(place, index):
    archive = QueueArchive(place, index)
    assert archive.newest_until(NOW) is None
    hours = [NOW + timedelta(hours=number // 2) for number in range(9)]
    record(place, *[DRAFT] * 9, times=hours)
    record(place, DRAFT, writer="other", times=[NOW + timedelta(minutes=30)])

    for number, hour in enumerate(hours):
        assert archive.newest_until(hour) == hour, number
    assert archive.newest_until(NOW + timedelta(minutes=45)) == NOW + timedelta(minutes=30)
    assert archive.newest_until(NOW - timedelta(microseconds=1)) is None
    assert archive.newest_until(NOW + timedelta(days=9)) == hours[-1]


def test_nothing_is_erased_under_a_clock_that_has_just_jumped(place, index):
    """Ahead by fifteen years, everything would be due; by what is on record no day has passed."""
    use = retention(place, index)
    record(place, *[Draft(body(**READ))] * 3, times=[NOW - timedelta(days=3), NOW - timedelta(hours=2), NOW])

    use.require_clock(NOW)
    for jumped in (NOW + timedelta(days=365 * years) for years in (5, 15, 70)):
        assert use.look(None, jumped).due
        with pytest.raises(StateError, match="nothing is erased"):
            use.require_clock(jumped)
    # The refused call is itself an entry, and shows nothing either.
    record(place, Draft(body(**READ)), times=[NOW + timedelta(days=365 * 5)])
    with pytest.raises(StateError):
        use.require_clock(NOW + timedelta(days=365 * 5, minutes=1))
