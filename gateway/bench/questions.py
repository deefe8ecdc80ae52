"""The questions of the benchmark: one enterprise each, drawn at random from the register that was loaded.

The same bytes go to the echo and to the gateway. They are kept in a file, so that every calling process has them.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.sample.invention import division, uscc
from gateway.sample.load import FIRST_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

POOL: Final = 20_000
"""Different questions that are made; callers go through them in an order of their own."""
_LENGTH_BYTES: Final = 4


def make_questions(seed: int, enterprises: int, count: int = POOL) -> list[bytes]:
    """Return serialized ``CheckEligibilityRequest``s about enterprises drawn from all of ``make_load``'s, repeatably.

    Each asks at the award of a local tender, with all facts of the case: the point with most rules in bidding.
    """
    draws = random.Random(f"{seed}/questions/{enterprises}")  # noqa: S311 - a repeatable sample, no secret
    numbers = (FIRST_NUMBER + draws.randrange(enterprises) for _ in range(count))
    return [_question(uscc(seed, number, division(seed, number)), place) for place, number in enumerate(numbers)]


def _question(code: str, place: int) -> bytes:
    facts = credit_pb2.BiddingFacts(
        project_region="420302",
        must_be_tendered=True,
        state_funds=True,
        form=credit_pb2.PARTICIPATION_FORM_SINGLE,
        lot="1",
        cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED,
    )
    question = credit_pb2.Question(
        area=common_pb2.AREA_BIDDING,
        decision_point=common_pb2.DECISION_POINT_BIDDING_AWARD,
        case_ref=f"JSGC-2026-{place:05d}",
        officer="officer-7",
        purpose="bench",
        case_facts=credit_pb2.CaseFacts(bidding=facts),
    )
    request = credit_pb2.CheckEligibilityRequest(question=question)
    request.enterprise.uscc = code
    return request.SerializeToString()


def write_questions(path: Path, questions: Iterable[bytes]) -> None:
    """Write *questions* to a file, each after its length."""
    with path.open("wb") as file:
        for question in questions:
            file.write(len(question).to_bytes(_LENGTH_BYTES, "big") + question)


def read_questions(path: Path) -> list[bytes]:
    """Return what ``write_questions`` wrote."""
    raw = path.read_bytes()
    found: list[bytes] = []
    place = 0
    while place < len(raw):
        start = place + _LENGTH_BYTES
        place = start + int.from_bytes(raw[place:start], "big")
        found.append(raw[start:place])
    return found
