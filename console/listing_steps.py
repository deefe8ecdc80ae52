"""The steps of a listing as forms: what each asks for, and the call that it makes.

Which of them may be taken where a listing stands the gateway says (``ListingStanding``), and judges again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from jointsanctions.v1 import listing_pb2 as pb

from console.wire_words import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NUMBER_BYTES, TEXT_BYTES, AUTHORITY_BYTES, PLACES_BYTES, CODE_BYTES = 128, 2_000, 200, 256, 64
"""What the gateway takes."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a step asks for beside its document and its day.

    Attributes:
        name: The field, as the wire has it.
        kind: ``number`` (one line), ``text`` (several), or ``day``.
        needed: The gateway takes no such step without it.
        most: Bytes at most.
    """

    name: str
    kind: str = "number"
    needed: bool = True
    most: int = NUMBER_BYTES


@dataclass(frozen=True, slots=True)
class Step:
    """A step as a form.

    Attributes:
        rpc: Method that takes it.
        parts: What it asks for.
        persons: It names the persons who are listed with the enterprise (L-04).
        to_party: It says to whom, and at which time of its day.
    """

    rpc: str
    parts: tuple[Part, ...] = ()
    persons: bool = False
    to_party: bool = False


_PROOF: Final = Part("delivery_proof")
_RESULT: Final = Part("result", "text", most=TEXT_BYTES)
_REASON: Final = Part("reason", "text", most=TEXT_BYTES)
_PLACES: Final = Part("places", most=PLACES_BYTES)
_BY: Final = Part("ordered_by", most=AUTHORITY_BYTES)
_STAY: Final = Step("StayListing", (_BY,))
_ORDER: Final = (
    Part("order_due_on", "day"),
    Part("order_delivered_on", "day", needed=False),
    Part("order_delivery_proof", needed=False),
)
_DECISION: Final = (
    Part("reason", most=CODE_BYTES),
    Part("basis", "text", most=TEXT_BYTES),
    Part("measures", "text", most=TEXT_BYTES),
    Part("early_removal", "text", most=TEXT_BYTES),
    Part("remedies", "text", most=TEXT_BYTES),
    Part("repair_notice_number"),
    Part("objection_waiver_number", needed=False),
    Part("extension_number", needed=False),
)
_NOT_LISTED: Final = (_REASON, Part("corrected_on", "day", needed=False), Part("commitment_number", needed=False))
_APPLIED: Final = (Part("corrected_on", "day"), Part("correction_proof"), Part("commitment_number"))
_REPAIR: Final = (
    Part("reason", "text", needed=False, most=TEXT_BYTES),
    Part("decided_before_cr36_reason", "text", needed=False, most=TEXT_BYTES),
)

STEPS: Final[Mapping[str, Step]] = {
    "order_issued": Step("ProposeListing", _ORDER),
    "order_delivered": Step("RecordNotice", (_PROOF,)),
    "pre_notice": Step("RecordNotice"),
    "pre_notice_delivered": Step("RecordNotice", (_PROOF,)),
    "objection": Step("RecordObjection"),
    "objection_verified": Step("RecordObjection", (_RESULT,)),
    "not_listed": Step("DecideListing", _NOT_LISTED),
    "decision": Step("DecideListing", _DECISION, persons=True),
    "delivery": Step("RecordDelivery", (_PROOF,), to_party=True),
    "published": Step("RecordNotice", (_PLACES,)),
    "stay": _STAY,
    "stay_ended": _STAY,
    "hidden": _STAY,
    "hidden_ended": _STAY,
    "criminal_bar_set": _STAY,
    "criminal_bar_lifted": _STAY,
    "dispute_opened": Step("RecordObjection"),
    "dispute_closed": Step("RecordObjection", (_RESULT,)),
    "order_revoked": Step("RecordNotice"),
    "repair_applied": Step("ApplyForRepair", _APPLIED),
    "repair_accepted": Step("DecideRepair"),
    "repair_extended": Step("DecideRepair", (_REASON,)),
    "repair": Step("DecideRepair", _REPAIR),
    "repair_refused": Step("DecideRepair", (_REASON,)),
    "restore": Step("DecideRepair", (_REASON,)),
    "repair_shown_rejected": Step("DecideRepair", (_REASON,)),
    "revocation": Step("RevokeListing", (_REASON,)),
    "unpublished": Step("RecordNotice"),
    "other_sites_told": Step("RecordNotice", (_PLACES,)),
    "platform_told": Step("RecordNotice"),
}
"""By the act as the wire names it. A repair that the platform shows is reported by its own connector alone."""

OVERCOMES: Final[Mapping[int, str]] = {
    pb.LISTING_HINDRANCE_OBJECTION_PERIOD_OPEN: "objection_waiver_number",
    pb.LISTING_HINDRANCE_REASON_BEFORE_YEAR_MISSING: "decided_before_cr36_reason",
    pb.LISTING_HINDRANCE_ORDER_ALREADY_DUE: "on",
}
"""Hindrances that the step's own form can overcome, and the field that does: the party's written waiver (L-06), the
reason within the year (L-20), the day on which the order was in truth delivered."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A step that is being filled in: sent twice it is the same call, and so taken once.

    Attributes:
        act: The step, as ``STEPS`` names it.
        listing_id: The listing; empty where the step opens its procedure and the form says it.
        authority: Whose listing it is; empty likewise.
        at: Id under which the page of the listing is found; empty likewise.
        beside: The field without which it is hindered now; empty where nothing hinders it.
        request_id: Id of the call.
    """

    act: str
    listing_id: str = ""
    authority: str = ""
    at: str = ""
    beside: str = ""
    request_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def step(self) -> Step:
        """What it asks for."""
        return STEPS[self.act]

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the form asks for; what overcomes a hindrance is needed here."""
        return tuple(Part(e.name, e.kind, e.needed or e.name == self.beside, e.most) for e in self.step.parts)


