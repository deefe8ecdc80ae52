"""Registering the live cases of deciding systems, and what registering gives: the right to ask about one's cut-off.

Each act is judged and stored in one transaction and never changed. Parties are replaced by an act of its own that says
which version it replaces, so that of two officers who amend at once one is refused. Whoever is not the case's agency
gets the same answer as for a case that there is not.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.cases import CaseClosing, CaseTerms, case_of, terms_faults
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, StateError
from gateway.services.ports.facts import Submission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.cases import Case, CaseAct, CaseKey
    from gateway.domain.vocabulary import Area
    from gateway.services.ports.cases import CaseStore
    from gateway.services.ports.register import Clock


@dataclass(frozen=True, slots=True)
class CaseRequest:
    """An act as read from the wire."""

    request_id: str
    digest: str
    """SHA-256 of the request, hexadecimal."""
    key: CaseKey
    content: CaseTerms | CaseClosing
    replaces_version: int = 0
    """Of an amendment, the version that it takes the place of; 0 opens the case, and of a closing means nothing."""
    nonconforming: tuple[str, ...] = ()
    """Codes that fail their standard: the master feed must know them."""


class Cases:
    """Writes and reads cases."""

    def __init__(self, store: CaseStore, clock: Clock, writer: str) -> None:
        self._store = store
        self._clock = clock
        self._writer = writer

    async def write(self, request: CaseRequest) -> tuple[int, Case]:
        """Store an act; return the newest data revision, and the case with it.

        Raises:
            MalformedRequestError: Something in it does not fit, or names nobody who can be meant.
            EnterpriseNotFoundError: This agency has no such case.
            StateError: There is such a case already, it is closed, or the version that it replaces is not the newest.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._write, request)

    async def find(self, key: CaseKey) -> Case:
        """Return an open case.

        Raises:
            EnterpriseNotFoundError: This agency has no such case.
            StateError: It is closed.
            StoreUnavailableError: The store could not be read.
        """
        return _open(case_of(await asyncio.to_thread(self._store.acts, key)), key)

    async def cutoffs(self, agency: Agency, area: Area, case_ref: str) -> frozenset[datetime]:
        """Return the cut-offs of the agency's own open cases of this number, whatever part, UTC; empty without any.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        parts = await asyncio.to_thread(self._store.of_reference, agency.agency_id, area, case_ref)
        found = (case_of(acts) for acts in parts)
        opened = (case for case in found if case is not None and case.closing is None)
        return frozenset(case.cutoff_at for case in opened if case.cutoff_at is not None)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an act. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _write(self, request: CaseRequest) -> tuple[int, Case]:
        now = self._clock.now()
        unknown = set(request.nonconforming) - self._store.nonconforming_known(request.nonconforming)
        if unknown:
            raise MalformedRequestError("applicants", f"{min(unknown)} fails its check and no register knows it")
        key = request.key
        submission = Submission(request.request_id, 0, request.digest, "", key.agency, self._writer, now, rows=())

        def decide(acts: Sequence[CaseAct]) -> CaseTerms | CaseClosing:
            _judge(request, case_of(acts), now)
            return request.content

        revision, acts = self._store.record(submission, key, decide)
        case = case_of(acts)
        assert case is not None  # noqa: S101 - an act of it has been stored, and the first is its terms
        return revision, case


def _judge(request: CaseRequest, before: Case | None, now: datetime) -> None:
    """Refuse an act that may not follow what is on record."""
    content = request.content
    if isinstance(content, CaseClosing):
        _open(before, request.key)
        return
    if request.replaces_version == 0:
        if before is not None:
            raise _state(before, "REGISTERED")
        standing = None
    else:
        opened = _open(before, request.key)
        if opened.version != request.replaces_version:
            raise _state(opened, f"VERSION_{request.replaces_version + 1}")
        standing = opened.terms
    for fault in terms_faults(content, standing, now):
        raise MalformedRequestError(*fault)


def _open(case: Case | None, key: CaseKey) -> Case:
    if case is None:
        raise EnterpriseNotFoundError("no such case is registered for this agency", case=key.case_ref, part=key.part)
    if case.closing is not None:
        raise _state(case, "OPEN")
    return case


def _state(case: Case, wanted: str) -> StateError:
    state = f"VERSION_{case.version}" if case.closing is None else f"CLOSED_{case.closing.reason.name}"
    allowed = f"VERSION_{case.version + 1}" if case.closing is None else ""
    return StateError(
        f"case {case.key.case_ref} {case.key.part} is at {state}".replace("  ", " "),
        object=case.key.case_id,
        state=state,
        wanted=wanted,
        allowed=allowed,
        why="NOT_THE_NEWEST_VERSION" if case.closing is None else "CLOSED",
    )
