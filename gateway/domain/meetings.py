"""Joint meetings (联席会议): an agenda, its minutes, and the steps that the minutes assign to member agencies.

Values, how the acts on record make a meeting, and what must fit together in one. A meeting decides nothing about an
enterprise: no rule reads it, and no answer rests on it. Who sees what of it is in ``meeting_disclosure``; by when a
step must be done, in ``meeting_clocks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime


class MeetingCaseKind(Word):
    """What a case is that an item of an agenda refers to."""

    LISTING = 1
    COMPLAINT = 2
    PENALTY = 3
    PUBLICATION = 4
    REFERRAL = 5
    """A criminal hand-over: it is kept from everybody but the organs of criminal justice (T-60)."""
    OTHER = 6


class MeetingStepState(Word):
    """How an assigned step stands."""

    OPEN = 1
    DONE = 2
    OVERDUE = 3


class MeetingActKind(StrEnum):
    """What an act on record says of a meeting. A later one of the same kind takes the place of the earlier."""

    AGENDA = "AGENDA"
    MINUTES = "MINUTES"
    STEP_REPORT = "STEP_REPORT"


@dataclass(frozen=True, slots=True)
class MeetingCase:
    """A case by its kind and its number in the system that keeps it."""

    kind: MeetingCaseKind
    reference: str


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item; ``shown_to`` and ``proposed_by`` are ids of member agencies, and nobody else is told of it."""

    item_id: str
    text: str
    proposed_by: str
    shown_to: tuple[str, ...]
    enterprises: tuple[str, ...]
    """Codes, normalised."""
    cases: tuple[MeetingCase, ...]

    @property
    def audience(self) -> frozenset[str]:
        """The member agencies that it concerns."""
        return frozenset({self.proposed_by, *self.shown_to})

    @property
    def concerns_referral(self) -> bool:
        """One of its cases is a referral (T-60)."""
        return any(case.kind is MeetingCaseKind.REFERRAL for case in self.cases)


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is to be dealt with, when, and by whom; ``members`` are agencies' ids."""

    number: str
    held_on: date
    convened_by: str
    """Name of the authority that convenes it."""
    members: tuple[str, ...]
    items: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was agreed on an item."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AssignedStep:
    """What one member agency has to do. It has a day, or working days from the delivery of the minutes; never both."""

    step_id: str
    item_id: str
    agency: str
    text: str
    due_on: date | None
    working_days: int | None


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes; ``delivered_on`` is the civil day on which the members had them."""

    document_number: str
    delivered_on: date
    attended: tuple[str, ...]
    resolutions: tuple[Resolution, ...]
    steps: tuple[AssignedStep, ...]


@dataclass(frozen=True, slots=True)
class StepReport:
    """The assigned agency's word that a step is done, with its document."""

    step_id: str
    document_number: str
    done_on: date
    text: str


@dataclass(frozen=True, slots=True)
class MeetingAct:
    """One act on record: whose certificate brought it, and when, UTC."""

    meeting_id: str
    content: Agenda | Minutes | StepReport
    agency: str
    recorded_at: datetime

    @property
    def kind(self) -> MeetingActKind:
        """What it says."""
        if isinstance(self.content, Agenda):
            return MeetingActKind.AGENDA
        return MeetingActKind.MINUTES if isinstance(self.content, Minutes) else MeetingActKind.STEP_REPORT

    @property
    def step_id(self) -> str:
        """Of a report, its step; empty for all else."""
        return self.content.step_id if isinstance(self.content, StepReport) else ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as its acts make it."""

    meeting_id: str
    agenda: Agenda
    minutes: Minutes | None = None
    reports: tuple[StepReport, ...] = ()
    """The last one of each step, in order of steps' ids."""

    @property
    def steps(self) -> tuple[AssignedStep, ...]:
        """The steps that the minutes assign; none before there are minutes."""
        return self.minutes.steps if self.minutes is not None else ()

    def report_on(self, step_id: str) -> StepReport | None:
        """Return the report on a step; None while there is none."""
        return next((report for report in self.reports if report.step_id == step_id), None)

    def deals_with(self, uscc: str) -> bool:
        """Return whether an item names the enterprise."""
        return any(uscc in item.enterprises for item in self.agenda.items)


@dataclass(frozen=True, slots=True)
class MeetingFault:
    """What does not fit in a meeting: the path of the field within its agenda, minutes or report, and why."""

    field: str
    why: str


