"""The fields of a kind, read off its dataclass once: what the wire, the store and mappings go by.

Types: ``date``, ``str``, ``int``, ``bool``, an enum of words (``StrEnum``), a closed list of the wire (``Word``),
``PersonKey``, ``Uscc``; each alone, or ``| None`` for what may be left out; and ``tuple[words, ...]``.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from gateway.domain.kinds.fact import Fact, Least, Limit, RefersTo, Wire

if TYPE_CHECKING:
    from collections.abc import Iterable

M = TypeVar("M")

HEADER: Final = frozenset(field.name for field in fields(Fact))
"""Fields that every kind has, which the record carries and not its message."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One field of a kind."""

    name: str
    wire: str
    """Its name in the kind's message."""
    type: Any
    """``date``, ``str``, ``int``, ``bool``, an enum's class, ``PersonKey`` or ``Uscc``."""
    optional: bool
    """It may be left out: it is None then, and an empty text for ``str``."""
    repeated: bool
    limit: int
    """Of a text: how many bytes at most."""
    least: int
    """Of a number: the least that it may be."""
    refers_to: tuple[str, ...]
    """Kinds of which it is the id of a record; empty for everything else."""
    defaulted: bool
    """It has a default: what was stored before there was such a field is read with it."""


def attributes_of(kind: type[Fact]) -> tuple[Attribute, ...]:
    """Return every field of *kind* but its record id, in order.

    Raises:
        TypeError: A text has no ``Limit``, or a type cannot be carried.
    """
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        _attribute(kind, field.name, hints[field.name], field.default is not MISSING)
        for field in fields(kind)
        if field.name != "record_id"
    )


def content_of(kind: type[Fact]) -> tuple[Attribute, ...]:
    """Return the fields that the kind's own message carries."""
    return tuple(each for each in attributes_of(kind) if each.name not in HEADER)


def _attribute(kind: type[Fact], name: str, hint: Any, defaulted: bool) -> Attribute:  # noqa: ANN401, FBT001 - a type hint is any object
    markers: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *found = get_args(hint)
        markers = tuple(found)
    optional = repeated = False
    if get_origin(hint) in {Union, UnionType}:
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
        optional = True
    elif get_origin(hint) is tuple:
        hint, _ = get_args(hint)
        repeated = True
    limit = next((mark.size for mark in _of(markers, Limit)), 0)
    if hint is str and not limit and name not in HEADER:
        raise TypeError(f"{kind.__name__}.{name} is a text without a Limit")
    return Attribute(
        name=name,
        wire=next((mark.name for mark in _of(markers, Wire)), name),
        type=hint,
        optional=optional or (hint is str and defaulted),
        repeated=repeated,
        limit=limit,
        least=next((mark.value for mark in _of(markers, Least)), 1),
        refers_to=next((mark.kinds for mark in _of(markers, RefersTo)), ()),
        defaulted=defaulted and name not in HEADER,
    )


def _of(markers: Iterable[object], kind: type[M]) -> Iterable[M]:
    return (mark for mark in markers if isinstance(mark, kind))
