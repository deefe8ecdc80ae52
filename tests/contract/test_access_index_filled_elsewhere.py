"""Another process fills the access index: a search waits for it while it gets on, and else does it itself."""

from __future__ import annotations

import threading

import pytest
from audit_calls import body, change, found, record

from gateway.domain.audit import Draft
from gateway.storage import access_fill, access_index
from gateway.storage.access_index import AccessIndex

pytest_plugins = ("audit_places",)

ENTRIES = 150


class Elsewhere:
    """Whoever fills: in a thread, so many entries at a time, as often as it is let."""

    def __init__(self, place, key_file):
        self.index = AccessIndex(place, key_file)
        self.threads = []
        self.asked = 0

    def __call__(self):
        self.asked += 1
        self.threads.append(threading.Thread(target=self.index.catch_up))
        self.threads[-1].start()
        return True

    def end(self):
        for thread in self.threads:
            thread.join()


@pytest.fixture
def refused(monkeypatch):
    """Nobody here fills an index but ``Elsewhere``: the thread that searches may not."""
    searching = threading.current_thread()
    fill = access_fill.fill

    def elsewhere_alone(*arguments):
        assert threading.current_thread() is not searching
        fill(*arguments)

    monkeypatch.setattr(access_fill, "fill", elsewhere_alone)


def test_what_was_recorded_before_the_search_is_found_though_another_fills(place, key_file, refused, monkeypatch):
    monkeypatch.setattr(access_fill, "CHUNK", 7)
    record(place, *[Draft(body())] * ENTRIES)
    record(place, *[Draft(body())] * 3, writer="node-1.1")
    elsewhere = Elsewhere(place, key_file)

    assert len(found(AccessIndex(place, key_file, elsewhere))[0]) == ENTRIES + 3
    elsewhere.end()


def test_nobody_is_asked_for_few(place, key_file):
    record(place, *[Draft(body())] * 100)
    record(place, *[Draft(body())] * 2, writer="node-1.1")
    elsewhere = Elsewhere(place, key_file)
    index = AccessIndex(place, key_file, elsewhere)
    assert len(found(index)[0]) == 102
    elsewhere.end()
    assert elsewhere.asked == 1

    record(place, *[Draft(body())] * 100)
    assert len(found(index)[0]) == 202
    assert elsewhere.asked == 1


@pytest.mark.parametrize("there", [True, False])
def test_a_search_fills_where_nobody_does_or_gets_on(place, key_file, monkeypatch, there):
    monkeypatch.setattr(access_index, "PATIENCE_SECONDS", 0.05)
    record(place, *[Draft(body())] * ENTRIES)

    assert len(found(AccessIndex(place, key_file, lambda: there))[0]) == ENTRIES


def test_an_index_ahead_of_a_restored_queue_is_no_index_that_another_has_filled(place, key_file):
    record(place, *[Draft(body())] * ENTRIES)
    index = AccessIndex(place, key_file, lambda: True)
    AccessIndex(place, key_file).catch_up()
    change(
        place.readers()["node-1.0"],
        "DELETE FROM audit_entry WHERE number > 0",
        "UPDATE audit_writer SET next_number = 1",
    )

    assert found(index)[0] == [(0, None)]
