"""The note that the record stopped: its room is kept beforehand, and it is read whatever became of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.storage.stop_note import CAUSE_LIMIT, SIZE, StopNote, Stopped

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "stopped" / "gw1-0"


def test_the_room_is_there_before_anything_is_to_be_said(file):
    note = StopNote(file)
    assert file.stat().st_size == SIZE
    assert note.read() is None


def test_what_was_left_is_read_by_whoever_comes_next_until_it_is_cleared(file):
    StopNote(file).write(NOON, "OperationalError SQLITE_FULL")
    assert file.stat().st_size == SIZE
    assert StopNote(file).read() == Stopped("2026-11-24T04:00:00.000000Z", "OperationalError SQLITE_FULL")
    StopNote(file).clear()
    assert StopNote(file).read() is None
    assert file.stat().st_size == SIZE


def test_a_second_note_takes_the_place_of_the_first(file):
    note = StopNote(file)
    note.write(NOON, "a long cause " * 9)
    note.write(NOON, "short")
    assert note.read().cause == "short"


def test_a_cause_of_any_length_has_room(file):
    note = StopNote(file)
    note.write(NOON, "因" * 5000)
    assert note.read().cause == "因" * CAUSE_LIMIT
    assert file.stat().st_size == SIZE


@pytest.mark.parametrize("left", [b"{", b"[]", b"null", b"\xff\xfe", b'{"at": "x"}'])
def test_a_note_that_cannot_be_read_still_says_that_it_stopped(file, left):
    StopNote(file)
    file.write_bytes(left.ljust(SIZE, b"\0"))
    assert StopNote(file).read() == Stopped("", "")


@pytest.mark.parametrize("left", [b"", b"short", bytes(SIZE + 1)])
def test_a_file_of_another_size_is_made_anew(file, left):
    file.parent.mkdir()
    file.write_bytes(left)
    assert StopNote(file).read() is None
    assert file.stat().st_size == SIZE
