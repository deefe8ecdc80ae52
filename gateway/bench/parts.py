"""The parts of ``jsg bench all``: which command measures which figures, at full size and quickly.

The full sizes are those of the figures' definitions. The quick ones show that everything works; what they measure is
not the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORDS: Final = 3_326_789
"""Of the register, as the figures are defined."""
KILLS: Final = 1_000
SERVED: Final = 100
SEED: Final = 20_261_129
POSTGRES: Final = "--postgres"


@dataclass(frozen=True, slots=True)
class Part:
    """One command.

    Attributes:
        name: What is typed for ``--only``.
        figures: What it measures; a part without one of them has failed.
        full: Words after ``jsg bench`` at full size; of the campaign of faults, its own.
        quick: The same at small size.
        campaign: It is ``tests/fault/campaign.py`` and no command of ``jsg``.
        postgres: It needs a PostgreSQL, whose address stands in a file that ``--postgres`` names.
        asked: It is measured only when ``--only`` names it: it takes as long as all others together.
    """

    name: str
    figures: tuple[str, ...]
    full: tuple[str, ...]
    quick: tuple[str, ...]
    campaign: bool = False
    postgres: bool = False
    asked: bool = False

    def words(self, *, quick: bool, postgres: str) -> list[str]:
        """Return the words of one run; *postgres* names the file, where there is one."""
        chosen = list(self.quick if quick else self.full)
        return [*chosen, POSTGRES, postgres] if self.postgres else chosen


PARTS: Final[Sequence[Part]] = (
    Part(
        "import",
        ("F1", "F2", "F5", "F6", "F6/memory", "F8", "F8/memory"),
        ("import", "--records", str(RECORDS), "--pairs", "5", "--all", "--beside-records", "1000000"),
        ("import", "--records", "3000", "--pairs", "1", "--all", "--beside-records", "40000", "--seconds", "0.5"),
    ),
    Part(
        "batch",
        ("F3",),
        ("batch",),
        ("batch", "--enterprises", "100", "--size", "50", "--pairs", "2", "--seconds", "0.5", "--in-flight", "8"),
    ),
    Part(
        "adapter",
        ("F4",),
        ("adapter",),
        ("adapter", "--enterprises", "100", "--pairs", "2", "--seconds", "0.5", "--asking", "8"),
    ),
    Part("reach", ("F7",), ("reach", "--listings", "50"), ("reach", "--listings", "2", "--in-flight", "4")),
    Part(
        "nodes",
        ("F7/nodes",),
        ("reach", "--listings", "50"),
        ("reach", "--listings", "2", "--in-flight", "4"),
        postgres=True,
    ),
    Part(
        "peers",
        ("F9",),
        ("peers",),
        ("peers", "--enterprises", "100", "--pairs", "2", "--seconds", "0.5", "--in-flight", "8"),
    ),
    Part(
        "faults",
        ("F10",),
        (str(KILLS), str(SERVED), "200", str(SEED)),
        ("4", "1", "1", str(SEED)),
        campaign=True,
    ),
    Part(
        "log",
        ("F11", "F12"),
        ("log",),
        ("log", "--entries", "700", "--seconds", "1", "--in-flight", "4", "--body-bytes", "300"),
    ),
    Part(
        "soak",
        ("soak",),
        ("soak", "--hours", "1", "--share", "0.7"),
        ("soak", "--hours", "0.01", "--window", "3", "--enterprises", "100", "--in-flight", "8", "--warm", "0"),
        asked=True,
    ),
)
"""In the order in which they run."""