def takings(at: str, found: pb.GetListingResponse) -> Iterator[tuple[int, Taking]]:
    """Yield the steps that may be taken from a listing as it was read, and those that their own form can free.

    *at* is where its page is found. A step that this version does not know is left out.
    """
    acts, standing = names(pb.ListingActKind), found.standing
    authority = next((act.authority for act in found.acts if act.authority), "")
    free = [(kind, "") for kind in standing.next_steps]
    freed = [(each.act, OVERCOMES[each.why]) for each in standing.hindered_steps if each.why in OVERCOMES]
    for kind, beside in [*free, *freed]:
        if acts.get(kind, "") in STEPS:
            yield kind, Taking(acts[kind], standing.listing_id, authority, at, beside)


def request_of(taking: Taking, filled: Mapping[str, str], officer: str, persons: Iterable[pb.PersonRef]) -> Any:  # noqa: ANN401 - one of nine requests
    """Return the call that a form makes, of which ``console.listing_faults`` found nothing wrong."""
    step = pb.ListingStep(
        request_id=taking.request_id,
        listing_id=taking.listing_id or filled["listing_id"],
        authority=taking.authority or filled["authority"],
        document_number=filled["document_number"],
        on=filled["on"],
        officer=officer,
    )
    request = getattr(pb, f"{taking.step.rpc}Request")(step=step)
    if "act" in request.DESCRIPTOR.fields_by_name:
        request.act = next(number for number, name in names(pb.ListingActKind).items() if name == taking.act)
    if taking.act == "order_issued":
        request.uscc = filled["uscc"]
    for part in taking.parts:
        setattr(request, part.name, one_line(filled.get(part.name, "")))
    if taking.step.persons:
        request.persons.extend(persons)
    for person in persons if taking.step.to_party else ():
        request.person.CopyFrom(person)
    return request


def one_line(text: str) -> str:
    """Return a text as the gateway keeps it: in one line."""
    return " ".join(line.strip() for line in text.splitlines() if line.strip())
