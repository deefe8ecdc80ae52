"""Objections of enterprises: filed at the window, answered by the deciding authority, seen by who filed them.

An objection to a listing is a step of that listing; to anything else a record beside it. Either is stored in the
transaction that judged it. It lifts nothing (C-20), and starts the clock of what it is about.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from formats.civil import civil_date
from gateway.domain.clock_list import CLOCKS
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    FieldNotInMandateError,
    MalformedRequestError,
    StateError,
)
from gateway.domain.kinds.publication_objection import PublicationObjection
from gateway.domain.listing_acts import Act
from gateway.domain.listing_standing import standing_on
from gateway.domain.listing_steps import UNDECIDED
from gateway.domain.objection_clocks import CLOCK_OF
from gateway.domain.objections import (
    Objection,
    ObjectionAbout,
    objection_id,
    open_objection,
    own_objections,
    targets,
)
from gateway.domain.vocabulary import ListingActKind
from gateway.services.listing_steps import NewAct, StepRequest, act_id
from gateway.services.ports.facts import Submission, SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from gateway.domain.agencies import Agency
    from gateway.domain.clock_rules import ClockRule
    from gateway.domain.clocks import Deadline
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.kinds.publication_objection import ObjectionResult
    from gateway.domain.objections import OwnObjection, Target
    from gateway.domain.records import Dossier
    from gateway.services.listing_steps import ListingSteps
    from gateway.services.ports.facts import FactStore, HeldRecord
    from gateway.services.ports.objections import ObjectionStore
    from gateway.services.ports.register import Clock

FEED: Final = "objections"
"""Under which name its revisions are told; it is no feed that anybody submits to."""


@dataclass(frozen=True, slots=True)
class Filing:
    """An objection as read from the wire; *application* is the number under which the enterprise applied."""

    request_id: str
    digest: str
    uscc: str
    about: ObjectionAbout
    document_number: str
    grounds: str
    application: str


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer as read from the wire."""

    request_id: str
    digest: str
    objection_id: str
    authority: str
    document_number: str
    decided_on: date
    result: ObjectionResult
    answer: str


@dataclass(frozen=True, slots=True)
class Filed:
    """What was stored, who has to answer, and by when; None where the law sets no time (a remedy)."""

    revision: int
    objection_id: str
    authority: str
    received_on: date
    answer_by: Deadline | None


class Objections:
    """Files, answers and shows objections."""

    def __init__(
        self,
        store: ObjectionStore,
        facts: FactStore,
        steps: ListingSteps,
        clock: Clock,
        deadline: Callable[[ClockRule, date], Deadline],
    ) -> None:
        """Take the ports, and *deadline*, which counts when a clock ends that a civil day has started."""
        self._store = store
        self._facts = facts
        self._steps = steps
        self._clock = clock
        self._deadline = deadline

    async def file(self, agency: Agency, filing: Filing, writer: str) -> Filed:
        """Store an objection that an enterprise makes today; *writer* is the queue that will hold its entry.

        Raises:
            EnterpriseNotFoundError: Nothing of the enterprise is on record that bears this document number.
            StateError: More than one record does, an objection to it is open already, or the listing stands so that it
                cannot be objected to.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._file, agency, filing, writer)

    async def answer(self, agency: Agency, answering: Answering, writer: str) -> tuple[int, str]:
        """Store the answer to an objection; return the revision that holds it and the enterprise's code.

        Raises:
            EnterpriseNotFoundError: No objection is on record under this id; one to a listing is answered by its steps.
            FieldNotInMandateError: Another authority's record is objected to.
            MalformedRequestError: The answer lies ahead, or before the objection.
            StateError: It is answered already.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._answer, agency, answering, writer)

    async def own(self, uscc: str) -> tuple[int, list[tuple[OwnObjection, Deadline | None]]]:
        """Return the newest revision, and an enterprise's objections with when each must be answered, newest first.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._own, uscc)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an objection or answer. Blocking."""
        self._facts.mark_recorded(request_id, through, number)

    def _file(self, agency: Agency, filing: Filing, writer: str) -> Filed:
        today = civil_date(self._clock.now())
        if filing.about is ObjectionAbout.LISTING:
            return self._object_to_listing(agency, filing, today)
        identity = objection_id(agency.agency_id, filing.request_id)
        revision, fact = self._store.record(
            self._submission(agency, filing.request_id, filing.digest, writer),
            filing.uscc,
            identity,
            lambda dossier: _row(filing.digest, filing.uscc, _objection(filing, identity, today, dossier)),
        )
        received: date = getattr(fact, fact.begins)
        return Filed(revision, identity, fact.authority, received, self._due(filing.about, received, verified=False))

    def _object_to_listing(self, agency: Agency, filing: Filing, today: date) -> Filed:
        """Take the step that objects: before the decision one of the procedure (L-06), after it a dispute (C-20)."""
        _, dossier = self._store.dossier(filing.uscc)
        target = _target(filing, dossier)
        listing = target.listing
        assert listing is not None  # noqa: S101 - that is what is objected to
        undecided = standing_on(listing, today).stage in UNDECIDED
        kind = ListingActKind.OBJECTION if undecided else ListingActKind.DISPUTE_OPENED
        act = Act(kind, today, filing.application, target.authority, "")
        step = StepRequest(
            filing.request_id, filing.digest, listing.listing_id, (NewAct(act, {"grounds": filing.grounds}),)
        )
        revision, held = self._steps.take(agency, step, FEED)
        identity = act_id(listing.listing_id, filing.request_id)
        (taken,) = (each for each in held.listing.acts if each.act_id == identity)
        verified = taken.kind is ListingActKind.OBJECTION
        return Filed(
            revision, identity, target.authority, taken.day, self._due(filing.about, taken.day, verified=verified)
        )

    def _due(self, about: ObjectionAbout, received: date, *, verified: bool) -> Deadline | None:
        if about is ObjectionAbout.LISTING:
            return self._deadline(CLOCKS["L-06/verify"], received) if verified else None
        rule = CLOCKS["P-06/review"] if about is ObjectionAbout.PUBLICATION else CLOCK_OF[about]
        return self._deadline(rule, received)

    def _answer(self, agency: Agency, answering: Answering, writer: str) -> tuple[int, str]:
        if answering.decided_on > civil_date(self._clock.now()):
            raise MalformedRequestError("decided_on", "lies ahead")
        submission = self._submission(agency, answering.request_id, answering.digest, writer)
        revision, held = self._facts.withdraw(
            submission, answering.objection_id, lambda held: _answered_row(answering, held)
        )
        return revision, held.uscc

    def _own(self, uscc: str) -> tuple[int, list[tuple[OwnObjection, Deadline | None]]]:
        revision, dossier = self._store.dossier(uscc)
        if dossier is None:
            return revision, []
        found = []
        for each in own_objections(dossier):
            due = self._due(each.about, each.received_on, verified=each.verified)
            found.append((self._with_words(each), due))
        return revision, found

    def _with_words(self, own: OwnObjection) -> OwnObjection:
        """Return an objection with what was said with the acts of its listing; others have it in themselves."""
        if own.about is not ObjectionAbout.LISTING:
            return own
        _, held = self._facts.held_listing(own.target_id)
        assert held is not None  # noqa: S101 - its acts were on record, and listings are never taken out
        said = held.said.get(own.objection_id, {}), held.said.get(own.answer, {})
        return replace(own, grounds=said[0].get("grounds", ""), answer=said[1].get("result", ""))

    def _submission(self, agency: Agency, request_id: str, digest: str, writer: str) -> Submission:
        return Submission(request_id, 0, digest, FEED, agency.agency_id, writer, self._clock.now(), rows=())


