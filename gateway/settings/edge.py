"""``[edge]`` of ``gateway.toml``: whether a proxy ends TLS before the gateway; left out, it does that itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.settings.strict import Table

LONGEST_PATH: Final = 107
"""Bytes of a Unix socket's path, which the kernel sets."""
_LONGEST_NAME: Final = "worker-9999-fast.sock"


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """The folder that gateway and proxy share: sockets, the proxy's key, and what it shakes hands with."""

    folder: Path

    def sockets(self, worker: int) -> tuple[Path, Path]:
        """Return the ordinary and the fast socket of a serving process."""
        return self.folder / f"worker-{worker}.sock", self.folder / f"worker-{worker}-fast.sock"


def read_edge(table: Table, state: Path) -> EdgeSettings:
    """Return the edge; relative paths count from the state folder.

    Raises:
        ConfigurationError: The folder is missing, or its path is too long for a socket.
    """
    folder = state / table.take("folder", str)
    table.close()
    if len(bytes(folder / _LONGEST_NAME)) > LONGEST_PATH:
        raise table.error("folder", f"{folder} is too long for Unix sockets, whose paths have {LONGEST_PATH} bytes")
    return EdgeSettings(folder)
