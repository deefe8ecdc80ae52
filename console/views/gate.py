"""The award gate in the console: asked, decided over by an officer, and begun to be gone over by two persons (A-125).

Here is the first one; the second is in ``second``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import credit_pb2, receipt_pb2

from adapters.answers import clearance_recorded
from adapters.award_gate import proof_of
from adapters.errors import GatewayError
from console.gating import (
    GAPS,
    Gated,
    clearing,
    faults,
    first_word,
    relied_on,
    worded,
)
from console.problems import problem_of
from console.verdict import TONES, decision_shown, verdict_name
from console.views.cases import Followed
from console.views.check import DECIDING, no_receipt
from console.visit import View
from formats.receipt import ReceiptError, decode_receipt, encode_receipt, with_response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from console.asking import Fault
    from console.problems import Problem
    from console.visit import Visit

MALFORMED: Final = 422
WORDS: Final = frozenset({"override", "emergency"})
MOST_DIGITS: Final = 3


def ask(visit: Visit) -> Response:
    """Ask the gate about one applicant of a case."""
    kept = visit.session.found(visit.path["id"], Followed)
    place, point = visit.form.get("place", ""), visit.form.get("point", "")
    numbers = all(each.isascii() and each.isdigit() and len(each) <= MOST_DIGITS for each in (place, point))
    if kept is None or not numbers or int(place) >= len(kept.listed.case.applicants):
        return visit.gone()
    return asked(visit, clearing(kept.listed.case, int(place), int(point), visit.session.officer))


def found(visit: Visit) -> Response:
    """Show what the gate said."""
    kept = visit.session.found(visit.path["id"], Gated)
    return visit.gone() if kept is None else _shown(visit, kept)


def decide(visit: Visit) -> Response:
    """Ask again with an officer's decision, or with the first word of the emergency procedure."""
    kept, kind = visit.session.found(visit.path["id"], Gated), visit.form.get("word", "")
    if kept is None or kind not in WORDS:
        return visit.gone()
    wrong = faults(kind, visit.form)
    if wrong:
        return _shown(visit, kept, wrong)
    try:
        return asked(visit, worded(kept, kind, visit.form, visit.session.officer))
    except GatewayError as error:
        return _shown(visit, kept, problem=problem_of(error, visit.words))


def receipt(visit: Visit) -> Response:
    """Hand over the receipt of what is cleared; of what waits for its proof, fetch it."""
    kept = visit.session.found(visit.path["id"], Gated)
    if kept is None or kept.state == "closed":
        return visit.gone()
    response, place = kept.response, kept.response.audit_position
    recorded = clearance_recorded(response).SerializeToString(deterministic=True)
    content = proof_of(response, recorded) if response.receipt else b""
    if not content:
        request = receipt_pb2.GetReceiptRequest(
            writer=place.writer, number=place.number, leaf_hash=place.leaf_hash, officer=visit.session.officer
        )
        try:
            fetched = decode_receipt(visit.desk.client.receipt(request).receipt)
            content = encode_receipt(with_response(fetched, recorded))
        except ReceiptError:
            return no_receipt(visit)
    return visit.file(content, "application/json", f"receipt-{place.writer}-{place.number}.json")


def word(visit: Visit) -> Response:
    """Hand over the first person's word, for the second one to open."""
    kept = visit.session.found(visit.path["id"], Gated)
    if kept is None or not kept.waits_for_second:
        return visit.gone()
    place = kept.response.audit_position
    return visit.file(first_word(kept), "application/json", f"first-word-{place.writer}-{place.number}.json")


def asked(visit: Visit, request: credit_pb2.ClearAwardRequest) -> Response:
    """Ask the gate, and go to what it said."""
    response = visit.desk.client.clear_award(request)
    return visit.to(f"/gate/{visit.session.keep(Gated(request, response, visit.desk.clock()))}")


def _shown(visit: Visit, kept: Gated, wrong: Sequence[Fault] = (), problem: Problem | None = None) -> Response:
    relied = visit.session.keep(relied_on(kept)) if kept.state == "cleared" else ""
    return visit.page(
        "gate.html",
        MALFORMED if wrong or problem else 200,
        at=visit.path["id"],
        kept=kept,
        relied=relied,
        **gate_in_words(visit, kept),
        **form_in_words(visit, wrong, problem),
    )


def gate_in_words(visit: Visit, kept: Gated) -> Mapping[str, object]:
    """Return what the gate found, in words; a gap and a verdict that are not known here are none that opens it."""
    words, gaps = visit.words, kept.gaps
    restricted, doubted = credit_pb2.AWARD_GAP_RESTRICTED in gaps, credit_pb2.AWARD_GAP_UNVERIFIABLE in gaps
    parties = [
        (
            each,
            TONES.get(each.verdict, "doubt"),
            verdict_name(each.verdict),
            [words(GAPS.get(gap, "gate.gap_unknown")) for gap in each.gaps],
        )
        for each in kept.response.parties
    ]
    return {
        "decision": kept.response.decision,
        "shown": decision_shown(kept.response.decision, words),
        "parties": parties,
        "may_override": credit_pb2.AWARD_GAP_CONDITIONS_OPEN in gaps and not (restricted or doubted),
        "may_begin": restricted and not doubted,
    }


def form_in_words(visit: Visit, wrong: Sequence[Fault], problem: Problem | None) -> Mapping[str, object]:
    """Return what was filled in and what is wrong with it, in words."""
    words = visit.words
    return {
        "filled": visit.form,
        "wrong": {fault.field: words(f"fault.{fault.text}") for fault in wrong},
        "problem": problem,
    }


VIEW: Final = View(
    DECIDING,
    (),
    (
        ("POST", "/cases/{id}/gate", ask),
        ("GET", "/gate/{id}", found),
        ("POST", "/gate/{id}", decide),
        ("POST", "/gate/{id}/receipt", receipt),
        ("POST", "/gate/{id}/word", word),
    ),
)
