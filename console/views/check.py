"""The deciding officer's question: may this enterprise go ahead, what is to be done, and on what legal ground?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import candidate_pb2, receipt_pb2

from adapters.errors import GatewayError
from console.asking import Answered, Candidates, Fault, faults, question, search
from console.case_facts import FactError, area_of, facts_of, name_of, point_named, points_of
from console.problems import problem_of
from console.verdict import shown
from console.visit import Entry, View
from formats.receipt import ReceiptError, decode_receipt, encode_receipt, with_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from console.problems import Problem
    from console.visit import Visit

DECIDING: Final = frozenset({"asking-system", "bank"})
"""Roles of certificates whose officers decide cases."""
STATUSES: Final = frozenset({"REVOKED", "DEREGISTERED"})
"""Of an enterprise that is not in business."""
MALFORMED: Final = 422
BROKEN: Final = 502


def points(visit: Visit) -> Response:
    """Show the decision points of the certificate's areas."""
    found = [
        (area, [(point, name_of(point)) for point in each]) for area, each in points_of(visit.desk.caller.areas).items()
    ]
    return visit.page("points.html", areas=found)


def form(visit: Visit) -> Response:
    """Show the form of a decision point, empty."""
    point = _point(visit)
    return visit.gone() if point is None else _form(visit, point, {})


def ask(visit: Visit) -> Response:
    """Ask, or find who is meant where a name alone was given; what is wrong stands beside its field."""
    point = _point(visit)
    if point is None:
        return visit.gone()
    wrong = faults(visit.form)
    if wrong:
        return _form(visit, point, visit.form, wrong)
    try:
        if not visit.form.get("uscc"):
            found = visit.desk.client.resolve(search(point, visit.form, visit.session.officer))
            return visit.to(f"/found/{visit.session.keep(Candidates(point, visit.form, found))}")
        asked = question(point, visit.form, visit.session.officer)
        at = visit.desk.clock()
        answer = visit.desk.client.check(asked)
    except FactError as error:
        return _form(visit, point, visit.form, [Fault(f"fact_{error.name}", "malformed")])
    except GatewayError as error:
        return _form(visit, point, visit.form, problem=problem_of(error, visit.words))
    return visit.to(f"/answers/{visit.session.keep(Answered(asked, answer, at))}")


def found(visit: Visit) -> Response:
    """Show who may be meant by a name; whoever is chosen is asked about by code."""
    kept = visit.session.found(visit.path["id"], Candidates)
    if kept is None:
        return visit.gone()
    rest = {name: said for name, said in kept.form.items() if name not in {"csrf", "uscc", "name"}}
    return visit.page(
        "candidates.html",
        sought=kept.form["name"],
        point=name_of(kept.point),
        rest=rest,
        candidates=kept.response.candidates,
        left_out=kept.response.left_out,
        kinds=candidate_pb2.MatchKind.values(),
        statuses=STATUSES,
    )


def answer(visit: Visit) -> Response:
    """Show an answer."""
    kept = visit.session.found(visit.path["id"], Answered)
    if kept is None:
        return visit.gone()
    name = name_of(kept.request.question.decision_point)
    return visit.page("verdict.html", at=visit.path["id"], kept=kept, point_name=name, shown=shown(kept, visit.words))


def receipt(visit: Visit) -> Response:
    """Fetch the receipt of an answer, put the answer in, and hand it over as a file or as a page to read."""
    kept = visit.session.found(visit.path["id"], Answered)
    if kept is None:
        return visit.gone()
    place = kept.response.audit_position
    request = receipt_pb2.GetReceiptRequest(
        writer=place.writer, number=place.number, leaf_hash=place.leaf_hash, officer=visit.session.officer
    )
    try:
        fetched = decode_receipt(visit.desk.client.receipt(request).receipt)
        content = encode_receipt(with_response(fetched, _recorded(kept)))
    except ReceiptError:
        return no_receipt(visit)
    name = f"receipt-{place.writer}-{place.number}"
    if visit.form.get("form") == "page":
        return visit.file(visit.desk.receipt_page(content).encode(), "text/html", f"{name}.html")
    return visit.file(content, "application/json", f"{name}.json")


def no_receipt(visit: Visit) -> Response:
    """Say that what came is no receipt of this answer: as if there were none."""
    words = visit.words
    return visit.page("notice.html", BROKEN, title=words("verdict.no_receipt_title"), text=words("verdict.no_receipt"))


def _recorded(kept: Answered) -> bytes:
    """Return the bytes of an answer that its entry holds the hash of: without its own position."""
    plain = type(kept.response)()
    plain.CopyFrom(kept.response)
    plain.ClearField("audit_position")
    return plain.SerializeToString(deterministic=True)


def _point(visit: Visit) -> int | None:
    """Return the point of the address; None where there is none of the certificate's areas."""
    point = point_named(visit.path["point"])
    return point if point is not None and area_of(point) in visit.desk.caller.areas else None


def _form(
    visit: Visit,
    point: int,
    filled: Mapping[str, str],
    wrong: list[Fault] | None = None,
    problem: Problem | None = None,
) -> Response:
    words = visit.words
    said = {fault.field: words(f"fault.{fault.text}") for fault in wrong or ()}
    if problem is not None and problem.field:
        name = problem.fact
        said[f"fact_{name}" if "case_facts." in problem.field else name] = words("fault.refused")
    return visit.page(
        "check.html",
        MALFORMED if said or problem else 200,
        area=area_of(point),
        point=point,
        point_name=name_of(point),
        facts=facts_of(point),
        filled=filled,
        wrong=said,
        problem=problem,
    )


VIEW: Final = View(
    DECIDING,
    (Entry("/check", "check"),),
    (
        ("GET", "/check", points),
        ("GET", "/check/{point}", form),
        ("POST", "/check/{point}", ask),
        ("GET", "/found/{id}", found),
        ("GET", "/answers/{id}", answer),
        ("POST", "/answers/{id}/receipt", receipt),
    ),
)
