"""Words for the numbers of an enum of the wire, by the names that the wire gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumDescriptor

    from console.words import Words


class Enum(Protocol):
    """An enum as the generated code has it."""

    DESCRIPTOR: EnumDescriptor


def names(enum: Enum) -> dict[int, str]:
    """Return the name of every number but zero, in small letters and without what all names begin with."""
    values = enum.DESCRIPTOR.values
    prefix = values[0].name.removesuffix("UNSPECIFIED")
    return {each.number: each.name.removeprefix(prefix).lower() for each in values if each.number}


def word(enum: Enum, number: int, section: str, words: Words) -> str:
    """Return the word of *section* for a number; one that this version does not know is shown as it came."""
    name = names(enum).get(number)
    return words(f"{section}.{name}") if name is not None else str(number)