def _target(filing: Filing, dossier: Dossier | None) -> Target:
    found = targets(dossier, filing.about, filing.document_number) if dossier is not None else []
    if not found:
        raise EnterpriseNotFoundError(
            "nothing of this enterprise that can be objected to so is on record under this document number",
            about=filing.about.value,
            document_number=filing.document_number,
        )
    if len(found) > 1:
        raise _refused(filing.document_number, "AMBIGUOUS", "more than one record bears this number")
    return found[0]


def _objection(filing: Filing, identity: str, today: date, dossier: Dossier | None) -> Fact:
    target = _target(filing, dossier)
    assert dossier is not None  # noqa: S101 - the target was found in it
    if open_objection(dossier, target.record_id):
        raise _refused(filing.document_number, "OBJECTED", "an objection to it is open already")
    if filing.about is ObjectionAbout.PUBLICATION:
        return PublicationObjection(
            record_id=identity,
            authority=target.authority,
            document_number=filing.application,
            publication_id=target.record_id,
            received_on=today,
            reviewed_on=None,
            result=None,
            corrected_on=None,
            grounds=filing.grounds,
        )
    return Objection(
        record_id=identity,
        authority=target.authority,
        document_number=filing.application,
        about=filing.about,
        target_id=target.record_id,
        grounds=filing.grounds,
        received_on=today,
    )


def _answered_row(answering: Answering, held: HeldRecord | None) -> SubmittedRow:
    fact = None if held is None else held.fact
    if held is None or not isinstance(fact, Objection | PublicationObjection):
        raise EnterpriseNotFoundError("no objection is on record under this id", objection=answering.objection_id)
    if fact.authority != answering.authority:
        raise FieldNotInMandateError("authority", "only the authority whose record it is answers the objection (L-01)")
    if fact.result is not None:
        raise _refused(answering.objection_id, "ANSWERED", "it is answered already")
    if answering.decided_on < fact.received_on:
        raise MalformedRequestError("decided_on", "lies before the objection")
    said: dict[str, Any] = {
        "result": answering.result,
        "answer_number": answering.document_number,
        "answer": answering.answer,
    }
    if isinstance(fact, PublicationObjection):
        return _row(answering.digest, held.uscc, replace(fact, reviewed_on=answering.decided_on, **said))
    return _row(answering.digest, held.uscc, replace(fact, answered_on=answering.decided_on, **said))


def _row(digest: str, uscc: str, fact: Fact) -> SubmittedRow:
    content = hashlib.sha256(digest.encode()).hexdigest()
    return SubmittedRow(1, fact.wire_name, fact.record_id, content, uscc, fact=fact)


def _refused(what: str, state: str, why: str) -> StateError:
    more = {"wanted": "OBJECTION", "allowed": "", "why": "NOT_FROM_THIS_STATE"}
    return StateError(f"{what}: {why}", object=what, state=state, **more)
