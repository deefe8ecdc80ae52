"""An answer on which something was decided: what may be reported of it, and by what its conditions are met.

Over what is restricted or could not be verified no single officer goes ahead, so that this is to be chosen only where
the award gate has cleared it for two persons (A-125).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import outcome_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from console.asking import Answered

_ELSEWHERE: Final = ("REFUSED", "WITHDRAWN_BY_APPLICANT", "EXCLUDED", "AWARDED_TO_OTHER")
CHOICES: Final[Mapping[int, tuple[str, ...]]] = {
    common_pb2.VERDICT_CLEAR: ("GRANTED", *_ELSEWHERE),
    common_pb2.VERDICT_CONDITIONAL: ("GRANTED_WITH_CONDITIONS", "CONDITIONS_FULFILLED", "OVERRIDDEN", *_ELSEWHERE),
    common_pb2.VERDICT_RESTRICTED: _ELSEWHERE,
    common_pb2.VERDICT_UNVERIFIABLE: _ELSEWHERE,
}
"""What may be reported of an answer here, by its verdict."""
CONDITIONS: Final = {
    "review": pb.FULFILMENT_KIND_OFFICER_REVIEW,
    "security": pb.FULFILMENT_KIND_SECURITY_RAISED,
    "existence": pb.FULFILMENT_KIND_EXISTENCE_CONFIRMED,
    "withheld": pb.FULFILMENT_KIND_CONVENIENCE_WITHHELD,
    "hearing": pb.FULFILMENT_KIND_PARTY_HEARD,
}
"""How a condition is met, by the field of the form that says it."""


@dataclass(frozen=True, slots=True)
class Relied:
    """An answer on which something was decided: one just given here, or one that is owed an outcome.

    Attributes:
        measures: Those of the answer; None where it was given elsewhere, so that its conditions are not at hand.
        answered_at: When it was given, UTC.
        part: Lot or part; empty where there is none, or it is not known here.
        two_persons: Two persons went ahead over it by the emergency procedure.
    """

    area: int
    point: int
    case_ref: str
    uscc: str
    place: pb.AnswerPosition
    verdict: int
    answered_at: datetime
    measures: tuple[common_pb2.Measure, ...] | None = None
    part: str = ""
    two_persons: bool = False

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be reported of it."""
        if self.two_persons:
            return ("OVERRIDDEN", *_ELSEWHERE)
        return CHOICES.get(self.verdict, _ELSEWHERE)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Fields by which its conditions are met, of ``CONDITIONS``; all where they are not at hand."""
        if self.verdict != common_pb2.VERDICT_CONDITIONAL:
            return ()
        return tuple(CONDITIONS) if self.measures is None else tuple(dict.fromkeys(_wanted(self.measures)))


def relied_on(kept: Answered) -> Relied:
    """Return the answer to a question that was asked here."""
    asked, place = kept.request.question, kept.response.audit_position
    return Relied(
        asked.area,
        asked.decision_point,
        asked.case_ref,
        # As the gateway names it: what was typed may be written otherwise.
        kept.response.decision.enterprise.uscc or kept.request.enterprise.uscc,
        pb.AnswerPosition(writer=place.writer, number=place.number, leaf_hash=place.leaf_hash),
        kept.response.decision.verdict,
        kept.asked_at,
        tuple(kept.response.decision.measures),
    )


def owed(missed: pb.MissingOutcome, area: int) -> Relied:
    """Return an answer of which the gateway says that its outcome is missing."""
    at = missed.answered_at.ToDatetime(tzinfo=UTC)
    return Relied(area, missed.decision_point, missed.case_ref, missed.uscc, missed.answer, missed.verdict, at)


def _wanted(measures: tuple[common_pb2.Measure, ...]) -> Iterator[str]:
    """Yield by which field each condition is met, as ``adapters.conditions`` judges them."""
    asking = {
        common_pb2.EFFECT_REVIEW: "review",
        common_pb2.EFFECT_NO_CONVENIENCE: "withheld",
        common_pb2.EFFECT_RAISE_SECURITY: "security",
    }
    for measure in measures:
        if measure.effect in asking:
            yield asking[measure.effect]
        if measure.trigger in {common_pb2.TRIGGER_UNKNOWN_ENTERPRISE, common_pb2.TRIGGER_NOT_IN_BUSINESS}:
            yield "existence"
        if measure.disputed:
            yield "hearing"
