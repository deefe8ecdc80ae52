"""The edge of a gateway of this machine, in a process of its own: for the sample city, benchmarks and tests."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from gateway.bootstrap.config import StartError
from gateway.cli.run import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

START_SECONDS: Final = 60
STOP_SECONDS: Final = 60


@contextmanager
def fronted(jsg: Sequence[str], state: Path, listen: str, workers: int) -> Iterator[int]:
    """Run the edge before workers that serve already; yields its port, which was chosen when it was 0.

    Its log goes to ``edge.log`` in the state folder.

    Raises:
        StartError: It ended, or did not listen within a minute; the log says why.
    """
    with edge_process(jsg, state, listen, workers) as (port, _):
        yield port


@contextmanager
def edge_process(
    jsg: Sequence[str], state: Path, listen: str, workers: int
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Do what ``fronted`` does; yields the port and the process."""
    host, wanted = address_of(listen)
    port = int(wanted) or _free_port(host)
    own = [*jsg, "edge", "run", "--listen", f"{host}:{port}", "--workers", str(workers)]
    log = state / "edge.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(own, stderr=sink, stdout=sink)  # noqa: S603 - our own program
    try:
        _wait_for(process, host, port, log)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=STOP_SECONDS)


def _wait_for(process: subprocess.Popen[bytes], host: str, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((host, port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise StartError(f"the edge did not listen; see {log}")


def _free_port(host: str) -> int:
    """Return a port that is free now: the proxy does not say which one it was given."""
    with socket.socket() as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])
