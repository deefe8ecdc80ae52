"""A disputed record keeps its effect, and whoever decides is told to hear the party first (C-20)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import NOW, listed, moment, policy, question, subject

from gateway.domain.disclosure.sight import WHOLE
from gateway.domain.eligibility import decide
from gateway.domain.vocabulary import DecisionPoint
from gateway.rpc.answers import HEAR_FIRST, AnswerWriter


def told(*, disputed):
    decision = decide((subject(listed()),), question(DecisionPoint.BIDDING_AWARD), policy(), moment(NOW))
    first = decision.measures[0]
    weighing = replace(first, ground=replace(first.ground, disputed=disputed))
    disputed_too = decision._replace(weighed=replace(decision.weighed, measures=(weighing,)))
    shown = AnswerWriter(policy(), "digest").decision(disputed_too, NOW, None, WHOLE)
    return shown.measures[0]


@pytest.mark.parametrize("place", [0, 1], ids=["zh", "en"])
def test_the_instruction_of_a_disputed_measure_says_to_hear_the_party_first(place):
    plain, heard = (
        (measure.instruction.zh, measure.instruction.en)[place]
        for measure in (told(disputed=False), told(disputed=True))
    )
    assert HEAR_FIRST[place] not in plain
    assert heard.startswith(plain)
    assert heard.endswith(HEAR_FIRST[place])


def test_a_dispute_changes_no_effect():
    assert told(disputed=True).effect == told(disputed=False).effect
