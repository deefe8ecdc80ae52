"""How far a long import is: a bar on a terminal, plain lines elsewhere, nothing within the first two seconds.

Rate and time left are those of reading, which waits for the sending: no more than a few thousand rows lie between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_WIDTH: Final = 30
_QUIET_SECONDS: Final = 2.0
_BAR_EVERY: Final = 0.2
_LINE_EVERY: Final = 10.0


class Progress:
    """Shows how much of one file has been read."""

    def __init__(self, name: str, size: int, output: TextIO, seconds: Callable[[], float]) -> None:
        """Begin at once.

        Args:
            name: Of the file, as shown.
            size: Of the file, in bytes, greater than 0.
            output: Where it is shown; a bar when that is a terminal.
            seconds: A clock that never runs backwards.
        """
        self._name = name
        self._size = size
        self._output = output
        self._seconds = seconds
        self._bar = output.isatty()
        self._begun = seconds()
        self._next = self._begun + _QUIET_SECONDS
        self._shown = False

    def __call__(self, position: int, lines: int) -> None:
        """Say that the file has been read up to *position*, in bytes, and how many lines that are."""
        now = self._seconds()
        if now < self._next:
            return
        self._next = now + (_BAR_EVERY if self._bar else _LINE_EVERY)
        share = min(position / self._size, 1.0)
        spent = now - self._begun
        told = f"{share:.0%}, {lines / spent:,.0f} lines/s, {_left(share, spent)} left"
        if self._bar:
            filled = round(share * _WIDTH)
            self._output.write(f"\r\x1b[K{self._name} [{'#' * filled}{'.' * (_WIDTH - filled)}] {told}")
        else:
            self._output.write(f"{self._name}: {told}\n")
        self._output.flush()
        self._shown = True

    def close(self) -> None:
        """Take the bar off the terminal."""
        if self._shown and self._bar:
            self._output.write("\r\x1b[K")
            self._output.flush()


def _left(share: float, seconds: float) -> str:
    """Return the time that the rest takes at the rate so far, as minutes and seconds."""
    if not share:
        return "?"
    minutes, rest = divmod(round(seconds * (1 - share) / share), 60)
    return f"{minutes}:{rest:02d}"
