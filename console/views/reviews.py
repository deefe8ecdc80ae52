"""Reviews of the record: signed off under the newest checkpoint, and those that were."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from jointsanctions.v1 import log_pb2
from jointsanctions.v1 import review_pb2 as pb

from adapters.errors import GatewayError
from console.access_filter import read_filter
from console.asking import Fault
from console.log_proof import checkpoint_of
from console.problems import problem_of
from console.views.accesses import AUDITOR
from console.visit import Entry, View
from formats.civil import civil_date, midnight, parse_date
from formats.note import NoteError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.responses import Response

    from console.problems import Problem
    from console.visit import Visit

REVIEWS: Final = 50
"""Shown, the newest first; that there are earlier ones the page says."""
TEXT_BYTES: Final = 4096
MALFORMED, UNANSWERED = 422, 502
FINDINGS: Final[Mapping[int, str]] = {
    pb.REVIEW_FINDING_NOTHING_FOUND: "review.nothing_found",
    pb.REVIEW_FINDING_UNDUE_ACCESS: "review.undue_access",
    pb.REVIEW_FINDING_CASE_UNKNOWN: "review.case_unknown",
    pb.REVIEW_FINDING_ANSWER_NOT_FOLLOWED: "review.answer_not_followed",
    pb.REVIEW_FINDING_AWARD_UNCOVERED: "review.award_uncovered",
    pb.REVIEW_FINDING_REPLAY_DIFFERS: "review.replay_differs",
    pb.REVIEW_FINDING_RECORD_FLAWED: "review.record_flawed",
    pb.REVIEW_FINDING_OTHER: "review.other",
}
"""The text of each finding; one that is not here is shown by its number."""


def reviews(visit: Visit) -> Response:
    """Show the newest reviews, and the form by which one is signed off."""
    yesterday = (civil_date(visit.desk.clock()) - timedelta(days=1)).isoformat()
    return _reviews(visit, {"since": visit.query.get("since", yesterday), "until": visit.query.get("until", yesterday)})


def sign(visit: Visit) -> Response:
    """Sign a review off under the newest checkpoint; only of days that are over."""
    form = visit.form
    findings = [number for number in FINDINGS if f"finding_{number}" in form]
    wrong = _review_faults(form, findings, civil_date(visit.desk.clock()))
    if wrong:
        return _reviews(visit, form, wrong)
    officer, client = visit.session.officer, visit.desk.client
    try:
        shown = client.audit(
            "GetCheckpoint", log_pb2.GetCheckpointRequest(officer=officer), log_pb2.GetCheckpointResponse
        )
        checkpoint = checkpoint_of(shown.checkpoint)
        request = pb.SignReviewRequest(
            request_id=form.get("request_id", ""),
            officer=officer,
            origin=checkpoint.origin,
            checkpoint_size=checkpoint.size,
            checkpoint_root=checkpoint.root,
            findings=findings,  # type: ignore[arg-type]  # numbers of the wire
            text=form.get("text", ""),
        )
        request.since.FromDatetime(midnight(parse_date(form["since"])))
        request.until.FromDatetime(midnight(parse_date(form["until"]) + timedelta(days=1)))
        client.audit("SignReview", request, pb.SignReviewResponse)
    except GatewayError as error:
        return _reviews(visit, form, problem=problem_of(error, visit.words))
    except NoteError:
        words = visit.words
        return visit.page(
            "notice.html", UNANSWERED, title=words("logbook.unreadable_title"), text=words("logbook.unreadable")
        )
    return visit.to("/reviews")


def _reviews(
    visit: Visit, filled: Mapping[str, str], wrong: tuple[Fault, ...] = (), problem: Problem | None = None
) -> Response:
    words = visit.words
    request = pb.ListReviewsRequest(officer=visit.session.officer, page_size=REVIEWS)
    listed = visit.desk.client.audit("ListReviews", request, pb.ListReviewsResponse)
    names = {number: words(text) for number, text in FINDINGS.items()}
    return visit.page(
        "reviews.html",
        MALFORMED if wrong or problem else 200,
        filled=filled,
        request_id=filled.get("request_id") or str(uuid4()),
        listed=listed,
        places={each.review_id: visit.session.keep(each.recorded) for each in listed.reviews},
        findings=names,
        wrong={fault.field: words(f"fault.{fault.text}") for fault in wrong},
        problem=problem,
    )


def _review_faults(form: Mapping[str, str], findings: list[int], today: date) -> tuple[Fault, ...]:
    wanted, wrong = read_filter({name: form.get(name, "") for name in ("since", "until")}, today)
    faults = list(wrong) or [Fault(name, "required") for name in ("since", "until") if not form.get(name)]
    if not faults and wanted.until >= today.isoformat():
        faults.append(Fault("until", "day_not_over"))
    nothing = pb.REVIEW_FINDING_NOTHING_FOUND
    if not findings:
        faults.append(Fault("findings", "required"))
    elif nothing in findings and len(findings) > 1:
        faults.append(Fault("findings", "nothing_alone"))
    text = form.get("text", "")
    if findings and nothing not in findings and not text:
        faults.append(Fault("text", "required"))
    if len(text.encode()) > TEXT_BYTES:
        faults.append(Fault("text", "too_long"))
    return tuple(faults)


VIEW: Final = View(
    AUDITOR,
    (Entry("/reviews", "reviews"),),
    (("GET", "/reviews", reviews), ("POST", "/reviews", sign)),
)
