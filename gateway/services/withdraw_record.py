"""Withdrawing a publication or penalty: by the authority that made it, under a document, once."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.authorities import require_authority
from gateway.domain.errors import EnterpriseNotFoundError, FieldNotInMandateError, MalformedRequestError, StateError
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication
from gateway.domain.running_clocks import WITHDRAWAL_CLOCKS
from gateway.domain.withdrawals import Withdrawal, withdrawal_id
from gateway.services.ports.facts import Submission, SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from gateway.domain.agencies import Agency
    from gateway.domain.clock_rules import ClockRule
    from gateway.domain.clocks import Deadline
    from gateway.domain.kinds.fact import Fact
    from gateway.services.ports.facts import FactStore, HeldRecord
    from gateway.services.ports.register import Clock

KINDS: Mapping[str, type[Fact]] = {"publication": Publication, "penalty": Penalty}
"""What can be withdrawn, by its name on the wire."""


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """A withdrawal as read from the wire; ``holds_until`` is None for a record that is void."""

    request_id: str
    digest: str
    record_id: str
    kind: str
    authority: str
    document_number: str
    decided_on: date
    holds_until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was stored, and by when what was made public must be corrected."""

    revision: int
    uscc: str
    correct_by: Deadline
    late: bool


class WithdrawRecord:
    """Stores withdrawals."""

    def __init__(
        self,
        store: FactStore,
        clock: Clock,
        writer: str,
        deadline: Callable[[ClockRule, date], Deadline],
        kinds_of_feed: Mapping[str, frozenset[str]],
    ) -> None:
        """Take the ports, and *deadline*, which counts when a clock ends that a civil day has started."""
        self._store = store
        self._clock = clock
        self._writer = writer
        self._deadline = deadline
        self._kinds_of_feed = kinds_of_feed

    def feed_of(self, agency: Agency, kind: str, authority: str) -> str:
        """Return the caller's feed that carries records of *kind*.

        Raises:
            FieldNotInMandateError: None of the caller's does, or the caller may not act as *authority* (L-01).
        """
        carrying = sorted(f for f in agency.feeds if kind in KINDS and kind in self._kinds_of_feed.get(f, ()))
        if not carrying:
            raise FieldNotInMandateError("kind", "no feed of this caller carries what can be withdrawn under this name")
        require_authority(agency, authority, "authority", carrying)
        return carrying[0]

    async def __call__(self, agency: Agency, wanted: Withdrawing) -> Withdrawn:
        """Store a withdrawal.

        Raises:
            FieldNotInMandateError: The record is another authority's, or of a kind that the caller does not carry, or
                the caller may not act as this authority.
            MalformedRequestError: The decision lies ahead.
            EnterpriseNotFoundError: No record of this kind is on record under this id.
            StateError: It is withdrawn already.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._withdraw, agency, wanted)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds the withdrawal, stored by the data revision *through*. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _withdraw(self, agency: Agency, wanted: Withdrawing) -> Withdrawn:
        now = self._clock.now()
        today = civil_date(now)
        if wanted.decided_on > today:
            raise MalformedRequestError("decided_on", "lies ahead")
        submission = Submission(
            request_id=wanted.request_id,
            chunk=0,
            digest=wanted.digest,
            feed=self.feed_of(agency, wanted.kind, wanted.authority),
            agency=agency.agency_id,
            writer=self._writer,
            committed_at=now,
            rows=(),
        )
        revision, held = self._store.withdraw(submission, wanted.record_id, lambda held: _row(wanted, held))
        rule = WITHDRAWAL_CLOCKS[type(held.fact)]
        deadline = self._deadline(rule, wanted.decided_on)
        return Withdrawn(revision, held.uscc, deadline, today > deadline.due_on)


def _row(wanted: Withdrawing, held: HeldRecord | None) -> SubmittedRow:
    if held is None or type(held.fact) is not KINDS[wanted.kind]:
        raise EnterpriseNotFoundError(f"no {wanted.kind} is on record under this id", record=wanted.record_id)
    if held.fact.authority != wanted.authority:
        raise FieldNotInMandateError("authority", "only the authority that made the record withdraws it")
    if held.withdrawn:
        raise StateError(
            f"{wanted.record_id} is withdrawn already",
            object=wanted.record_id,
            state="WITHDRAWN",
            wanted="WITHDRAWAL",
            allowed="",
            why="NOT_FROM_THIS_STATE",
        )
    identity = withdrawal_id(wanted.record_id)
    withdrawal = Withdrawal(
        record_id=identity,
        authority=wanted.authority,
        document_number=wanted.document_number,
        target_id=wanted.record_id,
        decided_on=wanted.decided_on,
        holds_until=wanted.holds_until,
        reason=wanted.reason,
    )
    digest = hashlib.sha256(wanted.digest.encode()).hexdigest()
    return SubmittedRow(1, "withdrawal", identity, digest, held.uscc, fact=withdrawal)
