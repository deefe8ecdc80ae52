"""The bulletin on the adapter's side: what is taken, what is refused, and what it adds while nobody answers."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from jointsanctions.v1 import bulletin_pb2, common_pb2

from adapters.bulletin import BulletinRefusedError, BulletinShelf, BulletinSource, Said, bulletin_source
from adapters.entries import Question
from adapters.errors import SettingsError
from adapters.journal import Journal
from formats.bulletin import BulletinHead, ListedFacts, head_text, joined, listing_lines
from formats.note import parse_key
from gateway.security.bulletin_keys import BulletinKeys

GATEWAY = "shiyan.example"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AWARD, REGISTRATION = "BIDDING_AWARD", "BIDDING_REGISTRATION"
LISTED = ListedFacts(
    uscc="91420399MA00K2UM2D",
    authority="示例市人力资源和社会保障局",
    document_number="示人社〔2026〕3号",
    decided_on=date(2026, 3, 25),
    published_on=date(2026, 4, 2),
    until=NOW + 8 * HOUR,
)
CLEAN = "91420399MA00K2U88J"
HEAD = BulletinHead(GATEWAY, "BIDDING", 7, NOW, NOW + 12 * HOUR, (AWARD,))


class Gateway:
    """Sends what it is told to, in parts."""

    def __init__(self, data, *, size=None, digest=None, parts=3):
        self.data, self.parts, self.requests = data, parts, []
        self.first = bulletin_pb2.GetBulletinResponse(
            size=len(data) if size is None else size, sha256=digest or sha256(data).digest()
        )

    def bulletin(self, request):
        self.requests.append(request)
        yield self.first
        step = max(1, len(self.data) // self.parts)
        for begin in range(0, len(self.data), step):
            yield bulletin_pb2.GetBulletinResponse(content=self.data[begin : begin + step])


@pytest.fixture
def keys(tmp_path):
    return BulletinKeys(tmp_path / "keys", GATEWAY)


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


@pytest.fixture
def file(tmp_path):
    return tmp_path / "bidding.bulletin"


@pytest.fixture
def shelf(file, keys, journal):
    return BulletinShelf(file, bulletin_source(GATEWAY, common_pb2.AREA_BIDDING, keys.published()), journal)


def signed(keys, head=HEAD, listings=(LISTED,)):
    lines = listing_lines(listings)
    return joined(keys.sign(head_text(head, lines)), lines)


def fetched(shelf, data, now=NOW):
    return shelf.fetch(Gateway(data), "li.wei", now)


def refused(shelf, gateway, now=NOW):
    with pytest.raises(BulletinRefusedError) as caught:
        shelf.fetch(gateway, "li.wei", now)
    return caught.value.reason


def ask_at(journal, at):
    question = Question(
        call_id="c",
        asked_at=at,
        area=common_pb2.AREA_BIDDING,
        decision_point=common_pb2.DECISION_POINT_BIDDING_AWARD,
        case_ref="T-1",
        part="",
        officer="li.wei",
        lead=CLEAN,
        parties=frozenset({CLEAN}),
        request_digest=bytes(32),
    )
    journal.record_questions([question])


def test_what_is_fetched_is_kept_for_its_owner_and_read_by_another_process(shelf, file, keys, journal):
    gateway = Gateway(signed(keys))
    shelf.fetch(gateway, "li.wei", NOW, "tender")
    (request,) = gateway.requests
    assert (request.area, request.officer, request.purpose) == (common_pb2.AREA_BIDDING, "li.wei", "tender")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.glob("*bidding*")] == [file.name]
    source = bulletin_source(GATEWAY, common_pb2.AREA_BIDDING, keys.published())
    again = BulletinShelf(file, source, journal)
    assert again.said([LISTED.uscc], AWARD, NOW) == Said("VALID", hold=True, listings=(LISTED,))


def test_who_is_listed_is_held_where_that_weighs_and_told_of_where_it_does_not(shelf, keys):
    fetched(shelf, signed(keys))
    assert shelf.said([CLEAN, LISTED.uscc], AWARD, NOW) == Said("VALID", hold=True, listings=(LISTED,))
    assert shelf.said([LISTED.uscc], REGISTRATION, NOW) == Said("VALID", hold=False, listings=(LISTED,))
    assert shelf.said([CLEAN], AWARD, NOW) == Said("VALID", hold=False, listings=())


def test_a_listing_is_not_used_beyond_its_own_end(shelf, keys):
    fetched(shelf, signed(keys))
    assert shelf.said([LISTED.uscc], AWARD, LISTED.until - timedelta(microseconds=1)).hold
    assert shelf.said([LISTED.uscc], AWARD, LISTED.until) == Said("VALID")


def test_without_a_bulletin_nothing_is_said(shelf):
    assert shelf.said([LISTED.uscc], AWARD, NOW) == Said("MISSING")


def test_at_its_last_instant_it_may_not_be_used(shelf, keys):
    forever = replace(LISTED, until=NOW + 1000 * HOUR)
    fetched(shelf, signed(keys, listings=[forever]))
    assert shelf.said([LISTED.uscc], AWARD, HEAD.valid_until - timedelta(microseconds=1)).hold
    assert shelf.said([LISTED.uscc], AWARD, HEAD.valid_until) == Said("EXPIRED")
    assert refused(shelf, Gateway(signed(keys)), HEAD.valid_until) == "EXPIRED"


def test_a_clock_that_is_set_back_prolongs_nothing(shelf, keys, journal):
    fetched(shelf, signed(keys))
    ask_at(journal, NOW + 13 * HOUR)
    ask_at(journal, NOW + HOUR)
    assert shelf.said([LISTED.uscc], AWARD, NOW + HOUR) == Said("EXPIRED")
    assert refused(shelf, Gateway(signed(keys)), NOW + HOUR) == "EXPIRED"


def test_one_from_the_future_is_a_wrong_clock(shelf, keys):
    assert refused(shelf, Gateway(signed(keys)), NOW - timedelta(seconds=61)) == "NOT_YET_VALID"
    fetched(shelf, signed(keys), NOW - timedelta(seconds=59))
    assert shelf.said([LISTED.uscc], AWARD, NOW - HOUR) == Said("NOT_YET_VALID")


@pytest.mark.parametrize(
    "older",
    [replace(HEAD, revision=6), replace(HEAD, issued_at=NOW - HOUR), replace(HEAD, revision=6, issued_at=NOW - HOUR)],
)
def test_an_older_one_is_neither_fetched_nor_read_after_a_newer(shelf, file, keys, older):
    fetched(shelf, signed(keys))
    newest = file.read_bytes()
    assert refused(shelf, Gateway(signed(keys, older, []))) == "OLDER"
    assert file.read_bytes() == newest
    file.write_bytes(signed(keys, older, []))
    assert shelf.said([LISTED.uscc], AWARD, NOW) == Said("OLDER")


def test_the_same_one_may_be_fetched_again_and_a_newer_one_replaces_it(shelf, keys):
    fetched(shelf, signed(keys))
    assert shelf.said([LISTED.uscc], AWARD, NOW).hold
    fetched(shelf, signed(keys))
    assert shelf.said([LISTED.uscc], AWARD, NOW).hold
    fetched(shelf, signed(keys, replace(HEAD, revision=8, issued_at=NOW + HOUR), []), NOW + HOUR)
    assert shelf.said([LISTED.uscc], AWARD, NOW + HOUR) == Said("VALID")


def test_one_whose_file_came_into_place_and_whose_note_did_not_is_read(shelf, file, keys):
    file.write_bytes(signed(keys))
    assert shelf.said([LISTED.uscc], AWARD, NOW).hold


def test_what_is_of_another_area_gateway_or_key_is_refused(shelf, file, keys, tmp_path):
    elsewhere = BulletinKeys(tmp_path / "other", "other.example")
    stranger = BulletinKeys(tmp_path / "stranger", GATEWAY)
    for data, reason in (
        (signed(keys, replace(HEAD, area="LENDING")), "OTHER_AREA"),
        (signed(keys, replace(HEAD, gateway="other.example")), "NOT_SIGNED"),
        (signed(elsewhere, replace(HEAD, gateway="other.example")), "NOT_SIGNED"),
        (signed(stranger), "NOT_SIGNED"),
        (signed(keys).replace(LISTED.uscc.encode(), CLEAN.encode()), "NOT_SIGNED"),
    ):
        assert refused(shelf, Gateway(data)) == reason
        assert not file.exists()
        file.write_bytes(data)
        assert shelf.said([LISTED.uscc, CLEAN], AWARD, NOW) == Said(reason)
        file.unlink()


def test_a_key_of_another_gateway_speaks_for_that_one_alone(file, journal, tmp_path):
    elsewhere = BulletinKeys(tmp_path / "other", "other.example")
    mixed = BulletinSource(GATEWAY, common_pb2.AREA_BIDDING, (parse_key(elsewhere.published()[0]),))
    data = signed(elsewhere, replace(HEAD, gateway="other.example"))
    assert refused(BulletinShelf(file, mixed, journal), Gateway(data)) == "OTHER_GATEWAY"


def test_what_was_broken_off_or_is_not_what_was_announced_is_refused(shelf, file, keys):
    data = signed(keys)
    for gateway in (
        Gateway(data[:-5], size=len(data), digest=sha256(data).digest()),
        Gateway(data + b"x", size=len(data), digest=sha256(data).digest()),
        Gateway(data, digest=bytes(32)),
        Gateway(b"x", size=0),
        Gateway(b"x", size=2**40),
    ):
        assert refused(shelf, gateway) == "BROKEN_OFF"
    assert not file.exists()


def test_what_is_no_message_is_refused(shelf, file):
    class Garbled:
        def bulletin(self, _request):
            yield bulletin_pb2.GetBulletinResponse(size=1, sha256=bytes(32))
            yield bulletin_pb2.GetBulletinResponse.FromString(b"\xff")

    assert refused(shelf, Garbled()) == "BROKEN_OFF"
    assert not file.exists()


def test_a_folder_that_takes_nothing_is_said_and_leaves_what_is_held(shelf, file, keys, tmp_path, journal):
    nowhere = BulletinShelf(tmp_path / "no/x", shelf._source, journal)
    assert refused(nowhere, Gateway(signed(keys))) == "NOT_KEPT"
    file.mkdir()
    assert shelf.said([LISTED.uscc], AWARD, NOW) == Said("UNREADABLE")


def test_a_journal_that_cannot_be_read_says_nothing_of_anybody(shelf, keys, journal):
    fetched(shelf, signed(keys))
    journal.close()
    assert shelf.said([LISTED.uscc], AWARD, NOW) == Said("JOURNAL_UNAVAILABLE")


@pytest.mark.parametrize("published", [(), ("x",), ("other",)])
def test_a_source_without_a_key_of_its_gateway_is_a_fault_of_the_settings(published, tmp_path):
    if published == ("other",):
        published = BulletinKeys(tmp_path / "other", "other.example").published()
    with pytest.raises(SettingsError):
        bulletin_source(GATEWAY, common_pb2.AREA_BIDDING, published)
