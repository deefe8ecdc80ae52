"""F6: an import through the gateway beside the raw driver that inserts the same rows, in turn, in one run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.bench.processes import BenchError, cpu_seconds, family
from gateway.bench.raw_insert import insert_again
from gateway.storage.engine import open_engine
from gateway.storage.migrations import FACTS, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class ImportPair:
    """One import and the driver's run over its rows; seconds by the clock and of CPU, memory at its highest in MiB.

    The server is the serving process and what takes in its submissions: CPU of both, memory of the larger.
    """

    records: int
    rows: int
    import_seconds: float
    raw_seconds: float
    client_cpu: float
    server_cpu: float
    client_mib: float
    server_mib: float

    @property
    def ratio(self) -> float:
        """How many times as long as the driver the import took."""
        return self.import_seconds / self.raw_seconds


@dataclass(frozen=True, slots=True)
class Importing:
    """What is imported and how: files in order, their records, and the command before ``import``.

    ``serve`` makes a gateway with an empty store in a new folder and yields its port and the serving process.
    """

    files: Sequence[Path]
    records: int
    serve: Callable[[Path], AbstractContextManager[tuple[int, int]]]
    command: Callable[[Path, int], Sequence[str]]


def compare_once(what: Importing, state: Path) -> ImportPair:
    """Import into a new gateway in *state*, an empty folder, then insert the same rows with the driver elsewhere.

    Raises:
        BenchError: Not every record was stored.
    """
    with what.serve(state) as (port, server):
        before = cpu_seconds([server])
        begun = time.perf_counter()
        client_cpu, client_mib = import_files([*what.command(state, port), "import", *map(str, what.files)], state)
        seconds = time.perf_counter() - begun
        server_cpu, server_mib = cpu_seconds([server]) - before, max(map(_highest_mib, family([server])))
    with tempfile.TemporaryDirectory(prefix="raw-", dir=state) as name:
        target = Path(name) / "raw.sqlite"
        engine = open_engine(f"sqlite:///{target}")
        upgrade(engine, FACTS)
        engine.dispose()
        raw = insert_again(state / "facts.sqlite", target)
    return ImportPair(what.records, raw.rows, seconds, raw.seconds, client_cpu, server_cpu, client_mib, server_mib)


def import_files(command: Sequence[str], state: Path) -> tuple[float, float]:
    """Run an import, its words after ``jsg``; return the CPU that it took and its memory at its highest.

    Raises:
        BenchError: Not every record was stored.
    """
    log = state / "import.log"
    with log.open("ab") as sink:
        process = subprocess.Popen([sys.executable, "-P", "-m", "gateway", *command], stdout=sink, stderr=sink)  # noqa: S603 - our own program
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchError(f"the import failed: {log.read_text(encoding='utf-8')[-2000:]}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _highest_mib(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024
