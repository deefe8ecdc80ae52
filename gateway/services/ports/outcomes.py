"""Where outcomes are kept, and how the answers that they rest on are found.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gateway.domain.audit import Entry
    from gateway.domain.outcomes import Outcome
    from gateway.services.ports.facts import Submission


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One entry of the record of calls with its body, and the lines of its items by their leaf hash."""

    entry: Entry
    body: Mapping[str, object]
    lines: Mapping[bytes, Mapping[str, object]]


class RecordedCalls(Protocol):
    """Reads single entries of the record of calls. Blocking: call it in a thread."""

    def call_at(self, writer: str, number: int) -> RecordedCall | None:
        """Return the call recorded there; None when there is none, or its content was erased."""


@dataclass(frozen=True, slots=True)
class OutcomeFilter:
    """Which outcomes are looked for; an empty text means any, and so does an empty agency: for the auditor alone."""

    agency: str
    case_ref: str = ""
    uscc: str = ""
    with_superseded: bool = False


@dataclass(frozen=True, slots=True)
class NumberedOutcome:
    """An outcome, its place in the order of all, from 1, and the id of what took its place; empty while it stands."""

    number: int
    outcome: Outcome
    superseded_by: str


@dataclass(frozen=True, slots=True)
class Within:
    """What is looked at while an outcome is stored: the case, the enterprise, and what it replaces; empty for none."""

    case_ref: str
    uscc: str
    supersedes: str = ""


class OutcomeStore(Protocol):
    """Outcomes, only ever added. Blocking: call it in a thread."""

    def reported(self, submission: Submission) -> tuple[int, Outcome] | None:
        """Return what was stored for this very request before: the newest revision then, and the outcome; else None.

        Raises ``RequestIdReusedError`` where the request id holds other content, or is another agency's.
        """

    def record(
        self,
        submission: Submission,
        within: Within,
        decide: Callable[[NumberedOutcome | None, Sequence[Outcome]], Outcome],
    ) -> tuple[int, Outcome]:
        """Add the outcome that *decide* makes; return the newest data revision, and the outcome as stored.

        *decide* is given the outcome called ``supersedes``, None when there is none or it is another agency's; and what
        the agency reported in the case about the enterprise and what stands, in order. Nobody writes between that and
        what is stored; what it raises leaves the store as it was. Idempotent by request id like ``FactStore.submit``.
        It takes no data revision: no answer rests on an outcome.
        """

    def outcome(self, outcome_id: str) -> NumberedOutcome | None:
        """Return one outcome; None when there is none."""

    def listed(self, wanted: OutcomeFilter, after: int, size: int) -> Sequence[NumberedOutcome]:
        """Return up to *size* outcomes behind the place *after*, in order."""

    def of_cases(self, agency: str, case_refs: Collection[str]) -> Sequence[Outcome]:
        """Return what an agency reported in these cases, corrected outcomes included, in no order."""

    def standing(self, records: Collection[str], endings: Collection[str], agency: str) -> Sequence[Outcome]:
        """Return the outcomes that stand and rest on an answer that told of one of *records*, or name one of *endings*.

        Each once, in the order in which they were reported; *agency* is empty for all.
        """

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an outcome, as ``FactStore.mark_recorded`` does."""
