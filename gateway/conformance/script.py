"""What the scripted gateway is to say to whom, and what it was asked and gave: shared by its threads and the kit."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jointsanctions.v1 import outcome_pb2

    from gateway.conformance.sayings import Saying

WRITER: Final = "conformance-0"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the script.

    Attributes:
        saying: What is said.
        as_about: Code of the enterprise whose answer is given instead; empty: that of the one asked about.
    """

    saying: Saying
    as_about: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that arrived, about one enterprise.

    Attributes:
        code: The enterprise.
        point: Number of the decision point.
        case_ref: The case.
        officer: Who asks.
        batched: It came as an item of a batch.
    """

    code: str
    point: int
    case_ref: str
    officer: str
    batched: bool


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that left, about one enterprise.

    Attributes:
        code: The enterprise.
        point: Number of the decision point.
        verdict: Number of the verdict.
        number: Number of the entry, from 0.
        leaf_hash: Its leaf hash.
        line_hash: Leaf hash of the item's line; empty for a single answer.
        digest: SHA-256 of the response without position and line hashes, as an entry has it.
    """

    code: str
    point: int
    verdict: int
    number: int
    leaf_hash: bytes
    line_hash: bytes
    digest: bytes


class Script:
    """The script and its record; may be shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines: dict[tuple[str, int], Line] = {}
        self._numbers = 0
        self._asked: list[Asked] = []
        self._given: list[Given] = []
        self._reports: list[outcome_pb2.ReportOutcomeRequest] = []

    def write(self, code: str, point: int, line: Line) -> None:
        """Have *line* said to questions about *code* at *point*, from now on."""
        with self._lock:
            self._lines[code, point] = line

    def line(self, code: str, point: int) -> Line | None:
        """Return what is to be said; None where nobody was to ask."""
        with self._lock:
            return self._lines.get((code, point))

    def next_number(self) -> int:
        """Return the number of the next entry."""
        with self._lock:
            self._numbers += 1
            return self._numbers - 1

    def note_asked(self, asked: list[Asked]) -> None:
        """Note questions as they arrive."""
        with self._lock:
            self._asked.extend(asked)

    def note_given(self, given: list[Given]) -> None:
        """Note answers as they leave."""
        with self._lock:
            self._given.extend(given)

    def note_report(self, report: outcome_pb2.ReportOutcomeRequest) -> None:
        """Note a report of an outcome."""
        with self._lock:
            self._reports.append(report)

    def asked(self, code: str, point: int | None = None) -> list[Asked]:
        """Return the questions about an enterprise, at one point or at any, in order."""
        with self._lock:
            return [each for each in self._asked if each.code == code and point in {None, each.point}]

    def given(self, code: str, point: int | None = None) -> list[Given]:
        """Return the answers about an enterprise, likewise."""
        with self._lock:
            return [each for each in self._given if each.code == code and point in {None, each.point}]

    def reports(self, code: str) -> list[outcome_pb2.ReportOutcomeRequest]:
        """Return the reports of outcomes about an enterprise, in order."""
        with self._lock:
            return [each for each in self._reports if each.uscc == code]

    def entry(self, number: int, leaf_hash: bytes) -> bool:
        """Return whether an answer was given with this number and hash."""
        with self._lock:
            return any((each.number, each.leaf_hash) == (number, leaf_hash) for each in self._given)
