"""What an area's adapter declares: its decision points, what each needs, and what must precede a final act.

Values and the checks on a question that they imply. The law behind them stands in the area's own module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.away import PointAway, WhenAway
from adapters.bounds import UNBOUNDED
from adapters.questions import MOST_PARTIES, malformed, required

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from adapters.bounds import Bound
    from adapters.questions import Applicant, Case, Party


MOST_PURPOSE = 256
"""Bytes of a purpose."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What must have been answered before a gate opens (A-122).

    Attributes:
        point: The decision point at which the same parties of the same case were cleared.
        age_limit: The oldest that answer may be.
    """

    point: common_pb2.DecisionPoint.ValueType
    age_limit: timedelta


@dataclass(frozen=True, slots=True)
class PointRules:
    """One decision point of an area.

    Attributes:
        point: Which.
        needs: Names of the area's case facts that must be set.
        members_fixed: From here on the members are those of the review (BR 37); no two applicants share a party.
        after: Set for a gate: what must precede it.
        bound: How strong an answer may lawfully be here.
        closed: Here is about wages: nothing is stopped in any mode, and nothing would have been (X-20).
        outside_case: Who is asked about here takes no part in the case itself, such as a subcontractor.
    """

    point: common_pb2.DecisionPoint.ValueType
    needs: tuple[str, ...] = ()
    members_fixed: bool = False
    after: Earlier | None = None
    bound: Bound = UNBOUNDED
    closed: bool = False
    outside_case: bool = False


@dataclass(frozen=True, slots=True)
class AreaRules:
    """One area, as its adapter declares it.

    Attributes:
        area: Which.
        points: Its decision points in the order of the procedure.
        review: The point whose first answer fixes a consortium's members; None where none does.
        case_refs: The form of the agency's case numbers (``case_refs``); None: any of 1 to 128 bytes.
        away: What is done where nobody answers; a point that is not here waits.
        purpose: What the agency's questions are for, at most 256 bytes, where a case says nothing of its own. An agency
            whose mandate names purposes states one of them, letter by letter; without one the gateway answers nothing.
        register_cases: Cases are registered at the gateway, and it clears their final acts (``adapters.award_gate``);
            an act of a case that it does not know is refused. Off: final acts are asked about like any other step.

    Raises:
        ValueError: ``away`` names a point twice or one of another area, or lets a gate go on under reservation; or
            ``purpose`` is too long.
    """

    area: common_pb2.Area.ValueType
    points: tuple[PointRules, ...]
    review: common_pb2.DecisionPoint.ValueType | None = None
    case_refs: re.Pattern[str] | None = None
    away: tuple[PointAway, ...] = ()
    purpose: str = ""
    register_cases: bool = False

    def __post_init__(self) -> None:
        gates = {rules.point: rules.after is not None for rules in self.points}
        if len({each.point for each in self.away}) < len(self.away):
            raise ValueError("what is done while nobody answers is said twice of a decision point")
        if len(self.purpose.encode()) > MOST_PURPOSE:
            raise ValueError(f"a purpose has at most {MOST_PURPOSE} bytes")
        for each in self.away:
            if each.point not in gates:
                raise ValueError(f"{point_name(each.point)} is no decision point of this area")
            if gates[each.point] and each.action is WhenAway.UNDER_RESERVATION:
                raise ValueError(f"{point_name(each.point)} is a gate: it opens on an answer only (A-122)")

    def stated(self, case: Case) -> str:
        """Return the purpose of a question in *case*: its own, or the agency's where it has none."""
        return case.purpose or self.purpose

    def when_away(self, point: int) -> PointAway:
        """Return what is done at *point* while nobody answers: what was configured, and to wait where nothing was."""
        found = next((each for each in self.away if each.point == point), None)
        return found or PointAway(cast("common_pb2.DecisionPoint.ValueType", point), WhenAway.WAIT)

    def cleared_by_case(self, point: int) -> bool:
        """Return whether the final act at *point* is one of a registered case; raises as ``at``."""
        return self.register_cases and not self.at(point).outside_case

    def check_case(self, case: Case) -> None:
        """Refuse a case that cannot be asked about, before anything is sent or written.

        Raises:
            QuestionRefusedError: A field is missing or too long, holds a resident's number, or is no case number of
                this agency's. The number itself is not repeated.
        """
        case.check()
        if self.case_refs is not None and self.case_refs.fullmatch(case.case_ref) is None:
            raise malformed("question.case_ref", f"it has not the form of this agency's: {self.case_refs.pattern}")

    def at(self, point: int) -> PointRules:
        """Return the rules of *point*.

        Raises:
            QuestionRefusedError: The point is none of this area.
        """
        for rules in self.points:
            if rules.point == point:
                return rules
        raise malformed("question.decision_point", f"{point_name(point)} is no decision point of this area")


def case_refs(pattern: str | None) -> re.Pattern[str] | None:
    r"""Return the form of an agency's case numbers, such as ``r"ZJ-\d{4}-\d{1,6}"``; None takes any.

    The whole number must have it. It is the agency's own configuration: nothing that others send goes into it.

    Raises:
        ValueError: It is no regular expression.
    """
    try:
        return None if pattern is None else re.compile(pattern)
    except re.error as error:
        raise ValueError(f"case_ref_pattern: {pattern!r} is no regular expression: {error}") from error


def check_applicant(applicant: Applicant, rules: PointRules) -> frozenset[str]:
    """Return the codes of the lead and all members of an applicant that can be asked about at this point.

    Raises:
        QuestionRefusedError: A code, a name or a relation is malformed, or a fact that the point needs is missing.
    """
    codes = applicant.codes()
    applicant.lead.check("enterprise")
    if applicant.members:
        _check_parties("consortium_members", applicant.members)
    if applicant.related:
        _check_parties("related_parties", [related.party for related in applicant.related])
        for i, related in enumerate(applicant.related):
            required(f"related_parties[{i}].relation", related.relation, 64)
    if rules.needs:
        raw = b"" if applicant.facts is None else applicant.facts.SerializeToString(deterministic=True)
        lacking = _lacking(raw, rules.needs)
        if lacking:
            raise malformed(f"case_facts.{lacking}", f"{point_name(rules.point)} needs it")
    return codes


def point_name(point: int) -> str:
    """Return a decision point's name without its prefix, such as ``"BIDDING_AWARD"``; its number when unknown."""
    known = common_pb2.DecisionPoint.DESCRIPTOR.values_by_number.get(point)
    return known.name.removeprefix("DECISION_POINT_") if known else str(point)


def _check_parties(field: str, parties: Iterable[Party]) -> None:
    for i, party in enumerate(parties):
        if i >= MOST_PARTIES:
            raise malformed(field, f"at most {MOST_PARTIES} are taken")
        party.check(f"{field}[{i}]")


@lru_cache(maxsize=512)
def _lacking(raw: bytes, needs: tuple[str, ...]) -> str:
    """Return which of *needs* serialised facts do not set, empty when none; all bidders of a lot have the same."""
    facts = credit_pb2.CaseFacts.FromString(raw)
    chosen = facts.WhichOneof("facts")
    found = {f"{chosen}.{field.name}" for field, _ in getattr(facts, chosen).ListFields()} if chosen else set()
    return next((need for need in needs if need not in found), "")
