"""From a filled-in form to a question to the gateway, and what is kept of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import candidate_pb2, common_pb2, credit_pb2

from console.case_facts import area_of, facts_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

CASE_BYTES, NAME_BYTES, PURPOSE_BYTES = 128, 300, 256
"""What the gateway takes."""
MOST_MEMBERS: Final = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a form: the field, and the text of ``console.fault`` that says how."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer, as a session keeps it."""

    request: credit_pb2.CheckEligibilityRequest
    response: credit_pb2.CheckEligibilityResponse
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may be meant by a name, and the form that named it."""

    point: int
    form: Mapping[str, str]
    response: candidate_pb2.ResolveEnterpriseResponse


def faults(form: Mapping[str, str]) -> list[Fault]:
    """Return what is wrong with a form as far as that is seen before anybody is asked."""
    found = []
    if not form.get("case_ref"):
        found.append(Fault("case_ref", "required"))
    if not form.get("uscc") and not form.get("name"):
        found.append(Fault("uscc", "code_or_name"))
    limits = {"case_ref": CASE_BYTES, "name": NAME_BYTES, "purpose": PURPOSE_BYTES}
    found += [Fault(name, "too_long") for name, most in limits.items() if len(form.get(name, "").encode()) > most]
    if len(members(form)) > MOST_MEMBERS:
        found.append(Fault("members", "too_many"))
    return found


def members(form: Mapping[str, str]) -> list[str]:
    """Return the codes of the other members of a consortium, one a line or separated by blanks or commas."""
    return form.get("members", "").replace(",", " ").replace("，", " ").replace("、", " ").split()


def question(point: int, form: Mapping[str, str], officer: str) -> credit_pb2.CheckEligibilityRequest:
    """Return the question that a form asks.

    Raises:
        FactError: A fact of the case is not what it should be.
    """
    request = credit_pb2.CheckEligibilityRequest(
        enterprise=common_pb2.EnterpriseRef(uscc=form.get("uscc", ""), name=form.get("name", "")),
        consortium_members=[common_pb2.EnterpriseRef(uscc=code) for code in members(form)],
    )
    asked = request.question
    asked.area = area_of(point)  # type: ignore[assignment]  # the number of an area
    asked.decision_point = point  # type: ignore[assignment]  # likewise of a point
    asked.case_ref, asked.officer, asked.purpose = form.get("case_ref", ""), officer, form.get("purpose", "")
    asked.case_facts.CopyFrom(facts_from(point, form))
    return request


def search(point: int, form: Mapping[str, str], officer: str) -> candidate_pb2.ResolveEnterpriseRequest:
    """Return the search for whom a form names, within its case."""
    request = candidate_pb2.ResolveEnterpriseRequest(
        name=form.get("name", ""),
        case_ref=form.get("case_ref", ""),
        officer=officer,
        purpose=form.get("purpose", ""),
    )
    request.area = area_of(point)  # type: ignore[assignment]  # the number of an area
    return request
