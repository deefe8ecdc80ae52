"""Read an answer and say whether it may be relied upon.

The channel proves who answered; this module proves that the answer is one to the question asked: about the same
parties, about now, recorded, and in itself coherent. A fault never makes an answer milder. Pure: no clock, no network.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.bounds import UNBOUNDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from google.protobuf.message import Message

    from adapters.bounds import Bound
    from adapters.questions import Applicant

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the gateway's present may be from ours (DES): the gateway itself allows its nodes one second."""

BEYOND_BOUND = "BEYOND_BOUND"
"""Fault of an answer that is stronger than the law lets one be at its decision point."""
UNCONFIRMED = "UNCONFIRMED"
"""Fault of an answer that restricts a person without an officer's confirmation, or perhaps another person."""

_CONDITIONAL = range(common_pb2.EFFECT_NO_CONVENIENCE, common_pb2.EFFECT_BLOCK)
_REVIEWED = frozenset(
    {
        "rule_id",
        "trigger",
        "effect",
        "party_uscc",
        "relation",
        "authority",
        "document_number",
        "record_id",
        "disputed",
        "security_bound",
    }
)
_FAVOURABLE = (common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_CONDITIONAL)
_Decision = credit_pb2.Decision | credit_pb2.PersonDecision
_Response = (
    credit_pb2.CheckEligibilityResponse
    | credit_pb2.BatchCheckEligibilityResponse
    | credit_pb2.CheckPersonResponse
    | credit_pb2.ClearAwardResponse
)


