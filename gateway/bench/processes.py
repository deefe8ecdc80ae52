"""The processes of a benchmark: servers and callers, each with an interpreter of its own, and what CPU they took.

Linux only: CPU is read from ``/proc``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.rpc.environment import forbid_tls12

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

START_SECONDS: Final = 120.0
STOP_SECONDS: Final = 60.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The benchmark cannot go on: why, in one sentence."""


def start(command: Sequence[str], log: Path, settings: Mapping[str, Any] | None = None) -> subprocess.Popen[str]:
    """Start a module of ours with the arguments *command*; its standard error goes to the end of *log*.

    *settings* are sent to it as one line of JSON; without them it gets no standard input.
    """
    environment = dict(os.environ)
    forbid_tls12(environment)
    with log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-m", *command],
            stdin=subprocess.DEVNULL if settings is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            text=True,
            env=environment,
        )
    if settings is not None:
        say(process, settings)
    return process


def say(process: subprocess.Popen[str], settings: Mapping[str, Any]) -> None:
    """Send one line of JSON to *process*."""
    assert process.stdin is not None  # noqa: S101 - start was given settings
    try:
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
    except BrokenPipeError as error:
        raise BenchError("a process of the benchmark ended early") from error


def heard(process: subprocess.Popen[str], log: Path) -> str:
    """Return the next line that *process* prints.

    Raises:
        BenchError: It ended instead.
    """
    assert process.stdout is not None  # noqa: S101 - start made the pipe
    line = process.stdout.readline()
    if not line:
        raise BenchError(f"a process of the benchmark ended early; see {log}")
    return line.strip()


@contextmanager
def running(
    command: Sequence[str], log: Path, settings: Mapping[str, Any] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a process until the end, and ask it to stop then."""
    process = start(command, log, settings)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            raise BenchError(f"a process of the benchmark did not stop; see {log}") from error


def serving_port(process: subprocess.Popen[str], log: Path) -> int:
    """Wait until *process* says in *log* that it serves, and return its port.

    Raises:
        BenchError: It ended, or did not serve in time.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for entry in logged(log):
            if entry.get("event") == "serving":
                return int(entry["port"])
        time.sleep(0.02)
    raise BenchError(f"a server did not serve; see {log}")


def logged(log: Path) -> list[dict[str, Any]]:
    """Return the complete JSON lines of a log."""
    lines = log.read_bytes().splitlines()
    return [json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return what these processes and their living children have taken of the CPU so far, user and system."""
    total = 0
    for pid in family(pids):
        # The name in the second field may hold spaces; what follows its parenthesis does not.
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        total += int(after_name[11]) + int(after_name[12])
    return total / _TICKS


def resident_mib(pids: Sequence[int]) -> float:
    """Return the memory of the largest of these processes and their children, in MiB."""
    page = os.sysconf("SC_PAGE_SIZE")
    held = (int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in family(pids))
    return max(held) * page / 2**20


def family(pids: Sequence[int]) -> list[int]:
    """Return the processes and all their living children."""
    found = list(pids)
    for pid in found:
        # A child is listed under the thread that started it.
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found.extend(int(child) for child in children.read_text(encoding="ascii").split())
    return found
