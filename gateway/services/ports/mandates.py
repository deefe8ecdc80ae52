"""Who may call, as it stands; and where mandates are kept, version after version.

Protocols; no behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gateway.domain.agencies import Agency
    from gateway.domain.mandates import MandateVersion, Proposal, ProposalState
    from gateway.services.ports.facts import Submission


class Callers(Protocol):
    """Everybody who may call, as the mandates stand now; safe to use from several threads."""

    def find(self, agency_id: str, role: str, identity: str = "") -> Agency:
        """Return the mandate of an agency in a role, in force or not; *identity* is the certificate's name.

        Raises:
            CallerUnknownError: There is none.
            StoreUnavailableError: The mandates have not been seen for too long: nobody is let in on old ones.
        """

    def __iter__(self) -> Iterator[Agency]:
        """Yield every mandate, in force or not; raises ``StoreUnavailableError`` likewise."""


class MandateStore(Protocol):
    """Versions of mandates and proposals, only ever added. Blocking: call it in a thread."""

    def begin(self, submission: Submission, mandates: Sequence[Agency]) -> int | None:
        """Store *mandates* as the first versions of a store that has none, and return the newest data revision.

        They take none of their own: nobody was answered before. None: the store has mandates, and keeps them.
        """

    def newest(self) -> int:
        """Return the number of the newest version; 0 when there is none."""

    def current(self) -> list[MandateVersion]:
        """Return the newest version of each caller's mandate, in the order in which callers first came."""

    def proposals(self) -> list[Proposal]:
        """Return the newest proposal for each caller."""

    def propose(
        self, submission: Submission, decide: Callable[[Sequence[MandateVersion]], Proposal]
    ) -> tuple[int, Proposal]:
        """Keep the proposal that *decide* makes of the versions that stand; what it raises changes nothing.

        Return the newest data revision then, and the proposal.

        Idempotent by request id like ``FactStore.submit``. It takes no data revision: it changes no answer.
        """

    def approve(
        self,
        submission: Submission,
        proposal_id: str,
        decide: Callable[[tuple[Proposal, ProposalState] | None, Sequence[MandateVersion], int], MandateVersion],
    ) -> MandateVersion:
        """Store the version that *decide* makes of a proposal, under a data revision of its own.

        *decide* gets the proposal with this id and how it stands, None when there is none; the versions that stand; and
        the revision. Return the version with its number. Idempotent by request id likewise.
        """

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds a write, as ``FactStore.mark_recorded`` does."""
