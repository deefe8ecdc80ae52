"""An award and the answer that covers it, to be changed by whoever asks what does not."""

from __future__ import annotations

from datetime import timedelta

from builders import NOW, USCC

from gateway.domain.award_cover import Award, GivenAnswer
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict

HOUR = timedelta(hours=1)
AWARD = Award(area=Area.BIDDING, case_ref="T-1", uscc=USCC, earliest=NOW, latest=NOW, agency="bidding")
ANSWER = GivenAnswer(
    area=Area.BIDDING,
    point=DecisionPoint.BIDDING_AWARD,
    case_ref="T-1",
    usccs=frozenset({USCC}),
    agency="bidding",
    verdict=Verdict.CLEAR,
    answered_at=NOW - HOUR,
    valid_until=NOW + HOUR,
    preview=False,
    writer="gw1-0",
    number=7,
    item=None,
)
