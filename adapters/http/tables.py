"""Tables of a settings file, read key by key: what is wrong is named by file and key, and what is not known refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


class Table:
    """One table of the file, from which every key is taken once; what is wrong raises ``SettingsError``."""

    def __init__(self, path: Path, name: str, content: dict[str, Any]) -> None:
        self._path, self._name, self._left = path, name, dict(content)

    def table(self, key: str) -> Table:
        """Take a table that must be there."""
        value = self._left.pop(key, None)
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        return Table(self._path, key, value)

    def text(self, key: str, default: str | None = None) -> str:
        """Take a text."""
        value = self._left.pop(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.wrong(key, "a text")
        return value

    def texts(self, key: str, default: list[str]) -> list[str]:
        """Take a list of texts."""
        value = self._left.pop(key, default)
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.wrong(key, "a list of texts")
        return value

    def number(self, key: str, most: int) -> int:
        """Take a whole number from 1 to *most*."""
        value = self._left.pop(key, None)
        if type(value) is not int or not 1 <= value <= most:
            raise self.wrong(key, f"a whole number from 1 to {most}")
        return value

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Take true or false."""
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def end(self) -> None:
        """Refuse what was not taken."""
        for key in sorted(self._left):
            raise SettingsError(f"{self._path}: {self._at(key)}: is not known")

    def wrong(self, key: str, wanted: str) -> SettingsError:
        """Return the error that names a key."""
        return SettingsError(f"{self._path}: {self._at(key)}: {wanted} is expected")

    def _at(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key
