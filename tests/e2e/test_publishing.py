"""What may be published, from the record to the page over mutual TLS: shown, ended at once, and by time alone."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import BIDDING, HRSS, REGISTRAR, body_of, gateway_in, new_party, prepared, today
from jointsanctions.v1 import listing_pb2, registry_pb2, withdrawal_pb2
from jointsanctions.v1 import publishable_pb2 as pb
from launcher import Launcher

from formats.civil import SHANGHAI, format_instant, midnight
from gateway.cli.main import main
from gateway.cli.publish_folder import CURRENT, FEED
from gateway.sample.records import act, listing, profile, publication, published, red_list

pytestmark = pytest.mark.xdist_group("served")
LIST = "/jointsanctions.v1.RegistryService/ListPublishable"
PORTAL = "hrss-portal.portal"
REPAIR = listing_pb2.LISTING_ACT_KIND_REPAIR
_numbers = itertools.count()


def submit(served, feed, *records, who=HRSS):
    for row, record in enumerate(records, 1):
        record.row = row
    sent = registry_pb2.SubmitRecordsRequest(
        request_id=f"publishing-{next(_numbers)}", feed=feed, officer="o", records=records, last=True
    )
    return served.callers.as_caller(who).submit(iter([sent]))


def read(served, who=PORTAL, **parts):
    request = pb.ListPublishableRequest(**{"officer": "o", "page_size": 1_000, **parts})
    return served.callers.as_caller(who).registry("ListPublishable", request, pb.ListPublishableResponse)


def of(party, page):
    return [item for item in page.items if item.uscc == party.uscc]


@pytest.fixture
def listed(served):
    """Return an enterprise with a published listing, and the id of the listing."""
    party, decided = new_party(), today() - timedelta(days=400)
    submit(served, "market_regulation", profile(party, today() - timedelta(days=900)), who=REGISTRAR)
    key = f"{party.uscc}-L"
    answer = submit(served, "wage_list", *listing(party, key, decided), published(party, key, decided))
    assert answer.stored == 3
    return party, key


def ago(days):
    return today() - timedelta(days=days)


def test_a_listing_is_shown_and_after_its_repair_gone_at_once_with_a_tombstone(served, listed):
    party, key = listed
    before = read(served)
    (item,) = of(party, before)
    assert (item.name, item.kind) == (party.name, pb.PUBLISHABLE_KIND_WAGE_ARREARS_LISTING)
    assert item.display_until.ToDatetime(tzinfo=UTC).astimezone(SHANGHAI).date() > today()
    submit(served, "wage_list", act(party, key, REPAIR, ago(1)))
    after = read(served, since_revision=before.data_revision)
    assert of(party, after) == []
    (ended,) = [each for each in after.ended if each.item_id == item.item_id]
    assert ended.ended_at.ToDatetime(tzinfo=UTC) == midnight(ago(1))
    assert party.name not in str(after)
    assert party.uscc not in str(after)


def test_a_publication_is_shown_with_its_content_and_withdrawn_it_is_gone(served):
    party = new_party()
    record = publication(party, f"{party.uscc}-P", ago(20), ago(-300), for_wages=True)
    assert submit(served, "publications", record).stored == 1
    (item,) = of(party, read(served))
    content = item.major_violation
    sent = record.publication
    assert (item.name, content.address, content.main_facts) == (party.name, sent.address, sent.main_facts)
    assert (content.representative_name, content.handling_result) == (sent.representative_name, sent.handling_result)
    withdrawal = withdrawal_pb2.WithdrawRecordRequest(
        request_id=f"w-{party.uscc}",
        record_id=record_id_of(record),
        kind="publication",
        authority=record.authority,
        document_number="撤〔2026〕1号",
        decided_on=today().isoformat(),
        void_from_start=True,
        reason="处理决定被撤销",
        officer="o",
    )
    served.callers.as_caller(HRSS).registry("WithdrawRecord", withdrawal, withdrawal_pb2.WithdrawRecordResponse)
    assert of(party, read(served)) == []


def record_id_of(record):
    """Return the id under which a record of the feed is stored."""
    whole = f"publications\0publication\0{record.source_key}"
    return f"publication-{hashlib.sha256(whole.encode()).hexdigest()[:24]}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("main_facts", "欠薪，联系13812345678"),
        ("address", ""),
        ("representative_name", "示例某11010519491231002X"),
        ("secrecy_reviewed", False),
        ("violation", "WAGES"),
    ],
)
def test_a_publication_that_must_not_be_published_is_not_even_stored(served, field, value):
    party = new_party()
    record = publication(party, f"{party.uscc}-P", ago(20), ago(-300), for_wages=True)
    setattr(record.publication, field, value)
    answer = submit(served, "publications", record)
    (row,) = answer.rows
    assert (row.status, row.field) == (registry_pb2.ROW_STATUS_REJECTED, f"publication.{field}")
    assert "13812345678" not in str(answer)
    assert "11010519491231002X" not in str(answer)


def test_the_call_is_recorded_with_how_much_was_told_and_of_nobody(served, listed):
    page = read(served, since_revision=1)
    body = body_of(served.entry(page.audit_position))
    assert (body["method"], body["caller"]["role"], body["officer"]) == (
        "RegistryService/ListPublishable",
        "portal",
        "o",
    )
    assert (body["items"], body["since_revision"]) == (len(page.items), 1)
    assert (body["revision"], body["ended"]) == (page.data_revision, len(page.ended))
    assert not {"grounds", "enterprises"} & body.keys()


def test_it_is_for_the_portal_and_for_those_who_are_told_whole_records(served):
    empty = pb.ListPublishableRequest()
    assert served.send(LIST, empty, BIDDING).reason == "ROLE_NOT_PERMITTED"
    assert served.send(LIST, empty, REGISTRAR).reason == "FIELD_NOT_IN_MANDATE"
    assert served.send(LIST, empty, PORTAL).reason == "MALFORMED_REQUEST"
    for path in ("RegistryService/WatchChanges", "RegistryService/GetEnterpriseFile", "AuditService/SearchAccess"):
        assert served.send(f"/jointsanctions.v1.{path}", empty, PORTAL).code.name in {"PERMISSION_DENIED", "UNKNOWN"}


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"officer": ""}, "officer"),
        ({"since_revision": -1}, "since_revision"),
        ({"since_revision": 2**40}, "since_revision"),
        ({"page_size": 1_001}, "page_size"),
        ({"page_token": "AAAA"}, "page_token"),
        ({"known_state": "x" * 65}, "known_state"),
    ],
)
def test_a_faulty_request_is_named(served, parts, field):
    request = pb.ListPublishableRequest(**{"officer": "o", **parts})
    refused = served.send(LIST, request, PORTAL)
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", field)


def test_the_pages_together_are_the_list_each_thing_once(served, listed):
    whole = read(served, since_revision=1)
    items, ended, token = [], [], ""
    while True:
        page = read(served, since_revision=1, page_size=3, page_token=token)
        assert len(page.items) + len(page.ended) <= 3
        assert page.state == whole.state
        items += page.items
        ended += page.ended
        token = page.next_page_token
        if not token:
            break
    assert (items, ended) == (list(whole.items), list(whole.ended))
    assert len({item.item_id for item in items}) == len(items)


def test_who_has_the_state_is_sent_no_items(served):
    known = read(served)
    assert known.items
    again = read(served, known_state=known.state)
    assert (again.unchanged, list(again.items), again.state) == (True, [], known.state)
    party = new_party()
    submit(served, "labour_inspection", red_list(party, f"{party.uscc}-R", ago(3)))
    after = read(served, known_state=known.state)
    assert not after.unchanged
    assert of(party, after)


def command(served, *words):
    place = ["--config", served.place.config, "--state", served.place.state, "--address", f"127.0.0.1:{served.port}"]
    return [str(word) for word in (*place, *words)]


def test_the_command_writes_what_is_shown_and_takes_down_what_has_ended(served, listed, tmp_path, capsys):
    party, key = listed
    out = tmp_path / "public"
    assert main(command(served, "publish", "--out", out)) == 0
    shown = read(served)
    feed = json.loads((out / CURRENT / FEED).read_text())
    assert [item["item_id"] for item in feed["items"]] == [item.item_id for item in shown.items]
    (item,) = of(party, shown)
    page = out / CURRENT / f"{item.item_id}.html"
    assert party.name in page.read_text()
    submit(served, "wage_list", act(party, key, REPAIR, ago(1)))
    capsys.readouterr()
    assert main(command(served, "publish", "--out", out, "--json")) == 0
    assert json.loads(capsys.readouterr().out)["available"] is True
    assert not page.exists()
    for file in (out / CURRENT).iterdir():
        assert party.name not in file.read_text()
        assert party.uscc not in file.read_text()
    feed = json.loads((out / CURRENT / FEED).read_text())
    assert item.item_id in {each["item_id"] for each in feed["ended"]}


def test_the_command_says_that_it_got_no_answer(served, tmp_path, capsys):
    words = ["--config", str(served.place.config), "--address", "127.0.0.1:1"]
    assert main([*words, "publish", "--out", str(tmp_path / "public")]) == 1
    assert "UNAVAILABLE" in capsys.readouterr().err


MOVED = """
from datetime import timedelta
from pathlib import Path
from gateway.clock import SystemClock
now = SystemClock.now
SystemClock.now = lambda self: now(self) + timedelta(seconds=float(Path({file!r}).read_text()))
"""
"""Moves the clock of the server by what a file says, so that a midnight comes when a test wants it to."""


class Moved:
    """A gateway whose clock is set by the test, relative to a midnight in Shanghai that is still hours away.

    A clock that was put back would stand before the certificates were issued.
    """

    def __init__(self, folder):
        self.tomorrow = (datetime.now(SHANGHAI) + timedelta(hours=2)).date() + timedelta(days=1)
        self._file = folder / "ahead"
        self.set(-3_600)
        place = prepared(folder / "gateway", {})
        self._log = (place.state / "gateway.log").open("ab")
        self.server = Launcher(self._log, MOVED.format(file=str(self._file)))
        self._served = gateway_in(folder / "gateway", filled=False, serve=self.server.serving)

    def set(self, seconds):
        """Set the clock to *seconds* after that midnight."""
        ahead = (midnight(self.tomorrow) - datetime.now(UTC)).total_seconds() + seconds
        new = self._file.with_suffix(".new")
        new.write_text(str(ahead))
        new.replace(self._file)

    def __enter__(self):
        self.gateway = self._served.__enter__()
        return self

    def __exit__(self, *failure):
        self._served.__exit__(*failure)
        self.server.close()
        self._log.close()

    def asked_again(self):
        """Wait until the watcher has asked twice more, so that it has seen the clock."""
        number = self.gateway.next_number()
        while self.gateway.next_number() < number + 2:
            pass


@contextmanager
def watching(gateway, out):
    """Run ``jsg publish --watch`` in a process of its own."""
    words = command(gateway, "publish", "--out", out, "--watch", "--every", "0.2")
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def feed_of(out, process, wanted):
    """Return the first feed in the folder for which *wanted* holds; the process must be alive."""
    while True:
        assert process.poll() is None, process.stderr.read()
        try:
            feed = json.loads((out / CURRENT / FEED).read_text())
        except FileNotFoundError:
            continue
        if wanted(feed):
            return feed


def ending_and_lasting(moved):
    """Put two enterprises on the red list, of which one leaves it at the midnight that comes."""
    ending, lasting = new_party(), new_party()
    first = red_list(ending, f"{ending.uscc}-R", ago(9))
    first.red_list.until = moved.tomorrow.isoformat()
    answer = submit(moved.gateway, "labour_inspection", first, red_list(lasting, f"{lasting.uscc}-R", ago(9)))
    assert answer.stored == 2
    return ending, lasting, answer.data_revision


def codes(feed):
    return {item["uscc"] for item in feed["items"]}


def test_a_watched_folder_loses_at_midnight_what_ends_then_without_any_revision(tmp_path):
    out = tmp_path / "public"
    with Moved(tmp_path) as moved:
        ending, lasting, revision = ending_and_lasting(moved)
        with watching(moved.gateway, out) as process:
            both = feed_of(out, process, lambda feed: codes(feed) == {ending.uscc, lasting.uscc})
            assert both["valid_until"] == format_instant(midnight(moved.tomorrow))
            moved.set(-1)
            gone = feed_of(out, process, lambda feed: codes(feed) == {lasting.uscc})
            assert gone["generated_at"] >= both["valid_until"]
            assert gone["revision"] == both["revision"] == revision
            assert [each["ended_at"] for each in gone["ended"]] == [both["valid_until"]]
            assert len(list((out / CURRENT).glob("item-*.html"))) == 1


def test_a_gateway_that_is_gone_at_the_end_has_the_whole_folder_taken_down(tmp_path):
    out = tmp_path / "public"
    with Moved(tmp_path) as moved:
        ending, lasting, _ = ending_and_lasting(moved)
        with watching(moved.gateway, out) as process:
            feed_of(out, process, lambda feed: codes(feed) == {ending.uscc, lasting.uscc})
            moved.set(-4)
            moved.asked_again()
            moved.server.kill()
            assert moved.server.wait() == -9
            still = json.loads((out / CURRENT / FEED).read_text())
            assert codes(still) == {ending.uscc, lasting.uscc}, "what may be relied on stays until its end"
            down = feed_of(out, process, lambda feed: not feed["available"])
            assert down["items"] == []
            assert list((out / CURRENT).glob("item-*.html")) == []
            for file in (out / CURRENT).iterdir():
                assert lasting.name not in file.read_text()
