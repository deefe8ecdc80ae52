"""A step of police, procuratorate or court: receipt, decision, supervision, judgment, each on its document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.errors import GatewayError
from console.problems import problem_of
from console.steps import Act, StepError, name_of, request_of
from console.texts import texts
from console.views.referrals import JUSTICE
from console.visit import View
from formats.civil import civil_date

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.asking import Fault
    from console.problems import Problem
    from console.visit import Visit

MALFORMED: Final = 422
FIELDS: Final = {"at": "taken_at", "officers": "by"}
"""Of the wire's names those that a form calls otherwise."""


def form(visit: Visit) -> Response:
    """Show the form of a step, empty."""
    act = visit.session.found(visit.path["id"], Act)
    return visit.gone() if act is None else _form(visit, act)


def take(visit: Visit) -> Response:
    """Take the step; what is wrong stands beside its field."""
    act = visit.session.found(visit.path["id"], Act)
    if act is None:
        return visit.gone()
    rpc, _, answer = act.form.call
    try:
        request = request_of(act, visit.form, visit.session.officer, visit.desk.clock())
        visit.desk.client.referral(rpc, request, answer)
    except StepError as error:
        return _form(visit, act, error.faults)
    except GatewayError as error:
        return _form(visit, act, problem=problem_of(error, visit.words), why=error.metadata.get("why", ""))
    return visit.to(f"/referrals/{act.at}?taken=1")


def _form(
    visit: Visit, act: Act, faults: tuple[Fault, ...] = (), problem: Problem | None = None, why: str = ""
) -> Response:
    words = visit.words
    wrong = {fault.field: words(f"fault.{fault.text}") for fault in faults}
    if problem is not None and problem.field:
        # "step.officers[1]" is the field of the officers.
        fact = problem.fact.partition("[")[0]
        wrong[FIELDS.get(fact, fact)] = words("fault.refused")
    return visit.page(
        "step.html",
        MALFORMED if faults or problem else 200,
        at=visit.path["id"],
        act=act,
        kind=name_of(act.kind).lower(),
        filled={"by": visit.session.officer, **visit.form},
        wrong=wrong,
        problem=problem,
        # One that this version has no words for stands in the gateway's own.
        why=why.lower() if why.lower() in texts("console.step_hindrance") else "",
        today=civil_date(visit.desk.clock()).isoformat(),
    )


VIEW: Final = View(
    JUSTICE,
    (),
    (("GET", "/steps/{id}", form), ("POST", "/steps/{id}", take)),
)
