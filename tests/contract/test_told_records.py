"""Who was told of a record is found in the record of calls, on both stores: by calls, by lines, by agency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from audit_calls import NOON, body, line, record

from formats.civil import format_instant
from gateway.domain.audit import Draft
from gateway.domain.call_record import recorded_grounds
from gateway.domain.endings import Told
from gateway.services.ports.endings import Unnamed
from gateway.storage.access_index import AccessIndex

pytest_plugins = ("audit_places",)
AS_OF = NOON - timedelta(days=1)


def told_body(*grounds, **content):
    return body(**{"grounds": list(grounds), "revision": 7, "as_of": format_instant(AS_OF), "case": "C-1", **content})


@pytest.fixture
def index(place, key_file, tmp_path):
    (tmp_path / "audit").mkdir()  # the queue's, which is opened first
    return AccessIndex(place, key_file)


def test_a_call_tells_its_agency_of_the_records_that_its_entry_names(place, index):
    record(place, Draft(told_body("L-1", "L-2")), Draft(told_body("L-3", caller={"agency": "finance"})))
    assert index.told(["L-1", "L-3", "L-9"], "") == [
        Told("L-1", "bidding", "C-1", 7, 7, AS_OF),
        Told("L-3", "finance", "C-1", 7, 7, AS_OF),
    ]
    assert index.told(["L-1", "L-3"], "finance") == [Told("L-3", "finance", "C-1", 7, 7, AS_OF)]


def test_many_calls_in_one_case_are_one_by_the_earliest_revision_and_moment(place, index):
    later = format_instant(NOON)
    record(
        place,
        Draft(told_body("L-1", revision=9)),
        Draft(told_body("L-1", as_of=later)),
        Draft(told_body("L-1", case="C-2")),
    )
    assert index.told(["L-1"], "") == [
        Told("L-1", "bidding", "C-1", 7, 9, AS_OF),
        Told("L-1", "bidding", "C-2", 7, 7, AS_OF),
    ]


def test_a_line_of_a_batch_tells_as_a_call_does(place, index):
    batch = told_body(method="CreditService/BatchCheckEligibility")
    del batch["grounds"]
    record(place, Draft(batch, [line(0, "U1", grounds=[]), line(1, "U2", grounds=["L-1"])]))
    assert index.told(["L-1"], "") == [Told("L-1", "bidding", "C-1", 7, 7, AS_OF)]
    assert index.unnamed("") == []


def test_a_line_with_a_case_of_its_own_tells_in_that_case_and_in_no_other(place, index):
    batch = told_body(method="CreditService/BatchCheckEligibility")
    del batch["grounds"], batch["case"]
    record(
        place,
        Draft(
            batch, [line(0, "U1", grounds=["L-1"], case="C-1"), line(1, "U2", grounds=["L-1"], case="C-2", officer="o")]
        ),
    )
    assert index.told(["L-1"], "") == [Told("L-1", "bidding", case, 7, 7, AS_OF) for case in ("C-1", "C-2")]
    assert [each.case_ref for each in index.told_about([("L-1", "U2")], "bidding")] == ["C-2"]


def test_what_was_refused_told_nothing(place, index):
    record(place, Draft(told_body("L-1", outcome="UNEXPECTED")), Draft(told_body("L-1", outcome="CANCELLED")))
    assert index.told(["L-1"], "") == []


def test_an_id_that_is_recorded_as_its_hash_is_found_by_itself(place, index):
    long = "示" * 40
    record(place, Draft(told_body(*recorded_grounds([long]))))
    assert [one.record for one in index.told([long], "")] == [long]


def test_an_entry_without_room_for_all_of_its_records_is_given_with_everybody_asked_about(place, index):
    record(place, Draft(told_body("L-1", "+3", enterprises=["U2", "U1"])))
    assert [one.record for one in index.told(["L-1", "+3", "+"], "")] == ["L-1"]
    assert index.unnamed("bidding") == [Unnamed("bidding", "C-1", 7, AS_OF, ("U1", "U2"))]
    assert index.unnamed("finance") == []


def test_an_entry_from_before_records_were_named_is_one_without_room(place, index):
    old = told_body(measures=["A-30/TR1/award"], enterprises=["U1"])
    clear = told_body(measures=[], enterprises=["U1"])
    read = told_body(method="CreditService/GetCreditRecord", enterprises=["U1"])
    for each in (old, clear, read):
        del each["grounds"]
    del read["as_of"]
    record(place, Draft(old), Draft(clear), Draft(read))
    assert index.unnamed("") == [
        Unnamed("bidding", "C-1", 7, AS_OF, ("U1",)),
        Unnamed("bidding", "C-1", 7, NOON + timedelta(seconds=2), ("U1",)),
    ]


def test_other_methods_tell_of_no_records(place, index):
    record(place, Draft(body(method="CreditService/ListEndings", endings=["ending-1"], revision=7)))
    assert index.unnamed("") == []
