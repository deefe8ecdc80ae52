"""Makes the messages of the scripted gateway: what a saying comes to for one question. Pure but for the clock given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.conformance.codes import MOST, invented
from gateway.conformance.sayings import RAISE_SECURITY
from gateway.conformance.script import WRITER, Given

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from google.protobuf.message import Message

    from gateway.conformance.script import Line

STRANGER = invented(MOST - 1)
"""The enterprise that nobody asks about."""
_AUTHORITY = common_pb2.LocalizedText(zh="一致性测试", en="conformance test")


@dataclass(frozen=True, slots=True)
class Party:
    """One question as it arrived: who is to go ahead, who else is named, and what is to be said.

    Attributes:
        code: The enterprise.
        others: Members and related parties.
        line: What is to be said.
    """

    code: str
    others: tuple[str, ...]
    line: Line


def decision(party: Party, now: datetime) -> credit_pb2.Decision:
    """Return what is decided about one enterprise."""
    saying = party.line.saying
    if not saying.decided:
        return credit_pb2.Decision()
    code = STRANGER if saying.about == "another" else party.line.as_about or party.code
    others = {"asked": party.others, "none": (), "one more": (*party.others, STRANGER)}[saying.others]
    found = credit_pb2.Decision(
        measures=[_measure(code, effect, now) for effect in saying.effects],
        enterprise=_identified(code),
        other_parties=[_identified(each) for each in others],
        unverifiable_because=["STALE_SOURCE complaints"] if saying.verdict == common_pb2.VERDICT_UNVERIFIABLE else [],
    )
    found.verdict = saying.verdict  # type: ignore[assignment]  # a number without a name is meant to be possible
    if saying.holds_seconds is not None:
        found.valid_until.FromDatetime(now + timedelta(seconds=saying.holds_seconds))
    return found


def basis(party: Party, revision: int, now: datetime) -> common_pb2.AnswerBasis:
    """Return on what it was decided, as the first of the parties has it said."""
    saying = party.line.saying
    found = common_pb2.AnswerBasis(
        policy_profile="conformance",
        policy_version="1",
        policy_digest="c0" * 32,
        rules_digest="c1" * 32,
        data_revision=revision,
        preview=saying.preview,
    )
    if saying.as_of_seconds is not None:
        found.as_of.FromDatetime(now + timedelta(seconds=saying.as_of_seconds))
    return found


def position(party: Party, number: int, now: datetime) -> common_pb2.AuditPosition | None:
    """Return the place in the record; None where none is to be sent."""
    said = party.line.saying.position
    if said == "none":
        return None
    leaf = leaf_hash(number)
    found = common_pb2.AuditPosition(
        writer="" if said == "no writer" else WRITER,
        number=number,
        leaf_hash=leaf[:16] if said == "short hash" else leaf,
    )
    found.recorded_at.FromDatetime(now)
    return found


def leaf_hash(number: int) -> bytes:
    """Return the leaf hash of an entry, 32 bytes; it is the hash of nothing but the number."""
    return sha256(f"{WRITER}/{number}".encode()).digest()


def line_hash(number: int, item: int) -> bytes:
    """Return the leaf hash of an item's line, 32 bytes."""
    return sha256(f"{WRITER}/{number}/{item}".encode()).digest()


def in_order(items: Sequence[credit_pb2.BatchItemDecision], how: str) -> list[credit_pb2.BatchItemDecision]:
    """Return the items of a batch as they are to be said; the second is the one that suffers."""
    if len(items) < 2 or how == "asked":
        return list(items)
    first, second, *rest = items
    if how == "one missing":
        return [first, *rest]
    if how == "one twice":
        return [first, first, *rest]
    return [
        credit_pb2.BatchItemDecision(item_id=first.item_id, decision=second.decision, line_hash=second.line_hash),
        credit_pb2.BatchItemDecision(item_id=second.item_id, decision=first.decision, line_hash=first.line_hash),
        *rest,
    ]


def given(party: Party, point: int, number: int, digest: bytes, line: bytes = b"") -> Given:
    """Return the note of an answer."""
    return Given(party.code, point, party.line.saying.verdict, number, leaf_hash(number), line, digest)


def digest(message: Message) -> bytes:
    """Return the SHA-256 of a message in its deterministic form, 32 bytes."""
    return sha256(message.SerializeToString(deterministic=True)).digest()


def spoilt(content: bytes, how: str) -> bytes:
    """Return the bytes as they are to be sent."""
    if how == "cut off":
        return content[: len(content) // 2]
    if how == "noise":
        return b"\xff" * 40
    return b"" if how == "nothing" else content


def _identified(code: str) -> common_pb2.IdentifiedEnterprise:
    return common_pb2.IdentifiedEnterprise(uscc=code, known=True, match_quality=common_pb2.MATCH_QUALITY_EXACT)


def _measure(code: str, effect: int, now: datetime) -> common_pb2.Measure:
    found = common_pb2.Measure(
        rule_id="CONFORMANCE/TR1",
        trigger=common_pb2.TRIGGER_LISTING,
        party_uscc=code,
        relation="SELF",
        legal_basis=[common_pb2.LegalBasis(document="R724", article="48", level="ADMIN_REG", title=_AUTHORITY)],
        adopted_by=_AUTHORITY,
        authority="一致性测试机关",
        document_number=document_number(code),
        record_id=f"listing-{code}",
        ends_by=_AUTHORITY,
        remedy=_AUTHORITY,
        instruction=_AUTHORITY,
        provenance=common_pb2.PROVENANCE_AUTHORITY,
    )
    values: Any = found
    values.effect = effect
    found.effective_from.FromDatetime(now - timedelta(days=30))
    if effect == RAISE_SECURITY:
        found.security_bound.kind = "PERFORMANCE_BOND"
        found.security_bound.cap_basis_points = 1000
    return found


def document_number(code: str) -> str:
    """Return the document number of whatever weighs on *code*."""
    return f"CK-{code}"
