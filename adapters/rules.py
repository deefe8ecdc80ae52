"""What an area's adapter declares: its decision points, what each needs, and what must precede a final act.

Values and the checks on a question that they imply. The law behind them stands in the area's own module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.questions import MOST_PARTIES, malformed, required

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from jointsanctions.v1 import credit_pb2

    from adapters.questions import Applicant, Party


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
    """

    point: common_pb2.DecisionPoint.ValueType
    needs: tuple[str, ...] = ()
    members_fixed: bool = False
    after: Earlier | None = None


@dataclass(frozen=True, slots=True)
class AreaRules:
    """One area, as its adapter declares it.

    Attributes:
        area: Which.
        points: Its decision points in the order of the procedure.
        review: The point whose first answer fixes a consortium's members; None where none does.
    """

    area: common_pb2.Area.ValueType
    points: tuple[PointRules, ...]
    review: common_pb2.DecisionPoint.ValueType | None = None

    def at(self, point: int) -> PointRules:
        """Return the rules of *point*.

        Raises:
            QuestionRefusedError: The point is none of this area.
        """
        for rules in self.points:
            if rules.point == point:
                return rules
        raise malformed("question.decision_point", f"{point_name(point)} is no decision point of this area")


def check_applicant(applicant: Applicant, rules: PointRules) -> None:
    """Refuse an applicant that cannot be asked about at this point.

    Raises:
        QuestionRefusedError: A code, a name or a relation is malformed, or a fact that the point needs is missing.
    """
    applicant.codes()
    applicant.lead.to_pb("enterprise")
    _check_parties("consortium_members", applicant.members)
    _check_parties("related_parties", [related.party for related in applicant.related])
    for i, related in enumerate(applicant.related):
        required(f"related_parties[{i}].relation", related.relation, 64)
    for need in rules.needs:
        if need not in _facts_set(applicant.facts):
            raise malformed(f"case_facts.{need}", f"{point_name(rules.point)} needs it")


def point_name(point: int) -> str:
    """Return a decision point's name without its prefix, such as ``"BIDDING_AWARD"``; its number when unknown."""
    known = common_pb2.DecisionPoint.DESCRIPTOR.values_by_number.get(point)
    return known.name.removeprefix("DECISION_POINT_") if known else str(point)


def _check_parties(field: str, parties: Iterable[Party]) -> None:
    for i, party in enumerate(parties):
        if i >= MOST_PARTIES:
            raise malformed(field, f"at most {MOST_PARTIES} are taken")
        party.to_pb(f"{field}[{i}]")


def _facts_set(facts: credit_pb2.CaseFacts | None) -> set[str]:
    chosen = facts.WhichOneof("facts") if facts is not None else None
    if facts is None or chosen is None:
        return set()
    return {f"{chosen}.{field.name}" for field, _ in getattr(facts, chosen).ListFields()}
