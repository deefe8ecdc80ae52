"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

_SYNCS: Final = 100
_PAGE: Final = 4096


def describe(folder: Path) -> dict[str, object]:
    """Return processor, load, versions, and what a sync costs where *folder* lies (microseconds, median)."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "grpcio": version("grpcio"),
        "file_system": _file_system(folder),
        "sync_us": _sync_us(folder),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(folder: Path) -> str:
    """Return the kind of the file system that holds *folder*: on one in memory a sync costs nothing."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    holding = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(holding, key=lambda mount: len(mount[0]))[1]


def _sync_us(folder: Path) -> int:
    probe = folder / "sync.probe"
    spent = []
    with probe.open("wb", buffering=0) as file:
        for _ in range(_SYNCS):
            file.write(bytes(_PAGE))
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append(time.perf_counter() - begun)
    probe.unlink()
    return round(median(spent) * 1e6)
