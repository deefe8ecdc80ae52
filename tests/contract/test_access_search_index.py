"""The access index beside the queues: level with them, without names of officers, and made anew when it must be."""

from __future__ import annotations

import hashlib
import threading

import pytest
from audit_calls import KEY, body, change, found, line, record
from sqlalchemy import select

from gateway.domain.audit import Draft
from gateway.services.ports.audit import AccessFilter
from gateway.storage import access_fill, access_tables
from gateway.storage.access_index import AccessIndex
from gateway.storage.access_rows import EntryUnreadableError
from gateway.storage.audit_place import FolderPlace
from gateway.storage.engine import reading

pytest_plugins = ("audit_places",)


def test_what_was_recorded_before_the_search_is_found_by_it(place, key_file):
    record(place, Draft(body()))
    index = AccessIndex(place, key_file)
    assert found(index)[0] == [(0, None)]

    record(place, Draft(body()))
    record(place, Draft(body()), writer="node-1.1")

    assert sorted(found(index)[0]) == [(0, None), (0, None), (1, None)]


def test_several_processes_filling_at_once_put_each_entry_in_once(place, key_file):
    record(place, *[Draft(body(), [line(0, "U1")])] * 150)
    indexes = [AccessIndex(place, key_file) for _ in range(4)]
    results = []
    threads = [threading.Thread(target=lambda index=index: results.append(found(index)[0])) for index in indexes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(result) for result in results] == [300] * 4


def test_so_many_batches_go_in_at_once_and_the_calls_between_them(place, key_file, monkeypatch):
    monkeypatch.setattr(access_fill, "BATCHES", 2)
    batch, alone = Draft(body(), [line(0, "U1")]), Draft(body())
    record(place, alone, batch, batch, alone, batch, alone, *[batch] * 3)
    reached, read = [], access_fill.read_entries

    def noted(*arguments, **options):
        if options:
            reached.append(arguments[2] + arguments[3])
        return read(*arguments, **options)

    monkeypatch.setattr(access_fill, "read_entries", noted)

    assert len(found(AccessIndex(place, key_file))[0]) == 15
    assert reached == [4, 7, 9]


def test_no_officer_is_in_the_index_under_a_name(place, key_file):
    record(place, Draft(body(officer="officer-li-wei", case="C-1")))
    index = AccessIndex(place, key_file)

    assert found(index, AccessFilter(officer="officer-li-wei"))[0] == [(0, None)]
    assert found(index, AccessFilter(officer="officer-li"))[0] == []
    with reading(place.index_engine()) as connection:
        kept = [
            tuple(row) for table in access_tables.metadata.sorted_tables for row in connection.execute(select(table))
        ]
    assert "C-1" in str(kept)
    assert "li-wei" not in str(kept)


def test_another_key_makes_the_index_anew(place, key_file):
    record(place, Draft(body(officer="w-1")))
    assert found(AccessIndex(place, key_file), AccessFilter(officer="w-1"))[0] == [(0, None)]
    key_file.write_bytes(KEY[::-1])

    assert found(AccessIndex(place, key_file), AccessFilter(officer="w-1"))[0] == [(0, None)]


def test_a_missing_or_short_key_is_refused(tmp_path, key_file):
    with pytest.raises(FileNotFoundError):
        AccessIndex(FolderPlace(tmp_path), tmp_path / "none.key")
    key_file.write_bytes(KEY[:31])
    with pytest.raises(ValueError, match="31 bytes"):
        AccessIndex(FolderPlace(tmp_path), key_file)


@pytest.mark.parametrize(
    "damage",
    [
        ("DELETE FROM access_row WHERE number = 1",),
        ("DELETE FROM access_party",),
        ("UPDATE access_row SET agency = 'lending'",),
        ("DELETE FROM access_row", "DELETE FROM access_party", "DELETE FROM access_progress"),
    ],
)
def test_the_index_can_be_made_anew_from_the_queues(place, key_file, damage):
    record(place, Draft(body(enterprises=["U1"])), Draft(body(case="C-1"), [line(0, "U1"), line(1, "U2")]))
    index = AccessIndex(place, key_file)
    wanted = AccessFilter(agency="bidding", uscc="U1")
    sound = found(index, wanted)
    change(place.index_engine(), *damage)
    index.rebuild()

    assert found(index, wanted) == sound == ([(1, 0), (0, None)], "")


def test_an_index_of_another_version_is_made_anew(place, key_file):
    record(place, Draft(body()))
    found(AccessIndex(place, key_file))
    change(place.index_engine(), "UPDATE access_state SET schema = 0", "DELETE FROM access_row")

    assert found(AccessIndex(place, key_file))[0] == [(0, None)]


def test_an_index_ahead_of_a_restored_queue_is_made_anew(place, key_file):
    record(place, *[Draft(body())] * 3)
    index = AccessIndex(place, key_file)
    found(index)
    change(
        place.readers()["node-1.0"],
        "DELETE FROM audit_entry WHERE number > 0",
        "UPDATE audit_writer SET next_number = 1",
    )

    assert found(index)[0] == [(0, None)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entry WHERE number = 1",
        "DELETE FROM audit_entry WHERE number = 2",
        "UPDATE audit_entry SET body = leaf WHERE number = 1",
        "UPDATE audit_line SET content = leaf WHERE number = 0",
    ],
)
def test_an_entry_that_cannot_be_read_is_an_error_and_never_left_out(place, key_file, statement):
    record(place, Draft(body(), [line(0, "U1")]), Draft(body()), Draft(body()))
    change(place.readers()["node-1.0"], statement)

    with pytest.raises(EntryUnreadableError, match=r"node-1\.0"):
        found(AccessIndex(place, key_file))


def test_an_entry_that_has_gone_since_it_was_indexed_is_an_error(place, key_file):
    record(place, Draft(body()), Draft(body()))
    index = AccessIndex(place, key_file)
    found(index)
    change(place.readers()["node-1.0"], "DELETE FROM audit_entry WHERE number = 0")

    with pytest.raises(EntryUnreadableError, match="number 0"):
        found(index)


def test_no_text_of_a_caller_keeps_the_index_from_being_filled(place, key_file):
    hostile = ["C\x001", "鄂" * 130, hashlib.shake_256(b"").hexdigest(1_900), "' OR 1=1 --", "%", "\ud7ff\U0010ffff"]
    record(place, *(Draft(body(case=case, enterprises=[case])) for case in hostile))
    index = AccessIndex(place, key_file)

    for number, case in enumerate(hostile):
        assert found(index, AccessFilter(case_ref=case))[0] == [(number, None)]
        assert found(index, AccessFilter(uscc=case))[0] == [(number, None)]