def meeting_of(acts: Sequence[MeetingAct]) -> Meeting | None:
    """Return the meeting that *acts*, all of one meeting and in their order, make; None without an agenda."""
    agenda: Agenda | None = None
    minutes: Minutes | None = None
    reports: dict[str, StepReport] = {}
    for act in acts:
        match act.content:
            case Agenda():
                agenda = act.content
            case Minutes():
                minutes = act.content
            case _:
                reports[act.content.step_id] = act.content
    if agenda is None:
        return None
    return Meeting(acts[0].meeting_id, agenda, minutes, tuple(reports[key] for key in sorted(reports)))


def version_of(acts: Iterable[MeetingAct], kind: MeetingActKind, step_id: str = "") -> int:
    """Return how many acts of a kind (of reports: on one step) there are: the number of the newest version, or 0."""
    return sum(1 for act in acts if act.kind is kind and act.step_id == step_id)


def agenda_faults(agenda: Agenda, known: Collection[str], justice: Collection[str]) -> Iterator[MeetingFault]:
    """Yield what is wrong in an agenda.

    Args:
        agenda: It.
        known: Ids of all agencies that may be members.
        justice: Those among them that may be told of a referral (T-60).
    """
    yield from _repeated("members", agenda.members)
    for place, member in enumerate(agenda.members):
        if member not in known:
            yield MeetingFault(f"members[{place}]", "is no agency that can be a member")
    yield from _repeated("items", [item.item_id for item in agenda.items], ".item_id")
    for number, item in enumerate(agenda.items):
        path = f"items[{number}]"
        named = [("proposed_by", item.proposed_by)]
        named += [(f"shown_to[{place}]", agency) for place, agency in enumerate(item.shown_to)]
        for field, agency in named:
            if agency not in agenda.members:
                yield MeetingFault(f"{path}.{field}", "is no member of this meeting")
            elif item.concerns_referral and agency not in justice:
                yield MeetingFault(f"{path}.{field}", "may not learn of a referral (T-60)")
        yield from _repeated(f"{path}.shown_to", item.shown_to)
        yield from _repeated(f"{path}.enterprises", item.enterprises)


def minutes_faults(agenda: Agenda, minutes: Minutes) -> Iterator[MeetingFault]:
    """Yield what is wrong in minutes of a meeting with this agenda."""
    items = {item.item_id: item for item in agenda.items}
    if minutes.delivered_on < agenda.held_on:
        yield MeetingFault("delivered_on", "lies before the meeting")
    yield from _repeated("attended", minutes.attended)
    for place, agency in enumerate(minutes.attended):
        if agency not in agenda.members:
            yield MeetingFault(f"attended[{place}]", "is no member of this meeting")
    yield from _repeated("resolutions", [each.item_id for each in minutes.resolutions], ".item_id")
    for place, resolution in enumerate(minutes.resolutions):
        if resolution.item_id not in items:
            yield MeetingFault(f"resolutions[{place}].item_id", "is no item of the agenda")
    yield from _repeated("steps", [step.step_id for step in minutes.steps], ".step_id")
    for place, step in enumerate(minutes.steps):
        item = items.get(step.item_id)
        if item is None:
            yield MeetingFault(f"steps[{place}].item_id", "is no item of the agenda")
        elif step.agency not in item.audience:
            yield MeetingFault(f"steps[{place}].agency", "is not shown the item from which the step follows")
        if step.due_on is not None and step.due_on < minutes.delivered_on:
            yield MeetingFault(f"steps[{place}].due_on", "lies before the delivery of the minutes")


def correction_faults(minutes: Minutes, acts: Sequence[MeetingAct]) -> Iterator[MeetingFault]:
    """Yield what of corrected *minutes* no longer fits what agencies have reported in *acts*."""
    reporters = {act.step_id: act.agency for act in acts if act.kind is MeetingActKind.STEP_REPORT}
    assigned = {step.step_id: step.agency for step in minutes.steps}
    for step_id in sorted(reporters):
        if assigned.get(step_id) != reporters[step_id]:
            yield MeetingFault("steps", f"step {step_id} is reported done, and must stay with the agency that did it")


def _repeated(path: str, values: Sequence[str], field: str = "") -> Iterator[MeetingFault]:
    for place, value in enumerate(values):
        if value in values[:place]:
            yield MeetingFault(f"{path}[{place}]{field}", "is named twice")
