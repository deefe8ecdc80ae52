"""The journal: what is on record before anything is used, and that nothing is used when it is not."""

from __future__ import annotations

import multiprocessing
import resource
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from jointsanctions.v1 import common_pb2

from adapters.answers import Answer, Position
from adapters.entries import Outcome, OutcomeKind, Question
from adapters.errors import JournalUnavailableError, QuestionRefusedError
from adapters.journal import Journal

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
AWARD = common_pb2.DECISION_POINT_BIDDING_AWARD
QUESTION = Question("call", NOW, common_pb2.AREA_BIDDING, AWARD, "T-1", "", "Li", "B", frozenset("AB"), b"r" * 32)
POSITION = Position("w1", 2**64 - 1, b"h" * 32, b"l" * 32)
ANSWER = Answer(common_pb2.VERDICT_CLEAR, (), (), NOW, NOW + timedelta(hours=1), 7, POSITION, b"d" * 32)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    with Journal(path) as journal:
        yield journal


def answered(journal, question=QUESTION, answer=ANSWER):
    (number,) = journal.record_questions([question])
    journal.record_answers({number: answer}, NOW)
    return number


@pytest.mark.parametrize("size", [1, 64, 65, 150])
def test_each_question_has_the_number_that_is_returned_for_it_whoever_writes_beside(journal, path, size):
    with Journal(path) as beside:
        beside.record_questions([QUESTION] * 3)
        cases = [f"T-{size}-{place}" for place in range(size)]
        numbers = journal.record_questions([QUESTION._replace(case_ref=case) for case in cases])
        beside.record_questions([QUESTION] * 3)
        journal.record_answers(dict.fromkeys(numbers, ANSWER), NOW)

    assert [journal.answer_to(number).case_ref for number in numbers] == cases


def test_an_answer_comes_back_as_it_was_recorded(journal, path):
    number = answered(journal)
    journal.close()

    with Journal(path) as again:
        (found,) = again.last_answers("T-1", AWARD)

    assert (found.number, found.parties, found.position, found.digest) == (number, frozenset("AB"), POSITION, b"d" * 32)
    assert (found.as_of, found.valid_until, found.verdict) == (NOW, NOW + timedelta(hours=1), common_pb2.VERDICT_CLEAR)
    assert found.shows(QUESTION, ANSWER)


@pytest.mark.parametrize(
    "other",
    [
        QUESTION._replace(case_ref="T-2"),
        QUESTION._replace(part="lot"),
        QUESTION._replace(parties=frozenset("AC")),
        QUESTION._replace(decision_point=common_pb2.DECISION_POINT_BIDDING_CONTRACT),
    ],
)
def test_an_answer_shows_no_other_question(journal, other):
    assert not journal.answer_to(answered(journal)).shows(other, ANSWER)


@pytest.mark.parametrize(
    "other",
    [
        ANSWER._replace(digest=b"e" * 32),
        ANSWER._replace(position=POSITION._replace(number=1)),
        ANSWER._replace(valid_until=NOW + timedelta(hours=9)),
        ANSWER._replace(verdict=common_pb2.VERDICT_CONDITIONAL),
    ],
)
def test_an_answer_shows_no_other_answer(journal, other):
    assert not journal.answer_to(answered(journal)).shows(QUESTION, other)


def test_answers_come_newest_first_and_of_their_case_and_point_only(journal):
    numbers = [answered(journal) for _ in range(3)]
    answered(journal, QUESTION._replace(case_ref="T-2"))
    answered(journal, QUESTION._replace(decision_point=common_pb2.DECISION_POINT_BIDDING_CONTRACT))

    assert [found.number for found in journal.last_answers("T-1", AWARD)] == numbers[::-1]


def test_a_question_without_an_answer_is_none(journal):
    (number,) = journal.record_questions([QUESTION])
    journal.record_failure([number], NOW, "NO_ANSWER", "the network")

    assert journal.answer_to(number) is None
    assert journal.last_answers("T-1", AWARD) == ()


def test_a_question_has_one_answer(journal):
    number = answered(journal)

    with pytest.raises(JournalUnavailableError):
        journal.record_answers({number: ANSWER}, NOW)


def test_an_answer_needs_its_question(journal):
    with pytest.raises(JournalUnavailableError, match="FOREIGN KEY"):
        journal.record_answers({99: ANSWER}, NOW)


def test_several_are_recorded_all_or_none(journal):
    number = answered(journal)

    with pytest.raises(JournalUnavailableError):
        journal.record_outcomes([Outcome(each, NOW, OutcomeKind.GRANTED, "Li", {}) for each in (number, 99)])

    assert journal.outcomes_owed() == ()


