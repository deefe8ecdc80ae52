"""From a request that its schema let through to what the engine takes. It asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.conditions import (
    ConvenienceWithheld,
    ExistenceConfirmed,
    Fulfilment,
    OfficerReview,
    PartyHeard,
    SecurityRaised,
)
from adapters.http.area import is_consortium
from adapters.http.beside import check_security
from adapters.http.problems import Problem
from adapters.questions import Applicant, Case, Party, Related, within
from formats.civil import parse_instant

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.http.area import Area, Point

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question says, without who applies.

    Attributes:
        case: The case.
        point: The decision point.
        facts: Facts of the case; None where none were sent.
        ordinary_fen: Security that would be set if nothing weighed, in fen; None where the area sets none.
    """

    case: Case
    point: common_pb2.DecisionPoint.ValueType
    facts: credit_pb2.CaseFacts | None
    ordinary_fen: int | None = None

    def facts_for(self, *, consortium: bool) -> credit_pb2.CaseFacts | None:
        """Return the facts with the form in which an applicant comes, where the area's facts have one."""
        chosen = self.facts.WhichOneof("facts") if self.facts is not None else None
        if self.facts is None or chosen is None:
            return None
        facts = credit_pb2.CaseFacts()
        facts.CopyFrom(self.facts)
        area = getattr(facts, chosen)
        if "form" in area.DESCRIPTOR.fields_by_name:
            form = "PARTICIPATION_FORM_CONSORTIUM" if consortium else "PARTICIPATION_FORM_SINGLE"
            area.form = credit_pb2.ParticipationForm.Value(form)
        return facts


def read_question(sent: Values, area: Area) -> Asking:
    """Read ``question``.

    Raises:
        Problem: A fact is none of its field.
        QuestionRefusedError: The part of the case is too long, or holds a resident's number.
    """
    point = common_pb2.DecisionPoint.Value(sent["decisionPoint"])
    facts = read_facts(sent.get("caseFacts"), "question.caseFacts", area, point)
    part = sent.get("part", "") if area.part_is else part_of(facts, area)
    within("question.part" if area.part_is else f"question.caseFacts.{area.facts}.{area.part}", part, 64)
    case = Case(sent["caseRef"], sent["officer"], part, sent.get("purpose", ""))
    return Asking(case, point, facts, int(sent["ordinaryFen"]) if "ordinaryFen" in sent else None)


def read_applicant(sent: Values, asking: Asking, area: Area, path: str = "") -> Applicant:
    """Read who applies, with the facts of its own or those of the question.

    Raises:
        Problem: Its own facts name another part of the case than the question's, or are none of their fields.
        QuestionRefusedError: The law does not let this security be set.
    """
    own = "caseFacts" in sent
    facts = read_facts(sent["caseFacts"], f"{path}caseFacts", area, asking.point) if own else asking.facts
    if not area.part_is and part_of(facts, area) != asking.case.part:
        raise Problem("MALFORMED_REQUEST", "it names another part of the case than the question", f"{path}caseFacts")
    members = tuple(_party(each) for each in sent.get("consortiumMembers", ()))
    related = tuple(Related(_party(each["enterprise"]), each["relation"]) for each in sent.get("relatedParties", ()))
    if area.secured:
        check_security(asking, facts, f"{path}caseFacts" if own else "question.caseFacts")
    consortium = is_consortium(facts, members=bool(members))
    return Applicant(_party(sent["enterprise"]), members, consortium, related, facts)


def read_facts(sent: Values | None, path: str, area: Area, point: Point) -> credit_pb2.CaseFacts | None:
    """Read facts of a case as they are at a decision point; None where there are none.

    Raises:
        Problem: A value is none of its field.
    """
    if not sent:
        return None
    try:
        facts = json_format.ParseDict(sent, credit_pb2.CaseFacts())
    except json_format.ParseError as error:
        raise Problem("MALFORMED_REQUEST", f"{path}: {error}", path) from error
    return area.facts_at(point, facts) if area.facts_at is not None else facts


def part_of(facts: credit_pb2.CaseFacts | None, area: Area) -> str:
    """Return the part of the case that facts name; empty: the whole."""
    return str(getattr(getattr(facts, area.facts), area.part)) if facts is not None and area.part else ""


def read_fulfilment(sent: Values) -> Fulfilment:
    """Read what was done to meet conditions."""
    review, security, existence = sent.get("officerReview"), sent.get("security"), sent.get("existence")
    declared, heard = sent.get("convenienceWithheld"), sent.get("heardParty")
    return Fulfilment(
        officer_review=OfficerReview(review["officer"], review["reason"], _when(review, "decidedAt"))
        if review
        else None,
        security=SecurityRaised(security["kind"], int(security["amountFen"]), _fen(security)) if security else None,
        existence=ExistenceConfirmed(
            tuple(existence["usccs"]), existence["source"], existence["reference"], _when(existence, "confirmedAt")
        )
        if existence
        else None,
        convenience_withheld=ConvenienceWithheld(declared["officer"], _when(declared, "declaredAt"))
        if declared
        else None,
        heard_party=PartyHeard(heard["officer"], heard["recordNumber"], _when(heard, "heardAt")) if heard else None,
    )


def _when(sent: Values, name: str) -> datetime:
    return parse_instant(sent[name])


def _fen(sent: Values) -> int | None:
    return int(sent["ordinaryFen"]) if "ordinaryFen" in sent else None


def _party(sent: Values) -> Party:
    return Party(sent["uscc"], sent.get("name", ""))
