"""What it takes to derive a past answer again: what it rested on, and how it was written.

Protocols and the values that cross them; no behaviour. All of it is blocking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.eligibility import Decision
    from gateway.domain.grades import GradeRules
    from gateway.domain.policy import Policy
    from gateway.services.check_eligibility import Basis
    from gateway.services.ports.register import Register
    from gateway.services.recorded_question import RecordedQuestion


class PastPolicies(Protocol):
    """Policies by digest."""

    @property
    def loaded(self) -> Policy:
        """The policy that answers now."""

    def find(self, profile: str, digest: str, on: date) -> Policy | None:
        """Return the policy that answered by on a civil day; None when none of this digest is kept."""


class PastMandates(Protocol):
    """Mandates by version and by time."""

    def version(self, number: int) -> Agency | None:
        """Return a version of a mandate; None when there is none of this number.

        Raises:
            StoreUnavailableError: The database failed; of both methods.
        """

    def standing(self, agency_id: str, role: str, at: datetime) -> Agency | None:
        """Return the version of a caller's mandate that was the newest at an instant; None when there was none."""


class PastFacts(Protocol):
    """The facts as they were indexed at a revision."""

    def head(self) -> int:
        """Return the newest revision."""

    def register(self, revision: int, rules: GradeRules) -> Register:
        """Return what the index in memory was at *revision*, reading from the store what is asked for."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """An answer as it would be recorded: one mapping a decision, and the SHA-256 of the response, hexadecimal."""

    told: Sequence[Mapping[str, object]]
    response: str


class AnswerShape(Protocol):
    """How decisions become an answer."""

    def rewrite(
        self, policy: Policy, question: RecordedQuestion, answered: tuple[Sequence[Decision], Basis], agency: Agency
    ) -> Rewritten:
        """Return decisions under a policy as the recorded question was answered, to *agency* by its mandate of then."""


class Spans(Protocol):
    """How the queues grew with time."""

    def since(self, instant: datetime) -> Mapping[str, tuple[int, int]]:
        """Return for each writer (first number sealed at *instant* or later, number of its next entry).

        Raises:
            StoreUnavailableError: A database failed.
        """