def test_an_outcome_is_owed_until_it_is_reported(journal, path):
    outcome = Outcome(answered(journal), NOW, OutcomeKind.FULFILLED, "Li", {"review_reason": "已缴清"})
    journal.record_outcomes([outcome, replace(outcome, kind=OutcomeKind.GRANTED)])

    assert [owed.kind for owed in journal.outcomes_owed()] == [OutcomeKind.FULFILLED, OutcomeKind.GRANTED]
    assert journal.outcomes_owed()[0] == outcome
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE outcome SET reported = 1 WHERE number = 1")
    connection.close()
    assert [owed.kind for owed in journal.outcomes_owed()] == [OutcomeKind.GRANTED]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM question",
        "DELETE FROM answer",
        "DELETE FROM failure",
        "DELETE FROM outcome",
        "UPDATE question SET officer = 'X'",
        "UPDATE answer SET verdict = 1",
        "UPDATE failure SET reason = 'X'",
        "UPDATE outcome SET officer = 'X', reported = 1",
        "UPDATE outcome SET reported = 0",
    ],
)
def test_nothing_is_changed_or_taken_back(journal, path, statement):
    number = answered(journal)
    (failed,) = journal.record_questions([QUESTION])
    journal.record_failure([failed], NOW, "NO_ANSWER", "the network")
    journal.record_outcomes([Outcome(number, NOW, OutcomeKind.GRANTED, "Li", {})])

    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(statement)
    connection.close()


def test_threads_share_a_journal(journal):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: answered(journal), range(64)))

    assert len(set(numbers)) == 64
    assert len(journal.last_answers("T-1", AWARD)) == 64


def test_many_may_open_a_new_journal_at_once(tmp_path):
    for attempt in range(5):
        path, together = tmp_path / f"{attempt}.db", Barrier(8)

        def opened(_, path=path, together=together):
            together.wait()
            with Journal(path) as journal:
                return answered(journal)

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(opened, range(8))) == list(range(1, 9))


def _fill(path):
    with Journal(path) as journal:
        for _ in range(20):
            answered(journal)


def test_processes_share_a_file(path):
    Journal(path).close()
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_fill, args=(path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0]
    with Journal(path) as journal:
        assert len(journal.last_answers("T-1", AWARD)) == 40


def test_a_forked_child_may_not_use_its_parents_journal(path):
    program = f"""
import os, sys
from pathlib import Path
from adapters.errors import JournalUnavailableError
from adapters.journal import Journal
journal = Journal(Path({str(path)!r}))
child = os.fork()
if child == 0:
    try:
        journal.outcomes_owed()
    except JournalUnavailableError:
        os._exit(7)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 7


def test_what_is_recorded_is_on_disk_when_the_call_returns(journal):
    assert journal._connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert journal._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_new_journal_is_its_owners_alone(journal, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "broken",
    [
        lambda path: path.mkdir(),
        lambda path: path.write_bytes(b"no database at all, but long enough to be taken for one" * 99),
        lambda path: sqlite3.connect(path).execute("CREATE TABLE other (x)").connection.close(),
    ],
    ids=["folder", "garbage", "other database"],
)
def test_what_is_no_journal_is_not_opened(path, broken):
    broken(path)

    with pytest.raises(JournalUnavailableError, match=r"journal\.db"):
        Journal(path)


def test_a_journal_of_another_version_is_not_opened(path):
    Journal(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 5")
    connection.close()

    with pytest.raises(JournalUnavailableError, match="version 4"):
        Journal(path)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(JournalUnavailableError, match="missing"):
        Journal(tmp_path / "missing" / "journal.db")


def test_a_full_disk_stops_and_leaves_nothing_behind(journal):
    answered(journal)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(JournalUnavailableError):
            journal.record_questions([QUESTION._replace(officer="x" * 5000)] * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert journal.record_questions([QUESTION]) == (2,)


def test_a_journal_that_may_not_be_written_stops(journal):
    journal._connection.execute("PRAGMA query_only = ON")

    with pytest.raises(JournalUnavailableError, match="readonly"):
        journal.record_questions([QUESTION])


def test_a_journal_locked_by_somebody_else_stops(path):
    with Journal(path, busy_seconds=0.05) as journal:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalUnavailableError, match="locked"):
            journal.record_questions([QUESTION])
        other.close()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_journal_that_was_moved_away_stops(journal, path, replaced):
    path.rename(path.with_suffix(".old"))
    if replaced:
        path.write_bytes(b"")

    with pytest.raises(JournalUnavailableError, match="moved or replaced"):
        journal.record_questions([QUESTION])
    with pytest.raises(JournalUnavailableError, match="moved or replaced"):
        journal.outcomes_owed()


def test_a_closed_journal_stops(journal):
    journal.close()

    with pytest.raises(JournalUnavailableError):
        journal.record_questions([QUESTION])


NUMBER = "11010519491231002X"


@pytest.mark.parametrize("field", ["case_ref", "part", "officer"])
def test_no_question_with_a_residents_number_is_kept(journal, field):
    with pytest.raises(QuestionRefusedError) as caught:
        journal.record_questions([QUESTION, QUESTION._replace(**{field: f"案{NUMBER}"})])

    assert (caught.value.field, NUMBER in str(caught.value)) == (field, False)
    assert journal.record_questions([QUESTION]) == (1,)


@pytest.mark.parametrize(
    ("officer", "details"), [(NUMBER, {}), ("Li", {"reason": "ok", "review_reason": f"见{NUMBER}"})]
)
def test_no_outcome_with_a_residents_number_is_kept(journal, officer, details):
    number = answered(journal)
    with pytest.raises(QuestionRefusedError):
        journal.record_outcomes([Outcome(number, NOW, OutcomeKind.GRANTED, officer, details)])

    assert journal.outcomes_owed() == ()
