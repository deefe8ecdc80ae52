"""An adapter acknowledges an ending when its own journal has it, and never before."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import grpc
import pytest
from jointsanctions.v1 import ending_pb2 as pb

from adapters import tables
from adapters.endings import collect_endings
from adapters.entries import ReceivedEnding
from adapters.errors import GatewayError, JournalUnavailableError
from adapters.journal import Journal
from adapters.pending_tables import PENDING
from adapters.watch_tables import WATCHING

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ENDED = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


class Gateway:
    """Tells endings a page of two at a time, those not acknowledged first, as the contract says."""

    def __init__(self, *ending_ids):
        self.acknowledged = []
        self.pages = 0
        self.fails_at = None
        self._ids = list(ending_ids)

    def list_endings(self, request):
        self.pages += 1
        places = sorted((each in self.acknowledged, each) for each in self._ids)
        rest = [place for place in places if f"{int(place[0])}/{place[1]}" > request.page_token]
        page = pb.ListEndingsResponse(endings=[ending(each, acknowledged=done) for done, each in rest[:2]])
        if len(rest) > 2:
            page.next_page_token = f"{int(rest[1][0])}/{rest[1][1]}"
        return page

    def acknowledge_ending(self, request):
        if request.ending_id == self.fails_at:
            raise GatewayError(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", {}, "gone")
        self.acknowledged.append(request.ending_id)
        return pb.AcknowledgeEndingResponse()


def ending(ending_id, *, acknowledged=False):
    told = pb.Ending(
        ending_id=ending_id,
        kind=pb.ENDING_KIND_VOID_FROM_START,
        uscc="U1",
        record_id="L-1",
        document_number="列1号",
        case_refs=["C-1", "C-2"],
        reexamine=True,
    )
    told.ended_at.FromDatetime(ENDED)
    if acknowledged:
        told.acknowledged_at.FromDatetime(NOW)
    return told


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    with Journal(path) as journal:
        yield journal


def collect(gateway, journal):
    return [each.ending_id for each in collect_endings(gateway, journal, "platform", lambda: NOW)]


def test_every_page_is_journalled_and_acknowledged(journal):
    gateway = Gateway("a", "b", "c", "d", "e")
    assert collect(gateway, journal) == ["a", "b", "c", "d", "e"]
    assert gateway.acknowledged == ["a", "b", "c", "d", "e"]
    assert journal.endings()[0] == ReceivedEnding(
        "a", pb.ENDING_KIND_VOID_FROM_START, "U1", "L-1", "列1号", ENDED, ("C-1", "C-2"), reexamine=True
    )


def test_what_was_acknowledged_before_comes_no_more_and_is_not_read_through(journal):
    gateway = Gateway(*"abcdefgh")
    collect(gateway, journal)
    gateway.pages, gateway.acknowledged[:] = 0, sorted(gateway.acknowledged)
    assert collect(gateway, journal) == []
    assert gateway.pages == 1
    assert len(gateway.acknowledged) == len(journal.endings()) == 8


def test_what_cannot_be_journalled_is_not_acknowledged(journal):
    gateway = Gateway("a")
    journal.close()
    with pytest.raises(JournalUnavailableError):
        collect(gateway, journal)
    assert gateway.acknowledged == []


def test_what_the_journal_has_and_the_gateway_does_not_know_of_is_acknowledged_the_next_time(journal):
    gateway = Gateway("a", "b")
    gateway.fails_at = "b"
    with pytest.raises(GatewayError):
        collect(gateway, journal)
    assert ([each.ending_id for each in journal.endings()], gateway.acknowledged) == (["a", "b"], ["a"])
    gateway.fails_at = None
    assert collect(gateway, journal) == []
    assert gateway.acknowledged == ["a", "b"]


def test_an_ending_on_record_is_never_changed(journal, path):
    collect(Gateway("a"), journal)
    connection = sqlite3.connect(path)
    for statement in ("DELETE FROM ending", "UPDATE ending SET uscc = 'U2'"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            connection.execute(statement)
    connection.close()


def test_a_journal_from_before_endings_takes_them(path):
    with sqlite3.connect(path) as connection:
        for statement in tables.SCHEMA:
            if statement not in (*tables.ENDINGS, *PENDING, *tables.RECEIPTS, *WATCHING):
                connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(f"PRAGMA application_id = {tables.APPLICATION_ID}")
    connection.close()
    for _ in range(2):
        with Journal(path) as journal:
            collect(Gateway("a"), journal)
            assert [each.ending_id for each in journal.endings()] == ["a"]
