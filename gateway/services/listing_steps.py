"""Taking a step of a listing's procedure: judged and stored in one transaction, for the authority whose listing it is.

What may follow on what is decided in ``gateway.domain.listing_steps``. Persons move with their listing because they
hang on it and on nothing else (L-17, L-26).
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from formats import canonical
from formats.civil import civil_date
from gateway.domain.errors import EnterpriseNotFoundError, FieldNotInMandateError, MalformedRequestError
from gateway.domain.listing_acts import Act, ordered
from gateway.domain.listing_steps import Case, Evidence, require_step
from gateway.domain.listings import Listing
from gateway.domain.vocabulary import ListingActKind
from gateway.services.ports.facts import Submission, SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.agencies import Agency
    from gateway.services.ports.facts import FactStore, HeldListing
    from gateway.services.ports.register import Clock

FEED = "wage_list"
"""The feed of listings: whoever may submit to it may take their steps."""


@dataclass(frozen=True, slots=True)
class NewAct:
    """One act to be added, and what is said with it by the names of its fields. The act has no id yet."""

    act: Act
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepRequest:
    """A step as read from the wire: one act, or the first two of a procedure."""

    request_id: str
    digest: str
    """Keyed hash of the request, hexadecimal: it may name persons."""
    listing_id: str
    acts: tuple[NewAct, ...]
    evidence: Evidence = field(default_factory=Evidence)
    uscc: str = ""
    """Only where a procedure is opened: the enterprise's code."""
    conforming: bool = True
    """The code meets its standard; one that does not must be known to the master feed."""
    persons: tuple[tuple[str, bytes], ...] = ()
    """Persons listed with the decision: key, and sealed name and number."""


