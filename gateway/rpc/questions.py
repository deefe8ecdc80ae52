"""Questions from the wire: mandate first, then form, then facts; each fault names its field."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from formats import canonical
from formats.civil import format_instant
from formats.identifiers import UsccError, conforming_uscc, plausible_uscc
from gateway.domain.call_record import recorded_name
from gateway.domain.case_facts import FACT_TYPES, CaseFacts, require_facts
from gateway.domain.eligibility import Question
from gateway.domain.errors import MalformedRequestError
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import (
    Area,
    CutoffRule,
    DecisionPoint,
    FundKind,
    ParticipationForm,
    QualificationApplicationKind,
    SecurityKind,
)
from gateway.rpc import fields, moments
from gateway.rpc.own_cases import NOTHING_LEFT, LeftToItems
from gateway.rpc.points import read_mandated, require_own, require_territory
from gateway.services.check_eligibility import Asked, Item
from gateway.services.identify import NamedParty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from google.protobuf.message import Message
    from jointsanctions.v1 import common_pb2, credit_pb2

    from gateway.domain.case_facts import FactValue
    from gateway.domain.policy import Policy
    from gateway.rpc.method import Call
    from gateway.rpc.points import PointAsked

PARTIES_LIMIT = 20
NAMES_LIMIT = 1_200
"""Bytes that the names of all parties may take in the record; beyond it the hash of all of them stands for them."""
FACT_WORDS = {
    "form": ParticipationForm,
    "cutoff_rule": CutoffRule,
    "fund_kind": FundKind,
    "security_kind": SecurityKind,
    "application_kind": QualificationApplicationKind,
}


@dataclass(frozen=True, slots=True)
class Shared:
    """What a question says for all its items."""

    area: Area
    point: DecisionPoint
    asked: Asked
    explain: bool
    consent: bool
    """The authorisation of the person concerned is named."""


def read_shared(
    sent: credit_pb2.Question,
    call: Call,
    cutoffs: Collection[datetime] = (),
    left: LeftToItems = NOTHING_LEFT,
) -> Shared:
    """Return what all items share; what was understood is told to the record as it is read.

    *cutoffs* are the registered cut-offs of the caller's own case, each of which it may ask about (A-124);
    *left* is what it leaves to the items of its batch.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area or the point.
        FieldNotInMandateError: The mandate does not cover the moment.
        PurposeNotInMandateError: The mandate names the purposes, and not this one.
        TerritoryNotInMandateError: The mandate is bound to a territory, and the project lies outside.
        AuthorizationMissingError: There is no case number.
        MalformedRequestError: A field is missing, malformed or out of range.
    """
    named = ("question.area", "question.decision_point")
    here = read_mandated(sent, sent.decision_point, call, named)
    at_cutoff = moments.is_own_cutoff(sent, call.agency, call.now, cutoffs)
    if not at_cutoff:
        moments.require_mandate(sent, call.agency, call.now, "question.")
    for field, stated in left.purposes or (("question.purpose", sent.purpose),):
        call.agency.require_purpose(stated, field)
    require_territory(sent.case_facts, call.agency, "question.case_facts")
    require_own(here, "question.decision_point")
    if "case_ref" not in left.names:
        fields.case_reference(sent.case_ref, "question.case_ref")
    if "officer" not in left.names:
        fields.required(sent.officer, "question.officer", 64)
    purpose = fields.text(sent.purpose, "question.purpose", 256)
    authorization = fields.text(sent.authorization_ref, "question.authorization_ref", 128)
    if authorization and "case_ref" in left.names:
        raise MalformedRequestError("question.authorization_ref", "is of one case, which the question must name")
    call.told.update({k: v for k, v in (("purpose", purpose), ("authorization", authorization)) if v})
    if sent.at_least_as_fresh < 0:
        raise MalformedRequestError("question.at_least_as_fresh", "must not be negative")
    asked = Asked(
        now=call.now,
        as_of=moments.asked_about(sent, call.now),
        known_at=moments.known_at(sent, call.now, "question."),
        preview=sent.preview,
        at_least_as_fresh=sent.at_least_as_fresh,
        at_cutoff=at_cutoff,
    )
    return Shared(here.area, here.point, asked, sent.explain, consent=bool(authorization))


def read_facts(
    sent: credit_pb2.CaseFacts, shared: Shared | PointAsked, policy: Policy, today: date, base: str
) -> CaseFacts:
    """Return the facts of the case, complete for the point.

    Whatever the point's rules may look at must be there, whether or not anything weighs on this enterprise: otherwise
    a call that works for one bidder would fail for the next, and its failure would tell what is on record.
    """
    which = sent.WhichOneof("facts")
    if which is not None and which != shared.area.name.lower():
        raise MalformedRequestError(f"{base}.{which}", f"holds facts of another area than {shared.area.name}")
    given: Any = _given(getattr(sent, which), f"{base}.{which}") if which else {}
    try:
        facts = CaseFacts(**given)
        require_facts(facts, policy.required_facts(shared.point), shared.area, today)
    except MalformedRequestError as error:
        # The rules know where a fact lies within the case's facts; where those lie differs from call to call.
        raise MalformedRequestError(base + error.field.removeprefix("case_facts"), error.metadata["why"]) from error
    return facts


def _given(message: Message, base: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for field, value in message.ListFields():
        name = field.name
        if name in FACT_WORDS:
            found[name] = fields.word(FACT_WORDS[name], value, f"{base}.{name}")
        elif name == "application_date":
            found[name] = fields.civil_day(value, f"{base}.{name}")
        elif name == "project_region":
            found[name] = fields.division(value, f"{base}.{name}")
        elif name == "cutoff_at":
            found[name] = fields.instant(value, f"{base}.{name}")
        elif isinstance(value, str):
            found[name] = fields.text(value, f"{base}.{name}", 64)
        else:
            found[name] = value
    return found


def read_item(
    sent: credit_pb2.CheckEligibilityRequest | credit_pb2.BatchItem, shared: Shared, facts: CaseFacts, base: str
) -> Item:
    """Return one enterprise that is to go ahead and everybody with it; *base* is its path, with a dot, or empty.

    Raises:
        MalformedRequestError: A party is malformed or named twice, or a consortium does not name its members (A-102).
    """
    parties = [_party(sent.enterprise, RelationKind.SELF, f"{base}enterprise")]
    members, related = sent.consortium_members, sent.related_parties
    if facts.form is ParticipationForm.CONSORTIUM and not members:
        raise MalformedRequestError(f"{base}consortium_members", "a consortium must name all its members")
    if members or related:
        parties += _others(members, related, facts, base)
        _check_distinct(parties)
    return Item(Question(shared.point, facts, shared.explain), tuple(parties))


def _others(
    members: Sequence[common_pb2.EnterpriseRef],
    related: Sequence[credit_pb2.RelatedParty],
    facts: CaseFacts,
    base: str,
) -> Iterator[NamedParty]:
    """Yield everybody who goes ahead with the first."""
    _check_count(members, f"{base}consortium_members")
    _check_count(related, f"{base}related_parties")
    if facts.form is ParticipationForm.SINGLE and members:
        raise MalformedRequestError(f"{base}consortium_members", "are only for a consortium")
    for place, member in enumerate(members):
        yield _party(member, RelationKind.CONSORTIUM_MEMBER, f"{base}consortium_members[{place}]")
    for place, party in enumerate(related):
        field = f"{base}related_parties[{place}]"
        fields.required(party.relation, f"{field}.relation", 64)
        yield _party(party.enterprise, RelationKind.RELATED_PARTY, f"{field}.enterprise")


def _check_count(parties: Sequence[object], field: str) -> None:
    if len(parties) > PARTIES_LIMIT:
        raise MalformedRequestError(field, f"takes at most {PARTIES_LIMIT}")


def _check_distinct(parties: Sequence[NamedParty]) -> None:
    seen: set[str] = set()
    for party in parties:
        if party.relation is RelationKind.RELATED_PARTY:
            continue
        if party.uscc in seen:
            raise MalformedRequestError(f"{party.field}.uscc", "is named twice")
        seen.add(party.uscc)


def _party(ref: common_pb2.EnterpriseRef, relation: RelationKind, field: str) -> NamedParty:
    code, conforming = read_code(ref.uscc, f"{field}.uscc")
    name = fields.enterprise_name(ref.name, f"{field}.name") if ref.name else ""
    return NamedParty(code, name, relation, conforming, field)


def read_code(sent: str, field: str) -> tuple[str, bool]:
    """Return a normalised code, and whether it meets the standard.

    Raises:
        MalformedRequestError: It is missing, a resident id (masked in the error), or cannot be a code at all.
    """
    if not sent.strip():
        raise MalformedRequestError(field, "is required")
    try:
        return conforming_uscc(sent), True
    except UsccError as error:
        try:
            return plausible_uscc(sent), False
        except UsccError:
            raise MalformedRequestError(field, str(error)) from error


def told_of(item: Item) -> dict[str, object]:
    """Return what is recorded of an item: codes as identified, and names as they were sent."""
    told: dict[str, object] = {"enterprises": [party.uscc for party in item.parties]}
    sent = [recorded_name(party.name) for party in item.parties]
    if any(sent):
        written = canonical.encode(sent)
        fits = len(written) <= NAMES_LIMIT
        told.update({"names": sent} if fits else {"names_sha256": hashlib.sha256(written).hexdigest()})
    told["relations"] = [party.relation.value for party in item.parties]
    return told


def told_facts(facts: CaseFacts) -> dict[str, object]:
    """Return the facts of the case as recorded: those that were sent."""
    return {name: _told_value(value) for name in FACT_TYPES if (value := getattr(facts, name)) is not None}


def _told_value(value: FactValue) -> object:
    """Return a fact as canonical JSON can hold it: there integers beyond 2^53 are strings."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return int(value) if value < 2**53 else str(value)
    return value
