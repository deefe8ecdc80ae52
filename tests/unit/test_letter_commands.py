"""Which letter is due: named beside the clock that waits for it, and beside the case in which its step is open."""

from __future__ import annotations

import pytest
from jointsanctions.v1 import clock_pb2
from jointsanctions.v1 import referral_pb2 as pb

from gateway.cli import clocks
from gateway.cli.letter_commands import ENDED_BY, OPENED_BY, commands_for
from gateway.cli.referral_letter import LETTERS
from gateway.domain.clock_list import CLOCKS


def shown(capsys, clock_id, colour):
    clocks._show(clock_pb2.Clock(clock_id=clock_id, object_id="YS-1", colour=colour, started_on="2026-11-02"))
    return capsys.readouterr().out


@pytest.mark.parametrize("colour", [clock_pb2.COLOUR_GREEN, clock_pb2.COLOUR_YELLOW, clock_pb2.COLOUR_RED])
def test_a_running_clock_names_the_letters_that_it_waits_for(capsys, colour):
    said = shown(capsys, "T-30/contest", colour)
    assert "jsg referral letter YS-1 reconsideration --out reconsideration.docx" in said
    assert "jsg referral letter YS-1 supervision --out supervision.docx" in said
    assert "letter" not in shown(capsys, "T-27/decide", colour)


@pytest.mark.parametrize("colour", [clock_pb2.COLOUR_OVER, clock_pb2.COLOUR_DONE_IN_TIME, clock_pb2.COLOUR_DONE_LATE])
def test_a_clock_that_ended_names_none(capsys, colour):
    assert "letter" not in shown(capsys, "T-30/contest", colour)


def test_a_case_names_the_letters_of_the_steps_that_are_open_to_who_asks():
    case = pb.Referral(referral_id="YS-1", allowed=[pb.REFERRAL_ACT_KIND_SENDING, pb.REFERRAL_ACT_KIND_FILING])
    assert [each.split()[4] for each in commands_for(pb.GetReferralResponse(referral=case))] == ["referral", "copy"]


def test_every_letter_goes_with_a_step_and_a_clock_that_there_is():
    assert set(ENDED_BY) <= set(CLOCKS)
    for letters in (OPENED_BY, ENDED_BY):
        assert {each for named in letters.values() for each in named} == set(LETTERS)
