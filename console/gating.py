"""The award gate as an officer uses it: what is asked of it, what it found, and the first person's word (A-125).

Nothing is decided here: who is a second person, and whether anything is cleared, the gateway says each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, credit_pb2
from jointsanctions.v1 import outcome_pb2 as outcome

from console.asking import Fault
from console.relied import Relied

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from jointsanctions.v1 import case_pb2

REASON_BYTES, DOCUMENT_BYTES = 300, 128
"""What the gateway takes."""
MOST_WORD: Final = 16 * 1024
"""Bytes of a first person's word: that of a consortium of 21 takes a fifth of it."""
HASH_BYTES: Final = 32
GAPS: Final[Mapping[int, str]] = {
    credit_pb2.AWARD_GAP_RESTRICTED: "gate.gap_restricted",
    credit_pb2.AWARD_GAP_UNVERIFIABLE: "gate.gap_unverifiable",
    credit_pb2.AWARD_GAP_CONDITIONS_OPEN: "gate.gap_conditions_open",
    credit_pb2.AWARD_GAP_NEVER_CHECKED: "gate.gap_never_checked",
    credit_pb2.AWARD_GAP_EARLIER_POINT: "gate.gap_earlier_point",
    credit_pb2.AWARD_GAP_CHECK_UNVERIFIABLE: "gate.gap_check_unverifiable",
    credit_pb2.AWARD_GAP_CHECK_TOO_OLD: "gate.gap_check_too_old",
    credit_pb2.AWARD_GAP_SECOND_PERSON_MISSING: "gate.gap_second_person",
}
"""The text of each gap; one that is not here is ``gate.gap_unknown``."""
CLEARED: Final = credit_pb2.AWARD_CLEARANCE_CLEARED
PENDING: Final = credit_pb2.AWARD_CLEARANCE_PROOF_PENDING


@dataclass(frozen=True, slots=True)
class Gated:
    """What was asked of the gate, and what it said."""

    request: credit_pb2.ClearAwardRequest
    response: credit_pb2.ClearAwardResponse
    at: datetime

    @property
    def gaps(self) -> frozenset[int]:
        """Whatever is missing of anybody."""
        return frozenset(gap for party in self.response.parties for gap in party.gaps)

    @property
    def state(self) -> str:
        """``cleared`` and ``pending`` as the gate says; whatever else it says, ``closed``."""
        said = self.response.clearance
        return "cleared" if said == CLEARED else "pending" if said == PENDING else "closed"

    @property
    def waits_for_second(self) -> bool:
        """A first person's word is on record, and nobody's second."""
        return credit_pb2.AWARD_GAP_SECOND_PERSON_MISSING in self.gaps and self.request.HasField("emergency")


@dataclass(frozen=True, slots=True)
class Joining:
    """A first person's word, and how it stands now for whoever is to be the second."""

    word: credit_pb2.ClearAwardRequest
    now: Gated


class WordError(ValueError):
    """A file holds no first person's word."""


def clearing(case: case_pb2.RegisteredCase, place: int, point: int, officer: str) -> credit_pb2.ClearAwardRequest:
    """Return the question whether an applicant of a case, by its place, may be granted at a point."""
    return credit_pb2.ClearAwardRequest(
        request_id=str(uuid4()),
        officer=officer,
        area=case.area,
        case_ref=case.case_ref,
        part=case.part,
        decision_point=point,  # type: ignore[arg-type]  # the number of a point
        applicant=case.applicants[place],
    )


def plain(request: credit_pb2.ClearAwardRequest, officer: str) -> credit_pb2.ClearAwardRequest:
    """Return the same question of *officer*, without anybody's word."""
    found = credit_pb2.ClearAwardRequest()
    found.CopyFrom(request)
    found.request_id, found.officer = str(uuid4()), officer
    found.ClearField("override")
    found.ClearField("emergency")
    return found


def faults(kind: str, form: Mapping[str, str]) -> list[Fault]:
    """Return what is wrong with the words of an override or of an emergency, as far as it is seen here."""
    found = [Fault("reason", "required")] if not form.get("reason") else []
    if kind == "emergency" and not form.get("document_number"):
        found.append(Fault("document_number", "required"))
    limits = {"reason": REASON_BYTES, "document_number": DOCUMENT_BYTES}
    return found + [Fault(name, "too_long") for name, most in limits.items() if len(form.get(name, "").encode()) > most]


def worded(gated: Gated, kind: str, form: Mapping[str, str], officer: str) -> credit_pb2.ClearAwardRequest:
    """Return the question with an officer's decision, or with the first word of the emergency procedure."""
    request = plain(gated.request, officer)
    word = request.emergency if kind == "emergency" else request.override
    word.reason, word.document_number = form["reason"], form.get("document_number", "")
    return request


def first_word(gated: Gated) -> bytes:
    """Return the file that the second person opens: the first one's call, and where it is on record."""
    word = credit_pb2.ClearAwardRequest()
    word.CopyFrom(gated.request)
    word.ClearField("request_id")
    place = gated.response.audit_position
    first = common_pb2.AuditPosition(writer=place.writer, number=place.number, leaf_hash=place.leaf_hash)
    word.emergency.first.CopyFrom(first)
    return json_format.MessageToJson(word, preserving_proto_field_name=True, ensure_ascii=False).encode()


def read_word(raw: bytes) -> credit_pb2.ClearAwardRequest:
    """Return what ``first_word`` wrote. Nothing of it is believed: the gateway holds it against its own record.

    Raises:
        WordError: It is none.
    """
    if len(raw) > MOST_WORD:
        raise WordError("too large")
    try:
        word = json_format.Parse(raw.decode("utf-8"), credit_pb2.ClearAwardRequest())
    except (ValueError, RecursionError, json_format.ParseError) as error:
        raise WordError("cannot be read") from error
    emergency = word.emergency
    whole = word.case_ref and word.area and word.decision_point and word.applicant.enterprise.uscc
    named = emergency.reason and emergency.document_number and emergency.first.writer
    if not (whole and named) or len(emergency.first.leaf_hash) != HASH_BYTES or word.HasField("override"):
        raise WordError("is no first word")
    return word


def joined(word: credit_pb2.ClearAwardRequest, officer: str) -> credit_pb2.ClearAwardRequest:
    """Return the second person's call."""
    request = plain(word, officer)
    request.emergency.CopyFrom(word.emergency)
    return request


def relied_on(gated: Gated) -> Relied:
    """Return what was cleared as what an outcome is reported of: by two persons it is overridden (A-128)."""
    request, place = gated.request, gated.response.audit_position
    return Relied(
        request.area,
        request.decision_point,
        request.case_ref,
        request.applicant.enterprise.uscc,
        outcome.AnswerPosition(writer=place.writer, number=place.number, leaf_hash=place.leaf_hash),
        gated.response.decision.verdict,
        gated.at,
        tuple(gated.response.decision.measures),
        part=request.part,
        two_persons=request.emergency.HasField("first"),
    )
