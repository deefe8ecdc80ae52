"""What an answer about a registered cut-off looks at: what weighed then and still does (A-124)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from store_samples import RULES

from gateway.domain import timeline
from gateway.domain.cutoffs import at_cutoff
from gateway.domain.grades import GradeLetter
from gateway.domain.grounds import Ground
from gateway.domain.timeline import Standing, Timeline
from gateway.domain.vocabulary import Trigger

CUTOFF = datetime(2026, 6, 1, tzinfo=UTC)
CHANGE = datetime(2026, 6, 5, tzinfo=UTC)
NOW = datetime(2026, 6, 10, tzinfo=UTC)
NEXT = datetime(2026, 7, 1, tzinfo=UTC)
GRADE = timeline.empty(RULES).standings[0].grade


def ground(trigger, record_id="r-1", begins=datetime(2026, 1, 1, tzinfo=UTC), **more):
    return Ground(
        trigger=trigger,
        record_id=record_id,
        authority="示例局",
        document_number="1号",
        since=date(2026, 1, 1),
        effective_from=begins,
        effective_until=None,
        party_uscc="X",
        **more,
    )


def standing(*grounds, **more):
    return Standing(grounds, GRADE, **{"red_listed": False, **more})


def asked(then, present, following=None):
    instants, standings = (CHANGE,), (then, present)
    if following is not None:
        instants, standings = (*instants, NEXT), (*standings, following)
    return at_cutoff(Timeline(instants, standings), CUTOFF, NOW)


def told(then, present):
    found, _ = asked(then, present).at(CUTOFF)
    return [(each.trigger, each.record_id) for each in found.grounds]


LISTED = ground(Trigger.LISTING)


@pytest.mark.parametrize(
    ("then", "present", "weighs"),
    [
        ([LISTED], [LISTED], [(Trigger.LISTING, "r-1")]),
        ([LISTED], [], []),
        ([], [LISTED], []),
        ([LISTED], [ground(Trigger.LISTING, "r-2")], []),
        ([LISTED], [ground(Trigger.PUBLICATION)], []),
        ([ground(Trigger.GRADE_C)], [ground(Trigger.GRADE_B)], [(Trigger.GRADE_B, "r-1")]),
        ([ground(Trigger.GRADE_B)], [ground(Trigger.GRADE_C)], [(Trigger.GRADE_B, "r-1")]),
        ([ground(Trigger.GRADE_C)], [ground(Trigger.GRADE_C)], [(Trigger.GRADE_C, "r-1")]),
        ([ground(Trigger.GRADE_C)], [], []),
        ([], [ground(Trigger.GRADE_C)], []),
    ],
)
def test_only_what_weighed_then_and_weighs_now_weighs(then, present, weighs):
    assert told(standing(*then), standing(*present)) == weighs


def test_a_lighter_grade_of_now_weighs_at_the_moment_asked_about():
    lighter = ground(Trigger.GRADE_B, begins=CHANGE)
    found, _ = asked(standing(ground(Trigger.GRADE_C)), standing(lighter)).at(CUTOFF)
    assert found.grounds[0].holds_at(CUTOFF)


def test_what_weighs_is_told_as_it_was_then_and_as_disputed_as_it_is_now():
    resumed = replace(LISTED, effective_from=CHANGE, disputed=True)
    found, _ = asked(standing(LISTED), standing(resumed)).at(CUTOFF)
    assert found.grounds == (replace(LISTED, disputed=True),)


@pytest.mark.parametrize("name", ["red_listed"])
def test_no_incentive_is_given_on_what_is_over(name):
    found, _ = asked(standing(**{name: True}), standing(**{name: False})).at(CUTOFF)
    assert not getattr(found, name)


def test_who_is_back_in_business_is_not_told_as_out_of_it():
    ceased = date(2026, 5, 1)
    out, back = standing(ceased_on=ceased), standing()
    assert asked(out, back).at(CUTOFF)[0].ceased_on is None
    assert asked(out, standing(ceased_on=ceased)).at(CUTOFF)[0].ceased_on == ceased


def test_the_answer_changes_when_the_present_next_does():
    line = asked(standing(LISTED), standing(LISTED), standing())
    assert [line.at(moment) for moment in (CUTOFF, NOW)] == [line.at(CUTOFF)] * 2
    assert line.at(CUTOFF)[1] == NEXT
    assert asked(standing(), standing()).at(CUTOFF)[1] is None


@pytest.mark.parametrize(
    ("then", "present", "letter"),
    [
        ((Trigger.GRADE_C, GradeLetter.C), (Trigger.GRADE_B, GradeLetter.B), GradeLetter.B),
        ((Trigger.GRADE_B, GradeLetter.B), (Trigger.GRADE_C, GradeLetter.C), GradeLetter.B),
    ],
)
def test_the_grade_that_is_shown_is_the_one_that_weighs(then, present, letter):
    parts = [replace(standing(ground(trigger)), grade=replace(GRADE, letter=of)) for trigger, of in (then, present)]
    assert asked(*parts).at(CUTOFF)[0].grade.letter is letter
