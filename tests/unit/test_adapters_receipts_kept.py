"""The journal keeps a receipt with the answer that it came with, whole and for good, in every kind of journal."""

from __future__ import annotations

import sqlite3

import pytest
from jointsanctions.v1 import common_pb2
from test_adapters_journal import ANSWER, NOW, QUESTION

from adapters import tables
from adapters.errors import JournalUnavailableError
from adapters.http.keeping import SidecarJournal
from adapters.journal import Journal
from adapters.watch_tables import WATCHING

REVIEW = common_pb2.Measure(rule_id="A-30/TR2", effect=common_pb2.EFFECT_REVIEW)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.mark.parametrize("kind", [Journal, SidecarJournal])
def test_a_receipt_comes_back_as_it_was_kept_and_only_with_its_answer(path, kind):
    with kind(path) as journal:
        kept, other = journal.record_questions([QUESTION, QUESTION])
        journal.record_answers({kept: ANSWER, other: ANSWER}, NOW, {kept: b"receipt"})
    with Journal(path) as journal:
        assert (journal.receipt_of(kept), journal.receipt_of(other), journal.receipt_of(99)) == (b"receipt", None, None)


def test_a_receipt_without_its_answer_is_not_kept_and_neither_is_what_came_with_it(path):
    with Journal(path) as journal:
        (number,) = journal.record_questions([QUESTION])
        with pytest.raises(JournalUnavailableError):
            journal.record_answers({number: ANSWER}, NOW, {number + 1: b"receipt"})
        assert journal.answer_to(number) is None


def test_a_kept_receipt_is_never_changed(path):
    with Journal(path) as journal:
        (number,) = journal.record_questions([QUESTION])
        journal.record_answers({number: ANSWER}, NOW, {number: b"receipt"})
    connection = sqlite3.connect(path)
    for statement in ("DELETE FROM receipt", "UPDATE receipt SET receipt = x'00'"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            connection.execute(statement)
    connection.close()


def test_a_journal_from_before_receipts_takes_them(path):
    with sqlite3.connect(path) as connection:
        for statement in tables.SCHEMA:
            if statement not in (*tables.RECEIPTS, *WATCHING):
                connection.execute(statement)
        connection.execute("PRAGMA user_version = 3")
        connection.execute(f"PRAGMA application_id = {tables.APPLICATION_ID}")
    connection.close()
    for _ in range(2):
        with Journal(path) as journal:
            (number,) = journal.record_questions([QUESTION])
            journal.record_answers({number: ANSWER}, NOW, {number: b"receipt"})
            assert journal.receipt_of(number) == b"receipt"


@pytest.mark.parametrize("kind", [Journal, SidecarJournal])
def test_a_question_that_was_answered_waits_no_longer_in_any_kind_of_journal(path, kind):
    with kind(path) as journal:
        (number,) = journal.record_questions([QUESTION._replace(again=b"again")])
        assert journal.pending.waiting() == 1
        journal.record_answers({number: ANSWER._replace(measures=(REVIEW,))}, NOW)
        assert journal.pending.waiting() == 0
