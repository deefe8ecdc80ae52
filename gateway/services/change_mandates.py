"""Changing who may call: one person proposes, another approves, and everybody's mandates can be looked at.

Persons are the certificates' holders; a request names nobody. What is proposed is judged when it is proposed, so that
its author learns what is wrong, and again inside the transaction that approves it.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateway.domain.errors import EnterpriseNotFoundError
from gateway.domain.mandate_changes import (
    mandate_after,
    refusal,
    require_approvable,
    require_proposable,
    require_second,
)
from gateway.domain.mandates import MandateVersion, Proposal, ProposalState, state_of
from gateway.services.ports.facts import Submission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.imports import Person
    from gateway.domain.mandates import CallerKey, Ending, Frame
    from gateway.services.ports.mandates import MandateStore


@dataclass(frozen=True, slots=True)
class Word:
    """Who says something about a mandate, and by which request."""

    request_id: str
    digest: str
    """SHA-256 of the request, hexadecimal."""
    person: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is proposed, and why."""

    mandate: Agency | Ending
    reason: str
    document_number: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One caller: its mandate, None when one was only proposed, and what waits for an approval."""

    caller: CallerKey
    version: MandateVersion | None
    waiting: Proposal | None


class ChangeMandates:
    """Takes proposals and approvals."""

    def __init__(self, store: MandateStore, frame: Frame, writer: str) -> None:
        self._store = store
        self._frame = frame
        self._writer = writer

    async def listed(self) -> list[Standing]:
        """Return every caller, in order of agency and role.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._listed)

    async def propose(self, word: Word, wanted: Wanted) -> tuple[int, Proposal]:
        """Keep a proposal; return the newest data revision, and the proposal.

        Raises:
            MalformedRequestError: It could not be approved now: by the field at fault.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._propose, word, wanted)

    async def approve(self, word: Word, proposal_id: str) -> MandateVersion:
        """Approve a proposal; return the version that holds from now on.

        Raises:
            EnterpriseNotFoundError: There is no such proposal.
            StateError: It does not wait any more, or no longer fits beside what stands (R-03).
            SecondPersonRequiredError: Who approves is who proposed.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._approve, word, proposal_id)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds a write. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _listed(self) -> list[Standing]:
        versions = {version.caller: version for version in self._store.current()}
        waiting = {
            proposal.caller: proposal
            for proposal in self._store.proposals()
            if state_of(proposal, versions.get(proposal.caller), proposal.proposal_id) is ProposalState.WAITING
        }
        callers = sorted(versions.keys() | waiting.keys())
        return [Standing(caller, versions.get(caller), waiting.get(caller)) for caller in callers]

    def _propose(self, word: Word, wanted: Wanted) -> tuple[int, Proposal]:
        def decide(current: Sequence[MandateVersion]) -> Proposal:
            standing = [version.mandate for version in current]
            require_proposable(wanted.mandate, standing, self._frame, word.at)
            proposal = Proposal(
                proposal_id=_proposal_id(word),
                wanted=wanted.mandate,
                replaces=0,
                by=word.person,
                at=word.at,
                reason=wanted.reason,
                document_number=wanted.document_number,
            )
            own = next((version for version in current if version.caller == proposal.caller), None)
            return proposal if own is None else replace(proposal, replaces=own.mandate.version)

        return self._store.propose(self._submission(word), decide)

    def _approve(self, word: Word, proposal_id: str) -> MandateVersion:
        def decide(
            found: tuple[Proposal, ProposalState] | None, current: Sequence[MandateVersion], revision: int
        ) -> MandateVersion:
            if found is None:
                raise EnterpriseNotFoundError("there is no such proposal", proposal=proposal_id)
            proposal, state = found
            require_second(proposal, word.person)
            if state is not ProposalState.WAITING:
                raise refusal(proposal, state, "NOT_FROM_THIS_STATE")
            standing = [version.mandate for version in current]
            mandate = mandate_after(proposal.wanted, standing, word.at)
            require_approvable(proposal, mandate, standing, self._frame, word.at)
            return MandateVersion(
                mandate=mandate,
                revision=revision,
                recorded_at=word.at,
                proposal_id=proposal.proposal_id,
                proposed_by=proposal.by,
                approved_by=word.person,
            )

        return self._store.approve(self._submission(word), proposal_id, decide)

    def _submission(self, word: Word) -> Submission:
        agency = word.person.agency
        return Submission(word.request_id, 0, word.digest, "", agency, self._writer, word.at, rows=())


def _proposal_id(word: Word) -> str:
    """Return the id of what a request proposes: the same for the same request, sent again."""
    named = f"{word.person.agency}\0{word.request_id}"
    return f"mandate-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
