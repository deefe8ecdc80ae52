"""The edge before a measured gateway: a process of its own, whose CPU counts as the server's."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gateway.bench.processes import START_SECONDS, BenchError, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.bench.comparison import Plan


@contextmanager
def edge_of(plan: Plan) -> Iterator[tuple[int, int]]:
    """Run the edge before a gateway that serves; yields its port and its process id.

    Raises:
        BenchError: It ended, or did not listen in time.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    own = ["edge", "run", "--listen", f"127.0.0.1:{port}", "--workers", str(plan.workers)]
    log = plan.folder / "bench-edge.log"
    with running(["gateway", *plan.serve, *own], log) as process:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                break
        else:
            raise BenchError(f"the edge did not listen; see {log}")
        yield port, process.pid
