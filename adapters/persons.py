"""A natural person in a question: who, in whose name, and what an officer has to find out (A-100, I-53).

The number goes to the gateway and nowhere else: it is in no text that these values show of themselves, and the journal
has the agency's own reference of the person in the case (``Case.part``), the answer's digest and its position. Asking
is done in ``adapters.person_checks``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from jointsanctions.v1 import credit_pb2, listing_pb2

from adapters.clearance import Asked, Clearance
from adapters.conditions import Fulfilment, missing
from adapters.questions import malformed, required

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from jointsanctions.v1 import common_pb2

    from adapters.conditions import OfficerReview, PartyHeard
    from adapters.questions import Case

RESIDENT_ID = "RESIDENT_ID"
"""The document whose number has a check character, and so needs no name beside it (I-21)."""


class Capacity(Enum):
    """In whose name a person acts."""

    OWN_NAME = credit_pb2.PERSON_CAPACITY_OWN_NAME
    """Its own application, award or appointment."""
    FOR_ENTERPRISE = credit_pb2.PERSON_CAPACITY_FOR_ENTERPRISE
    """For an enterprise, such as its legal representative: at most a review."""


@dataclass(frozen=True, slots=True)
class NaturalPerson:
    """Whom the agency has identified by a document.

    Attributes:
        document_type: ``RESIDENT_ID``, ``PASSPORT``, ``HK_MACAO_PERMIT`` or another of listing.proto.
        document_number: Its number, at most 32 bytes; never shown, journalled or logged.
        name: Full name, at most 120 bytes; required for documents other than ``RESIDENT_ID``.
    """

    document_type: str
    document_number: str = field(repr=False)
    name: str = field(default="", repr=False)

    def check(self) -> None:
        """Refuse what cannot be asked; raises ``QuestionRefusedError`` naming the field and never its content."""
        for name, text, limit in (("type", self.document_type, 32), ("number", self.document_number, 32)):
            if not text.strip() or len(text.encode(errors="replace")) > limit:
                raise malformed(f"person.document_{name}", f"1 to {limit} bytes are required")
        if self.document_type != RESIDENT_ID and not self.name.strip():
            raise malformed("person.name", "it is required for this document")
        if len(self.name.encode(errors="replace")) > 120:
            raise malformed("person.name", "at most 120 bytes are taken")

    def to_pb(self) -> listing_pb2.PersonRef:
        """Return the wire's form."""
        return listing_pb2.PersonRef(
            document_type=self.document_type, document_number=self.document_number, name=self.name
        )


@dataclass(frozen=True, slots=True)
class PersonAct:
    """One step of one case for one person.

    Attributes:
        case: The case; its ``part`` is the agency's own reference of the person within it, which is required: by it
            alone the journal tells one candidate from another.
        point: The decision point.
        person: Who is to go ahead.
        capacity: In whose name.
        facts: Facts of the case; None where the area needs none.
    """

    case: Case
    point: common_pb2.DecisionPoint.ValueType
    person: NaturalPerson
    capacity: Capacity
    facts: credit_pb2.CaseFacts | None = None

    def same_step(self, other: PersonAct) -> bool:
        """Return whether *other* is this step of this case for this person; who asks does not count."""
        ours, theirs = self.case, other.case
        return (ours.case_ref, ours.part, self.point, self.person, self.capacity) == (
            theirs.case_ref,
            theirs.part,
            other.point,
            other.person,
            other.capacity,
        )

    def check(self) -> None:
        """Refuse what cannot be asked; raises ``QuestionRefusedError`` naming the field."""
        required("part", self.case.part, 64)
        self.person.check()


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """One question about a person with its answer, both in the journal.

    Attributes:
        asked: The two.
        act: What was asked.
        kinds: What has to be done first, as the gateway named it (``PersonConditionKind``).
        recorded_at: When the gateway recorded it, by its clock, UTC.
        received_at: When it was here, by ours, UTC.
    """

    asked: Asked
    act: PersonAct
    kinds: frozenset[int]
    recorded_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class IdentityLooked:
    """An officer has looked whether the person is the one whom a record names (I-23, X-02).

    Attributes:
        officer: Who, as the agency names its officers.
        is_the_person: What came of it.
        reference: Where it is on paper, such as the number of a note; not blank, and no person's number.
        looked_at: When, UTC; after the question was asked.
    """

    officer: str
    is_the_person: bool
    reference: str
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class PersonClearance(Clearance):
    """The person may go ahead with this step, while it is valid.

    Attributes:
        act: What was asked.
        kinds: What an officer had to do first, and did; empty where the answer was clear.
    """

    act: PersonAct
    kinds: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PersonConditional(Asked):
    """Something about the person has to be looked at by an officer first.

    Attributes:
        act: What was asked.
        kinds: What has to be done, as the gateway named it.
        recorded_at: When the gateway recorded the answer, by its clock, UTC.
        received_at: When it was here, by ours, UTC.
    """

    act: PersonAct
    kinds: frozenset[int]
    recorded_at: datetime
    received_at: datetime

    def on_the_gateways_clock(self, now: datetime) -> datetime:
        """Return *now*, our present, as the gateway's clock has it, on which a confirmation comes after the answer."""
        return self.recorded_at + max(now - self.received_at, timedelta())

    @property
    def needs_confirmation(self) -> bool:
        """What weighs would block, and does so once an officer has confirmed it; no machine alone restricts (I-53)."""
        return credit_pb2.PERSON_CONDITION_KIND_OFFICER_CONFIRMS in self.kinds

    def lacking(self, done: PersonFulfilment, now: datetime) -> tuple[str, ...]:
        """Say what the conditions still lack; empty when everything is there."""
        measures = self.answer.conditions
        fulfilment = Fulfilment(officer_review=done.review, heard_party=done.heard)
        lines = missing(measures, fulfilment, self.question.asked_at, now)
        return (*lines, *self._identity_lacks(done.identity, now))

    def _identity_lacks(self, looked: IdentityLooked | None, now: datetime) -> Iterator[str]:
        seen = (
            looked is not None
            and bool(looked.officer.strip() and looked.reference.strip())
            and self.question.asked_at <= looked.looked_at <= now
        )
        if self.needs_confirmation and not (seen and looked is not None and not looked.is_the_person):
            yield "an officer's confirmation, or the finding that the record names somebody else"
        if credit_pb2.PERSON_CONDITION_KIND_CONFIRM_IDENTITY in self.kinds and not seen:
            yield "an officer's finding whether the record names this person"


@dataclass(frozen=True, slots=True)
class PersonFulfilment:
    """What was done to let a person go ahead; None: not done.

    Attributes:
        review: The officer's decision to go ahead, with its reason (A-125).
        identity: Whether the record names this person. A block is only taken away by the finding that it does not; by
            the law's own way otherwise: a stay, a correction, a removal upstream.
        heard: The hearing, where the fact is disputed.
    """

    review: OfficerReview | None = None
    identity: IdentityLooked | None = None
    heard: PartyHeard | None = None

    def details(self) -> dict[str, str]:
        """Return what was done as texts, for the journal."""
        texts = Fulfilment(officer_review=self.review, heard_party=self.heard).details()
        if self.identity is not None:
            texts["identity"] = "the same" if self.identity.is_the_person else "somebody else"
            texts["identity_reference"] = self.identity.reference
        return texts
