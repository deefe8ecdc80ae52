"""How much was asked: counted by civil day, agency and area.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class VolumeWanted:
    """Of which questions it is asked how many they were.

    Attributes:
        since: First civil day, Asia/Shanghai.
        until: Last civil day, inclusive.
        agency: Agency that asked; empty for all.
        area: Number of the area asked about; 0 for all.
    """

    since: date
    until: date
    agency: str = ""
    area: int = 0


class QuestionVolume(Protocol):
    """Counts recorded questions. Blocking: call it in a thread."""

    def asked(self, wanted: VolumeWanted) -> dict[tuple[str, int], list[int]]:
        """Return how many questions were asked on each day from the first to the last, by agency and area.

        There is none of what was not asked at all. The agency is empty where the certificate named none, the area 0
        where the question named none. Questions recorded before the call are counted, and what is erased no more.
        Raises ``StoreUnavailableError``.
        """
