"""Read an answer and say whether it may be relied upon.

The channel proves who answered; this module proves that the answer is one to the question asked: about the same
parties, about now, recorded, and in itself coherent. A fault never makes an answer milder. Pure: no clock, no network.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.bounds import UNBOUNDED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

    from adapters.bounds import Bound
    from adapters.questions import Applicant

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the gateway's present may be from ours (DES): the gateway itself allows its nodes one second."""

HASH_BYTES = 32
"""Of the leaf hash of an entry: SHA-256."""

BEYOND_BOUND = "BEYOND_BOUND"
"""Fault of an answer that is stronger than the law lets one be at its decision point."""
UNCONFIRMED = "UNCONFIRMED"
"""Fault of an answer that restricts a person without an officer's confirmation, or perhaps another person."""

_EFFECTS = frozenset(common_pb2.Effect.values()) - {common_pb2.EFFECT_UNSPECIFIED}
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
_OfEnterprise = tuple[tuple[common_pb2.Incentive, ...], common_pb2.Grade | None, tuple[str, ...]]
_OF_NOBODY: Final[_OfEnterprise] = ((), None, ())
_Response = (
    credit_pb2.CheckEligibilityResponse
    | credit_pb2.BatchCheckEligibilityResponse
    | credit_pb2.CheckPersonResponse
    | credit_pb2.ClearAwardResponse
)


class Position(NamedTuple):
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


class Answer(NamedTuple):
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
        fault: Why the answer may not be relied upon: ``OTHER_PARTY``, it is about other enterprises than were asked
            about, one of the words of ``fault_in``, or what whoever asked finds beside; empty when it may.
        incentives: What it is entitled to.
        grade: Its credit grade; None where the caller is not told it.
        unknown: Codes of enterprises asked about of which the register has nothing at all, in the order of the answer.
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
    unknown: tuple[str, ...] = ()

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


class Head(NamedTuple):
    """What a response says once for all its decisions.

    Attributes:
        as_of: Moment that was asked about, UTC; None when it was not sent.
        preview: A moment ahead was asked about.
        data_revision: Revision at which it was decided.
        position: Where it is recorded.
    """

    as_of: datetime | None
    preview: bool
    data_revision: int
    position: Position


class Received(NamedTuple):
    """One decision and what came with it, as it arrived.

    Attributes:
        decision: What was decided about the applicant.
        head: What the response says once (``head_of``).
        digest: The response's digest (``response_digest``), which is kept.
        line_hash: For an item of a batch.
    """

    decision: credit_pb2.Decision
    head: Head
    digest: bytes
    line_hash: bytes = b""


def head_of(response: _Response) -> Head:
    """Return what *response* says once for all its decisions."""
    basis, position = response.basis, response.audit_position
    return Head(
        as_of=_read_instant(basis.as_of.seconds, basis.as_of.nanos) if basis.HasField("as_of") else None,
        preview=basis.preview,
        data_revision=basis.data_revision,
        position=Position(position.writer, position.number, position.leaf_hash),
    )


def read_answer(applicant: Applicant, received: Received, now: datetime, bound: Bound = UNBOUNDED) -> Answer:
    """Turn what arrived into an ``Answer``, its fault named.

    Args:
        applicant: Who was asked about; its codes are well formed.
        received: What came back.
        now: Our present, UTC.
        bound: How strong an answer may be at the point that was asked about.
    """
    decision = received.decision
    answer = answer_of(decision, received.head, received.digest, received.line_hash)
    if not _same_parties(applicant, decision):
        return answer._replace(fault="OTHER_PARTY")
    allowed = bound.allows(applicant.facts, answer.verdict, answer.measures)
    fault = fault_in(answer, received.head, now, allowed=allowed)
    return answer._replace(fault=fault) if fault else answer


def answer_of(decision: _Decision, head: Head, digest: bytes, line_hash: bytes = b"") -> Answer:
    """Return a decision about anybody, with this digest of its response, as an ``Answer`` whose fault is not judged."""
    position = head.position
    if line_hash:
        position = Position(position.writer, position.number, position.leaf_hash, line_hash)
    measures, because, valid_until = decision.measures, decision.unverifiable_because, decision.valid_until
    incentives, grade, unknown = _of_enterprise(decision) if isinstance(decision, credit_pb2.Decision) else _OF_NOBODY
    return Answer(
        decision.verdict,
        # Nearly all have none, and to look costs half of what making a tuple of nothing does.
        tuple(measures) if measures else (),
        tuple(because) if because else (),
        head.as_of,
        _read_instant(valid_until.seconds, valid_until.nanos) if decision.HasField("valid_until") else None,
        head.data_revision,
        position,
        digest,
        "",
        incentives,
        grade,
        unknown,
    )


def _of_enterprise(decision: credit_pb2.Decision) -> _OfEnterprise:
    """Return what only a decision about an enterprise says: incentives, grade, and who is unknown."""
    asked, others, incentives = decision.enterprise, decision.other_parties, decision.incentives
    identified = (asked, *others) if others else (asked,)
    return (
        tuple(incentives) if incentives else (),
        decision.grade if decision.HasField("grade") else None,
        tuple([each.uscc for each in identified if not each.known]),
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


def fault_in(answer: Answer, head: Head, now: datetime, *, allowed: bool) -> str:
    """Say why an answer may not be relied upon, whomever it is about.

    Returns:
        ``BEYOND_BOUND`` it is stronger than the law lets an answer be at this point (it is not *allowed*);
        ``NOT_RECORDED`` it has no position in the record; ``INCOHERENT`` verdict and measures do not fit;
        ``NOT_PRESENT`` it is about another moment; ``EXPIRED`` it holds no longer, or does not say until when; empty
        when there is no fault. The last two concern favourable answers only: a block that is proven stays one.
    """
    if not allowed:
        return BEYOND_BOUND
    if not head.position.writer or len(head.position.leaf_hash) != HASH_BYTES:
        return "NOT_RECORDED"
    if not _coherent(answer.verdict, answer.measures):
        return "INCOHERENT"
    if answer.verdict not in _FAVOURABLE:
        return ""
    if head.preview or head.as_of is None or abs(now - head.as_of) > CLOCK_TOLERANCE:
        return "NOT_PRESENT"
    return "" if answer.holds_at(now) else "EXPIRED"


def _same_parties(applicant: Applicant, decision: credit_pb2.Decision) -> bool:
    if decision.enterprise.uscc != applicant.lead.code(""):
        return False
    if not (applicant.members or applicant.related):
        return not decision.other_parties
    others = [*applicant.members, *(related.party for related in applicant.related)]
    return {party.uscc for party in decision.other_parties} == {party.code("") for party in others}


def _coherent(verdict: int, measures: tuple[common_pb2.Measure, ...]) -> bool:
    """Hold the verdict against the strongest effect."""
    effects = {measure.effect for measure in measures}
    if not effects <= _EFFECTS:
        return False
    strongest = max(effects, default=common_pb2.EFFECT_NONE)
    if verdict == common_pb2.VERDICT_CLEAR:
        return strongest <= common_pb2.EFFECT_NOTICE
    if verdict == common_pb2.VERDICT_CONDITIONAL:
        return strongest in _CONDITIONAL
    return verdict in (common_pb2.VERDICT_UNVERIFIABLE, common_pb2.VERDICT_RESTRICTED)


@lru_cache(maxsize=1024)
def _read_instant(seconds: int, nanos: int) -> datetime | None:
    """Return an instant of the wire, of which all items of a batch have the same few.

    None when it is outside the calendar, which is as good as not sent.
    """
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
