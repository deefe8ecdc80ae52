"""A watched file is what it is now, or unusable; never what it was."""

from __future__ import annotations

import logging
import os
import time

import pytest

from gateway.security.watched import UnusableFileError, WatchedFile


class Parser:
    """Counts what it reads; refuses what begins with "bad"."""

    def __init__(self):
        self.reads = 0

    def __call__(self, raw):
        self.reads += 1
        if raw.startswith(b"bad"):
            raise ValueError("bad content")
        if raw.startswith(b"odd"):
            raise KeyError("nobody foresaw this")
        return [raw]


@pytest.fixture
def parser():
    return Parser()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list"
    path.write_bytes(b"one")
    return path


def test_the_value_is_the_same_object_while_the_bytes_are_the_same(file, parser):
    watched = WatchedFile(file, parser)
    first = watched.current()
    os.utime(file, (1, 1))

    assert watched.current() is first
    assert watched.current() is first
    assert (first, parser.reads) == ([b"one"], 1)


def test_only_a_file_that_has_settled_is_judged_by_its_time_stamp(file, parser):
    """On many file systems two changes within one tick look alike."""
    watched = WatchedFile(file, parser)
    watched.current()
    assert watched._stamp is None

    while time.time_ns() - file.stat().st_ctime_ns < 60_000_000:
        watched.current()
    first = watched.current()
    stamp = watched._stamp

    assert stamp is not None
    assert watched.current() is first


def test_a_change_is_seen_at_once(file, parser):
    watched = WatchedFile(file, parser)
    watched.current()
    file.write_bytes(b"two")

    assert watched.current() == [b"two"]


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: file.write_bytes(b"bad")])
def test_what_was_read_before_is_never_returned_for_what_cannot_be_read_now(file, parser, harm):
    watched = WatchedFile(file, parser)
    watched.current()
    harm(file)

    for _ in range(2):
        with pytest.raises(UnusableFileError):
            watched.current()
    file.write_bytes(b"one")
    assert watched.current() == [b"one"]


def test_a_parser_that_fails_in_a_way_of_its_own_leaves_nothing_of_before_until_the_next_look_either(file, parser):
    seconds = Seconds()
    watched = WatchedFile(file, parser, 0.25, seconds)
    watched.current()
    file.write_bytes(b"odd")
    seconds.now = 0.3

    for _ in range(2):
        with pytest.raises(UnusableFileError, match="nobody foresaw this"):
            watched.current()


def test_a_folder_in_the_files_place_is_unusable(tmp_path, parser):
    with pytest.raises(UnusableFileError):
        WatchedFile(tmp_path, parser).current()


def test_an_outage_is_logged_once_and_says_which_file_and_why(file, parser, caplog):
    watched = WatchedFile(file, parser)
    file.write_bytes(b"bad")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            with pytest.raises(UnusableFileError, match="bad content"):
                watched.current()

    assert [record.getMessage() for record in caplog.records] == [f"cannot use {file}: bad content"]


class Seconds:
    """A clock that goes when told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_look_holds_for_so_long_and_no_longer(file, parser):
    seconds = Seconds()
    watched = WatchedFile(file, parser, 0.25, seconds)
    assert watched.current() == [b"one"]
    file.write_bytes(b"two")
    seconds.now = 0.24
    assert watched.current() == [b"one"]
    seconds.now = 0.25
    assert watched.current() == [b"two"]


def test_what_cannot_be_read_stays_so_until_the_next_look_and_is_good_from_then_on(file, parser):
    seconds = Seconds()
    watched = WatchedFile(file, parser, 0.25, seconds)
    file.unlink()
    with pytest.raises(UnusableFileError):
        watched.current()
    file.write_bytes(b"one")
    with pytest.raises(UnusableFileError):
        watched.current()
    seconds.now = 0.3
    assert watched.current() == [b"one"]


def test_between_looks_nothing_is_asked_of_the_file_system(file, parser):
    seconds = Seconds()
    watched = WatchedFile(file, parser, 0.25, seconds)
    watched.current()
    file.unlink()
    file.parent.rename(file.parent.with_name("elsewhere"))

    assert watched.current() == [b"one"]


def test_the_age_of_a_file_is_that_of_its_time_stamp(file, parser):
    watched = WatchedFile(file, parser)
    watched.current()
    os.utime(file, (1, 1))
    watched.current()

    assert watched.written_at.timestamp() == 1
