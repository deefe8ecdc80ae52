"""Indexing days, on both stores: which calls are named on which side of which index, and that none is left out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from audit_calls import NOON, change, line, record
from indexed_days import DAY, NOBODY, ONE, OTHER, OWN, Indexed, asked, investigated, release

from formats.day_proof import INVESTIGATION, ORDINARY, SIDES
from gateway.domain.audit import Draft
from gateway.domain.errors import StateError
from gateway.services.ports.log import LogDamagedError

pytest_plugins = ("audit_places",)


@pytest.fixture
def days(site, key_file):
    return Indexed(site, key_file)


def statements(days):
    return [each.statement for each in days.days.all()]


def test_a_day_names_every_question_about_an_enterprise_and_proves_that_there_was_none_about_others(days):
    batch = Draft(
        {**asked().body, "method": "CreditService/BatchCheckEligibility"}, [line(0, OTHER), line(1, OTHER, OWN)]
    )
    days.record(asked(OWN), asked(OTHER), batch, asked(OTHER, OWN))
    days.indexed()

    assert days.proven(OWN) == {DAY: {ORDINARY: [days.place(0), days.place(2), days.place(3)]}}
    assert days.proven(OTHER)[DAY][ORDINARY] == [days.place(1), days.place(2), days.place(3)]
    assert days.proven(NOBODY)[DAY][ORDINARY] == []


def test_only_answered_questions_are_named(days):
    days.record(
        asked(OWN, outcome="AREA_NOT_IN_MANDATE"),
        asked(OWN, method="RegistryService/WithdrawRecord"),
        asked(OWN, method="SubjectService/ListWhoAsked", role="subject"),
    )
    days.indexed()

    assert days.proven(OWN)[DAY][ORDINARY] == [days.place(2)]


def test_investigations_stand_on_the_other_side_alone(days):
    days.record(investigated(OWN), asked(OWN), asked(OWN, role="court"), asked(OWN, role="minister"))
    days.indexed()

    assert days.proven(OWN, sides=SIDES)[DAY] == {
        ORDINARY: [days.place(1)],
        INVESTIGATION: [days.place(0), days.place(2), days.place(3)],
    }


def test_what_an_index_says_to_everybody_tells_nothing_of_investigations(days):
    days.record(investigated(OWN), investigated(OTHER), asked(OWN))
    days.indexed()
    (said,) = statements(days)

    assert said.keys() == {"number", "day", "before", "covers", ORDINARY, INVESTIGATION}
    assert said[INVESTIGATION].keys() == {"root", "depth"}
    assert (said[ORDINARY]["enterprises"], said[ORDINARY]["entries"]) == (1, 1)


def test_no_day_is_indexed_before_it_is_over_or_before_the_log_has_come_to_its_end(days):
    days.record(asked(OWN))
    days.site.integrate()
    assert days.index.next(days.site.clock) is None

    days.end_of(DAY)
    days.record(asked(OTHER))
    assert days.index.next(days.site.clock) is None

    days.site.integrate()
    assert days.index.next(days.site.clock).day == DAY
    assert days.index.next(days.site.clock) is None


def test_every_day_has_an_index_also_one_without_a_call(days):
    days.record(asked(OWN))
    days.record(asked(OWN), day=DAY + 3 * ONE)
    days.indexed(DAY + 3 * ONE)

    assert [each["day"] for each in statements(days)] == [f"2026-11-2{number}" for number in (4, 5, 6, 7)]
    found = days.proven(OWN, DAY, DAY + 3 * ONE)
    assert [len(found[DAY + number * ONE][ORDINARY]) for number in range(4)] == [1, 0, 0, 1]


def test_what_comes_late_for_its_day_is_named_in_the_next_index(days):
    days.record(asked(OWN))
    days.indexed()
    days.record(asked(OWN), writer="node-2.0")
    days.record(asked(OTHER), day=DAY + ONE)
    days.indexed(DAY + ONE)

    assert len(days.proven(OWN)[DAY][ORDINARY]) == 1
    assert days.proven(OWN, DAY + ONE)[DAY + ONE][ORDINARY] == [days.place(0, "node-2.0")]


def test_every_entry_lies_in_exactly_one_index(days):
    for day in range(3):
        days.record(asked(OWN), asked(OTHER), day=DAY + day * ONE)
        days.record(asked(OWN), day=DAY + day * ONE, writer="node-2.0")
        days.indexed(DAY + day * ONE)
    covered = [
        (each["writer"], number)
        for said in statements(days)
        for each in said["covers"]
        for number in range(each["first"], each["end"])
    ]

    assert len(covered) == len(set(covered))
    # The index of the last day is recorded the day after.
    ends = days.site.place.next_numbers()
    assert set(covered) == {(writer, number) for writer, end in ends.items() for number in range(end)} - {
        ("node-1.0", ends["node-1.0"] - 1)
    }


def test_a_released_case_is_named_on_the_day_of_its_release_and_from_then_on(days):
    days.record(investigated(OWN), investigated(OWN, case="X-2"), investigated(OTHER, agency="court-of-others"))
    days.indexed()
    days.record(investigated(OWN), release(), investigated(OWN), day=DAY + ONE)
    days.indexed(DAY + ONE)
    days.record(investigated(OWN), investigated(OWN, case="X-2"), day=DAY + 2 * ONE)
    days.indexed(DAY + 2 * ONE)
    found = days.proven(OWN, DAY, DAY + 2 * ONE, SIDES)

    assert found[DAY] == {ORDINARY: [], INVESTIGATION: [days.place(0), days.place(1)]}
    # Entry 3 is the index of the day before.
    assert found[DAY + ONE] == {ORDINARY: [days.place(0), days.place(4), days.place(6)], INVESTIGATION: []}
    assert found[DAY + 2 * ONE] == {ORDINARY: [days.place(8)], INVESTIGATION: [days.place(9)]}
    assert days.proven(OTHER, DAY + ONE)[DAY + ONE][ORDINARY] == []


def test_a_released_entry_is_marked_and_those_of_the_day_itself_are_not(days):
    days.record(investigated(OWN))
    days.indexed()
    days.record(investigated(OWN), release(), day=DAY + ONE)
    days.indexed(DAY + ONE)
    (leaf,) = days.days.whole(1, ORDINARY).leaves

    # Entry 1 is the index of the day before.
    assert json.loads(leaf[2])["entries"] == [
        {"at": "2026-11-24T04:00:00.000000Z", "index": days.place(0), "log": "2026", "released": True},
        {"at": "2026-11-25T04:00:02.000000Z", "index": days.place(2), "log": "2026"},
    ]


def test_what_the_agency_asked_otherwise_in_a_case_of_the_same_number_is_not_released(days):
    days.record(asked(OWN, agency="public-security", case="X-1"), investigated(OWN))
    days.indexed()
    days.record(release(), day=DAY + ONE)
    days.indexed(DAY + ONE)

    assert days.proven(OWN)[DAY][ORDINARY] == [days.place(0)]
    assert days.proven(OWN, DAY + ONE)[DAY + ONE][ORDINARY] == [days.place(1)]


def test_an_index_that_was_stored_and_not_recorded_is_recorded_as_it_was_stored(days):
    days.record(asked(OWN))
    days.end_of(DAY)
    stored = days.index.next(days.site.clock)
    with pytest.raises(StateError, match="has no index"):
        days.proven(OWN)
    again = Indexed(days.site, days.key_file)
    again.record_indexes(DAY + ONE)
    again.site.integrate()

    assert again.days.to_record() == []
    body = json.loads(again.queues.find("node-1.0", 1).body)
    assert body["day_index"] == json.loads(json.dumps(stored.statement))
    assert again.proven(OWN)[DAY][ORDINARY] == [again.place(0)]


def test_a_day_with_an_entry_that_was_changed_is_not_indexed(days):
    days.record(asked(OWN), asked(OTHER))
    days.end_of(DAY)
    engine = days.site.place.readers()["node-1.0"]
    change(
        engine, "UPDATE audit_entry SET salt = (SELECT salt FROM audit_entry WHERE number = 1) || salt WHERE number = 0"
    )

    with pytest.raises(LogDamagedError, match=r"node-1\.0', number 0"):
        days.index.next(days.site.clock)
    assert days.days.newest() is None


def test_a_day_without_an_index_is_said_to_have_none(days):
    with pytest.raises(StateError) as refused:
        days.prove.proof(OWN, DAY, DAY, SIDES)
    assert refused.value.metadata == {"object": "2026-11-24", "state": "OPEN", "wanted": "INDEXED"}


def test_a_day_ends_before_the_first_instant_of_the_next(days):
    midnight = NOON + timedelta(hours=12)
    record(days.site.place, asked(OWN), asked(OTHER), times=[midnight - timedelta(microseconds=1), midnight])
    days.indexed()

    assert days.proven(OWN)[DAY][ORDINARY] == [days.place(0)]
    assert days.proven(OTHER)[DAY][ORDINARY] == []


def test_a_second_of_lateness_is_waited_for(days):
    days.record(asked(OWN))
    days.end_of(DAY)
    days.site.clock.time -= timedelta(minutes=1, seconds=10)

    assert days.index.next(days.site.clock) is None
