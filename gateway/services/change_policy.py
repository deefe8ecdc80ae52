"""Changing the policy: one person proposes, another approves, and it holds from a day on.

Persons are the certificates' holders; a request names nobody. What is proposed is read as a start would read it, and
again when it is approved: a gateway that cannot begin with it must not come to hold it.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError
from gateway.domain.mandate_changes import require_second
from gateway.domain.policy_versions import (
    FIRST,
    PolicyProposal,
    PolicyVersion,
    ends_at,
    holds_from,
    in_force,
    refusal,
    require_waiting,
    state_of,
)
from gateway.services.ports.facts import Submission

if TYPE_CHECKING:
    from datetime import date, datetime

    from gateway.domain.policy import Policy
    from gateway.domain.policy_text import PolicyText
    from gateway.domain.policy_versions import PolicyProposalState
    from gateway.services.change_mandates import Word
    from gateway.services.ports.policies import PolicyReader, PolicyStore


@dataclass(frozen=True, slots=True)
class WantedPolicy:
    """What is proposed, from which civil day (UTC+8) on, and why."""

    text: PolicyText
    holds_on: date
    reason: str
    document_number: str


@dataclass(frozen=True, slots=True)
class PolicyStanding:
    """What holds, what will, and what was proposed."""

    versions: list[PolicyVersion]
    number: int
    """Of the version in force; 0 for the policy of the configuration."""
    ends_at: datetime | None
    """From when on another holds; None when none is approved."""
    proposals: list[tuple[PolicyProposal, PolicyProposalState]]
    """Newest first."""

    @property
    def waiting(self) -> list[PolicyProposal]:
        """What waits for an approval: one at the most."""
        return [proposal for proposal, state in self.proposals if state.name == "WAITING"]


class ChangePolicy:
    """Takes proposals and approvals."""

    def __init__(self, store: PolicyStore, reader: PolicyReader, first: Policy, writer: str) -> None:
        """*first* is the policy of the configuration."""
        self._store = store
        self._reader = reader
        self._first = first
        self._writer = writer

    async def standing(self, now: datetime) -> PolicyStanding:
        """Return how everything stands at an instant. Raises ``StoreUnavailableError``."""
        return await asyncio.to_thread(standing, self._store, now)

    async def propose(self, word: Word, wanted: WantedPolicy) -> tuple[int, PolicyProposal]:
        """Keep a proposal; return the newest data revision, and the proposal.

        Raises:
            MalformedRequestError: It could not be approved now: its day is over, it is not sound, or it is the policy
                that holds already; by the field at fault.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._propose, word, wanted)

    async def approve(self, word: Word, proposal_id: str) -> PolicyVersion:
        """Approve a proposal; return the version, with the instant from which it holds.

        Raises:
            EnterpriseNotFoundError: There is no such proposal.
            StateError: It does not wait any more, its day is over, or it is not sound any more.
            SecondPersonRequiredError: Who approves is who proposed.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._approve, word, proposal_id)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds a write. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _propose(self, word: Word, wanted: WantedPolicy) -> tuple[int, PolicyProposal]:
        if wanted.holds_on < civil_date(word.at):
            raise MalformedRequestError("holds_on", "lies in the past")
        read = self._reader.read(wanted.text, wanted.holds_on)
        if read.policy is None or read.faults:
            fault = read.faults[0]
            more = f" ({len(read.faults)} faults in all)" if len(read.faults) > 1 else ""
            raise MalformedRequestError("policy", f"{fault.file}: {fault.key}: {fault.reason}{more}")
        proposal = PolicyProposal(
            proposal_id=_proposal_id(word),
            text=wanted.text,
            version=read.policy.version,
            digest=read.policy.digest,
            holds_on=wanted.holds_on,
            replaces=FIRST,
            by=word.person,
            at=word.at,
            reason=wanted.reason,
            document_number=wanted.document_number,
        )

        def decide(newest: PolicyVersion | None) -> PolicyProposal:
            last = (self._first.profile, self._first.digest) if newest is None else _key(newest.proposal)
            if _key(proposal) == last:
                raise MalformedRequestError("policy", "is the one that was approved last")
            return proposal if newest is None else replace(proposal, replaces=newest.number)

        return self._store.propose(self._submission(word), decide)

    def _approve(self, word: Word, proposal_id: str) -> PolicyVersion:
        found = next((each for each in self._store.proposals() if each.proposal_id == proposal_id), None)
        if found is None:
            raise EnterpriseNotFoundError("there is no such proposal", proposal=proposal_id)
        unsound = self._reader.read(found.text, found.holds_on).faults

        def decide(
            proposal: PolicyProposal, newest: PolicyVersion | None, newest_id: str, revision: int
        ) -> PolicyVersion:
            require_second(proposal, word.person)
            require_waiting(proposal, state_of(proposal, newest, newest_id, word.at))
            if unsound:
                raise refusal(proposal, "WAITING", f"NOT_SOUND: {unsound[0].file}: {unsound[0].key}")
            return PolicyVersion(
                number=(FIRST if newest is None else newest.number) + 1,
                proposal=proposal,
                holds_from=holds_from(proposal, word.at),
                revision=revision,
                recorded_at=word.at,
                approved_by=word.person,
            )

        return self._store.approve(self._submission(word), proposal_id, decide)

    def _submission(self, word: Word) -> Submission:
        agency = word.person.agency
        return Submission(word.request_id, 0, word.digest, "", agency, self._writer, word.at, rows=())


def standing(store: PolicyStore, now: datetime) -> PolicyStanding:
    """Return how everything stands at an instant. Blocking; raises ``StoreUnavailableError``."""
    versions, proposals = store.versions(), store.proposals()
    newest = versions[-1] if versions else None
    approved = {version.proposal.proposal_id: version for version in versions}
    own = in_force(versions, now)
    number = FIRST if own is None else own.number
    newest_id = proposals[-1].proposal_id if proposals else ""
    states = [
        (each, state_of(each, approved.get(each.proposal_id, newest), newest_id, now)) for each in reversed(proposals)
    ]
    return PolicyStanding(versions, number, ends_at(versions, number), states)


def _key(proposal: PolicyProposal) -> tuple[str, str]:
    return proposal.text.profile, proposal.digest


def _proposal_id(word: Word) -> str:
    """Return the id of what a request proposes: the same for the same request, sent again."""
    named = f"{word.person.agency}\0{word.request_id}"
    return f"policy-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
