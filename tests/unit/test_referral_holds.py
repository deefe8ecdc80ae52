"""Holds on a referral: placed by one person, released by two, and in force until then or their last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from referral_samples import FILE, NOW, facts

from formats.civil import civil_date
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    MalformedRequestError,
    SecondPersonRequiredError,
    StateError,
)
from gateway.domain.referral_holds import (
    HoldAct,
    HoldState,
    HoldStep,
    held_by,
    holds_of,
    releasing,
    require_placing,
)
from gateway.domain.referrals import ReferralEntry, referral_of
from gateway.domain.two_persons import Spoken

TODAY = civil_date(NOW)
DAY = timedelta(days=1)
CHEN, WANG = Spoken("chen", "officer-1", signed=False), Spoken("wang", "officer-2", signed=False)
PLACED = HoldAct(HoldStep.PLACING, "H-1", "保1号", "在审案件", CHEN)
WORD = HoldAct(HoldStep.RELEASE_ASKED, "H-1", "解1号", "判决生效", CHEN)


def case_of(*acts):
    contents = [facts(), FILE, *acts]
    return referral_of(
        [ReferralEntry("YS-1", each, "hrss", NOW + place * DAY, place=place) for place, each in enumerate(contents, 1)]
    )


def state(case, day=TODAY):
    (hold,) = holds_of(case)
    return hold.state(day)


def test_a_hold_is_in_force_until_two_persons_have_released_it():
    case = case_of(PLACED)
    assert state(case) is HoldState.IN_FORCE
    first = releasing(case, WORD, TODAY)
    asked = case_of(PLACED, first)
    assert (first.step, state(asked)) == (HoldStep.RELEASE_ASKED, HoldState.RELEASE_ASKED)
    assert held_by(asked, "order", TODAY) is not None, "one word releases nothing"
    second = releasing(asked, replace(WORD, by=WANG), TODAY)
    released = case_of(PLACED, first, second)
    assert (second.step, state(released)) == (HoldStep.RELEASE, HoldState.RELEASED)
    assert held_by(released, "order", TODAY) is None
    (hold,) = holds_of(released)
    assert (hold.placed_at, hold.released_at) == (NOW + 3 * DAY, NOW + 5 * DAY)


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (Spoken("", "officer-2", signed=False), "NO_HOLDER"),
        (CHEN, "SAME_PERSON"),
        (Spoken("wang", "OFFICER 1", signed=False), "SAME_PERSON"),
        (Spoken("Chen", "officer-2", signed=False), "SAME_PERSON"),
    ],
)
def test_the_second_word_is_another_persons(by, why):
    asked = case_of(PLACED, WORD)
    with pytest.raises(SecondPersonRequiredError) as refused:
        releasing(asked, replace(WORD, by=by), TODAY)
    assert refused.value.metadata["why"] == why


def test_the_first_word_is_somebodys_and_two_signed_officers_are_two_persons():
    with pytest.raises(SecondPersonRequiredError):
        releasing(case_of(PLACED), replace(WORD, by=Spoken("", "officer-1", signed=False)), TODAY)
    one, other = (Spoken("", name, signed=True) for name in ("officer-1", "officer-2"))
    first = releasing(case_of(PLACED), replace(WORD, by=one), TODAY)
    assert releasing(case_of(PLACED, first), replace(WORD, by=other), TODAY).step is HoldStep.RELEASE


def test_a_word_under_another_document_begins_anew():
    asked = case_of(PLACED, WORD)
    again = releasing(asked, replace(WORD, by=WANG, document_number="解2号"), TODAY)
    assert again.step is HoldStep.RELEASE_ASKED
    twice = case_of(PLACED, WORD, again)
    with pytest.raises(SecondPersonRequiredError):
        releasing(twice, again, TODAY)
    assert releasing(twice, replace(again, by=CHEN), TODAY).step is HoldStep.RELEASE


def test_a_hold_with_an_end_holds_on_its_last_day_and_no_longer():
    ends = case_of(replace(PLACED, until=TODAY))
    assert (state(ends), state(ends, TODAY + DAY)) == (HoldState.IN_FORCE, HoldState.ENDED)
    assert held_by(ends, "order", TODAY) is not None
    assert held_by(ends, "order", TODAY + DAY) is None
    with pytest.raises(StateError) as refused:
        releasing(ends, WORD, TODAY + DAY)
    assert (refused.value.metadata["state"], refused.value.metadata["why"]) == ("ENDED", "HOLDS_NO_MORE")
    assert state(case_of(PLACED), date.max) is HoldState.IN_FORCE


def test_a_hold_on_a_file_keeps_that_file_and_one_on_the_case_every_file():
    assert held_by(case_of(replace(PLACED, item_id="order")), "film", TODAY) is None
    assert held_by(case_of(replace(PLACED, item_id="order")), "order", TODAY) is not None
    assert held_by(case_of(PLACED), "film", TODAY) is not None
    assert held_by(case_of(), "order", TODAY) is None


def test_what_is_no_file_of_the_case_and_what_is_over_already_cannot_be_held():
    for changed, field in (({"item_id": "film"}, "item_id"), ({"until": TODAY - DAY}, "until")):
        with pytest.raises(MalformedRequestError) as refused:
            require_placing(case_of(), replace(PLACED, **changed), TODAY)
        assert refused.value.field == field
    require_placing(case_of(), replace(PLACED, item_id="order", until=TODAY), TODAY)


def test_an_id_of_a_hold_is_used_once_and_what_is_released_is_not_released_again():
    for case in (case_of(PLACED), case_of(PLACED, WORD, replace(WORD, by=WANG, step=HoldStep.RELEASE))):
        with pytest.raises(StateError, match="hold") as refused:
            require_placing(case, PLACED, TODAY)
        assert refused.value.metadata["why"] == "HOLD_ID_USED"
    with pytest.raises(StateError):
        releasing(case, WORD, TODAY)
    with pytest.raises(EnterpriseNotFoundError):
        releasing(case, replace(WORD, hold_id="H-2"), TODAY)


def test_holds_are_shown_to_nobody_as_a_step():
    case = case_of(PLACED)
    assert case.acts == ()
    assert case.stage == case_of().stage
