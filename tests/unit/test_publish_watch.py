"""Keeping the folder true: it never shows longer than it may, and at any moment it is one whole generation."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import contextmanager
from datetime import timedelta

import grpc
import pytest
from published import NOW, feed, item

from adapters.errors import GatewayError
from formats.civil import format_instant
from gateway.cli import publish_folder
from gateway.cli.publish_feed import EndedItem
from gateway.cli.publish_folder import CURRENT, FEED, MANIFEST, Folder, FolderError
from gateway.cli.publish_pages import INDEX
from gateway.cli.publish_watch import Keeper

AWAY = GatewayError(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", {}, "connection refused")


class SetClock:
    """A clock that stands until it is set, from NOW on."""

    def __init__(self):
        self.seconds = 0.0

    def now(self):
        return NOW + timedelta(seconds=self.seconds)

    def boot_seconds(self):
        return 1000.0 + self.seconds


class Gateway:
    """What the keeper reads from: an answer or an error, and the feeds that it was asked with."""

    def __init__(self):
        self.answer = feed(item(1), item(2))
        self.asked = []

    def read(self, before):
        self.asked.append(before)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
def clock():
    return SetClock()


@contextmanager
def kept(path, gateway, clock):
    with Folder(path) as folder, Keeper(folder, gateway.read, clock) as keeper:
        yield keeper


@pytest.fixture
def keeper(tmp_path, gateway, clock):
    with kept(tmp_path / "public", gateway, clock) as keeper:
        yield keeper


@pytest.fixture
def public(tmp_path):
    return tmp_path / "public"


def shown(public):
    """Return the pages that the folder shows, once it is seen to be one whole generation."""
    current = public / CURRENT
    files = json.loads((current / MANIFEST).read_text())["files"]
    assert {file.name for file in current.iterdir()} == {*files, MANIFEST}
    for name, said in files.items():
        content = (current / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (said["sha256"], said["bytes"])
    return sorted(set(files) - {FEED, INDEX})


def told(public):
    return json.loads((public / CURRENT / FEED).read_text())


def page(number):
    return f"item-{number:024x}.html"


def test_what_the_gateway_says_is_shown_and_nothing_is_left_beside_it(keeper, gateway, public):
    assert keeper.step() is None
    assert shown(public) == [page(1), page(2)]
    gateway.answer = feed(item(2))
    keeper.step()
    assert shown(public) == [page(2)]
    assert len([path for path in public.iterdir() if path.name.startswith("generation-")]) == 1


def test_the_same_is_not_written_again_until_half_of_its_time_is_over(keeper, gateway, clock, public):
    keeper.step()
    first = (public / CURRENT).readlink()
    clock.seconds = 2 * 3600 - 1
    gateway.answer = feed(item(1), item(2), valid_until=NOW + timedelta(hours=6), as_of=NOW + timedelta(hours=2))
    keeper.step()
    assert (public / CURRENT).readlink() == first
    clock.seconds = 2 * 3600
    keeper.step()
    assert (public / CURRENT).readlink() != first
    assert told(public)["valid_until"] == format_instant(NOW + timedelta(hours=6))


def test_while_the_gateway_is_away_what_may_be_relied_on_stays(keeper, gateway, clock, public):
    keeper.step()
    gateway.answer = AWAY
    clock.seconds = 4 * 3600 - 1
    assert keeper.step() is AWAY
    assert shown(public) == [page(1), page(2)]
    assert keeper.pause(5) == pytest.approx(1)


def test_a_gateway_away_for_longer_has_everything_taken_down(keeper, gateway, clock, public):
    gateway.answer = feed(item(1), ended={"item-x": EndedItem(NOW, NOW)})
    keeper.step()
    gateway.answer = AWAY
    clock.seconds = 4 * 3600
    assert keeper.step() is AWAY
    assert shown(public) == []
    said = told(public)
    assert (said["available"], said["items"], said["revision"]) == (False, [], 7)
    assert [each["item_id"] for each in said["ended"]] == ["item-x"]
    assert keeper.pause(5) == 5


def test_a_gateway_that_does_not_answer_in_time_has_everything_taken_down_before_it_does(
    keeper, gateway, clock, public, monkeypatch
):
    monkeypatch.setattr("gateway.cli.publish_watch.GRACE", 0.01)
    keeper.step()
    clock.seconds = 4 * 3600
    seen = []

    def hang(_before):
        deadline = time.monotonic() + 20
        while told(public)["items"] and time.monotonic() < deadline:
            pass
        seen.append(told(public)["items"])
        raise AWAY

    keeper._read = hang
    assert keeper.step() is AWAY
    assert seen == [[]]


def test_when_the_gateway_is_back_all_is_shown_again_and_asked_for_from_where_it_was(keeper, gateway, clock, public):
    keeper.step()
    gateway.answer = AWAY
    clock.seconds = 4 * 3600
    keeper.step()
    gateway.answer = feed(item(1), item(2), as_of=NOW + timedelta(hours=5), valid_until=NOW + timedelta(hours=9))
    assert keeper.step() is None
    assert shown(public) == [page(1), page(2)]
    assert (gateway.asked[-1].revision, gateway.asked[-1].state) == (7, "")


def test_a_watcher_that_begins_anew_takes_up_what_is_shown_and_its_end(tmp_path, gateway, clock, public):
    with kept(public, gateway, clock) as keeper:
        keeper.step()
    gateway.answer = AWAY
    clock.seconds = 4 * 3600 - 1
    with kept(public, gateway, clock) as keeper:
        keeper.step()
        assert shown(public) == [page(1), page(2)]
        clock.seconds = 4 * 3600
        keeper.step()
        assert shown(public) == []
    assert gateway.asked[-1].revision == 7


def test_an_old_folder_that_is_over_is_taken_down_at_the_first_failure(public, gateway, clock):
    with kept(public, gateway, clock) as keeper:
        keeper.step()
    gateway.answer = AWAY
    clock.seconds = 9 * 3600
    with kept(public, gateway, clock) as keeper:
        keeper.step()
    assert shown(public) == []


def test_a_clock_that_is_set_back_lets_nothing_live_longer(keeper, gateway, clock, public):
    keeper.step()
    gateway.answer = AWAY
    clock.seconds = 4 * 3600
    clock.now = lambda: NOW - timedelta(days=3)
    keeper.step()
    assert shown(public) == []


def test_a_clock_of_the_gateway_that_is_set_forward_brings_the_end_nearer(keeper, gateway, clock, public):
    keeper.step()
    gateway.answer = feed(item(1), item(2), as_of=NOW + timedelta(hours=4) - timedelta(seconds=3))
    keeper.step()
    assert keeper.pause(5) == pytest.approx(3)
    gateway.answer = AWAY
    clock.seconds = 3
    keeper.step()
    assert shown(public) == []


def test_a_step_waits_for_no_longer_than_to_the_next_end(keeper, gateway, clock):
    gateway.answer = feed(item(1), valid_until=NOW + timedelta(seconds=2))
    keeper.step()
    assert keeper.pause(5) == pytest.approx(2)
    clock.seconds = 60
    assert 0 < keeper.pause(5) < 1


def test_when_nothing_can_be_written_nothing_is_shown(keeper, gateway, public, monkeypatch):
    keeper.step()
    gateway.answer = feed(item(3))

    def full(_feed):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish_folder, "pages", full)
    with pytest.raises(OSError, match="No space"):
        keeper.step()
    assert not (public / CURRENT).exists()


def test_two_processes_do_not_publish_into_one_folder(keeper, public):
    with pytest.raises(FolderError, match="another process"), Folder(public):
        pass


def test_a_folder_with_a_feed_of_somebody_else_is_left_as_it_is(public, gateway, clock):
    (public / CURRENT).mkdir(parents=True)
    (public / CURRENT / FEED).write_text('{"other": true}')
    with pytest.raises(FolderError, match=r"feed\.json"), kept(public, gateway, clock):
        pass
    assert (public / CURRENT / FEED).exists()


def test_what_a_killed_process_left_behind_is_removed(public, gateway, clock):
    (public / "generation-dead").mkdir(parents=True)
    (public / "generation-dead" / page(9)).write_text("x")
    (public / ".generation-dead").symlink_to("generation-dead")
    with kept(public, gateway, clock) as keeper:
        keeper.step()
    assert {path.name for path in public.iterdir()} == {".lock", CURRENT, (public / CURRENT).readlink().name}


def test_a_complaint_is_made_once_and_its_end_is_said(keeper, capsys):
    for error in (AWAY, AWAY, None, None):
        keeper.complain(error)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[1] == "jsg: the gateway answers again"
