"""Pending checks: what nobody answered is asked again, and what it came to is handed to the deciding system (X-10).

A question is pending in the transaction that records it, before it is sent. ``make_pending`` asks anew what got no
answer: a new question, with a record of its own at the gateway, that names the one it is asked for in the journal.
Whoever is killed in between asks it once more at most; none is lost, and none is settled without an answer on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.answers import Received, digest, head_of, read_answer, response_digest
from adapters.asking import is_refusal
from adapters.bounds import UNBOUNDED
from adapters.entries import Question
from adapters.errors import GatewayError
from adapters.questions import applicant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from adapters.bounds import Bound
    from adapters.journal import Journal
    from adapters.pending_book import Settled
    from adapters.pending_tables import PendingCheck
    from adapters.rules import AreaRules

ABANDONED_AFTER = timedelta(minutes=15)
"""A question of which neither answer nor failure is known counts as without an answer when it is older: whoever asked
is gone. Longer than any call may take."""


class TakesChecks(Protocol):
    """What is needed of a ``GatewayClient``."""

    def check(self, request: credit_pb2.CheckEligibilityRequest) -> credit_pb2.CheckEligibilityResponse:
        """Ask about one enterprise; raises ``GatewayError``."""


class Consequence(StrEnum):
    """What a deciding system does once a pending check has come back."""

    TAKE_UP = "TAKE_UP"
    """It is clear: the case may be taken up. Its gates ask for themselves, as ever."""
    NOT_CLEARED = "NOT_CLEARED"
    """It is not: what was held or waited stays so, and is decided on an answer of its own."""
    CONFIRM = "CONFIRM"
    """The act went on under reservation and was clear: the reservation falls away."""
    REVOKE = "REVOKE"
    """The act went on under reservation, and restrictions or conditions apply: it has to be revoked, or be met."""
    EXAMINE = "EXAMINE"
    """The act went on under reservation, and nothing reliable was said: a person has to look."""


@dataclass(frozen=True, slots=True)
class PendingResult:
    """What a pending check came to. It is no clearance.

    Attributes:
        settled: The question, and its answer.
        consequence: What follows.
    """

    settled: Settled
    consequence: Consequence


def make_pending(
    client: TakesChecks,
    journal: Journal,
    clock: Callable[[], datetime],
    abandoned_after: timedelta = ABANDONED_AFTER,
    rules: Sequence[AreaRules] = (),
) -> int:
    """Ask again whatever got no answer, the oldest first; call it as soon as the gateway is back, and every minute.

    Args:
        client: The gateway.
        journal: The adapter's own record.
        clock: Returns our present, UTC.
        abandoned_after: How old a question without any end must be to count as one without an answer.
        rules: The areas that ask through this journal: an answer beyond what the law allows there is at fault. Of an
            area that is not here an answer is taken as it came; it clears nobody by that.

    Returns:
        How many were settled: answered, or refused for good.

    Raises:
        GatewayError: There is no answer still; what came before it is settled, and the rest stays pending.
        JournalUnavailableError: The journal cannot be read or written.
    """
    settled = 0
    for check, request in journal.pending.due(clock() - abandoned_after):
        request.request_id = uuid4().hex
        question = _question(check, request, clock())
        (number,) = journal.record_questions([question])
        try:
            response = client.check(request)
        except GatewayError as error:
            useless = is_refusal(error)
            journal.record_failure([number], clock(), error.reason, str(error), refused=useless)
            if not useless:
                raise
        else:
            now = clock()
            answer = read_answer(
                applicant_of(request),
                Received(response.decision, head_of(response), response_digest(response)),
                now,
                _bound(check, rules),
            )
            journal.record_answers({number: answer}, now)
        settled += 1
    return settled


def _bound(check: PendingCheck, rules: Sequence[AreaRules]) -> Bound:
    """Return how strong an answer may lawfully be where a pending question was asked."""
    points = (point for area in rules if area.area == check.area for point in area.points)
    return next((each.bound for each in points if each.point == check.decision_point), UNBOUNDED)


def pending_results(journal: Journal) -> Iterator[PendingResult]:
    """Yield what pending checks came to, oldest first, each until it is taken.

    Each is marked when the next one is asked for, so that whoever is killed over one gets it again.

    Raises:
        JournalUnavailableError: The journal cannot be read or written.
    """
    for settled in journal.pending.results():
        yield PendingResult(settled, consequence_of(settled))
        journal.pending.mark_handed(settled.check.number)


def consequence_of(settled: Settled) -> Consequence:
    """Say what follows from the answer to a pending check; what is not reliably clear never counts as clear."""
    reliable = not settled.fault and not settled.refused
    clear = reliable and settled.verdict == common_pb2.VERDICT_CLEAR
    if not settled.check.reserved:
        return Consequence.TAKE_UP if clear else Consequence.NOT_CLEARED
    if clear:
        return Consequence.CONFIRM
    found = settled.verdict in {common_pb2.VERDICT_RESTRICTED, common_pb2.VERDICT_CONDITIONAL}
    # A restriction stands even in an answer that could not have been relied upon to clear, unless it is of others.
    return Consequence.REVOKE if found and settled.fault != "OTHER_PARTY" else Consequence.EXAMINE


def _question(check: PendingCheck, request: credit_pb2.CheckEligibilityRequest, now: datetime) -> Question:
    return Question(
        call_id=request.request_id,
        asked_at=now,
        area=check.area,
        decision_point=check.decision_point,
        case_ref=check.case_ref,
        part=check.part,
        officer=check.officer,
        lead=check.lead,
        parties=check.parties,
        request_digest=digest(request),
        instead_of=check.number,
    )
