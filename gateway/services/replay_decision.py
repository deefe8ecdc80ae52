"""Deriving a past answer again, from the facts, the policy and the mandate of then, and comparing it with its record.

The same use case decides as decided then (``CheckEligibility``), over the store at the revision of then. What was not
the rules' but the moment's, such as the feeds' ages, is taken from the record.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.agencies import Role
from gateway.domain.call_record import OK
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError
from gateway.domain.replay import (
    Difference,
    Replayed,
    ReplayField,
    ReplayHindrance,
    ReplayResult,
    compare,
    is_cut,
    judged,
    not_recorded,
)
from gateway.services.check_eligibility import CheckEligibility
from gateway.services.recorded_question import NotReplayableError, read_question
from gateway.services.relied_answer import ANSWERS, BATCH, CLEAR
from gateway.services.replay_inputs import mandate_differences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.audit import Entry
    from gateway.services.ports.log import Entries
    from gateway.services.ports.replay import AnswerShape
    from gateway.services.recorded_question import RecordedQuestion
    from gateway.services.replay_inputs import Inputs, Past

PERSON: Final = "CreditService/CheckPerson"


class ReplayDecision:
    """Replays single entries. Blocking: call it in a thread that answers nobody."""

    def __init__(self, entries: Entries, past: Past, shape: AnswerShape) -> None:
        self._entries = entries
        self._past = past
        self._shape = shape

    def __call__(self, agency: Agency, writer: str, number: int, item: int | None) -> Replayed:
        """Replay the answer at a position, for the auditor or for the agency that was answered.

        Args:
            agency: Who asks. Another than the auditor sees its own calls, as in every search.
            writer: Queue of the entry.
            number: Number of the entry.
            item: Of a batch, from 0; None for all of it.

        Raises:
            EnterpriseNotFoundError: There is no such entry or item, or it is not the caller's.
            StoreUnavailableError: Store or queue could not be read.
        """
        entry = self._entries.find(writer, number)
        if entry is None or not (agency.role is Role.AUDITOR or _of(entry, agency)):
            raise _unknown(writer, number)
        if item is not None and not (entry.erased or item < len(entry.lines)):
            raise _unknown(writer, number)
        return self.replay(entry, item)

    def replay(self, entry: Entry, item: int | None = None) -> Replayed:
        """Replay an entry, read with its lines. Raises ``StoreUnavailableError``."""
        if entry.erased:
            return Replayed(result=ReplayResult.ERASED)
        body: Mapping[str, Any] = json.loads(entry.body)
        if body.get("method") == PERSON and body.get("outcome") == OK:
            return Replayed(result=ReplayResult.NOT_REPLAYABLE, hindrance=ReplayHindrance.PERSON)
        if body.get("method") not in ANSWERS or body.get("outcome") != OK:
            return Replayed(result=ReplayResult.NOT_A_DECISION)
        inputs = self._past.inputs_of(entry, body)
        if inputs.policy is None or inputs.mandate is None or inputs.missing:
            return Replayed(result=ReplayResult.DIFFERENT_INPUTS, inputs=inputs.changed)
        batch = body["method"] == BATCH
        lines = [json.loads(line.content) for line in entry.lines]
        chosen = lines if item is None else lines[item : item + 1]
        said: Sequence[Mapping[str, Any]] = chosen if batch else [body]
        try:
            question = read_question(body, said, batch=batch)
        except NotReplayableError as error:
            return Replayed(result=ReplayResult.NOT_REPLAYABLE, inputs=inputs.changed, hindrance=error.why)
        places = list(range(len(lines))) if item is None else [item]
        return self._compared(question, (body, said, places if batch else [None]), inputs, entry.time)

    def _compared(
        self,
        question: RecordedQuestion,
        recorded: tuple[Mapping[str, Any], Sequence[Mapping[str, Any]], Sequence[int | None]],
        inputs: Inputs,
        sealed_at: datetime,
    ) -> Replayed:
        body, said, places = recorded
        policy, mandate = inputs.policy, inputs.mandate
        assert policy is not None  # noqa: S101 - looked at before
        assert mandate is not None  # noqa: S101 - likewise
        differences = list(mandate_differences(mandate, question, body, sealed_at))
        register = self._past.facts.register(body["revision"], policy.grade_rules)
        check = CheckEligibility(register, self._past.history, policy, question.freshness)
        try:
            answered = asyncio.run(check(question.asked, question.items))
        except MalformedRequestError as error:
            # What was answered then would be refused now: there is no verdict to compare with.
            refused = Difference(ReplayField.VERDICT, places[0], str(said[0].get("verdict", "")), error.reason)
            return judged((*differences, refused), inputs.changed, frozenset())
        again = self._shape.rewrite(policy, question, answered, mandate)
        for place, then, now in zip(places, said, again.told, strict=True):
            differences += compare(place, then, now)
        if answered[1].revision != body["revision"]:
            differences.append(Difference(ReplayField.REVISION, None, str(body["revision"]), str(answered[1].revision)))
        unseen = frozenset(field for then in said for field in not_recorded(then))
        # Of an award, the decision is derived again; its response tells of other answers too.
        more = body["method"] == CLEAR
        part = len(said) != body.get("lines", {}).get("count", 1)
        if more or part or not question.freshness.complete or any(map(is_cut, said)):
            unseen |= {ReplayField.RESPONSE}
        elif again.response != body["response"]:
            differences.append(Difference(ReplayField.RESPONSE, None, body["response"], again.response))
        return judged(tuple(differences), inputs.changed, unseen)


def _of(entry: Entry, agency: Agency) -> bool:
    """Return whether an entry records a call of *agency* in the role in which it asks now."""
    if entry.erased:
        return False
    caller = json.loads(entry.body).get("caller", {})
    return (caller.get("agency"), caller.get("role")) == (agency.agency_id, agency.role)


def _unknown(writer: str, number: int) -> EnterpriseNotFoundError:
    return EnterpriseNotFoundError("no answer that this caller may replay stands there", position=f"{writer}/{number}")
