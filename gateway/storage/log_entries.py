"""What the entries of a log must look like, one after the other, to whoever has nothing but their envelopes.

The first opens the log. Each other is the canonical envelope of a recorded call, and the numbers of each queue follow
one another without a gap and never go back in time.
"""

from __future__ import annotations

import re
from typing import Final

from formats import canonical

_ENVELOPE: Final = re.compile(
    rb'\{"body":"[0-9a-f]{64}","n":(0|[1-9][0-9]{0,15}),'
    rb'"time":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)","v":1,'
    rb'"writer":"([A-Za-z0-9][A-Za-z0-9._-]{0,63})"\}'
)
"""Version 1, as ``domain.audit.seal`` writes it; a pattern, because millions are looked at."""


class EntryOrder:
    """Entries of one log, shown in order from the first on."""

    def __init__(self) -> None:
        self._following: dict[bytes, tuple[int, bytes]] = {}
        self.after = ""
        """Last checkpoint of the log before, from the first entry."""

    def flaw(self, index: int, entry: bytes, origin: str) -> str:
        """Return what is wrong with the entry at *index* of the log *origin*; empty when nothing is."""
        if index == 0:
            return self._flaw_of_opening(entry, origin)
        found = _ENVELOPE.fullmatch(entry)
        if found is None:
            return "is no envelope"
        number, time, writer = int(found[1]), found[2], found[3]
        following, before = self._following.get(writer, (number, b""))
        self._following[writer] = number + 1, time
        if number != following:
            return f"is number {number} of queue {writer.decode()}, and {following} was to follow"
        return "is older than the entry of its queue before it" if time < before else ""

    def _flaw_of_opening(self, entry: bytes, origin: str) -> str:
        try:
            opening = canonical.decode(entry)
        except ValueError:
            return "is no canonical JSON"
        if not isinstance(opening, dict) or opening.keys() - {"lost"} != {"after", "opens", "v"}:
            return "does not open a log"
        if (opening["v"], opening["opens"]) != (1, origin) or not isinstance(opening["after"], str):
            return f"opens {opening['opens']!r}"
        self.after = opening["after"]
        return ""
