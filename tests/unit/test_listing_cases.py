"""What a list of cases says of each: on whom something weighs by what was told, and what is not yet acknowledged."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from case_samples import CLOSING, KEY, NOW, TERMS, applicant, terms
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import case_pb2 as pb
from store_samples import code

from formats.calendar import Deadline
from gateway.domain.agencies import Agency, Role
from gateway.domain.case_events import CaseEvent, CaseEventKind, Weighing
from gateway.domain.cases import Case
from gateway.domain.errors import AreaNotInMandateError
from gateway.domain.vocabulary import Area
from gateway.rpc.case_lists import PAGE, CaseListsServicer
from gateway.rpc.method import Call
from gateway.services.list_cases import MOST_WEIGHED, ListCases
from gateway.services.ports.cases import CaseInHand, WantedCases

CASE = Case(KEY, 1, TERMS, NOW, None, None)
LISTED, GRADED = Weighing(code(1), "A-30/LISTING", "L-1"), Weighing(code(1), "A-30/GRADE", "G-1")
WANTED = WantedCases("bidding", frozenset({Area.BIDDING}), closed_too=False, before=0)


class NextDay:
    """A calendar in which every day is worked."""

    def add_working_days(self, day, days):
        return Deadline(day + timedelta(days=days), provisional=False, calendar_version="every-day")


class Kept:
    """Cases that are there, and what was asked for."""

    def __init__(self, *found):
        self.found, self.asked = list(found), []

    def page(self, wanted, size):
        self.asked.append((wanted, size))
        return [each for each in self.found if not wanted.before or each.number < wanted.before][:size]


class Clock:
    def __init__(self, at=NOW):
        self.at = at

    def now(self):
        return self.at


def event(sequence, weighing=LISTED, of=0, seen_at=NOW, acknowledged_at=None):
    kind = CaseEventKind.ENDED if of else CaseEventKind.BEGAN
    return CaseEvent(KEY, sequence, kind, weighing, 3, seen_at, of, acknowledged_at)


def listed(*events, case=CASE, at=NOW):
    (found,) = page(CaseInHand(1, case, events), at=at).listed
    return found


def page(*cases, size=10, before=0, at=NOW, most=MOST_WEIGHED):
    use = ListCases(Kept(*cases), Clock(at), NextDay(), most)
    return asyncio.run(use(replace(WANTED, before=before), size))


def test_what_began_and_did_not_end_weighs():
    found = listed(event(1), event(2, GRADED), event(3, LISTED, 1), event(4, LISTED._replace(uscc=code(3))))

    assert found.weighing == tuple(sorted([(code(1), (2,)), (code(3), (4,))]))
    assert found.last.sequence == 4


def test_of_whoever_left_and_of_a_closed_case_nothing_more_is_told():
    without = replace(CASE, terms=terms(applicants=(applicant(2, 3),)))
    closed = replace(CASE, closing=CLOSING, closed_at=NOW)

    assert listed(event(1), case=without).weighing == ()
    assert listed(event(1), case=closed).weighing == ()
    assert listed(event(1), case=closed).unacknowledged == 1, "what was told is still owed"


def test_the_oldest_event_that_is_not_acknowledged_says_until_when_and_that_day_is_not_late():
    early = NOW - timedelta(days=3)
    found = listed(event(1, seen_at=early, acknowledged_at=NOW), event(2, GRADED, seen_at=NOW))

    assert (found.unacknowledged, found.due.due, found.overdue) == (1, date(2026, 6, 11), False)
    assert not listed(event(1), at=NOW + timedelta(days=1)).overdue
    assert listed(event(1), at=NOW + timedelta(days=2)).overdue


def test_where_nothing_was_told_or_everything_is_acknowledged_nothing_is_owed():
    for found in (listed(), listed(event(1, acknowledged_at=NOW))):
        assert (found.unacknowledged, found.due, found.overdue) == (0, None, False)
    assert listed().last is None


def test_a_page_says_where_the_next_begins_and_the_last_that_there_is_none():
    three = [CaseInHand(number, CASE, ()) for number in (9, 5, 2)]

    assert (len(page(*three, size=2).listed), page(*three, size=2).before) == (2, 5)
    assert (len(page(*three, size=2, before=5).listed), page(*three, size=2, before=5).before) == (1, 0)
    assert page(*three, size=3).before == 0
    assert page().listed == ()


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8), st.integers(1, 8))
def test_a_page_ends_early_before_its_entry_has_too_many_lines_and_no_case_is_left_out(weighed, size):
    cases = [
        CaseInHand(len(weighed) - place, replace(CASE, terms=_with(count)), _events(count))
        for place, count in enumerate(weighed)
    ]
    seen, before, pages = [], 0, 0
    while before or not pages:
        found = page(*cases, size=size, before=before, most=4)
        seen += [len(each.weighing) for each in found.listed]
        assert sum(len(each.weighing) for each in found.listed) <= 4
        before, pages = found.before, pages + 1
    assert seen == weighed


def _with(count):
    return terms(applicants=tuple(applicant(number) for number in range(1, count + 1)))


def _events(count):
    return tuple(event(number, LISTED._replace(uscc=code(number))) for number in range(1, count + 1))


def asked(areas=(Area.BIDDING, Area.FUNDING), **parts):
    """Call the method; return what the store was asked for, and what is told to the record."""
    kept = Kept()
    agency = Agency(
        agency_id="bidding",
        name_zh="a",
        name_en="a",
        role=Role.ASKING_SYSTEM,
        territory="420300",
        areas=frozenset(areas),
    )
    call = Call(None, agency, NOW)
    servicer = CaseListsServicer(ListCases(kept, Clock(), NextDay()))
    asyncio.run(servicer.list_cases(pb.ListCasesRequest(**{"officer": "o", **parts}), call))
    ((wanted, size),) = kept.asked
    return wanted, size, call.told


def test_without_an_area_it_is_those_of_the_mandate_and_no_other():
    wanted, size, told = asked()

    assert (wanted.agency, wanted.areas, size) == ("bidding", {Area.BIDDING, Area.FUNDING}, PAGE + 1)
    assert told == {"officer": "o"}
    assert asked(area=int(Area.BIDDING))[0].areas == {Area.BIDDING}
    with pytest.raises(AreaNotInMandateError):
        asked(area=int(Area.PROCUREMENT))
