"""Where referrals are kept: their entries, only ever added, and sealed.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.domain.referrals import ReferralEntry
    from gateway.services.ports.facts import HeldListing, Submission, SubmittedRow


@dataclass(frozen=True, slots=True)
class Consequence:
    """Rows of the register that are stored with a step, in its transaction and under a revision of their own."""

    submission: Submission
    """Of the step's request, as its chunk 1."""
    listing_id: str
    """Of the listing that ``rows`` is given as it is then; empty where none is."""
    rows: Callable[[HeldListing | None], Sequence[SubmittedRow]]
    """Empty where there is nothing to store after all."""


class Sealer(Protocol):
    """Seals what the store must not hold in plain."""

    def seal_bytes(self, content: bytes) -> bytes:
        """Return *content* encrypted for storage; raises ``StoreUnavailableError`` when it cannot be."""

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """Return what ``seal_bytes`` sealed; raises ``ValueError`` for anything else."""


class ReferralStore(Protocol):
    """The entries of referrals. Blocking: call it in a thread."""

    def record(
        self,
        submission: Submission,
        referral_id: str,
        decide: Callable[[Sequence[ReferralEntry]], Sequence[ReferralEntry]],
        follow: Callable[[Sequence[ReferralEntry], Sequence[ReferralEntry]], Consequence | None] | None = None,
    ) -> tuple[int, list[ReferralEntry]]:
        """Add what *decide* makes of the entries on record; return the newest data revision, and the entries with it.

        *follow* is given the entries on record and the added ones: what it returns is stored with them or not at all.

        Nobody writes between what *decide* is given and what is stored; what it raises leaves the store as it was.
        Idempotent by request id like ``FactStore.submit``: the entries are then those up to the ones of that request.
        An entry takes no data revision: no answer rests on a referral (T-60). Rows that follow from it take one.
        """

    def entries(self, referral_id: str) -> list[ReferralEntry]:
        """Return the entries of a case in order; empty when there are none."""

    def all_entries(self) -> list[list[ReferralEntry]]:
        """Return the entries of every case, in order of their ids."""

    def newest(self) -> int:
        """Return the place of the newest entry of all cases; 0 while there is none."""

    def changed(self, after: int) -> tuple[int, list[str]]:
        """Return the place of the newest entry, and the ids of the cases that have one after the place *after*."""

    def held_listing(self, listing_id: str) -> tuple[int, HeldListing | None]:
        """Return the newest revision and a listing, as ``FactStore.held_listing`` does."""

    def nonconforming_known(self, codes: Sequence[str]) -> frozenset[str]:
        """Return those of *codes* that a register knows, as ``FactStore.nonconforming_known`` does."""

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the audit entry that holds what a request wrote, as ``FactStore.mark_recorded`` does."""
