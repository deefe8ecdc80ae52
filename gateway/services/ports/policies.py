"""Reading a policy from its text, and where proposed and approved ones are kept. Protocols; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from gateway.domain.policy import Policy
    from gateway.domain.policy_faults import Fault
    from gateway.domain.policy_text import PolicyText
    from gateway.domain.policy_versions import PolicyProposal, PolicyVersion
    from gateway.services.ports.facts import Submission


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """What a text says, and what is wrong with it."""

    policy: Policy | None
    """None when it could not be read whole."""
    faults: tuple[Fault, ...]
    """Empty when a gateway could start with it."""


class PolicyReader(Protocol):
    """Reads policies strictly. Blocking: it computes for half a second."""

    def read(self, text: PolicyText, on: date) -> ReadPolicy:
        """Read a policy that is to be in force on a civil day (UTC+8)."""


class PolicyStore(Protocol):
    """Proposals and versions of the policy, only ever added. Blocking: call it in a thread.

    Every method raises ``StoreUnavailableError`` when the database fails.
    """

    def versions(self) -> list[PolicyVersion]:
        """Return every version approved, in order of their numbers."""

    def proposals(self) -> list[PolicyProposal]:
        """Return every proposal, in the order in which they came."""

    def propose(
        self, submission: Submission, decide: Callable[[PolicyVersion | None], PolicyProposal]
    ) -> tuple[int, PolicyProposal]:
        """Keep the proposal that *decide* makes beside the version approved last; what it raises changes nothing.

        Return the newest data revision then, and the proposal. Idempotent by request id like ``FactStore.submit``. It
        takes no data revision: it changes no answer.
        """

    def approve(
        self,
        submission: Submission,
        proposal_id: str,
        decide: Callable[[PolicyProposal, PolicyVersion | None, str, int], PolicyVersion],
    ) -> PolicyVersion:
        """Store the version that *decide* makes of a proposal, under a data revision of its own, and return it.

        *decide* gets the proposal, the version approved last, the id of the newest proposal, and the revision.
        Idempotent by request id likewise.

        Raises:
            EnterpriseNotFoundError: There is no such proposal.
        """

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds a write, as ``FactStore.mark_recorded`` does."""
