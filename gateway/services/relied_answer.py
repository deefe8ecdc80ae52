"""Finding the answer that a deciding system says that it relied upon, in the record of calls.

Whoever names a position that is not its own learns no more than that no answer to it is recorded there: not whether
anything is. What is wrong with an answer of its own is said by field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from formats.civil import parse_instant
from gateway.domain.call_record import OK, body_of_item, has_more, recorded_grounds
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError
from gateway.domain.outcomes import AnswerRelied
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from gateway.domain.vocabulary import Area, DecisionPoint
    from gateway.services.endings import PastGrounds
    from gateway.services.ports.outcomes import RecordedCall, RecordedCalls

CHECK: Final = "CreditService/CheckEligibility"
BATCH: Final = "CreditService/BatchCheckEligibility"
CLEAR: Final = "CreditService/ClearAward"
ANSWERS: Final = frozenset({CHECK, BATCH, CLEAR})
"""Methods that answer a question about enterprises."""


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Where an answer is said to be recorded. Hashes are 32 bytes; ``line_hash`` is empty for a single question."""

    writer: str
    number: int
    leaf_hash: bytes
    line_hash: bytes


class Reported(Protocol):
    """What an outcome says of its answer."""

    @property
    def answer(self) -> AnswerPlace:
        """Where it is recorded."""

    @property
    def area(self) -> Area:
        """Area that was asked about."""

    @property
    def point(self) -> DecisionPoint:
        """Decision point that was asked about."""

    @property
    def case_ref(self) -> str:
        """The case."""

    @property
    def uscc(self) -> str:
        """Code of the enterprise that was to go ahead."""

    @property
    def part(self) -> str:
        """Part of the case that was decided; empty: all that was answered."""


class ReliedAnswer:
    """Reads single answers from the record of calls."""

    def __init__(self, calls: RecordedCalls, past: PastGrounds) -> None:
        self._calls = calls
        self._past = past

    def find(self, agency: str, report: Reported) -> AnswerRelied:
        """Return the answer that *report* names, as it is recorded. Blocking.

        Raises:
            EnterpriseNotFoundError: No answer to *agency* is recorded at that position under that hash.
            MalformedRequestError: It is about another enterprise, point or case, or an outlook; the field is named.
            StoreUnavailableError: Record or store could not be read.
        """
        place = report.answer
        found = self._calls.call_at(place.writer, place.number)
        if found is None or found.entry.leaf != place.leaf_hash or not _answers(found.body, agency):
            raise EnterpriseNotFoundError(
                "no answer to this agency is recorded at this position under this hash",
                writer=place.writer,
                number=str(place.number),
            )
        said = _said(found, place.line_hash)
        body: Mapping[str, Any] = body_of_item(found.body, said)
        _require_same(body, said, report)
        as_of: datetime = parse_instant(body["as_of"])
        revision = int(body["revision"])
        enterprises = tuple(said["enterprises"])
        named = said.get("grounds")
        if named is None or has_more(named):
            # No room for all of them, or recorded before any was named.
            named = [*(named or [])[:-1], *self._weighed(enterprises, revision, as_of)]
        return AnswerRelied(
            writer=place.writer,
            number=place.number,
            leaf=place.leaf_hash.hex(),
            line=place.line_hash.hex(),
            answered_at=found.entry.time,
            revision=revision,
            as_of=as_of,
            verdict=Verdict(said["verdict"]),
            enterprises=enterprises,
            grounds=tuple(dict.fromkeys(named)),
            emergency=gone_over(body),
        )

    def _weighed(self, enterprises: tuple[str, ...], revision: int, as_of: datetime) -> Iterator[str]:
        """Yield, as recorded, every record of which an answer may have told that had no room for all of them."""
        for uscc in enterprises:
            for record in self._past.records(uscc, revision, as_of):
                yield from recorded_grounds([record])


def gone_over(body: Mapping[str, Any]) -> bool:
    """Return whether a recorded call of the award gate was cleared by the second word of an emergency procedure."""
    award = body.get("award", {})
    return bool(award.get("cleared")) and "number" in award.get("emergency", {})


def applicant(said: Mapping[str, Any]) -> str:
    """Return the code of the enterprise that was to go ahead, of a recorded question or item.

    Entries from before relations were recorded name it first, as all others do.
    """
    relations = said.get("relations") or [RelationKind.SELF.value]
    return str(said["enterprises"][relations.index(RelationKind.SELF.value)])


def _answers(body: Mapping[str, Any], agency: str) -> bool:
    """Return whether an entry is of an answered question of *agency*."""
    asked = body.get("method") in ANSWERS and body.get("outcome") == OK
    return asked and body.get("caller", {}).get("agency") == agency


def _said(found: RecordedCall, line_hash: bytes) -> Mapping[str, Any]:
    """Return what was said about the item that *line_hash* names, or by the whole answer to a single question."""
    if found.body["method"] == BATCH:
        line = found.lines.get(line_hash)
        if line is None:
            raise MalformedRequestError("answer.line_hash", "names no item of this batch")
        return line
    if line_hash:
        raise MalformedRequestError("answer.line_hash", "is only for an item of a batch")
    return found.body


def _require_same(body: Mapping[str, Any], said: Mapping[str, Any], report: Reported) -> None:
    same = (
        ("area", body["area"] == report.area),
        ("decision_point", body["point"] == report.point),
        ("case_ref", body["case"] == report.case_ref),
        ("uscc", applicant(said) == report.uscc),
        # The award gate is asked about one registered part; other answers are about whatever is decided on them.
        ("part", body["method"] != CLEAR or report.part in {"", body.get("part", "")}),
    )
    for field, equal in same:
        if not equal:
            raise MalformedRequestError(field, "is another than that of the answer at this position")
    if body.get("preview"):
        raise MalformedRequestError("answer", "is an outlook: nothing can be decided on it")
