"""The auditor's look at the log: how it is, whether it still says what it said, and one entry's way to the root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import audit_pb2, common_pb2, log_pb2

from adapters.errors import GatewayError
from console.log_drawing import BOX_HEIGHT, BOX_WIDTH, drawing_of
from console.log_health import Look, growth, look_at
from console.log_proof import checkpoint_of, proof_of
from console.problems import problem_of
from console.views.accesses import AUDITOR
from console.visit import Entry, View
from formats.note import NoteError

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Visit

MALFORMED, UNANSWERED = 422, 502
GROWTH: Final = {
    "grew": ("good", "logbook.grew"),
    "renewed": ("warn", "logbook.renewed"),
    "shorter": ("bad", "logbook.shorter"),
    "rewritten": ("bad", "logbook.rewritten"),
}
"""How what became of a log looks, and its text."""
RECORDED: Final = {
    "covered": ("good", "logbook.covered"),
    "waits": ("warn", "logbook.waits"),
    "missing": ("bad", "logbook.missing"),
}
"""Likewise of the entry of the look before."""


def health(visit: Visit) -> Response:
    """Show how the log is, and what became of the look before, where one is named."""
    before = None
    if "since" in visit.query:
        before = visit.session.found(visit.query["since"], Look)
        if before is None:
            return visit.gone()
    try:
        found = look_at(visit.desk.client, visit.session.officer, before)
    except NoteError:
        return _unreadable(visit)
    return visit.page(
        "log.html",
        found=found,
        before=before,
        growth=GROWTH.get(found.growth),
        recorded=RECORDED.get(found.recorded),
        again=visit.session.keep(found.look),
        last=visit.session.keep(_place(found.newest.sealed)),
    )


def compare(visit: Visit) -> Response:
    """Compare the log with a checkpoint that the auditor kept elsewhere."""
    # A browser sends a text with its own line ends, and the door takes the last one away.
    said = visit.form.get("checkpoint", "").replace("\r\n", "\n") + "\n"
    try:
        kept = checkpoint_of(said.encode())
    except NoteError:
        return visit.page("log_compared.html", MALFORMED, kept=None, growth=None, problem=None)
    if not kept.size:
        return visit.page("log_compared.html", MALFORMED, kept=None, growth=None, problem=None)
    try:
        became = growth(visit.desk.client, visit.session.officer, kept)
    except NoteError:
        return _unreadable(visit)
    except GatewayError as error:
        problem = problem_of(error, visit.words)
        return visit.page("log_compared.html", UNANSWERED, kept=kept, growth=None, problem=problem)
    return visit.page("log_compared.html", kept=kept, growth=GROWTH[became], problem=None)


def proof_of_access(visit: Visit) -> Response:
    """Show the way of an entry that a search found."""
    found = visit.session.found(visit.path["id"], audit_pb2.AccessEntry)
    return visit.gone() if found is None else _proof(visit, found.position)


def proof(visit: Visit) -> Response:
    """Show the way of an entry that another page named."""
    found = visit.session.found(visit.path["id"], common_pb2.AuditPosition)
    return visit.gone() if found is None else _proof(visit, found)


def _proof(visit: Visit, place: common_pb2.AuditPosition) -> Response:
    request = log_pb2.GetInclusionProofRequest(writer=place.writer, number=place.number, officer=visit.session.officer)
    answer = visit.desk.client.audit("GetInclusionProof", request, log_pb2.GetInclusionProofResponse)
    try:
        found = proof_of(answer)
    except NoteError:
        return _unreadable(visit)
    # Where the leaf is known, a proof of any other entry is none of this one.
    named = found.sealed is not None and found.sealed[:2] == (place.writer, place.number)
    same = named and place.leaf_hash in {b"", found.leaf}
    return visit.page(
        "proof.html",
        place=place,
        proof=found,
        holds=found.holds and same,
        drawing=drawing_of(found),
        box=(BOX_WIDTH, BOX_HEIGHT),
    )


def _place(sealed: tuple[str, int, object] | None) -> common_pb2.AuditPosition:
    return common_pb2.AuditPosition(writer=sealed[0], number=sealed[1]) if sealed else common_pb2.AuditPosition()


def _unreadable(visit: Visit) -> Response:
    words = visit.words
    return visit.page(
        "notice.html", UNANSWERED, title=words("logbook.unreadable_title"), text=words("logbook.unreadable")
    )


VIEW: Final = View(
    AUDITOR,
    (Entry("/log", "log"),),
    (
        ("GET", "/log", health),
        ("POST", "/log", compare),
        ("GET", "/accesses/{id}/proof", proof_of_access),
        ("GET", "/proofs/{id}", proof),
    ),
)
