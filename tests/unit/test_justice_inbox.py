"""What is received is kept before it is acknowledged, and once."""

from __future__ import annotations

import stat
from types import SimpleNamespace

import pytest
from jointsanctions.v1 import referral_pb2 as pb
from justice_gateway import NOW, MemoryGateway

from adapters.errors import GatewayError, JournalUnavailableError
from adapters.justice.following import collect, follow
from adapters.justice.inbox_book import AnotherEntryError, InboxBook
from adapters.justice.party import Party

POLICE = SimpleNamespace(name="spiffe://shiyan.example/agency/police/police")


def entry(place, referral_id="YS-1"):
    return pb.InboxEntry(place=place, referral_id=referral_id, from_agency="hrss", dossier_shared=True)


@pytest.fixture
def gateway():
    return MemoryGateway(entries=[entry(3), entry(5)])


@pytest.fixture
def book(tmp_path):
    with InboxBook(tmp_path / "own" / "inbox.sqlite") as opened:
        yield opened


@pytest.fixture(params=[follow, collect])
def how(request):
    return request.param


def taken(how, gateway, book):
    return [each.place for each in how(Party(gateway, "officer", POLICE, None), book, lambda: NOW)]


def test_each_entry_is_kept_and_acknowledged_once(how, gateway, book):
    assert taken(how, gateway, book) == [3, 5]
    assert (gateway.acknowledged, book.unacknowledged()) == ({3, 5}, [])
    assert taken(how, gateway, book) == []
    assert gateway.calls.count("AcknowledgeInbox") == 2
    assert [each.place for each in book.entries()] == [3, 5]
    assert [each.place for each in book.entries(after=3)] == [5]


def test_what_is_told_is_kept_by_then_and_not_acknowledged_yet(how, gateway, book):
    for told in how(Party(gateway, "officer", POLICE, None), book, lambda: NOW):
        assert told in book.entries()
        assert told.place not in gateway.acknowledged


def test_an_acknowledgement_without_an_answer_is_made_again(how, gateway, book):
    gateway.lost_answers = 1
    with pytest.raises(GatewayError):
        taken(how, gateway, book)
    assert book.unacknowledged() == [3]
    assert taken(how, gateway, book) == [5]
    assert book.unacknowledged() == []


def test_what_cannot_be_kept_is_not_acknowledged(how, gateway, book):
    book._connection.execute("DROP TABLE inbox_acknowledged")
    book._connection.execute("DROP TABLE inbox_entry")
    with pytest.raises(JournalUnavailableError):
        taken(how, gateway, book)
    assert gateway.acknowledged == set()


def test_another_entry_under_a_place_that_is_on_record_is_refused(how, gateway, book):
    taken(how, gateway, book)
    gateway.entries, gateway.acknowledged = [entry(3, "YS-2")], set()
    with pytest.raises(AnotherEntryError, match="entry 3"):
        taken(how, gateway, book)
    assert gateway.acknowledged == set()


def test_the_book_is_its_owners_alone(book, tmp_path):
    assert stat.S_IMODE((tmp_path / "own" / "inbox.sqlite").stat().st_mode) == 0o600


def test_a_file_that_is_no_book_is_said_by_its_name(tmp_path):
    (tmp_path / "text").write_text("no book, and long enough to be looked at as a head of a database" * 4)
    with pytest.raises(JournalUnavailableError, match="text"):
        InboxBook(tmp_path / "text")
