"""A joint meeting: what must fit together in one, who sees what of it, and by when its steps must be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from listing_life import CALENDAR
from meeting_samples import (
    AGENCIES,
    AGENDA,
    AUDIT,
    BANK,
    CHECK,
    FINANCE,
    FUNDS,
    HAND_OVER,
    HOUSING,
    HRSS,
    MEETING,
    MINUTES,
    POLICE,
    REPORT,
    STOP,
    TELL,
    acted,
    agency,
    agenda,
    minutes,
)
from store_samples import code

from formats.civil import midnight
from gateway.domain.agencies import Role
from gateway.domain.clocks import Colour
from gateway.domain.meeting_clocks import STEP_CLOCK, clocks_of_meeting, state_of, step_clock
from gateway.domain.meeting_disclosure import MEMBER_ROLES, members_among, seen_by, told_of_referrals
from gateway.domain.meetings import (
    MeetingActKind,
    MeetingStepState,
    Resolution,
    agenda_faults,
    correction_faults,
    meeting_of,
    minutes_faults,
    version_of,
)

MEMBERS, JUSTICE = members_among(AGENCIES), told_of_referrals(AGENCIES)


def on(day):
    return midnight(day) + timedelta(hours=12)


def clock(step, day, meeting=MEETING):
    return step_clock(meeting, step, on(day), CALENDAR)


def test_a_sound_meeting_has_no_fault():
    assert list(agenda_faults(AGENDA, MEMBERS, JUSTICE)) == []
    assert list(minutes_faults(AGENDA, MINUTES)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"members": ("hrss", "finance", "bank", "police", "nobody")}, "members[4]"),
        ({"members": ("hrss", "finance", "bank", "police", "audit")}, "members[4]"),
        ({"members": ("hrss", "finance", "bank", "police", "hrss")}, "members[4]"),
        ({"items": (FUNDS, replace(HAND_OVER, item_id="funds"))}, "items[1].item_id"),
        ({"items": (replace(FUNDS, proposed_by="housing"),)}, "items[0].proposed_by"),
        ({"items": (replace(FUNDS, shown_to=("finance", "housing")),)}, "items[0].shown_to[1]"),
        ({"items": (replace(FUNDS, shown_to=("finance", "finance")),)}, "items[0].shown_to[1]"),
        ({"items": (replace(FUNDS, enterprises=(code(1), code(1))),)}, "items[0].enterprises[1]"),
        ({"items": (replace(HAND_OVER, shown_to=("police", "bank")),)}, "items[0].shown_to[1]"),
        ({"items": (replace(HAND_OVER, proposed_by="finance"),)}, "items[0].proposed_by"),
    ],
)
def test_an_agenda_that_does_not_fit_names_the_field(changes, field):
    assert [fault.field for fault in agenda_faults(agenda(**changes), MEMBERS, JUSTICE)] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delivered_on": date(2026, 3, 1)}, "delivered_on"),
        ({"attended": ("hrss", "housing")}, "attended[1]"),
        ({"attended": ("hrss", "hrss")}, "attended[1]"),
        ({"resolutions": (Resolution("other", "x"),)}, "resolutions[0].item_id"),
        ({"resolutions": (Resolution("funds", "x"), Resolution("funds", "y"))}, "resolutions[1].item_id"),
        ({"steps": (replace(STOP, item_id="other"),)}, "steps[0].item_id"),
        ({"steps": (STOP, replace(TELL, step_id="stop"))}, "steps[1].step_id"),
        ({"steps": (replace(STOP, agency="police"),)}, "steps[0].agency"),
        ({"steps": (replace(STOP, agency="housing"),)}, "steps[0].agency"),
        ({"steps": (replace(TELL, due_on=date(2026, 3, 2)),)}, "steps[0].due_on"),
    ],
)
def test_minutes_that_do_not_fit_name_the_field(changes, field):
    assert [fault.field for fault in minutes_faults(AGENDA, minutes(**changes))] == [field]


def test_a_step_that_is_reported_stays_with_who_reported_it():
    acts = [acted(AGENDA), acted(MINUTES), acted(REPORT, "finance")]
    assert list(correction_faults(MINUTES, acts)) == []
    assert list(correction_faults(minutes(steps=(TELL,)), acts))
    assert list(correction_faults(minutes(steps=(replace(STOP, agency="bank"), TELL)), acts))
    assert list(correction_faults(minutes(steps=(STOP,)), acts)) == []


def test_the_last_act_of_each_kind_and_step_counts_and_is_numbered():
    other = replace(REPORT, text="更正")
    acts = [
        acted(AGENDA),
        acted(MINUTES),
        acted(REPORT, "finance"),
        acted(agenda(number="改")),
        acted(other, "finance"),
    ]
    meeting = meeting_of(acts)
    assert (meeting.agenda.number, meeting.minutes, meeting.reports) == ("改", MINUTES, (other,))
    assert meeting_of(acts[:3]) == MEETING
    assert meeting_of([]) is None
    assert version_of(acts, MeetingActKind.AGENDA) == 2
    assert version_of(acts, MeetingActKind.STEP_REPORT, "stop") == 2
    assert version_of(acts, MeetingActKind.STEP_REPORT, "tell") == 0


def test_who_convenes_sees_all_and_who_is_no_member_sees_nothing():
    assert seen_by(MEETING, HRSS) == MEETING
    assert seen_by(MEETING, HOUSING) is None
    assert seen_by(MEETING, agency("market", Role.PRODUCER, "whole_record")) is None


def test_a_member_sees_the_items_that_concern_it_what_was_agreed_on_them_and_its_own_steps():
    seen = seen_by(MEETING, FINANCE)
    assert seen.agenda.items == (FUNDS,)
    assert seen.agenda.members == ("hrss", "finance", "bank")
    assert seen.minutes.attended == ("hrss", "finance")
    assert seen.minutes.resolutions == (Resolution("funds", "停止拨付"),)
    assert (seen.minutes.steps, seen.reports) == ((STOP,), (REPORT,))
    of_bank = seen_by(MEETING, BANK)
    assert (of_bank.minutes.steps, of_bank.reports) == ((TELL,), ())


def test_a_referral_is_seen_by_criminal_justice_and_nobody_else_whatever_the_item_says():
    """T-60."""
    assert seen_by(MEETING, POLICE).agenda.items == (HAND_OVER,)
    assert seen_by(MEETING, POLICE).minutes.steps == (CHECK,)
    stored = replace(MEETING, agenda=agenda(items=(FUNDS, replace(HAND_OVER, shown_to=("police", "finance", "bank")))))
    for deciding in (FINANCE, BANK):
        assert "hand-over" not in str(seen_by(stored, deciding))
        assert "police" not in str(seen_by(stored, deciding))
    in_another_role = agency("police", Role.ASKING_SYSTEM)
    assert "hand-over" not in str(seen_by(MEETING, in_another_role))


def test_a_member_whom_no_item_concerns_learns_only_that_it_was_called():
    seen = seen_by(replace(MEETING, agenda=agenda(items=(HAND_OVER,))), FINANCE)
    assert (seen.agenda.items, seen.agenda.members, seen.minutes.steps) == ((), ("finance",), ())


@pytest.mark.parametrize("role", Role)
def test_every_role_can_be_a_members_but_those_that_decide_nothing_and_attend_nothing(role):
    assert (role in MEMBER_ROLES) == (role.value not in {"auditor", "operator", "connector", "portal", "subject"})


def test_a_step_ends_on_its_day_or_so_many_working_days_after_the_delivery_of_the_minutes():
    """The minutes were delivered on a Tuesday; the five working days after it end on the next."""
    open_meeting = replace(MEETING, reports=())
    assert clock(STOP, date(2026, 3, 4)).deadline.due_on == date(2026, 3, 10)
    assert clock(TELL, date(2026, 3, 4)).deadline.due_on == date(2026, 3, 31)
    assert clock(STOP, date(2026, 3, 10), open_meeting).colour is Colour.YELLOW
    assert clock(STOP, date(2026, 3, 11), open_meeting).colour is Colour.RED
    assert clock(TELL, date(2026, 3, 31)).colour is Colour.YELLOW
    assert clock(TELL, date(2026, 4, 1)).colour is Colour.RED


@pytest.mark.parametrize(("day", "colour"), [("2026-03-10", "DONE_IN_TIME"), ("2026-03-11", "DONE_LATE")])
def test_a_report_of_the_last_day_is_in_time_and_one_of_the_next_is_late(day, colour):
    reported = replace(MEETING, reports=(replace(REPORT, done_on=date.fromisoformat(day)),))
    found = clock(STOP, date(2026, 6, 1), reported)
    assert (found.colour.name, state_of(found)) == (colour, MeetingStepState.DONE)


def test_the_state_of_a_step_follows_from_its_clock():
    assert state_of(clock(TELL, date(2026, 3, 4))) is MeetingStepState.OPEN
    assert state_of(clock(TELL, date(2026, 4, 1))) is MeetingStepState.OVERDUE


def test_the_clocks_of_a_meeting_name_step_agency_authority_and_the_one_enterprise():
    found = {each.object_id: each for each in clocks_of_meeting(MEETING, on(date(2026, 3, 4)), CALENDAR)}
    assert {key: (each.agency, each.uscc) for key, each in found.items()} == {
        "M/stop": ("finance", code(1)),
        "M/tell": ("bank", code(1)),
        "M/check": ("police", code(2)),
    }
    assert {(each.rule.clock_id, each.rule.source, each.authority) for each in found.values()} == {
        (STEP_CLOCK, "联席纪要〔2026〕3号", "示例市人力资源和社会保障局")
    }
    several = replace(MEETING, agenda=agenda(items=(replace(FUNDS, enterprises=(code(1), code(2))), HAND_OVER)))
    assert clock(STOP, date(2026, 3, 4), several).uscc == ""


def test_before_there_are_minutes_nobody_has_anything_to_do():
    called = replace(MEETING, minutes=None, reports=())
    assert clocks_of_meeting(called, on(date(2026, 3, 4)), CALENDAR) == ()
    with pytest.raises(ValueError, match="no minutes"):
        clock(STOP, date(2026, 3, 4), called)


def test_the_auditor_is_no_member_and_hrss_may_be_told_of_referrals():
    assert AUDIT.agency_id not in MEMBERS
    assert {"hrss", "police"} == JUSTICE
