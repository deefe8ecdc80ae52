"""What an act of a joint meeting says, as canonical JSON and back; what cannot be understood is never skipped."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import parse_date
from gateway.domain.meetings import (
    Agenda,
    AgendaItem,
    AssignedStep,
    MeetingActKind,
    MeetingCase,
    MeetingCaseKind,
    Minutes,
    Resolution,
    StepReport,
)
from gateway.storage.content import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Part = Agenda | AgendaItem | MeetingCase | Minutes | Resolution | AssignedStep | StepReport
_KINDS: Final[Mapping[MeetingActKind, type[Any]]] = {
    MeetingActKind.AGENDA: Agenda,
    MeetingActKind.MINUTES: Minutes,
    MeetingActKind.STEP_REPORT: StepReport,
}


def write_content(content: Agenda | Minutes | StepReport) -> str:
    """Return everything that an act says."""
    return canonical.encode(_plain(content)).decode()


def read_content(kind: str, text: str) -> Agenda | Minutes | StepReport:
    """Return what ``write_content`` wrote.

    Raises:
        ContentError: It is not what an act of this kind says.
    """
    try:
        found: Agenda | Minutes | StepReport = _part(_KINDS[MeetingActKind(kind)], canonical.decode(text.encode()))
    except (ValueError, TypeError, KeyError) as error:
        raise ContentError(f"an act of a joint meeting of kind {kind!r} cannot be read") from error
    return found


def _plain(value: object) -> object:
    if isinstance(value, _Part):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.name if isinstance(value, MeetingCaseKind) else value


def _part(kind: type[Any], value: object) -> Any:  # noqa: ANN401 - a part of the class asked for
    if not isinstance(value, dict) or value.keys() != {each.name for each in fields(kind)}:
        raise ValueError(f"these are not the fields of {kind.__name__}")
    return kind(**{name: _READERS.get(name, str)(each) for name, each in value.items()})


def _texts(value: list[str]) -> tuple[str, ...]:
    return tuple(value)


def _parts(kind: type[Any]) -> Callable[[Any], Any]:
    return lambda values: tuple(_part(kind, each) for each in values)


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "held_on": parse_date,
    "delivered_on": parse_date,
    "done_on": parse_date,
    "due_on": _optional(parse_date),
    "working_days": _optional(int),
    "kind": MeetingCaseKind.named,
    "items": _parts(AgendaItem),
    "cases": _parts(MeetingCase),
    "resolutions": _parts(Resolution),
    "steps": _parts(AssignedStep),
    **dict.fromkeys(("members", "shown_to", "enterprises", "attended"), _texts),
}
"""How each field that is no text is read; a name means the same in every part."""
