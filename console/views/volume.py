"""How many questions were asked day by day, by area or by agency: as tables, and drawn from one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from operator import add
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import volume_pb2 as pb

from adapters.errors import GatewayError
from console.access_filter import AREAS, AccessFilter, read_filter
from console.asking import Fault
from console.problems import problem_of
from console.views.accesses import AUDITOR, UNANSWERED
from console.visit import Entry, View
from formats.civil import civil_date, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response

    from console.problems import Problem
    from console.visit import Visit
    from console.words import Words

MOST_DAYS: Final = 366
MOST_LINES: Final = 7
"""Of which each is told apart; what is asked least is told together."""
MALFORMED: Final = 422
BY: Final = ("area", "agency")
"""What the lines are, the first where nothing is said."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the filter of which days, area and agency count, and what the lines are, one of ``BY``."""

    filter: AccessFilter
    by: str

    @property
    def shown(self) -> dict[str, str]:
        """The fields of the form by their names."""
        return {**self.filter.shown, "by": self.by}


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted.

    Attributes:
        lines: Names of the lines, what was asked most first.
        days: Each day with the sum of it and the count of each line.
        sums: Agency, area and how many questions, the most first.
        whole: Sum of all.
    """

    lines: tuple[str, ...]
    days: tuple[tuple[str, int, tuple[int, ...]], ...]
    sums: tuple[tuple[str, str, int], ...]
    whole: int


def volume(visit: Visit) -> Response:
    """Show the questions of the days that the address names."""
    wanted, wrong = _read(visit, visit.query)
    if wrong:
        return _page(visit, wanted, wrong)
    chosen = wanted.filter
    request = pb.CountQuestionsRequest(
        officer=visit.session.officer, since_on=chosen.since, until_on=chosen.until, agency=chosen.agency
    )
    if chosen.area:
        request.area = AREAS[chosen.area]
    try:
        answer = visit.desk.client.audit("CountQuestions", request, pb.CountQuestionsResponse)
    except GatewayError as error:
        return _page(visit, wanted, problem=problem_of(error, visit.words))
    return _page(visit, wanted, counted=counted(answer.series, wanted, visit.words))


def choose(visit: Visit) -> Response:
    """Go to what a form names."""
    wanted, wrong = _read(visit, visit.form)
    return _page(visit, wanted, wrong) if wrong else visit.to(f"/volume?{wanted.filter.query(by=wanted.by)}")


def counted(series: Iterable[pb.QuestionSeries], wanted: Asked, words: Words) -> Counted:
    """Lay out what the gateway counted; a series that does not fit the days asked for is an error, and no count."""
    days = _days(wanted.filter)
    lines: dict[str, list[int]] = {}
    sums = Counter[tuple[str, str]]()
    for each in series:
        area = words.of("areas", each.area) if each.area else "–"
        agency = each.agency or "–"
        questions = list(each.questions)
        if len(questions) != len(days):
            raise ValueError(f"{len(questions)} counts for {len(days)} days")
        name = area if wanted.by == "area" else agency
        lines[name] = list(map(add, lines[name], questions)) if name in lines else questions
        sums[agency, area] += sum(questions)
    ordered = sorted(lines.items(), key=lambda line: (-sum(line[1]), line[0]))
    drawn, rest = ordered[:MOST_LINES], ordered[MOST_LINES:]
    if rest:
        together = [sum(each) for each in zip(*(counts for _, counts in rest), strict=True)]
        drawn.append((words("volume.others", number=len(rest)), together))
    table = []
    for place, day in enumerate(days):
        row = tuple(counts[place] for _, counts in drawn)
        table.append((day, sum(row), row))
    return Counted(
        lines=tuple(name for name, _ in drawn),
        days=tuple(table),
        sums=tuple((agency, area, count) for (agency, area), count in sums.most_common()),
        whole=sums.total(),
    )


def _read(visit: Visit, said: Mapping[str, str]) -> tuple[Asked, tuple[Fault, ...]]:
    wanted, wrong = read_filter(said, civil_date(visit.desk.clock()))
    if not wrong:
        wrong = tuple(Fault(name, "required") for name in ("since", "until") if not getattr(wanted, name))
    if not wrong and parse_date(wanted.until) - parse_date(wanted.since) >= timedelta(days=MOST_DAYS):
        wrong = (Fault("until", "over_a_year"),)
    by = said.get("by", BY[0])
    if by not in BY:
        wrong, by = (*wrong, Fault("by", "malformed")), BY[0]
    return Asked(wanted, by), wrong


def _page(
    visit: Visit,
    wanted: Asked,
    wrong: tuple[Fault, ...] = (),
    problem: Problem | None = None,
    counted: Counted | None = None,
) -> Response:
    words = visit.words
    return visit.page(
        "volume.html",
        MALFORMED if wrong else UNANSWERED if problem else 200,
        filled=wanted.shown,
        counted=counted,
        problem=problem,
        areas=[(name, words.of("areas", number)) for name, number in AREAS.items()],
        by=[("area", words("volume.by_area")), ("agency", words("volume.by_agency"))],
        wrong={fault.field: words(f"fault.{fault.text}") for fault in wrong},
    )


def _days(wanted: AccessFilter) -> list[str]:
    first, last = parse_date(wanted.since), parse_date(wanted.until)
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


VIEW: Final = View(
    AUDITOR,
    (Entry("/volume", "volume"),),
    (("GET", "/volume", volume), ("POST", "/volume", choose)),
)
