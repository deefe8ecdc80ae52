"""The facts of a case that the policy's rules may look at, and the few ways in which they look.

A condition is a list of alternatives, each a list of criteria that must all hold; there is no expression language.
What follows when a condition holds is in ``policy``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Final, Protocol

from formats.civil import add_months
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import (
    Area,
    FundKind,
    ParticipationForm,
    QualificationApplicationKind,
    SecurityKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FactValue = bool | int | str | date | IntEnum

FACT_TYPES: Final[Mapping[str, type[FactValue]]] = {
    "project_region": str,
    "must_be_tendered": bool,
    "state_funds": bool,
    "form": ParticipationForm,
    "lot": str,
    "tender_document_names_list": bool,
    "fund_kind": FundKind,
    "security_kind": SecurityKind,
    "contract_amount_fen": int,
    "application_kind": QualificationApplicationKind,
    "application_date": date,
}
"""The type of every case fact, by name."""

FACT_AREAS: Final[Mapping[str, frozenset[Area]]] = {
    "project_region": frozenset({Area.BIDDING}),
    "must_be_tendered": frozenset({Area.BIDDING}),
    "state_funds": frozenset({Area.BIDDING}),
    "form": frozenset({Area.BIDDING, Area.PROCUREMENT}),
    "lot": frozenset({Area.BIDDING}),
    "tender_document_names_list": frozenset({Area.PROCUREMENT}),
    "fund_kind": frozenset({Area.FUNDING}),
    "security_kind": frozenset({Area.GUARANTEE}),
    "contract_amount_fen": frozenset({Area.GUARANTEE}),
    "application_kind": frozenset({Area.QUALIFICATION}),
    "application_date": frozenset({Area.QUALIFICATION}),
}
"""The areas whose message on the wire has the fact."""

_DIVISION: Final = re.compile(r"[1-9][0-9]{5}")
LOT_BYTES: Final = 64


def fact_path(name: str, area: Area) -> str:
    """Return where the wire has the fact, such as ``case_facts.bidding.state_funds``."""
    return f"case_facts.{area.name.lower()}.{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """The facts of one case; None means not sent. ``fact_path`` names them as the wire does.

    Raises:
        MalformedRequestError: ``project_region`` is no division code of 6 digits, ``lot`` is longer than 64 bytes, or
            ``contract_amount_fen`` is not above 0. A code cut short would lie outside every territory.
    """

    project_region: str | None = None
    """Division code of the project's place, 6 digits."""
    must_be_tendered: bool | None = None
    state_funds: bool | None = None
    form: ParticipationForm | None = None
    """Of bidding and of procurement alike."""
    lot: str | None = None
    tender_document_names_list: bool | None = None
    fund_kind: FundKind | None = None
    security_kind: SecurityKind | None = None
    contract_amount_fen: int | None = None
    application_kind: QualificationApplicationKind | None = None
    application_date: date | None = None

    def __post_init__(self) -> None:
        if self.project_region is not None and _DIVISION.fullmatch(self.project_region) is None:
            raise MalformedRequestError(
                fact_path("project_region", Area.BIDDING), "must be a division code of 6 digits"
            )
        if self.lot is not None and len(self.lot.encode()) > LOT_BYTES:
            raise MalformedRequestError(fact_path("lot", Area.BIDDING), f"is longer than {LOT_BYTES} bytes")
        if self.contract_amount_fen is not None and self.contract_amount_fen <= 0:
            raise MalformedRequestError(fact_path("contract_amount_fen", Area.GUARANTEE), "must be greater than 0")


NO_FACTS: Final = CaseFacts()
"""A case of which nothing was sent."""


def require_facts(facts: CaseFacts, names: Iterable[str], area: Area, on: date) -> None:
    """Return when every named fact was sent and no date among them lies after *on*.

    Raises:
        MalformedRequestError: With the path of the first that fails.
    """
    for name in names:
        value: FactValue | None = getattr(facts, name)
        if value is None:
            raise MalformedRequestError(fact_path(name, area), "is needed at this decision point")
        if isinstance(value, date) and value > on:
            raise MalformedRequestError(fact_path(name, area), "lies after the moment asked about")


