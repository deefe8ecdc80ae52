"""What a deciding system holds after a final act was allowed, and how a later act recognises it.

A grant is plain values, so that it can be stored for weeks between award and contract and made again from the store;
what counts is the journal, in which it is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.entries import OutcomeKind
from adapters.errors import GateClosedError

if TYPE_CHECKING:
    from datetime import datetime

    from jointsanctions.v1 import common_pb2

    from adapters.answers import Position
    from adapters.errors import NotClearedError
    from adapters.journal import Journal


@dataclass(frozen=True, slots=True)
class Grant:
    """A final act that was allowed.

    Attributes:
        decision_point: The gate that it passed.
        case_ref: Case number.
        part: Part of the case, such as a lot; empty: the whole.
        parties: Codes of the lead and all members.
        granted_at: When, UTC.
        number: The journal's number of the question; None in observe mode where none could be asked.
        position: Where the gateway recorded the answer; None where there was none.
        answer_digest: SHA-256 of the response without its position; empty where there was none.
        stopped_by: In observe mode, what would have stopped it; None: nothing.
    """

    decision_point: common_pb2.DecisionPoint.ValueType
    case_ref: str
    part: str
    parties: frozenset[str]
    granted_at: datetime
    number: int | None
    position: Position | None
    answer_digest: bytes
    stopped_by: NotClearedError | None = None


def check_grant(grant: Grant, journal: Journal) -> None:
    """Refuse a grant that the journal does not show, or that was only observed.

    Raises:
        GateClosedError: It was only observed, or is not in the journal as it stands here.
        JournalUnavailableError: The journal cannot be read.
    """
    if grant.number is None or grant.stopped_by is not None:
        raise GateClosedError("the grant was only observed", reason="OBSERVED_ONLY")
    held = journal.answer_to(grant.number)
    if (
        held is None
        or OutcomeKind.GRANTED not in held.outcomes
        or (held.decision_point, held.case_ref, held.part) != (grant.decision_point, grant.case_ref, grant.part)
        or (held.parties, held.position, held.digest) != (grant.parties, grant.position, grant.answer_digest)
    ):
        raise GateClosedError("the journal does not show this grant", reason="NOT_IN_JOURNAL")