@dataclass(frozen=True, slots=True)
class Position:
    """Where the gateway recorded the call.

    Attributes:
        writer: Queue that holds the entry.
        number: Its number there, from 0.
        leaf_hash: SHA-256 leaf hash of the entry's envelope, 32 bytes.
        line_hash: Leaf hash of the item's line in a batch, 32 bytes; empty for a single question.
    """

    writer: str
    number: int
    leaf_hash: bytes
    line_hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said about one applicant.

    Attributes:
        verdict: As sent.
        measures: Everything that weighs, strongest first.
        because: Why nothing could be said, for UNVERIFIABLE.
        as_of: Moment that was asked about, UTC; None when it was not sent.
        valid_until: The answer holds before this instant, UTC; None when it was not sent.
        data_revision: Revision at which it was decided.
        position: Where it is recorded.
        digest: SHA-256 of the whole response, serialised deterministically.
        fault: Why the answer may not be relied upon, one of the words of ``fault_of`` and ``fault_in``; empty when
            it may.
        incentives: What it is entitled to.
        grade: Its credit grade; None where the caller is not told it.
    """

    verdict: common_pb2.Verdict.ValueType
    measures: tuple[common_pb2.Measure, ...]
    because: tuple[str, ...]
    as_of: datetime | None
    valid_until: datetime | None
    data_revision: int
    position: Position
    digest: bytes
    fault: str = ""
    incentives: tuple[common_pb2.Incentive, ...] = ()
    grade: common_pb2.Grade | None = None

    @property
    def favourable(self) -> bool:
        """It is CLEAR or CONDITIONAL and may be relied upon."""
        return not self.fault and self.verdict in _FAVOURABLE

    @property
    def conditions(self) -> tuple[common_pb2.Measure, ...]:
        """The measures whose conditions must be met: NO_CONVENIENCE, REVIEW and RAISE_SECURITY."""
        return tuple(measure for measure in self.measures if measure.effect in _CONDITIONAL)

    def holds_at(self, now: datetime) -> bool:
        """Return whether *now* (UTC) lies before ``valid_until``; an answer without one never holds."""
        return self.valid_until is not None and now < self.valid_until


@dataclass(frozen=True, slots=True)
class Received:
    """One decision and what came with it, as it arrived.

    Attributes:
        decision: What was decided about the applicant.
        response: The whole response.
        digest: Its digest (``response_digest``), which is kept.
        line_hash: For an item of a batch.
    """

    decision: credit_pb2.Decision
    response: (
        credit_pb2.CheckEligibilityResponse | credit_pb2.BatchCheckEligibilityResponse | credit_pb2.ClearAwardResponse
    )
    digest: bytes
    line_hash: bytes = b""


def read_answer(applicant: Applicant, received: Received, now: datetime, bound: Bound = UNBOUNDED) -> Answer:
    """Turn what arrived into an ``Answer``, its fault named.

    Args:
        applicant: Who was asked about; its codes are well formed.
        received: What came back.
        now: Our present, UTC.
        bound: How strong an answer may be at the point that was asked about.
    """
    fault = fault_of(applicant, received, now, bound)
    return answer_of(received.decision, received.response, fault, received.digest, received.line_hash)


def answer_of(decision: _Decision, response: _Response, fault: str, digest: bytes, line_hash: bytes = b"") -> Answer:
    """Return a decision about anybody as an ``Answer`` with this *fault* and this digest of its response."""
    position = response.audit_position
    of_enterprise = decision if isinstance(decision, credit_pb2.Decision) else None
    return Answer(
        verdict=decision.verdict,
        measures=tuple(decision.measures),
        because=tuple(decision.unverifiable_because),
        as_of=_instant(response.basis, "as_of"),
        valid_until=_instant(decision, "valid_until"),
        data_revision=response.basis.data_revision,
        position=Position(position.writer, position.number, position.leaf_hash, line_hash),
        digest=digest,
        fault=fault,
        incentives=tuple(of_enterprise.incentives) if of_enterprise else (),
        grade=of_enterprise.grade if of_enterprise and of_enterprise.HasField("grade") else None,
    )


def digest(response: Message) -> bytes:
    """Return the SHA-256 of a message in its deterministic form, 32 bytes."""
    return sha256(response.SerializeToString(deterministic=True)).digest()


def response_digest(response: _Response) -> bytes:
    """Return the digest that the gateway's own entry has of this response, under ``response``, 32 bytes.

    It was taken before the response had its position, and before the items of a batch had the hashes of their lines.
    """
    bare = deepcopy(response)
    bare.ClearField("audit_position")
    if isinstance(bare, credit_pb2.BatchCheckEligibilityResponse):
        for item in bare.items:
            item.ClearField("line_hash")
    return digest(bare)


def clearance_recorded(response: credit_pb2.ClearAwardResponse) -> credit_pb2.ClearAwardResponse:
    """Return what the award gate said as its entry has the hash of it: before its proof and its position came."""
    recorded = credit_pb2.ClearAwardResponse()
    recorded.CopyFrom(response)
    for field in ("receipt", "origin", "index", "audit_position"):
        recorded.ClearField(field)
    if recorded.clearance == credit_pb2.AWARD_CLEARANCE_CLEARED:
        recorded.clearance = credit_pb2.AWARD_CLEARANCE_PROOF_PENDING
    return recorded


def fault_of(applicant: Applicant, received: Received, now: datetime, bound: Bound = UNBOUNDED) -> str:
    """Say why an answer may not be relied upon.

    Returns:
        ``OTHER_PARTY`` it is about other enterprises than were asked about, or one of ``fault_in``.
    """
    if not _same_parties(applicant, received.decision):
        return "OTHER_PARTY"
    allowed = bound.allows(applicant.facts, received.decision.verdict, received.decision.measures)
    return fault_in(received.decision, received.response, now, allowed=allowed)


def fault_in(decision: _Decision, response: _Response, now: datetime, *, allowed: bool) -> str:
    """Say why a decision may not be relied upon, whomever it is about.

    Returns:
        ``BEYOND_BOUND`` it is stronger than the law lets an answer be at this point (it is not *allowed*);
        ``NOT_RECORDED`` it has no position in the record; ``INCOHERENT`` verdict and measures do not fit;
        ``NOT_PRESENT`` it is about another moment; ``EXPIRED`` it holds no longer, or does not say until when; empty
        when there is no fault. The last two concern favourable answers only: a block that is proven stays one.
    """
    if not allowed:
        return BEYOND_BOUND
    if not response.audit_position.writer or len(response.audit_position.leaf_hash) != sha256().digest_size:
        return "NOT_RECORDED"
    if not _coherent(decision.verdict, decision.measures):
        return "INCOHERENT"
    if decision.verdict not in _FAVOURABLE:
        return ""
    as_of, valid_until = _instant(response.basis, "as_of"), _instant(decision, "valid_until")
    if response.basis.preview or as_of is None or abs(now - as_of) > CLOCK_TOLERANCE:
        return "NOT_PRESENT"
    return "EXPIRED" if valid_until is None or valid_until <= now else ""


def _same_parties(applicant: Applicant, decision: credit_pb2.Decision) -> bool:
    others = [*applicant.members, *(related.party for related in applicant.related)]
    asked = {party.code("") for party in others}
    answered = {party.uscc for party in decision.other_parties}
    return decision.enterprise.uscc == applicant.lead.code("") and answered == asked


def _coherent(verdict: int, measures: Sequence[common_pb2.Measure]) -> bool:
    """Hold the verdict against the strongest effect."""
    strongest = max((measure.effect for measure in measures), default=common_pb2.EFFECT_NONE)
    if any(not _known_effect(measure.effect) for measure in measures):
        return False
    if verdict == common_pb2.VERDICT_CLEAR:
        return strongest <= common_pb2.EFFECT_NOTICE
    if verdict == common_pb2.VERDICT_CONDITIONAL:
        return strongest in _CONDITIONAL
    return verdict in (common_pb2.VERDICT_UNVERIFIABLE, common_pb2.VERDICT_RESTRICTED)


def _known_effect(effect: int) -> bool:
    return effect != common_pb2.EFFECT_UNSPECIFIED and effect in common_pb2.Effect.values()


def _instant(message: _Decision | common_pb2.AnswerBasis, field: str) -> datetime | None:
    """Return an instant; None when it was not sent or is outside the calendar, which is as good as not sent."""
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    timestamp: Timestamp = getattr(message, field)
    return _read_instant(timestamp.seconds, timestamp.nanos)


@lru_cache(maxsize=1024)
def _read_instant(seconds: int, nanos: int) -> datetime | None:
    """Return an instant of the wire; all items of a batch have the same few."""
    try:
        return Timestamp(seconds=seconds, nanos=nanos).ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def measure_keys(measures: Iterable[common_pb2.Measure]) -> frozenset[str]:
    """Return one hexadecimal SHA-256 for each measure, over what a review of it was about.

    That is its rule, its strength, the party, the record and document behind it, whether it is disputed, and the bound
    of the security. Texts do not count, nor the instant from which it weighs: what is not on record weighs from the
    moment of each question.
    """
    return frozenset(digest(_reviewed_part(measure)).hex() for measure in measures)


def _reviewed_part(measure: common_pb2.Measure) -> common_pb2.Measure:
    part = common_pb2.Measure()
    part.CopyFrom(measure)
    for field, _ in measure.ListFields():
        if field.name not in _REVIEWED:
            part.ClearField(field.name)  # type: ignore[arg-type]
    return part