class GroundAttributes(Protocol):
    """What a rule may look at in the ground that weighs; ``gateway.domain.grounds.Ground`` has it."""

    @property
    def since(self) -> date:
        """Civil date of the decision, finding or publication."""

    @property
    def restriction(self) -> str:
        """What a penalty restricts, by name; empty for other grounds."""

    @property
    def malicious(self) -> bool:
        """The authority decided that the arrears were malicious."""


@dataclass(frozen=True, slots=True)
class _NoGround:
    since: date = date.min
    restriction: str = ""
    malicious: bool = False


NO_GROUND: Final[GroundAttributes] = _NoGround()
"""For conditions that look at case facts only, such as those of incentives."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The case fact has one of these values."""

    fact: str
    values: frozenset[FactValue]

    @property
    def facts(self) -> frozenset[str]:
        """The case facts looked at."""
        return frozenset({self.fact})

    def holds(self, facts: CaseFacts, ground: GroundAttributes, on: date) -> bool:  # noqa: ARG002 - one call for all
        """Return whether it holds; the fact must have been sent."""
        return getattr(facts, self.fact) in self.values


@dataclass(frozen=True, slots=True)
class Within:
    """The case fact, a division code, begins so: "4203" is everything inside 420300."""

    fact: str
    prefix: str

    @property
    def facts(self) -> frozenset[str]:
        """The case facts looked at."""
        return frozenset({self.fact})

    def holds(self, facts: CaseFacts, ground: GroundAttributes, on: date) -> bool:  # noqa: ARG002 - one call for all
        """Return whether it holds; the fact must have been sent."""
        return str(getattr(facts, self.fact)).startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class GroundIs:
    """An attribute of the ground, ``restriction`` or ``malicious``, has this value."""

    attribute: str
    value: bool | str

    @property
    def facts(self) -> frozenset[str]:
        """The case facts looked at: none."""
        return frozenset()

    def holds(self, facts: CaseFacts, ground: GroundAttributes, on: date) -> bool:  # noqa: ARG002 - one call for all
        """Return whether it holds."""
        return bool(getattr(ground, self.attribute) == self.value)


@dataclass(frozen=True, slots=True)
class AgeAtMost:
    """The ground is younger than so many months on the day asked about, or on the day that ``fact`` names.

    It counts in (day - months, day] as complaints do (G-11) and no longer on the anniversary; what
    came after the day named counts too (A-60: "until decision").
    """

    months: int
    fact: str = ""
    """Name of a case fact that is a date; empty means the day asked about."""

    @property
    def facts(self) -> frozenset[str]:
        """The case facts looked at."""
        return frozenset({self.fact} if self.fact else ())

    def holds(self, facts: CaseFacts, ground: GroundAttributes, on: date) -> bool:
        """Return whether it holds; the fact, where one is named, must have been sent."""
        day: date = getattr(facts, self.fact) if self.fact else on
        return day < self.ends_on(ground)

    def ends_on(self, ground: GroundAttributes) -> date:
        """Return the first day on which the ground is too old."""
        return add_months(ground.since, self.months)


Criterion = AnyOf | Within | GroundIs | AgeAtMost


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives, each a set of criteria that must all hold. No alternative at all means: always."""

    alternatives: tuple[frozenset[Criterion], ...] = ()

    @property
    def unconditional(self) -> bool:
        """Whether it holds whatever the facts are."""
        return not self.alternatives

    @property
    def criteria(self) -> frozenset[Criterion]:
        """Every criterion of every alternative."""
        return frozenset().union(*self.alternatives)

    @property
    def facts(self) -> frozenset[str]:
        """Every case fact looked at."""
        return frozenset(name for criterion in self.criteria for name in criterion.facts)

    def holds(self, facts: CaseFacts, ground: GroundAttributes, on: date) -> bool:
        """Return whether an alternative holds; every fact in ``facts`` must have been sent (``require_facts``)."""
        if not self.alternatives:
            return True
        return any(all(test.holds(facts, ground, on) for test in tests) for tests in self.alternatives)


ALWAYS: Final = Condition()
