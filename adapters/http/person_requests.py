"""Asking and granting about persons over HTTP: the engine of ``adapters.person_checks``, one request a step.

The document goes to the gateway and nowhere else: to no log, journal, problem or answer. Who is meant in later steps
the agency says again, and the side-car holds against what it has in memory (``adapters.http.held_persons``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.clearance import Observed
from adapters.conditions import OfficerReview, PartyHeard
from adapters.entries import OutcomeKind
from adapters.errors import NotClearedError, PersonConditionError
from adapters.grants import Grant
from adapters.http.exchange import Request, Response
from adapters.http.granted import require_carried, told
from adapters.http.parsing import read_facts
from adapters.http.problems import Problem
from adapters.http.showing import instants, refusal, show
from adapters.persons import (
    Capacity,
    IdentityLooked,
    NaturalPerson,
    PersonAct,
    PersonConditional,
    PersonFulfilment,
)
from adapters.questions import Case, required
from formats.civil import parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.http.once import Once
    from adapters.http.sidecar import Sidecar
    from adapters.person_checks import PersonChecks, PersonStanding


class PersonRequests:
    """Answers the requests about persons, in the areas that decide about them."""

    def __init__(self, sidecar: Sidecar, once: Once) -> None:
        self._its = sidecar
        self._once = once

    @property
    def _checks(self) -> PersonChecks:
        return self._its.persons

    def check(self, request: Request) -> Response:
        """Ask about one person: 200 with what was answered and recorded, whatever it says."""
        act = self._act(request.body)
        return self._shown(lambda: self._checks.check(act))

    def confirm(self, request: Request) -> Response:
        """Ask again with the word of an officer who has looked (I-53): 200 with what came of it."""
        self._known(request.number)
        conditional = self._its.held.conditional_of(request.number, _person(request.body["person"]))
        return self._shown(lambda: self._checks.confirm(conditional, request.body["officer"]))

    def fulfil(self, request: Request) -> Response:
        """Record that an officer lets a person go ahead: 201 with the clearance that it is now."""
        kinds = (OutcomeKind.FULFILLED,)
        return self._once.run(request, lambda: self._fulfil(request), self._fulfilled, kinds)

    def grant(self, request: Request) -> Response:
        """Pass a gate about a person, which asks anew: 201 with the grant, which names the reference alone."""
        self._its.held.bind(request.key, _person(request.body["person"]))
        kinds = (OutcomeKind.GRANTED,)
        return self._once.run(request, lambda: self._grant(request.body), lambda number: told(self._its, number), kinds)

    def _act(self, body: dict[str, Any]) -> PersonAct:
        """Read what is asked."""
        sent, area = body["question"], self._its.area
        required("reference", body["reference"], 64)
        point = common_pb2.DecisionPoint.Value(sent["decisionPoint"])
        facts = read_facts(sent.get("caseFacts"), "question.caseFacts", area, point)
        case = Case(sent["caseRef"], sent["officer"], body["reference"], sent.get("purpose", ""))
        capacity = self._capacity(body)
        if (point, capacity) not in area.persons:
            raise Problem("MALFORMED_REQUEST", "nobody is asked about so at this decision point", "capacity")
        return PersonAct(case, point, _person(body["person"]), capacity, facts)

    @staticmethod
    def _capacity(body: dict[str, Any]) -> Capacity:
        return Capacity(credit_pb2.PersonCapacity.Value(body["capacity"]))

    def _grant(self, body: dict[str, Any]) -> int:
        act = self._act(body)
        step = self._its.area.persons[act.point, act.capacity]
        if not step.gate:
            raise Problem("MALFORMED_REQUEST", "nothing is granted at this decision point", "question.decisionPoint")
        require_carried(self._its, step.carried, body, act.case, None)
        named = body.get("reviewed") if not self._its.observes else None
        reviewed = self._its.held.reviewed(named, act.person) if named is not None else None
        try:
            with self._its.journal.about_person(act.capacity):
                grant = self._checks.grant(Grant, act, reviewed)
        except PersonConditionError as error:
            self._its.held.keep(error.conditional)
            problem = refusal(error, self._its.engine.clock())
            if "answer" in problem.members:
                problem.members = {"answer": {**problem.members["answer"], "conditions": _kinds(error.conditional)}}
            raise problem from error
        if grant.number is None:
            raise grant.stopped_by or Problem("NO_ANSWER")
        return grant.number

    def _fulfil(self, request: Request) -> int:
        sent = request.body
        review, looked, heard = sent.get("officerReview"), sent.get("identity"), sent.get("heardParty")
        done = PersonFulfilment(
            review=OfficerReview(review["officer"], review["reason"], parse_instant(review["decidedAt"]))
            if review
            else None,
            identity=IdentityLooked(
                looked["officer"], looked["isThePerson"], looked["reference"], parse_instant(looked["lookedAt"])
            )
            if looked
            else None,
            heard=PartyHeard(heard["officer"], heard["recordNumber"], parse_instant(heard["heardAt"]))
            if heard
            else None,
        )
        self._known(request.number)
        self._checks.fulfil(self._its.held.conditional(request.number), done)
        return request.number

    def _known(self, number: int) -> None:
        """Refuse a number under which the journal has no conditional answer about a person."""
        row, answer = self._its.view.question(number), self._its.view.answer(number)
        if row is None or row["lead"]:
            raise Problem("NOT_FOUND", "the journal has no such question about a person")
        if answer is None:
            raise Problem("NO_VERDICT")
        if answer.verdict != common_pb2.VERDICT_CONDITIONAL or answer.fault:
            raise Problem("NOT_CONDITIONAL")

    def _fulfilled(self, number: int) -> dict[str, Any]:
        answer = self._its.view.answer(number)
        if answer is None:
            raise AssertionError("what was fulfilled is in the journal")
        return {"number": number, "standing": "CLEARED", "mayProceed": True, **instants(validUntil=answer.valid_until)}

    def _shown(self, ask: Callable[[], PersonStanding]) -> Response:
        """Show what came of a question, and hold what waits for an officer."""
        result: PersonStanding | NotClearedError
        try:
            result = ask()
        except NotClearedError as error:
            result = error
        waiting = _waiting(result)
        if waiting is not None:
            self._its.held.keep(waiting)
        said = show(result, self._its.engine.clock())
        said["conditions"] = _kinds(waiting) if waiting is not None else []
        return Response(200, {**said, "mode": self._its.mode})


def _waiting(result: PersonStanding | NotClearedError) -> PersonConditional | None:
    """Return what waits for an officer; None where nothing does."""
    why = result.stopped_by if isinstance(result, Observed) else result
    if isinstance(why, PersonConditionError):
        return why.conditional
    return why if isinstance(why, PersonConditional) else None


def _person(sent: dict[str, Any]) -> NaturalPerson:
    return NaturalPerson(sent["documentType"], sent["documentNumber"], sent.get("name", ""))


def _kinds(waiting: PersonConditional) -> list[str]:
    return [_kind(each) for each in sorted(waiting.kinds)]


def _kind(number: int) -> str:
    found = credit_pb2.PersonConditionKind.DESCRIPTOR.values_by_number.get(number)
    if found is None:
        raise Problem("UNEXPECTED", f"the gateway asks for something that is not known here: {number}")
    return str(found.name)
