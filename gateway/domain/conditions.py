"""The few ways in which the policy's rules look at a case and at the ground that weighs.

A condition is a list of alternatives, each a list of criteria that must all hold; there is no expression language.
What follows when a condition holds is in ``policy``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol

from formats.civil import add_months

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.case_facts import CaseFacts, FactValue


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

    def came_after(self, moment: datetime) -> bool:
        """Return whether it weighed neither at *moment* nor from an earlier one on."""


@dataclass(frozen=True, slots=True)
class _NoGround:
    since: date = date.min
    restriction: str = ""
    malicious: bool = False

    def came_after(self, moment: datetime) -> bool:  # noqa: ARG002 - nothing comes after nothing
        return False


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


@dataclass(frozen=True, slots=True)
class WeighedAtCutoff:
    """The ground did not come after the cut-off that the tender document fixes, if it fixes one (A-124).

    A cut-off that lies ahead has not passed: whatever weighs now came before it.
    """

    @property
    def facts(self) -> frozenset[str]:
        """The case facts looked at: the rule; ``require_facts`` sees to it that ``cutoff_at`` goes with it."""
        return frozenset({"cutoff_rule"})

    def holds(self, facts: CaseFacts, ground: GroundAttributes, on: date) -> bool:  # noqa: ARG002 - one call for all
        """Return whether it holds; the facts must have been sent."""
        return facts.cutoff_at is None or not ground.came_after(facts.cutoff_at)


Criterion = AnyOf | Within | GroundIs | AgeAtMost | WeighedAtCutoff


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
