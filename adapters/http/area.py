"""What one area is to the side-car: values, which ``adapters.http.areas`` has for each.

The law of an area stands in its own module (``adapters.bidding`` and its like); here is only what HTTP needs beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from jointsanctions.v1 import common_pb2, credit_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.persons import Capacity
    from adapters.rules import AreaRules

Point: TypeAlias = common_pb2.DecisionPoint.ValueType
_ANY = timedelta(days=1)
"""Any limit: the names of decision points do not depend on it."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What carries a final act beside its own question: the grant of an earlier one.

    Attributes:
        by: The gate that the earlier grant passed.
        same_parties: It is the grant of the very same parties.
        capacity: It is a grant about a person who acts so; None: one about enterprises.
    """

    by: Point
    same_parties: bool = False
    capacity: Capacity | None = None


@dataclass(frozen=True, slots=True)
class PersonStep:
    """What can be asked about persons at one decision point, in one capacity.

    Attributes:
        gate: Something is granted here; else it is only asked.
        carried: What carries that; None: nothing beside its question.
    """

    gate: bool
    carried: Carried | None = None


class Beside(Enum):
    """What an area says beside an answer, in a member of its own."""

    SECURITY = "security"
    """Between which amounts security may be set."""
    CONVENIENCE = "mayHaveConvenience"
    """Whether a convenience may be granted at the acceptance."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the examples of the OpenAPI document say of an area; everything in it is invented.

    Attributes:
        case_ref: Number of a case.
        facts: Facts of the case as JSON; empty where the area has none.
        check: Decision point of the checks.
        grant: Decision point of the grant.
    """

    case_ref: str
    check: Point
    grant: Point
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Area:
    """One area as the side-car offers it.

    Attributes:
        name: As on the command line: ``jsg adapter bidding``.
        rules: Makes the area's rules of the age limits, by their names.
        sample: What its examples say.
        limits: Names of the age limits that the configuration must give, in days.
        facts: Name of the area's message in ``CaseFacts``; empty where the area has none.
        part: Name of the fact that says which part of a case is decided on its own; empty where none does.
        part_is: What such a part is, in Chinese and English, where ``question.part`` names it; empty where it does not.
        acts: Final acts, with what carries each; None: nothing beside its question.
        wages: The decision point at which nothing is ever stopped (X-20); None where the area has none.
        persons: What can be asked about persons.
        facts_at: Returns the facts as they are at a decision point; None: they are the same everywhere.
        beside: What it says beside an answer; None: nothing.
        ocds: It takes tenders as OCDS.
    """

    name: str
    rules: Callable[[Mapping[str, timedelta]], AreaRules]
    sample: Sample
    limits: tuple[str, ...] = ()
    facts: str = ""
    part: str = ""
    part_is: tuple[str, str] | None = None
    acts: Mapping[Point, Carried | None] = field(default_factory=dict)
    wages: Point | None = None
    persons: Mapping[tuple[Point, Capacity], PersonStep] = field(default_factory=dict)
    facts_at: Callable[[Point, credit_pb2.CaseFacts], credit_pb2.CaseFacts] | None = None
    beside: Beside | None = None
    ocds: bool = False

    @property
    def consortia(self) -> bool:
        """Somebody may take part together with others here: the facts say in which form."""
        if not self.facts:
            return False
        facts = credit_pb2.CaseFacts.DESCRIPTOR.fields_by_name[self.facts].message_type
        return facts is not None and "form" in facts.fields_by_name

    @property
    def secured(self) -> bool:
        """A question says how much security would ordinarily be set."""
        return self.beside is Beside.SECURITY

    def points(self) -> list[str]:
        """Return the names of the decision points at which it is asked, but for that of wages."""
        rules = self.rules(dict.fromkeys(self.limits, _ANY))
        return [common_pb2.DecisionPoint.Name(each.point) for each in rules.points if each.point != self.wages]


def is_consortium(facts: credit_pb2.CaseFacts | None, *, members: bool) -> bool:
    """Return whether an applicant comes as a consortium: as its form says; where there is none, as it has members."""
    chosen = facts.WhichOneof("facts") if facts is not None else None
    area = getattr(facts, chosen) if chosen else None
    if area is None or "form" not in area.DESCRIPTOR.fields_by_name:
        return members
    return bool(area.form == credit_pb2.PARTICIPATION_FORM_CONSORTIUM)
