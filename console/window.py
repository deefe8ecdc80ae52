"""The window of a grade, drawn: each complaint from the day on which it counts to the day on which it drops out.

The letter is the gateway's. What is computed here is where a bar ends for a complaint that the letter does not rest on:
it leaves so many months after it was accepted as the scheme looks back (G-10), and counts once it is verified (G-11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING, Final

from formats.civil import add_months, civil_date, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.timestamp_pb2 import Timestamp
    from jointsanctions.v1 import enterprise_file_pb2 as file_pb
    from jointsanctions.v1 import grade_pb2

    from console.enterprise_file import FileRead

MONTHS: Final = re.compile(r"([1-9][0-9]{0,2}) months")
COMPLAINT: Final = "complaint"
LEFT, WIDTH, ROW, HEAD, FOOT = 150, 560, 30, 34, 34
"""Of the drawing, in its own units: labels, bars, a row, what stands above and below."""
TICK_MONTHS: Final = 6


@dataclass(frozen=True, slots=True)
class Counted:
    """A complaint and the days ``[since, until)`` between which it counts.

    Attributes:
        why_not: Why it never counts, as ``console.window`` of the texts names it; empty where it does.
        rests: The letter rests on it.
    """

    record_id: str
    number: str
    order: str
    accepted: date
    since: date
    until: date
    why_not: str
    rests: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A complaint in the drawing: where its bar is, and whether it counts on the day asked about."""

    row: Counted
    y: int
    x: float
    width: float
    now: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A letter in the strip below, from *x* on for *width*; *letter* is the wire's number."""

    letter: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Window:
    """The drawing.

    Attributes:
        months: How far the scheme looks back.
        since: First day of the window.
        today: The day asked about, where the window ends.
        bars: Complaints, the one that drops out first ahead.
        strip: What the letter was and, by time alone, will be.
        ticks: Days along the axis with their place.
        middle: Place of the day asked about.
        height: Of the whole.
    """

    months: int
    since: date
    today: date
    bars: tuple[Bar, ...]
    strip: tuple[Stretch, ...]
    ticks: tuple[tuple[date, float], ...]
    middle: float
    height: int

    @property
    def counting(self) -> int:
        """How many complaints count on the day asked about."""
        return sum(bar.now for bar in self.bars)


def window_of(read: FileRead, scheme: grade_pb2.SchemeExplanation) -> Window | None:
    """Return the drawing of a scheme's window; None for a scheme that looks at no months back."""
    matched = MONTHS.fullmatch(scheme.grade.period)
    if matched is None:
        return None
    months, today = int(matched[1]), _day(read.grades.basis.as_of)
    begins, ends = add_months(today, -months), add_months(today, months)
    length = (ends - begins).days

    def at(day: date) -> float:
        return round(LEFT + WIDTH * min(max((day - begins).days, 0), length) / length, 1)

    shown = [row for row in counted(read.versions, scheme, months) if row.until > begins]
    bars = tuple(
        Bar(
            row,
            HEAD + ROW * number,
            at(row.since),
            round(max(at(row.until) - at(row.since), 1), 1),
            not row.why_not and row.since <= today < row.until,
        )
        for number, row in enumerate(sorted(shown, key=lambda row: (row.until, row.record_id)))
    )
    strip = tuple(
        Stretch(letter, at(since), round(at(until) - at(since), 1))
        for letter, since, until in _letters(scheme, begins, ends)
        if since < until
    )
    days = (add_months(begins, each) for each in range(0, 2 * months + 1, TICK_MONTHS))
    ticks = tuple((day, at(day)) for day in days)
    return Window(months, begins, today, bars, strip, ticks, at(today), HEAD + ROW * (len(bars) + 1) + FOOT)


def counted(
    versions: Iterable[file_pb.FileVersion], scheme: grade_pb2.SchemeExplanation, months: int
) -> Iterator[Counted]:
    """Yield every complaint on record, whether or not it counts."""
    current = [version for version in versions if not version.recorded_until]
    malicious = {
        version.record.malicious_claim.complaint_record_id
        for version in current
        if version.kind == "malicious_claim" and not version.withdrawn_by
    }
    facts = {fact.record_id: fact for fact in scheme.grade.facts if fact.kind == COMPLAINT}
    for version in current:
        if version.kind != COMPLAINT:
            continue
        said, fact = version.record.complaint, facts.get(version.record_id)
        accepted = parse_date(said.accepted_on)
        since = parse_date(fact.counts_from) if fact else max(accepted, parse_date(said.verified_on))
        until = parse_date(fact.counts_until) if fact and fact.counts_until else add_months(accepted, months)
        why_not = (
            "malicious"
            if version.record_id in malicious
            else "withdrawn"
            if version.withdrawn_by
            else "never"
            if since >= until
            else ""
        )
        number = version.record.document_number
        order = said.payment_order_number
        yield Counted(version.record_id, number, order, accepted, since, until, why_not, fact is not None)


def _letters(scheme: grade_pb2.SchemeExplanation, begins: date, ends: date) -> Iterator[tuple[int, date, date]]:
    """Yield the letters of the drawing's days; those ahead are what time alone makes of it."""
    for each in scheme.history_as_known_then or scheme.history:
        since = _day(each.since) if each.HasField("since") else begins
        until = _day(each.until) if each.HasField("until") else ends
        yield each.letter, max(since, begins), min(until, ends)


def _day(stamp: Timestamp) -> date:
    return civil_date(stamp.ToDatetime(tzinfo=UTC))
