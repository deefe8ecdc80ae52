"""Results of the engine as JSON: an answer that may be relied upon is shown, anything else is a problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2

from adapters.clearance import Clearance, ConditionalClearance, Observed
from adapters.conditions import Fulfilment, missing
from adapters.errors import ConditionNotMetError, NotClearedError, PersonConditionError, UnverifiableError
from adapters.http.problems import Problem, problem_of
from adapters.persons import PersonConditional, PersonFulfilment
from formats.civil import format_instant

if TYPE_CHECKING:
    from datetime import datetime

    from google.protobuf.message import Message

    from adapters.answers import Answer, Position
    from adapters.clearance import Standing


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer comes to, in words.

    Attributes:
        standing: ``CLEARED``, ``CONDITIONAL``, ``RESTRICTED``, ``UNVERIFIABLE`` or ``OBSERVED``.
        number: The journal's number of the question.
        answer: The answer.
        proceed: The parties may go ahead; in observe mode nothing is stopped.
        lacking: What the conditions still lack.
        stopped_by: In observe mode, what enforcing would have said; empty: nothing.
    """

    standing: str
    number: int
    answer: Answer
    proceed: bool = False
    lacking: tuple[str, ...] = ()
    stopped_by: str = ""


def show(result: Standing | PersonConditional | NotClearedError, now: datetime) -> dict[str, Any]:
    """Return a result as JSON values.

    Raises:
        Problem: There is no recorded answer that may be relied upon.
    """
    shown = _shown(result, now)
    answer = shown.answer
    said: dict[str, Any] = {
        "number": shown.number,
        "standing": shown.standing,
        "mayProceed": shown.proceed,
        "verdict": common_pb2.Verdict.Name(answer.verdict),
        "because": list(answer.because),
        "measures": [message(each) for each in answer.measures],
        "missing": list(shown.lacking),
        "incentives": [message(each) for each in answer.incentives],
        "dataRevision": str(answer.data_revision),
        "auditPosition": position(answer.position),
        "answerDigest": answer.digest.hex(),
    }
    if answer.grade is not None:
        said["grade"] = message(answer.grade)
    if shown.standing == "OBSERVED":
        said["wouldBeStoppedBy"] = shown.stopped_by
    return said | instants(asOf=answer.as_of, validUntil=answer.valid_until)


def refusal(error: NotClearedError, now: datetime) -> Problem:
    """Return the problem of what was not granted, with the recorded answer behind it where there is one."""
    problem = problem_of(error)
    if error.answer is not None and error.number is not None and not error.answer.fault:
        problem.members = {"answer": show(error, now)}
    return problem


def message(sent: Message) -> dict[str, Any]:
    """Return a message of the contract in the proto JSON mapping."""
    found: dict[str, Any] = json_format.MessageToDict(sent)
    return found


def position(place: Position) -> dict[str, Any]:
    """Return an audit position; hashes are hexadecimal."""
    said = {"writer": place.writer, "number": str(place.number), "leafHash": place.leaf_hash.hex()}
    return said | ({"lineHash": place.line_hash.hex()} if place.line_hash else {})


def instants(**named: datetime | None) -> dict[str, str]:
    """Return those that there are, RFC 3339 in UTC."""
    return {name: format_instant(each) for name, each in named.items() if each is not None}


def _shown(result: Standing | PersonConditional | NotClearedError, now: datetime) -> Shown:
    if isinstance(result, Observed):
        return _observed(result)
    if isinstance(result, Clearance):
        return Shown("CLEARED", result.number, result.answer, proceed=True)
    if isinstance(result, ConditionalClearance):
        lacking = missing(result.measures, Fulfilment(), result.question.asked_at, now)
        return Shown("CONDITIONAL", result.number, result.answer, lacking=lacking)
    if isinstance(result, PersonConditional):
        return Shown("CONDITIONAL", result.number, result.answer, lacking=result.lacking(PersonFulfilment(), now))
    answer, number = result.answer, result.number
    if answer is None or number is None or answer.fault:
        raise problem_of(result)
    if isinstance(result, ConditionNotMetError | PersonConditionError):
        return Shown("CONDITIONAL", number, answer, lacking=result.missing)
    return Shown("UNVERIFIABLE" if isinstance(result, UnverifiableError) else "RESTRICTED", number, answer)


def _observed(result: Observed) -> Shown:
    why = result.stopped_by
    if result.asked is None or result.asked.answer.fault:
        raise problem_of(why) if why is not None else Problem("NO_ANSWER")
    stopped_by = why.reason if why is not None else ""
    lacking = why.missing if isinstance(why, ConditionNotMetError | PersonConditionError) else ()
    asked = result.asked
    return Shown("OBSERVED", asked.number, asked.answer, proceed=True, lacking=lacking, stopped_by=stopped_by)
