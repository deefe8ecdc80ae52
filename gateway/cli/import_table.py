"""Strict reading of one table of a mapping file: the types of its values, and errors that name file and key.

It knows nothing of columns and records; ``import_mapping`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping


class MappingError(Exception):
    """A mapping file cannot be used. ``key`` is the path of the key at fault, empty for the file as a whole."""

    def __init__(self, file: str, key: str, why: str) -> None:
        super().__init__(f"{file}: {key}: {why}" if key else f"{file}: {why}")
        self.file = file
        self.key = key


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not taken, in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a mapping, with the path by which errors name it. Every reader raises ``MappingError``."""

    file: str
    path: str
    content: Mapping[str, object]

    def error(self, key: str, why: str) -> MappingError:
        """Return the error that *key* of this table is wrong."""
        return MappingError(self.file, f"{self.path}.{key}".strip("."), why)

    def only(self, *known: str) -> None:
        """Refuse every key that is not one of *known*."""
        for key in self.content:
            if key not in known:
                raise self.error(key, f"unknown key; known are {', '.join(known)}")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty; *default* when the key is missing and there is one."""
        value = self.content.get(key, default)
        if default is not None and value == default:
            return default
        if not isinstance(value, str) or not value.strip():
            self._missing(key, "a text")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false when the key is missing."""
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            self._missing(key, "true or false")
        return value

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of texts, of which none is empty and none comes twice; one text is a list of one."""
        value = self.content.get(key, [] if not required else None)
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or (required and not value):
            self._missing(key, "a list of texts")
        found = tuple(item for item in value if isinstance(item, str) and item.strip())
        if len(found) != len(value) or len(set(found)) != len(found):
            self._missing(key, "a list of different texts")
        return found

    def table(self, key: str, *, required: bool = True) -> Table:
        """Return the table under *key*; an empty one when it is missing and not required."""
        value = self.content.get(key, {} if not required else None)
        if not isinstance(value, dict) or (required and not value):
            self._missing(key, "a table")
        return Table(self.file, f"{self.path}.{key}".strip("."), value)

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return one or more tables, written ``[[key]]``."""
        value = self.content.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            self._missing(key, f"one or more tables [[{key}]]")
        return tuple(Table(self.file, f"{key}[{place}]", item) for place, item in enumerate(value))

    def _missing(self, key: str, wanted: str) -> NoReturn:
        raise self.error(key, f"{wanted} is expected")


def reason(table: Table, key: str) -> Reason:
    """Return the reason under *key*: a table of exactly ``en`` and ``zh``."""
    both = table.table(key)
    both.only("en", "zh")
    return Reason(both.text("en"), both.text("zh"))
