"""Events of cases in every store: each agency's own, told once whoever looks, acknowledged once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from case_samples import CLOSING, KEY, NOW, TERMS, applicant, terms
from store_samples import code, submission

from gateway.domain.case_events import CaseEventKind, Weighing
from gateway.domain.cases import case_of
from gateway.domain.errors import RequestIdReusedError
from gateway.storage.case_events import SqlCaseEventStore
from gateway.storage.cases import SqlCaseStore
from gateway.storage.docket import SqlDocket

LISTED = Weighing(code(1), "A-30/LISTING", "L-1")
MEMBER = Weighing(code(3), "A-30/LISTING", "L-3")
THEIRS = replace(KEY, agency="finance")


@pytest.fixture
def cases(engine):
    return SqlCaseStore(engine)


@pytest.fixture
def events(engine):
    return SqlCaseEventStore(engine)


def sent(request_id, agency="bidding"):
    return submission(request_id, agency=agency, feed="", writer="w", committed_at=NOW)


def opened(cases, key=KEY, content=TERMS, request_id=""):
    wanted = sent(request_id or f"{key.agency}-{key.part}-{key.case_ref}", key.agency)
    return case_of(cases.record(wanted, key, lambda _: content)[1])


def tell(events, case, *present, revision=3, now=NOW):
    return events.tell(case, set(present), revision, now)


def test_whoever_saw_less_than_was_told_tells_nothing(cases, events):
    case = opened(cases)
    began = tell(events, case, LISTED, revision=7)

    assert tell(events, case, revision=6) == []
    assert events.after("bidding", 0, 10) == began
    assert [each.kind for each in tell(events, case, revision=7)] == [CaseEventKind.ENDED]


def test_what_is_told_is_read_in_order_and_only_by_its_agency(cases, events):
    case, theirs = opened(cases), opened(cases, THEIRS)
    first = tell(events, case, LISTED)
    tell(events, theirs, LISTED, MEMBER)
    second = tell(events, case, MEMBER, revision=4, now=NOW + timedelta(hours=1))
    found = events.after("bidding", 0, 10)
    assert found == [*first, *second]
    assert [(each.sequence, each.kind, each.weighing, each.of_sequence) for each in found] == [
        (1, CaseEventKind.BEGAN, LISTED, 0),
        (2, CaseEventKind.ENDED, LISTED, 1),
        (3, CaseEventKind.BEGAN, MEMBER, 0),
    ]
    assert [each.sequence for each in events.after("finance", 0, 10)] == [1, 2], "numbers tell nothing of others' cases"
    assert events.after("bidding", 1, 1) == second[:1]
    assert (found[0].key, found[0].revision, found[2].revision) == (KEY, 3, 4)


def test_looking_again_tells_nothing_twice_and_numbers_run_over_all_cases_of_an_agency(cases, events):
    case, other = opened(cases), opened(cases, replace(KEY, part="2"))
    assert len(tell(events, case, LISTED)) == 1
    assert tell(events, case, LISTED) == []
    assert [each.sequence for each in tell(events, other, LISTED)] == [2]


def test_of_many_who_see_the_same_at_once_one_tells_it(cases, events):
    case, start, added = opened(cases), threading.Barrier(4), []

    def look():
        start.wait()
        added.extend(tell(events, case, LISTED))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(added) == len(events.after("bidding", 0, 10)) == 1


def test_nothing_is_told_of_a_case_that_is_closed_or_amended_meanwhile(cases, events):
    case = opened(cases)
    cases.record(sent("a"), KEY, lambda _: terms(applicants=(applicant(1),), reason="更正"))
    assert tell(events, case, LISTED) == []
    amended = case_of(cases.acts(KEY))
    cases.record(sent("c"), KEY, lambda _: CLOSING)
    assert tell(events, amended, LISTED) == []


def test_open_cases_are_found_and_another_act_is_seen(cases, events):
    assert (events.newest_act(), events.open_cases()) == (0, [])
    case, theirs = opened(cases), opened(cases, THEIRS)
    assert {each.key: each for each in events.open_cases()} == {KEY: case, THEIRS: theirs}
    before = events.newest_act()
    cases.record(sent("c"), KEY, lambda _: CLOSING)
    assert events.newest_act() > before
    assert [each.key for each in events.open_cases()] == [THEIRS]


def test_an_event_is_acknowledged_once_and_by_its_agency_alone(cases, events, store):
    tell(events, opened(cases), LISTED)
    assert [each.sequence for each in events.unacknowledged()] == [1]
    assert events.acknowledge(sent("f", "finance"), 1) is None
    assert events.acknowledge(sent("x"), 2) is None
    assert len(events.unacknowledged()) == 1
    assert events.acknowledge(sent("k"), 1) == (0, NOW)
    later = replace(sent("l"), committed_at=NOW + timedelta(hours=1))
    assert events.acknowledge(later, 1) == events.acknowledge(sent("k"), 1) == (0, NOW)
    with pytest.raises(RequestIdReusedError):
        events.acknowledge(replace(sent("k"), digest="other"), 1)
    assert events.unacknowledged() == []
    assert events.after("bidding", 0, 1)[0].acknowledged_at == NOW
    assert "k" in [each[0] for each in store.unrecorded("w")]
    assert "l" not in [each[0] for each in store.unrecorded("w")], "it changed nothing, and owes no entry"


def test_what_is_owed_is_counted_by_when_it_was_seen_and_not_once_it_is_acknowledged(cases, events):
    assert events.count_unacknowledged(NOW) == (0, None, 0)
    later = NOW + timedelta(hours=1)
    tell(events, opened(cases), LISTED)
    tell(events, opened(cases, THEIRS), LISTED, now=later)
    assert events.count_unacknowledged(NOW) == (2, NOW, 0)
    assert events.count_unacknowledged(later) == (2, NOW, 1)
    assert events.count_unacknowledged(later + timedelta.resolution) == (2, NOW, 2)
    events.acknowledge(sent("k"), 1)
    assert events.count_unacknowledged(later + timedelta.resolution) == (1, later, 1)


def test_the_docket_has_what_no_agency_has_acknowledged(cases, events, engine):
    tell(events, opened(cases), LISTED, MEMBER)
    events.acknowledge(sent("k"), 1)
    assert list(SqlDocket(engine).proceedings().owed_events) == events.unacknowledged() != []


def test_a_clock_behind_anothers_puts_no_event_before_its_predecessor(cases, events):
    case = opened(cases)
    tell(events, case, LISTED)
    assert tell(events, case, now=NOW - timedelta(hours=1))[0].seen_at == NOW