class ListingSteps:
    """Takes steps, and reads listings."""

    def __init__(self, store: FactStore, clock: Clock, writer: str, calendar: WorkingCalendar) -> None:
        self._store = store
        self._clock = clock
        self._writer = writer
        self.calendar = calendar
        """The working days by which the steps are judged."""

    def now(self) -> datetime:
        """Return the present instant, at which a listing is shown."""
        return self._clock.now()

    async def __call__(self, agency: Agency, request: StepRequest) -> tuple[int, HeldListing]:
        """Take a step, and return the revision that holds it and the listing as it is then.

        Raises:
            MalformedRequestError: It lies ahead, or names a person or an enterprise that it cannot.
            EnterpriseNotFoundError: No listing of this id is on record.
            FieldNotInMandateError: The listing is another authority's (L-01).
            StateError: It may not follow on what is on record; with the reason and what may.
            RequestIdReusedError: The request id was used for another step.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self.take, agency, request)

    async def read(self, listing_id: str) -> tuple[int, HeldListing]:
        """Return the newest revision and a listing.

        Raises:
            EnterpriseNotFoundError: No listing of this id is on record.
            StoreUnavailableError: The store could not be read.
        """
        revision, held = await asyncio.to_thread(self._store.held_listing, listing_id)
        if held is None:
            raise _unknown(listing_id)
        return revision, held

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds the step, stored by the data revision *through*. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def take(self, agency: Agency, request: StepRequest, feed: str = FEED) -> tuple[int, HeldListing]:
        """Take a step under the name of a feed. Blocking; raises as calling does."""
        now = self._clock.now()
        if self._store.decided_elsewhere(request.listing_id):
            raise FieldNotInMandateError(
                "step.listing_id", "decided elsewhere: only its authority may change it (L-01)"
            )
        for new in request.acts:
            if new.act.day > civil_date(now) or (new.act.at is not None and new.act.at > now):
                raise MalformedRequestError("step.on", "lies ahead")
        if not request.conforming and not self._store.nonconforming_known([request.uscc]):
            raise MalformedRequestError("uscc", "fails its check and no register knows it")
        submission = Submission(
            request_id=request.request_id,
            chunk=0,
            digest=request.digest,
            feed=feed,
            agency=agency.agency_id,
            writer=self._writer,
            committed_at=now,
            rows=(),
        )
        return self._store.take_step(submission, request.listing_id, lambda held: self._rows(request, held))

    def _rows(self, request: StepRequest, held: HeldListing | None) -> list[SubmittedRow]:
        """Judge the acts one after the other, and return their rows."""
        if held is None and not request.uscc:
            raise _unknown(request.listing_id)
        if held is not None and request.uscc not in {"", held.listing.uscc}:
            raise MalformedRequestError("uscc", "this listing is of another enterprise")
        case = (
            Case(Listing(request.listing_id, request.uscc, ())) if held is None else Case(held.listing, held.findings)
        )
        rows = []
        for number, new in enumerate(request.acts, 1):
            act = _placed(case.listing, new.act, request.request_id, number)
            require_step(case, act, request.evidence, self.calendar)
            said = dict(new.said)
            rows.append(_row(request, number, case.listing, act, _with_chain(case.listing, act, said)))
            case = case.after(act)
        return rows


def _unknown(listing_id: str) -> EnterpriseNotFoundError:
    return EnterpriseNotFoundError("no listing is on record under this id", listing=listing_id)


def _placed(listing: Listing, act: Act, request_id: str, number: int) -> Act:
    """Return the act with its id and its party, if it may be one of this listing's.

    Raises:
        FieldNotInMandateError: Its authority is not the listing's.
        MalformedRequestError: The person to whom it was delivered is not listed with the enterprise.
    """
    if listing.acts and act.authority != listing.acts[0].authority:
        raise FieldNotInMandateError("step.authority", "only the authority whose listing it is may change it (L-01)")
    party = act.party
    if act.kind is ListingActKind.DELIVERY:
        if party and party not in listing.person_keys:
            raise MalformedRequestError("person", "is not listed with the enterprise")
        party = party or listing.uscc
    return replace(act, act_id=act_id(listing.listing_id, request_id, number), party=party)


def act_id(listing_id: str, request_id: str, number: int = 1) -> str:
    """Return the id of the *number*-th act that a request adds to a listing, from 1."""
    identity = hashlib.sha256(f"{listing_id}\0{request_id}\0{number}".encode()).hexdigest()[:24]
    return f"listing_act-{identity}"


def _with_chain(listing: Listing, act: Act, said: Mapping[str, str]) -> dict[str, object]:
    """Return what is said with an act; a decision carries the documents that it rests on (L-27)."""
    if act.kind is not ListingActKind.DECISION:
        return dict(said)
    first = {each.kind: each for each in reversed(ordered(listing.acts))}
    order, noticed = first[ListingActKind.ORDER_ISSUED], first[ListingActKind.PRE_NOTICE_DELIVERED]
    chain = {
        "order_number": order.document_number,
        "order_delivered_on": first[ListingActKind.ORDER_DELIVERED].day.isoformat(),
        "order_due_on": order.due_on.isoformat() if order.due_on else "",
        "pre_notice_number": first[ListingActKind.PRE_NOTICE].document_number,
        "pre_notice_delivered_on": noticed.day.isoformat(),
    }
    return {**said, "chain": chain}


def _row(request: StepRequest, number: int, listing: Listing, act: Act, said: Mapping[str, object]) -> SubmittedRow:
    details = canonical.encode(dict(said)).decode() if said else ""
    persons: Sequence[tuple[str, bytes]] = request.persons if act.kind is ListingActKind.DECISION else ()
    return SubmittedRow(
        row=number,
        kind="listing_act",
        record_id=act.act_id,
        content_digest=hashlib.sha256(f"{request.digest}\0{number}".encode()).hexdigest(),
        uscc=listing.uscc,
        listing_act=act,
        act_details=details,
        listing_id=listing.listing_id,
        person_keys=frozenset(key for key, _ in persons),
        sealed_persons=tuple(persons),
    )
