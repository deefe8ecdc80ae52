"""Taking a deciding system's word on what it did after an answer (A-128), and showing it its own.

The answer is looked up in the record of calls: it must be one to the caller's own agency, about this enterprise at this
point of this case. What a correction replaces, and whether the same act is reported already, is judged in the
transaction that stores it, so that of two one is refused.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, StateError
from gateway.domain.final_acts import require_first, require_persons
from gateway.domain.outcomes import Outcome, decided_on_it, faults
from gateway.services.ports.facts import Submission
from gateway.services.ports.outcomes import Within

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gateway.domain.agencies import Agency
    from gateway.domain.endings import KnownEnding
    from gateway.domain.outcomes import Fulfilled, OutcomeKind
    from gateway.domain.vocabulary import Area, DecisionPoint
    from gateway.services.decided_cases import KnowsEndings
    from gateway.services.ports.outcomes import NumberedOutcome, OutcomeFilter, OutcomeStore
    from gateway.services.ports.register import Clock
    from gateway.services.relied_answer import AnswerPlace, ReliedAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReport:
    """An outcome as read from the wire."""

    request_id: str
    digest: str
    """SHA-256 of the request, hexadecimal."""
    area: Area
    point: DecisionPoint
    case_ref: str
    uscc: str
    officer: str
    answer: AnswerPlace
    kind: OutcomeKind
    decided_on: date
    document_number: str
    conditions: tuple[Fulfilled, ...]
    note: str
    supersedes: str
    reexamined_ending: str
    part: str = ""


class ReportOutcome:
    """Stores outcomes, and reads those of one agency."""

    def __init__(
        self, store: OutcomeStore, relied: ReliedAnswer, endings: KnowsEndings, clock: Clock, writer: str
    ) -> None:
        self._store = store
        self._relied = relied
        self._endings = endings
        self._clock = clock
        self._writer = writer

    async def report(self, agency: Agency, report: OutcomeReport) -> tuple[int, Outcome]:
        """Store an outcome; return the newest data revision, and the outcome as first stored.

        Raises:
            EnterpriseNotFoundError: No answer to this agency is recorded at that position, or there is no such outcome
                of its own to correct.
            MalformedRequestError: The answer is about something else, or something does not fit together.
            SecondPersonRequiredError: What is restricted was overridden without the emergency procedure (A-125).
            StateError: Another correction has taken the place of the outcome already, or what was decided on this
                answer is reported already and was not named as what is corrected.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._report, agency.agency_id, report)

    async def listed(self, wanted: OutcomeFilter, after: int, size: int) -> Sequence[NumberedOutcome]:
        """Return up to *size* outcomes behind the place *after*, in the order in which they were reported.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._store.listed, wanted, after, size)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an outcome. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _report(self, agency: str, report: OutcomeReport) -> tuple[int, Outcome]:
        now = self._clock.now()
        submission = Submission(report.request_id, 0, report.digest, "", agency, self._writer, now, rows=())
        # First, so that a repeated report is answered when its answer is erased and its outcome corrected.
        before = self._store.reported(submission)
        if before is not None:
            return before
        outcome = Outcome(
            outcome_id=outcome_id(agency, report.request_id),
            agency=agency,
            area=report.area,
            point=report.point,
            case_ref=report.case_ref,
            uscc=report.uscc,
            answer=self._relied.find(agency, report),
            kind=report.kind,
            decided_on=report.decided_on,
            document_number=report.document_number,
            officer=report.officer,
            conditions=report.conditions,
            note=report.note,
            supersedes=report.supersedes,
            reexamined=(),
            reported_at=now,
            part=report.part,
        )
        for fault in faults(outcome, civil_date(now)):
            raise MalformedRequestError(*fault)
        require_persons(outcome)
        known = self._ending(report)

        def decide(replaced: NumberedOutcome | None, standing: Sequence[Outcome]) -> Outcome:
            before = _replaced(report, replaced)
            require_first(outcome, (each for each in standing if each.outcome_id != report.supersedes))
            if before is None:
                return outcome
            if known is None:
                return replace(outcome, reexamined=before.reexamined)
            if not decided_on_it(known, before):
                raise _not_decided_on_it()
            ending = known.ending.ending_id
            return replace(outcome, reexamined=tuple(dict.fromkeys((*before.reexamined, ending))))

        return self._store.record(submission, Within(report.case_ref, report.uscc, report.supersedes), decide)

    def _ending(self, report: OutcomeReport) -> KnownEnding | None:
        """Return the ending on whose account a decision was examined again; None where it was on none."""
        if not report.reexamined_ending:
            return None
        if not report.supersedes:
            raise MalformedRequestError("supersedes", "must name the decision that was examined again")
        if not report.document_number:
            raise MalformedRequestError("document_number", "is required of a decision that was examined again")
        known = next((one for one in self._endings.known() if one.ending.ending_id == report.reexamined_ending), None)
        if known is None:
            raise _not_decided_on_it()
        return known


def outcome_id(agency: str, request_id: str) -> str:
    """Return the id of the outcome that an agency reports under a request id."""
    return "outcome-" + hashlib.sha256(f"{agency}\0{request_id}".encode()).hexdigest()[:24]


def _not_decided_on_it() -> MalformedRequestError:
    """Return the same for an ending that there is not and for one that does not concern the decision."""
    return MalformedRequestError(
        "reexamined_ending_id", "the decision that is named was not taken on the record of such an ending"
    )


def _replaced(report: OutcomeReport, replaced: NumberedOutcome | None) -> Outcome | None:
    """Return what is corrected, None where nothing is; refuse what may not be corrected."""
    if not report.supersedes:
        return None
    if replaced is None:
        raise EnterpriseNotFoundError("this agency reported no such outcome", outcome=report.supersedes)
    if replaced.superseded_by:
        raise StateError(
            f"{report.supersedes} has been corrected by {replaced.superseded_by}",
            object=report.supersedes,
            state="SUPERSEDED",
            wanted="CORRECTION",
            allowed="",
            why="NOT_THE_NEWEST_VERSION",
        )
    before = replaced.outcome
    same = (
        ("case_ref", before.case_ref == report.case_ref),
        ("decision_point", before.point is report.point),
        ("uscc", before.uscc == report.uscc),
    )
    for field, equal in same:
        if not equal:
            raise MalformedRequestError(field, "is another than that of the outcome that is corrected")
    return before
