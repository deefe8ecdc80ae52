"""An outcome as canonical JSON and back; what cannot be understood is never skipped: a decision would be lost."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import format_instant, parse_date, parse_instant
from gateway.domain.outcomes import AnswerRelied, Fulfilled, FulfilmentKind, Outcome, OutcomeKind
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict, Word
from gateway.storage.content import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Part = Outcome | AnswerRelied | Fulfilled


def write_outcome(outcome: Outcome) -> str:
    """Return everything that an outcome says."""
    return canonical.encode(_plain(outcome)).decode()


def read_outcome(text: str) -> Outcome:
    """Return what ``write_outcome`` wrote.

    Raises:
        ContentError: It is no outcome.
    """
    try:
        found: Outcome = _part(Outcome, canonical.decode(text.encode()))
    except (ValueError, TypeError, KeyError) as error:
        raise ContentError("an outcome cannot be read") from error
    return found


def _plain(value: object) -> object:
    if isinstance(value, _Part):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Word):
        return value.name
    if isinstance(value, datetime):
        return format_instant(value)
    return value.isoformat() if isinstance(value, date) else value


def _part(kind: type[Any], value: object) -> Any:  # noqa: ANN401 - a part of the class asked for
    added = _ADDED.get(kind, frozenset())
    if not isinstance(value, dict) or value.keys() | added != {each.name for each in fields(kind)}:
        raise ValueError(f"these are not the fields of {kind.__name__}")
    readers = _READERS[kind]
    return kind(**{name: readers.get(name, _text)(each) for name, each in value.items()})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError("a whole number is expected")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false is expected")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return tuple(_text(each) for each in value)


def _conditions(value: list[object]) -> tuple[Fulfilled, ...]:
    return tuple(_part(Fulfilled, each) for each in value)


_READERS: Final[Mapping[type[Any], Mapping[str, Callable[[Any], Any]]]] = {
    Fulfilled: {"kind": FulfilmentKind.named},
    AnswerRelied: {
        "number": _whole,
        "answered_at": parse_instant,
        "revision": _whole,
        "as_of": parse_instant,
        "verdict": Verdict.named,
        "enterprises": _texts,
        "grounds": _texts,
        "emergency": _flag,
    },
    Outcome: {
        "area": Area.named,
        "point": DecisionPoint.named,
        "answer": lambda value: _part(AnswerRelied, value),
        "kind": OutcomeKind.named,
        "decided_on": parse_date,
        "conditions": _conditions,
        "reexamined": _texts,
        "reported_at": parse_instant,
    },
}
"""How each field that is no text is read."""
_ADDED: Final[Mapping[type[Any], frozenset[str]]] = {
    AnswerRelied: frozenset({"emergency"}),
    Outcome: frozenset({"part"}),
}
"""Fields that what was written before them has not; of it they are what the class says by itself."""
