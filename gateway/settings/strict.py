"""Reading TOML tables strictly: every key is asked for once, and what nobody asked for is an error."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from gateway.settings import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T", str, int, float, bool)


def read_toml(path: Path) -> tuple[dict[str, object], str]:
    """Return the tables of *path* and the SHA-256 of its bytes, hexadecimal.

    Raises:
        ConfigurationError: It cannot be read or is not TOML.
    """
    try:
        raw = path.read_bytes()
        return tomllib.loads(raw.decode("utf-8")), hashlib.sha256(raw).hexdigest()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(path.name, "-", str(error)) from error


class Table:
    """One table of a file, with both names. Ask for its keys, then ``close`` it: one nobody asked for is an error."""

    def __init__(self, file: str, name: str, content: object) -> None:
        if not isinstance(content, dict):
            raise ConfigurationError(file, name, "must be a table")
        self.file = file
        self.name = name
        self._left: dict[str, object] = dict(content)

    def error(self, key: str, reason: str) -> ConfigurationError:
        """Return the error for *key* of this table."""
        return ConfigurationError(self.file, f"{self.name}.{key}" if self.name else key, reason)

    def take(self, key: str, kind: type[T]) -> T:
        """Return the value of a key that must be there and of this kind."""
        if key not in self._left:
            raise self.error(key, "is missing")
        value = self._left.pop(key)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise self.error(key, f"must be of type {kind.__name__}")
        return value

    def instant(self, key: str) -> datetime:
        """Return the instant under *key*, which must be there with its offset, in UTC."""
        if key not in self._left:
            raise self.error(key, "is missing")
        value = self._left.pop(key)
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise self.error(key, "must be an instant with its offset, such as 2027-01-01T00:00:00+08:00")
        try:
            return value.astimezone(UTC)
        except OverflowError as error:
            raise self.error(key, "lies beyond the calendar") from error

    def has(self, key: str) -> bool:
        """Return whether the key is there and not yet taken."""
        return key in self._left

    def names(self) -> tuple[str, ...]:
        """Return the keys not yet taken, in order."""
        return tuple(self._left)

    def table(self, key: str) -> Table:
        """Return the table under *key*, which must be there."""
        if key not in self._left:
            raise self.error(key, "is missing")
        return Table(self.file, f"{self.name}.{key}" if self.name else key, self._left.pop(key))

    def tables(self, key: str) -> list[Table]:
        """Return the array of tables under *key*; it must be there and not be empty."""
        found = self._left.pop(key, None)
        if not isinstance(found, list) or not found:
            raise self.error(key, "must be an array of tables, with at least one")
        name = f"{self.name}.{key}" if self.name else key
        return [Table(self.file, f"{name}[{place}]", content) for place, content in enumerate(found)]

    def strings(self, key: str) -> tuple[str, ...]:
        """Return the list of strings under *key*, which must be there; it may be empty."""
        found = self._left.pop(key, None)
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self.error(key, "must be a list of strings")
        return tuple(str(item) for item in found)

    def numbers(self, key: str) -> tuple[int, ...]:
        """Return the list of whole numbers under *key*, which must be there; it may be empty."""
        found = self._left.pop(key, None)
        if not isinstance(found, list) or not all(type(item) is int for item in found):
            raise self.error(key, "must be a list of whole numbers")
        return tuple(found)

    def close(self) -> None:
        """Raise for the first key that nobody asked for."""
        if self._left:
            raise self.error(next(iter(self._left)), "is not a known key")
