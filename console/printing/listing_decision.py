"""The page of a decision to list (L-09), of what is on record of its listing.

The gateway has of a decision what its document must say, and shows of the persons listed with it their number alone:
names are for who prints it to give, or to write in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import listing_pb2 as pb

from console.printing.model import Heading, Note, Page, Paragraph, PrintError, Rows
from console.printing.words import BLANK, by_code, day_zh, named, word
from formats.civil import midnight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.printing.model import Block, Row
    from console.printing.words import Names

REQUIRED: Final = ("reason", "basis", "measures", "early_removal", "remedies")
"""What the document must state (L-09), by the names on the wire; notice of the measures and early removal among it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A listing with its decision, and the documents that the decision rests on (L-27)."""

    listing: pb.GetListingResponse
    act: pb.RecordedListingAct

    def chain(self, name: str) -> str:
        """Return one document or day: of its own step, or as it was imported with the decision; empty for neither."""
        kind, field = _CHAIN[name]
        found = [act for act in self.listing.acts if act.act == kind]
        if not found:
            return self.act.said.get(f"chain.{name}", "")
        act = found[-1]
        return act.said.get("due_on", "") if field == "due_on" else str(getattr(act, field))


_CHAIN: Final = {
    "order_number": (pb.LISTING_ACT_KIND_ORDER_ISSUED, "document_number"),
    "order_due_on": (pb.LISTING_ACT_KIND_ORDER_ISSUED, "due_on"),
    "order_delivered_on": (pb.LISTING_ACT_KIND_ORDER_DELIVERED, "on"),
    "pre_notice_number": (pb.LISTING_ACT_KIND_PRE_NOTICE, "document_number"),
    "pre_notice_delivered_on": (pb.LISTING_ACT_KIND_PRE_NOTICE_DELIVERED, "on"),
}


def decision_page(listing: pb.GetListingResponse, name: str, code: str, names: Names) -> Page:
    """Return the page of the decision.

    Args:
        listing: The listing as it is on record.
        name: Name of the enterprise; empty: a blank.
        code: Query code of the receipt of this reading of the listing.
        names: Words by number: ``stages``.

    Raises:
        PrintError: No decision is on record, or one without what its document must say; the message names it.
    """
    decision = _decided(listing)
    act = decision.act
    return Page(
        title=word("decision_title"),
        number=(f"{word('document_number')[0]}：{act.document_number}", word("document_number")[1]),
        reference=by_code(code),
        blocks=(*_body(decision, name), *_record(decision, names)),
        dated=midnight(date.fromisoformat(act.on)),
        mark=word("decision_mark"),
    )


def _decided(listing: pb.GetListingResponse) -> Decision:
    decided = [act for act in listing.acts if act.act == pb.LISTING_ACT_KIND_DECISION]
    if not decided:
        raise PrintError("没有列入决定的记录 no decision to list is on record")
    act = decided[-1]
    missing = [name for name in REQUIRED if not act.said.get(name, "").strip()]
    if missing:
        raise PrintError(
            "列入决定缺少决定书应当载明的内容 the decision on record lacks what its document must state (L-09): "
            f"{', '.join(missing)}"
        )
    return Decision(listing, act)


def _body(decision: Decision, name: str) -> Iterator[Block]:
    act, said = decision.act, decision.act.said
    yield Paragraph(word("decision_addressee", name=name or BLANK, uscc=decision.listing.standing.uscc))
    yield Heading(word("decision_facts"))
    yield Paragraph(_facts(decision), indent=True)
    yield Paragraph(word("decision_reason", reason=said["reason"]), indent=True)
    for title, field in (
        ("decision_basis", "basis"),
        ("decision_measures", "measures"),
        ("decision_removal", "early_removal"),
        ("decision_remedies", "remedies"),
    ):
        yield Heading(word(title))
        yield Paragraph((said[field], ""), indent=True)
    yield Heading(word("decision_term"))
    yield Paragraph(word("decision_three_years"), indent=True)
    if decision.listing.persons:
        yield Heading(word("decision_persons"))
        for number in range(1, decision.listing.persons + 1):
            yield Paragraph(word("decision_person", number=number, blank=BLANK), indent=True)
    if said.get("repair_notice_number"):
        yield Paragraph(word("decision_repair", number=said["repair_notice_number"]), indent=True)
    yield Paragraph(word("decision_seal", authority=act.authority), right=True)
    yield Paragraph(word("decision_day", day=day_zh(act.on)), right=True)


def _facts(decision: Decision) -> tuple[str, str]:
    chinese, _ = word(
        "decision_order",
        order=decision.chain("order_number") or BLANK,
        delivered=day_zh(decision.chain("order_delivered_on")),
        due=day_zh(decision.chain("order_due_on")),
        notice=decision.chain("pre_notice_number") or BLANK,
        noticed=day_zh(decision.chain("pre_notice_delivered_on")),
    )
    _, english = word(
        "decision_order",
        order=decision.chain("order_number") or "(not known)",
        delivered=decision.chain("order_delivered_on") or "(not known)",
        due=decision.chain("order_due_on") or "(not known)",
        notice=decision.chain("pre_notice_number") or "(not known)",
        noticed=decision.chain("pre_notice_delivered_on") or "(not known)",
    )
    return chinese, english


def _record(decision: Decision, names: Names) -> Iterator[Block]:
    """Yield how the listing stands now: a decision that was revoked must not look as if it stood."""
    yield Heading(word("decision_record"))
    yield Rows(tuple(_standing(decision, names)))
    if not any(_to_enterprise(act) for act in decision.listing.acts):
        yield Note(word("not_delivered"))
    yield Note(word("not_a_proof"))


def _standing(decision: Decision, names: Names) -> Iterator[Row]:
    standing = decision.listing.standing
    stage, force = named(names, "stages", standing.stage), word("in_force" if standing.in_force else "no_effect")
    yield word("decision_standing"), (f"{stage[0]}，{force[0]}", f"{stage[1]}, {force[1]}")
    for act in decision.listing.acts:
        if act.act == pb.LISTING_ACT_KIND_DELIVERY:
            title = word("delivered_enterprise" if _to_enterprise(act) else "delivered_person")
            yield title, f"{act.on} {act.said.get('delivery_proof', '')}".strip()
    yield word("revision"), str(decision.listing.data_revision)


def _to_enterprise(act: pb.RecordedListingAct) -> bool:
    return act.act == pb.LISTING_ACT_KIND_DELIVERY and not act.to_person
