"""Deciding on an import: approved as it was shown, discarded, or revoked; by a second person where that is needed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import import_batch_pb2 as pb

from adapters.errors import GatewayError
from console.asking import Fault
from console.problems import problem_of
from console.texts import texts
from console.views.enterprise import PRODUCING
from console.views.imports import SHIFTS, import_page
from console.visit import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from console.visit import Visit

REASON_BYTES, DOCUMENT_BYTES = 2_000, 128
"""What the gateway takes."""
FAILED: Final = 502
APPROVE, DISCARD, REVOKE = "approve", "discard", "revoke"
DONE: Final = {APPROVE: "approved", DISCARD: "discarded", REVOKE: "revoked"}
"""How ``console.import_done`` of the texts names what was done."""
CHANGED: Final = "DIFFERENCE_CHANGED"
SECOND_PERSON: Final = "SECOND_PERSON_REQUIRED"


@dataclass(frozen=True, slots=True)
class Decided:
    """An import that was decided on, as a session keeps it.

    Attributes:
        batch: The import.
        done: What was done, as ``console.import_done`` names it.
    """

    batch: str
    done: str


def decide(visit: Visit) -> Response:
    """Approve, discard or revoke an import that was read; what is wrong stands beside its field."""
    kept, what = visit.session.found(visit.path["id"], pb.GetImportResponse), visit.path["what"]
    if kept is None or what not in DONE:
        return visit.gone()
    wrong = {f"{what}_{fault.field}": visit.words(f"fault.{fault.text}") for fault in _faults(visit, what)}
    if wrong:
        return import_page(visit, kept, visit.path["id"], wrong=wrong)
    try:
        waits = CALLS[what](visit, kept)
    except GatewayError as error:
        if error.reason == CHANGED:
            return visit.to(f"/imports/decided/{visit.session.keep(Decided(kept.batch.batch, 'changed'))}")
        problem = problem_of(error, visit.words)
        return import_page(visit, kept, visit.path["id"], problem=problem, why=_why(error))
    return visit.to(
        f"/imports/decided/{visit.session.keep(Decided(kept.batch.batch, 'waits' if waits else DONE[what]))}"
    )


def decided(visit: Visit) -> Response:
    """Say what was decided, and show how the import then stands; that it was is said in any case."""
    kept = visit.session.found(visit.path["id"], Decided)
    if kept is None:
        return visit.gone()
    asked = pb.GetImportRequest(batch=kept.batch, officer=visit.session.officer, page_size=SHIFTS)
    try:
        found = visit.desk.client.registry("GetImport", asked, pb.GetImportResponse, patient=True)
    except GatewayError as error:
        text = visit.words(f"import_done.{kept.done}")
        return visit.page("problem.html", FAILED, problem=problem_of(error, visit.words), done=text)
    return import_page(visit, found, visit.session.keep(found), done=kept.done)


def _approve(visit: Visit, kept: pb.GetImportResponse) -> bool:
    request = pb.ApproveImportRequest(
        request_id=_request_id(visit, APPROVE, kept.batch.batch, kept.difference.digest),
        batch=kept.batch.batch,
        digest=kept.difference.digest,
        officer=visit.session.officer,
    )
    answer = visit.desk.client.registry("ApproveImport", request, pb.ApproveImportResponse, patient=True)
    return answer.waits_for_second_person


def _discard(visit: Visit, kept: pb.GetImportResponse) -> bool:
    request = pb.DiscardImportRequest(
        request_id=_request_id(visit, DISCARD, kept.batch.batch, visit.path["id"]),
        batch=kept.batch.batch,
        reason=_said(visit, DISCARD, "reason"),
        officer=visit.session.officer,
    )
    visit.desk.client.registry("DiscardImport", request, pb.DiscardImportResponse, patient=True)
    return False


def _revoke(visit: Visit, kept: pb.GetImportResponse) -> bool:
    request = pb.RevokeImportRequest(
        request_id=_request_id(visit, REVOKE, kept.batch.batch, visit.path["id"]),
        batch=kept.batch.batch,
        reason=_said(visit, REVOKE, "reason"),
        document_number=_said(visit, REVOKE, "document"),
        officer=visit.session.officer,
    )
    answer = visit.desk.client.registry("RevokeImport", request, pb.RevokeImportResponse, patient=True)
    return answer.waits_for_second_person


CALLS: Final[dict[str, Callable[[Visit, pb.GetImportResponse], bool]]] = {
    APPROVE: _approve,
    DISCARD: _discard,
    REVOKE: _revoke,
}
"""Makes the call, and returns whether another person has to agree before anything is done."""


def _faults(visit: Visit, what: str) -> list[Fault]:
    needed = {DISCARD: {"reason": REASON_BYTES}, REVOKE: {"reason": REASON_BYTES, "document": DOCUMENT_BYTES}}
    found = []
    for name, most in needed.get(what, {}).items():
        said = _said(visit, what, name)
        if not said:
            found.append(Fault(name, "required"))
        elif len(said.encode()) > most:
            found.append(Fault(name, "too_long"))
    return found


def _said(visit: Visit, what: str, name: str) -> str:
    """Return a field of one of the page's forms, in the one line that is kept."""
    text = visit.form.get(f"{what}_{name}", "")
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


def _request_id(visit: Visit, *about: str) -> str:
    """Return the same id for the same word of the same officer: sent twice it is one, and what broke off goes on."""
    caller = visit.desk.caller
    named = (caller.agency, caller.role, caller.holder, visit.session.officer, *about)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\0".join(named)))


def _why(error: GatewayError) -> str:
    """Return why it is not this person's to decide, as ``console.import_refusal`` names it; empty otherwise."""
    why = error.metadata.get("why", "").lower()
    return why if error.reason == SECOND_PERSON and why in texts("console.import_refusal") else ""


VIEW: Final = View(
    PRODUCING,
    (),
    (
        ("GET", "/imports/decided/{id}", decided),
        ("POST", "/imports/{id}/{what}", decide),
    ),
)
