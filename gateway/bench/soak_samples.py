"""What is looked at during a soak: of the gateway's processes in ``/proc``, of its record in what it says of itself.

Linux only. What the gateway is asked for here is recorded as every call, and counted as answered by whoever asks.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.flat import Measure
from gateway.bench.processes import cpu_seconds, family
from gateway.storage.audit_place import INDEX_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jointsanctions.v1 import status_pb2

SERVING: Final = "serving"
ROLES: Final = ("gateway.integrator", "gateway.indexer", "gateway.intake")
"""Processes beside the serving one, by the module that they run."""
_MIB: Final = 2**20
_ROUNDS: Final = 50_000
MEASURES: Final[Mapping[str, Measure]] = {
    each.name: each
    for each in (
        Measure(f"memory {SERVING}", "MiB", 0.05, 8),
        *(Measure(f"memory {role}", "MiB", 0.05, 8) for role in ROLES),
        Measure("file descriptors", "", 0.02, 3),
        Measure("threads", "", 0.02, 3),
        Measure("p50", "ms", 0.25, 2),
        Measure("p99", "ms", 0.5, 10),
        Measure("entries not committed", "", 0.5, 64),
        Measure("entries not signed", "", 0.5, 500),
        Measure("entries not in the index", "", 0.5, 5_000),
        Measure("record, bytes an entry", "B", 0.05, 50),
    )
}
"""What is judged, with by how much it may grow over a run. The record itself grows: what an entry takes does not.

Latencies are given room, because they are those of the whole machine. So are what waits to be signed and to be found:
both go up and down by what comes between two looks.
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look.

    Attributes:
        values: By the name of a measure; a process that is not there yet has none.
        entries: In all queues.
        cpu_seconds: Taken by the gateway's processes since they began.
        load_average: Of the machine, over a minute.
        pace_us: What the same arithmetic took the processor then, µs: with it the latencies of a slower machine can be
            told from those of a slower gateway. It is not judged.
    """

    values: Mapping[str, float]
    entries: int
    cpu_seconds: float
    load_average: float
    pace_us: int

    def as_json(self) -> dict[str, Any]:
        """Return it as values."""
        values = {name: round(value, 2) for name, value in self.values.items()}
        others = {"entries": self.entries, "cpu_seconds": self.cpu_seconds, "load_average": self.load_average}
        return {**values, **others, "pace_us": self.pace_us}


def look(pid: int, state: Path, said: status_pb2.GetStatusResponse, latencies_us: Sequence[int]) -> Sample:
    """Return how the gateway is now.

    Args:
        pid: Of its serving process.
        state: Its state folder.
        said: What it has just said of itself.
        latencies_us: Median and 99th percentile of the last stretch of time.
    """
    pids = family([pid])
    entries = said.record.entries
    values = _memory(pid, pids) | {
        "file descriptors": float(sum(_count(each, "fd") for each in pids)),
        "threads": float(sum(_count(each, "task") for each in pids)),
        "p50": latencies_us[0] / 1_000,
        "p99": latencies_us[-1] / 1_000,
        "entries not committed": float(said.record.pending),
        "entries not signed": float(said.log.waiting),
        "entries not in the index": float(max(0, entries - indexed(state))),
        "record, bytes an entry": record_bytes(state) / max(1, entries),
    }
    return Sample(values, entries, cpu_seconds([pid]), round(os.getloadavg()[0], 2), pace_us())


def pace_us() -> int:
    """Return the CPU time that some milliseconds of arithmetic take in this thread now, µs; waiting is not in it."""
    begun, number = time.thread_time_ns(), 1
    for _ in range(_ROUNDS):
        number = number * 48_271 % 2_147_483_647
    return (time.thread_time_ns() - begun) // 1_000


def _memory(pid: int, pids: Sequence[int]) -> dict[str, float]:
    page = os.sysconf("SC_PAGE_SIZE")
    found: dict[str, float] = {}
    for each in pids:
        held = int(Path(f"/proc/{each}/statm").read_text(encoding="ascii").split()[1]) * page / _MIB
        name = f"memory {SERVING if each == pid else _role(each)}"
        found[name] = found.get(name, 0.0) + held
    return {name: held for name, held in found.items() if name in MEASURES}


def _role(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    return next((role for role in ROLES if role in words), "other")


def _count(pid: int, what: str) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())


def indexed(state: Path) -> int:
    """Return how many entries of all queues the access index has; 0 where there is none."""
    file = state / "audit" / f"{INDEX_NAME}.sqlite"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        (count,) = connection.execute("SELECT coalesce(sum(next_number), 0) FROM access_progress").fetchone()
    return int(count)


def record_bytes(state: Path) -> int:
    """Return what queues and log take on the disk, write-ahead logs and the index left out: those come and go."""
    queues = [each for each in (state / "audit").glob("*.sqlite") if each.stem != INDEX_NAME]
    return sum(each.stat().st_size for each in (*queues, state / "log.sqlite") if each.exists())
