"""Joint meetings in every store: acts are only added, each once, and no answer to a deciding system rests on one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import policy, question
from listing_life import CALENDAR
from meeting_samples import AGENCIES, AGENDA, BANK, FINANCE, HRSS, MINUTES, POLICE, REPORT, STOP, agenda, minutes
from store_samples import act, code, fact, profile, submission

from gateway.domain.disclosure.sight import WHOLE
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    FieldNotInMandateError,
    MalformedRequestError,
    RequestIdReusedError,
    StateError,
)
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import DecisionPoint
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.rpc.answers import AnswerWriter
from gateway.services.check_eligibility import Asked, CheckEligibility, Item
from gateway.services.freshness import Freshness
from gateway.services.identify import NamedParty
from gateway.services.joint_meetings import JointMeetings, MeetingRequest
from gateway.storage import tables
from gateway.storage.content import ContentError
from gateway.storage.docket import SqlDocket
from gateway.storage.index import TimelineIndex
from gateway.storage.meeting_content import read_content, write_content
from gateway.storage.meetings import SqlMeetingStore

NOW = datetime(2026, 3, 6, 4, tzinfo=UTC)


class FixedClock:
    def __init__(self, now=NOW):
        self.present = now

    def now(self):
        return self.present

    def boot_seconds(self):
        return 1000.0


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def meetings(engine, clock):
    return JointMeetings(SqlMeetingStore(engine), AGENCIES, clock, "w", CALENDAR)


def wrote(meetings, content, *, by=HRSS, replaces=0, request_id=""):
    identity = request_id or f"{type(content).__name__}/{getattr(content, 'step_id', '')}/{replaces}"
    return meetings._write(by, MeetingRequest(identity, str(content), "M", content, replaces))


def whole(meetings):
    wrote(meetings, AGENDA)
    wrote(meetings, MINUTES)
    return wrote(meetings, REPORT, by=FINANCE)


def read(meetings, by=HRSS, known_at=None):
    return asyncio.run(meetings.read(by, "M", known_at))


def test_a_meeting_is_read_as_it_was_written(meetings):
    written = whole(meetings)
    seen, acts = read(meetings)
    assert seen == written.meeting
    assert (seen.agenda, seen.minutes, seen.reports) == (AGENDA, MINUTES, (REPORT,))
    assert [(each.kind.value, each.agency, each.recorded_at) for each in acts] == [
        ("AGENDA", "hrss", NOW),
        ("MINUTES", "hrss", NOW),
        ("STEP_REPORT", "finance", NOW),
    ]


def test_the_same_again_changes_nothing_and_other_content_under_the_same_id_is_refused(meetings):
    first = wrote(meetings, AGENDA)
    whole(meetings)
    assert wrote(meetings, AGENDA) == first
    with pytest.raises(RequestIdReusedError):
        wrote(meetings, agenda(number="另"))
    with pytest.raises(RequestIdReusedError):
        wrote(meetings, REPORT, by=POLICE)
    assert len(read(meetings)[1]) == 3


def test_a_correction_takes_the_place_of_the_version_that_it_names_and_history_stays(meetings, clock):
    whole(meetings)
    clock.present = NOW + timedelta(hours=1)
    assert wrote(meetings, agenda(number="更正"), replaces=1).version == 2
    assert read(meetings)[0].agenda.number == "更正"
    before, acts = read(meetings, known_at=NOW)
    assert (before.agenda, len(acts)) == (AGENDA, 3)
    with pytest.raises(EnterpriseNotFoundError):
        read(meetings, known_at=NOW - timedelta(seconds=1))


@pytest.mark.parametrize("replaces", [0, 2])
def test_of_two_who_correct_at_once_one_is_refused(meetings, replaces):
    whole(meetings)
    with pytest.raises(StateError) as caught:
        wrote(meetings, minutes(document_number="更正"), replaces=replaces, request_id="other")
    assert caught.value.metadata["why"] == "NOT_THE_NEWEST_VERSION"
    assert caught.value.metadata["state"] == "MINUTES+VERSION_1"
    assert len(read(meetings)[1]) == 3


def test_a_clock_that_runs_behind_puts_no_act_before_its_predecessor(meetings, clock):
    wrote(meetings, AGENDA)
    clock.present = NOW - timedelta(hours=1)
    wrote(meetings, replace(MINUTES, delivered_on=date(2026, 3, 3)))
    assert [each.recorded_at for each in read(meetings)[1]] == [NOW, NOW]


def test_a_step_is_reported_by_the_agency_that_it_is_assigned_to_and_by_no_other(meetings):
    wrote(meetings, AGENDA)
    wrote(meetings, MINUTES)
    with pytest.raises(FieldNotInMandateError):
        wrote(meetings, REPORT, by=HRSS)
    for other in (BANK, POLICE):
        with pytest.raises(EnterpriseNotFoundError):
            wrote(meetings, REPORT, by=other)
    assert wrote(meetings, REPORT, by=FINANCE).version == 1


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 3, 1)])
def test_a_step_is_done_neither_before_its_meeting_nor_after_today(meetings, day):
    wrote(meetings, AGENDA)
    wrote(meetings, MINUTES)
    with pytest.raises(MalformedRequestError) as caught:
        wrote(meetings, replace(REPORT, done_on=day), by=FINANCE)
    assert caught.value.field == "done_on"


def test_minutes_that_lie_ahead_or_have_no_meeting_are_refused(meetings):
    with pytest.raises(EnterpriseNotFoundError):
        wrote(meetings, MINUTES)
    wrote(meetings, AGENDA)
    with pytest.raises(MalformedRequestError) as caught:
        wrote(meetings, minutes(delivered_on=date(2026, 3, 7)))
    assert caught.value.field == "minutes.delivered_on"


def test_a_corrected_agenda_must_still_fit_the_minutes(meetings):
    whole(meetings)
    hidden = replace(AGENDA.items[0], shown_to=("bank",))
    with pytest.raises(MalformedRequestError) as caught:
        wrote(meetings, agenda(items=(hidden, AGENDA.items[1])), replaces=1)
    assert caught.value.field == "minutes.steps[0].agency"
    with pytest.raises(MalformedRequestError) as caught:
        wrote(meetings, minutes(steps=()), replaces=1)
    assert caught.value.field == "minutes.steps"


def test_a_code_that_fails_its_standard_must_be_known_to_the_register(meetings, store):
    odd = replace(AGENDA.items[0], enterprises=("914203000000000000",))
    request = MeetingRequest("r", "d", "M", agenda(items=(odd,)), 0, ("914203000000000000",))
    with pytest.raises(MalformedRequestError):
        meetings._write(HRSS, request)
    store.submit(submission("p", replace(profile(1), uscc="914203000000000000")))
    assert meetings._write(HRSS, request).version == 1


def test_members_list_the_meetings_that_concern_them_and_their_own_steps(meetings):
    whole(meetings)
    assert [each.meeting_id for each in asyncio.run(meetings.listed(HRSS, ""))] == ["M"]
    assert asyncio.run(meetings.listed(HRSS, code(2)))
    assert asyncio.run(meetings.listed(FINANCE, code(1)))
    assert not asyncio.run(meetings.listed(FINANCE, code(2))), "that item is not shown to it"
    ((_, step, found),) = asyncio.run(meetings.own_steps(FINANCE, NOW))
    assert (step, found.object_id) == (STOP, "M/stop")
    assert not asyncio.run(meetings.own_steps(HRSS, NOW))


def test_the_docket_has_every_meeting(meetings, engine):
    written = whole(meetings)
    assert SqlDocket(engine).proceedings().meetings == (written.meeting,)


@pytest.mark.parametrize("content", [AGENDA, MINUTES, REPORT])
def test_what_is_stored_is_read_back_and_what_is_not_understood_is_never_skipped(content):
    kind = {"Agenda": "AGENDA", "Minutes": "MINUTES", "StepReport": "STEP_REPORT"}[type(content).__name__]
    text = write_content(content)
    assert read_content(kind, text) == content
    for wrong in (text[:-1] + ',"x":1}', "{}", "[]", text.replace("2026-03-0", "2026-13-0"), "no JSON"):
        with pytest.raises(ContentError):
            read_content(kind, wrong)
    with pytest.raises(ContentError):
        read_content("OTHER", text)


def party(number):
    return NamedParty(code(number), "", RelationKind.SELF, conforming=True, field="enterprise")


def answers(history, clock):
    """Return what deciding systems are answered about three enterprises at every point, as bytes."""
    rules = policy()
    index = TimelineIndex(history, rules.grade_rules, clock)
    index.load()
    freshness = Freshness(
        replica_lag=timedelta(seconds=1),
        clock_skew=timedelta(days=36_500),  # the clock here stands still, the server's does not
        answer_validity=timedelta(hours=4),
        reach_wait=timedelta(seconds=1),
        feeds={"wage_list": timedelta(hours=30)},
    )
    check = CheckEligibility(index, history, rules, freshness)
    writer = AnswerWriter(rules, "0" * 64)
    items = [
        Item(question(point, explain=True, application_date=date(2026, 3, 1)), (party(number),))
        for point in DecisionPoint
        for number in (1, 2, 3)
    ]
    decisions, basis = asyncio.run(check(Asked(NOW, NOW, None, preview=False, at_least_as_fresh=0), items))
    sent = [writer.decision(each, NOW, 100, WHOLE).SerializeToString(deterministic=True) for each in decisions]
    return [*sent, writer.basis(basis).SerializeToString(deterministic=True)]


def test_a_meeting_changes_no_byte_of_any_answer(store, history, meetings, clock):
    listed = (act(1, on=date(2026, 2, 2)), act(1, Kind.DELIVERY, date(2026, 2, 4)))
    store.submit(submission("a", profile(1), profile(2), *listed, fact(2, "publication")))
    without = answers(history, clock)
    whole(meetings)
    assert answers(history, clock) == without
    store.submit(submission("b", fact(3, "arrears", found_on=date(2026, 3, 1))))
    assert answers(history, clock) != without, "or this test could not fail"


def test_an_act_owes_an_entry_until_it_is_marked(meetings, store, engine):
    wrote(meetings, AGENDA)
    assert store.unrecorded("w") == [("Agenda//0", 0, 0)]
    meetings.mark_recorded("Agenda//0", 0, 7)
    assert store.unrecorded("w") == []
    with engine.connect() as connection:
        assert connection.execute(tables.meeting_act.select()).one().number == 1
