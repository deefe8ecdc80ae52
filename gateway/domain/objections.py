"""What an enterprise can object to, and how its objections stand: filed at the window, answered by the authority.

An objection lifts nothing: what it is about is shown as disputed while it is open (C-20), and only a stay
relieves (ARL art. 42). To a listing it is an act of that listing, to a publication a ``PublicationObjection``; to
everything else it is the ``Objection`` of this module. When each must be answered is in ``objection_clocks``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from gateway.domain.kinds import KINDS
from gateway.domain.kinds.fact import Fact, Limit
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication
from gateway.domain.kinds.publication_objection import ObjectionResult, PublicationObjection
from gateway.domain.vocabulary import ListingActKind as Act

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.domain.listings import Listing
    from gateway.domain.records import Dossier


class ObjectionAbout(StrEnum):
    """What an objection is about."""

    LISTING = "LISTING"
    """An intended listing after its pre-notice (L-06), or a decided one."""
    PUBLICATION = "PUBLICATION"
    """P-06."""
    PENALTY = "PENALTY"
    WRONG_DATA = "WRONG_DATA"
    """A record that is wrong (GIR art. 41, PIPL art. 46)."""
    CREDIT_RECORD = "CREDIT_RECORD"
    """What HRSS has told a credit bureau (CRR art. 25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection(Fact):
    """An objection to a record that is neither listing nor publication: open in [received_on, answered_on).

    It comes by ``FileObjection``, and its answer by ``AnswerObjection``; never among submitted records. The authority
    is the record's own, the document number that of the enterprise's application.
    """

    wire_name: ClassVar[str] = "objection"
    begins: ClassVar[str] = "received_on"
    ends: ClassVar[str] = "answered_on"

    about: ObjectionAbout
    target_id: Annotated[str, Limit(128)]
    """Id of the record that it is about."""
    grounds: Annotated[str, Limit(2_000)]
    received_on: date
    answered_on: date | None = None
    """The day on which the party was told the result; None while it is open."""
    result: ObjectionResult | None = None
    answer_number: Annotated[str, Limit(128)] = ""
    answer: Annotated[str, Limit(2_000)] = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What an objection is about: one record of the enterprise that objects."""

    record_id: str
    authority: str
    listing: Listing | None = None
    """Set for a listing, which is objected to by an act of its own."""


@dataclass(frozen=True, slots=True)
class OwnObjection:
    """An objection as its enterprise sees it; ``answered_on`` is None while it is open."""

    objection_id: str
    about: ObjectionAbout
    target_id: str
    authority: str
    document_number: str
    """Of the record that it is about."""
    application: str
    """Number of the enterprise's application."""
    received_on: date
    grounds: str
    answered_on: date | None
    result: ObjectionResult | None
    answer_number: str
    answer: str
    verified: bool = False
    """It was answered within the procedure of a listing that was not decided yet."""


ID_BEGINS: Final = "objection-"
"""How the ids of all objections begin."""
BEFORE_DECISION: Final = (Act.OBJECTION, Act.OBJECTION_VERIFIED)
AFTER_DECISION: Final = (Act.DISPUTE_OPENED, Act.DISPUTE_CLOSED)
NAMED_BY: Final = (Act.PRE_NOTICE, Act.DECISION, Act.RESTORE, Act.REPAIR_REFUSED)
"""Acts by whose document an enterprise knows its listing. A criminal bar is none of them (T-60)."""
_NEVER: Final = frozenset({"complaint", "malicious_claim", "identity_dispute", "publication_objection"})
"""Kinds that others brought: whoever could ask by their numbers would learn who complained."""
_KINDS: Final[Mapping[ObjectionAbout, frozenset[type[Fact]]]] = {
    ObjectionAbout.PUBLICATION: frozenset({Publication}),
    ObjectionAbout.PENALTY: frozenset({Penalty}),
    **dict.fromkeys(
        (ObjectionAbout.WRONG_DATA, ObjectionAbout.CREDIT_RECORD),
        frozenset(kind for name, kind in KINDS.items() if name not in _NEVER),
    ),
}


def objection_id(agency: str, request_id: str) -> str:
    """Return the id of the objection that a call files: the same call files one."""
    named = hashlib.sha256(f"{agency}\0{request_id}".encode()).hexdigest()
    return f"{ID_BEGINS}{named[:24]}"


def targets(dossier: Dossier, about: ObjectionAbout, document_number: str) -> list[Target]:
    """Return what an enterprise names by the number of a document, in order of ids; empty when nothing is named so."""
    if about is ObjectionAbout.LISTING:
        named = (
            Target(each.listing_id, each.acts[0].authority, each)
            for each in dossier.listings
            if any(act.kind in NAMED_BY and act.document_number == document_number for act in each.acts)
        )
        return sorted(named, key=lambda target: target.record_id)
    found = {
        fact.record_id: Target(fact.record_id, fact.authority)
        for fact in (*dossier.facts, *dossier.profiles)
        if type(fact) in _KINDS[about] and fact.document_number == document_number
    }
    return [found[record_id] for record_id in sorted(found)]


def open_objection(dossier: Dossier, target_id: str) -> bool:
    """Return whether an objection to a record is open; to a listing its own acts say so."""
    return any(target_id == each.target_id and each.answered_on is None for each in own_objections(dossier))


def own_objections(dossier: Dossier) -> list[OwnObjection]:
    """Return every objection of an enterprise, the newest first; of a listing's the answer's words are elsewhere."""
    numbers = {fact.record_id: fact.document_number for fact in (*dossier.facts, *dossier.profiles)}
    found = [each for listing in dossier.listings for each in _to_listing(listing)]
    for fact in dossier.facts:
        if isinstance(fact, PublicationObjection):
            found.append(_to_publication(fact, numbers.get(fact.publication_id, "")))
        elif isinstance(fact, Objection):
            found.append(_to_record(fact, numbers.get(fact.target_id, "")))
    return sorted(found, key=lambda each: (each.received_on, each.objection_id), reverse=True)


def _to_publication(fact: PublicationObjection, document_number: str) -> OwnObjection:
    return OwnObjection(
        objection_id=fact.record_id,
        about=ObjectionAbout.PUBLICATION,
        target_id=fact.publication_id,
        authority=fact.authority,
        document_number=document_number,
        application=fact.document_number,
        received_on=fact.received_on,
        grounds=fact.grounds,
        answered_on=fact.reviewed_on,
        result=fact.result,
        answer_number=fact.answer_number,
        answer=fact.answer,
    )


def _to_record(fact: Objection, document_number: str) -> OwnObjection:
    return OwnObjection(
        objection_id=fact.record_id,
        about=fact.about,
        target_id=fact.target_id,
        authority=fact.authority,
        document_number=document_number,
        application=fact.document_number,
        received_on=fact.received_on,
        grounds=fact.grounds,
        answered_on=fact.answered_on,
        result=fact.result,
        answer_number=fact.answer_number,
        answer=fact.answer,
    )


def _to_listing(listing: Listing) -> Iterator[OwnObjection]:
    """Yield each objecting act with the first answer that follows it; one answer answers all that are open then."""
    acts = sorted(listing.acts, key=lambda act: (act.day, act.act_id))
    named = [act.document_number for act in acts if act.kind in NAMED_BY]
    for objecting, answering in (BEFORE_DECISION, AFTER_DECISION):
        answers = [act for act in acts if act.kind is answering]
        for act in (each for each in acts if each.kind is objecting):
            answer = next((each for each in answers if each.day >= act.day), None)
            yield OwnObjection(
                objection_id=act.act_id,
                about=ObjectionAbout.LISTING,
                target_id=listing.listing_id,
                authority=act.authority,
                document_number=named[-1] if named else "",
                application=act.document_number,
                received_on=act.day,
                grounds="",
                answered_on=answer.day if answer else None,
                result=None,
                answer_number=answer.document_number if answer else "",
                answer=answer.act_id if answer else "",
                verified=objecting is Act.OBJECTION,
            )
