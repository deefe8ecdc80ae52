"""The emergency procedure: two persons go ahead over what is restricted (A-125), each in a call that is on record.

The second names where the first one's call is recorded; nothing of it is believed that the record does not say. Who is
another person is decided in ``gateway.domain.two_persons``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.domain.call_record import signed_for
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError
from gateway.domain.two_persons import Spoken, require_two
from gateway.services.relied_answer import CLEAR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from gateway.domain.cases import CaseKey
    from gateway.domain.vocabulary import DecisionPoint
    from gateway.services.ports.outcomes import RecordedCalls


@dataclass(frozen=True, slots=True)
class FirstWord:
    """Where the first person's call of an emergency procedure is said to be recorded."""

    writer: str
    number: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Emergency:
    """One person's part in the emergency procedure."""

    reason: str
    document_number: str
    by: Spoken
    first: FirstWord | None


@dataclass(frozen=True, slots=True)
class Joining:
    """What a second person joins in."""

    key: CaseKey
    point: DecisionPoint
    codes: frozenset[str]
    emergency: Emergency


class FirstWords:
    """Finds first words in the record of calls."""

    def __init__(self, calls: RecordedCalls, longest: timedelta) -> None:
        """Take the record; a word older than *longest* serves no more."""
        self._calls = calls
        self._longest = longest

    def find(self, agency: str, first: FirstWord, now: datetime) -> Mapping[str, Any]:
        """Return the body of the first person's call. Blocking.

        Raises:
            EnterpriseNotFoundError: No call of *agency* that begins the procedure is recorded there under that hash.
            MalformedRequestError: It is too old.
            StoreUnavailableError: The record could not be read.
        """
        found = self._calls.call_at(first.writer, first.number)
        body: Mapping[str, Any] = {} if found is None else found.body
        own = body.get("method") == CLEAR and body.get("caller", {}).get("agency") == agency
        if found is None or not own or found.entry.leaf != first.leaf or "emergency" not in body.get("award", {}):
            raise EnterpriseNotFoundError(
                "no call of this agency that begins an emergency procedure is recorded at this position",
                writer=first.writer,
                number=str(first.number),
            )
        if found.entry.time < now - self._longest:
            raise MalformedRequestError("emergency.first", "is too old: begin the procedure anew")
        return body


def require_joined(body: Mapping[str, Any], joining: Joining) -> None:
    """Refuse a second person who is the first, or who joins in something else.

    Raises:
        MalformedRequestError: The first word was about another act or applicant, or gave another reason or document.
        SecondPersonRequiredError: It was the same person's.
    """
    said = body["award"]["emergency"]
    key, emergency = joining.key, joining.emergency
    same = (
        (body["area"], body["case"], body.get("part", ""), body["point"])
        == (int(key.area), key.case_ref, key.part, int(joining.point)),
        frozenset(body["enterprises"]) == joining.codes,
        (said["reason"], said["document"]) == (emergency.reason, emergency.document_number),
    )
    if not all(same):
        raise MalformedRequestError("emergency.first", "was about something else, or gave another reason or document")
    first = Spoken(body["caller"].get("holder", ""), body["officer"], signed_for(body))
    require_two(first, emergency.by)
