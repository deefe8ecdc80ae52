"""Traces on their way out: a short queue, and one thread that posts what is in it to a collector.

No call waits for it. What finds the queue full is dropped, what the collector does not take is lost, and both are
counted. Nothing is tried again: a trace is no record.
"""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from gateway.domain.figures import TraceFigures
from gateway.rpc.otlp import encode

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from gateway.rpc.traces import EndedCall

PATH: Final = "/v1/traces"
WAITING: Final = 2_048
"""Calls that may wait to be sent."""
TOGETHER: Final = 256
"""Calls of one request."""
PAUSE_SECONDS: Final = 1.0
"""How long calls are gathered before they are sent."""
ANSWER_BYTES: Final = 65_536
"""Of a collector's answer no more is read."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Collector:
    """Who takes traces."""

    endpoint: str
    """``http://HOST:PORT`` or ``https://HOST:PORT``."""
    authorities: ssl.SSLContext | None
    """By which its certificate is judged; None without TLS."""
    timeout: float
    """Seconds of silence after which a request is given up."""


class TraceExport:
    """The sink of a serving process's traces, from ``start`` to ``close``. ``put`` can be called from any thread."""

    def __init__(self, collector: Collector, resource: Mapping[str, str], now_ns: Callable[[], int]) -> None:
        """Take who takes them, what is said of this process, and what tells nanoseconds since 1970 UTC."""
        self._collector = collector
        self._resource = resource
        self._now_ns = now_ns
        self._waiting: deque[EndedCall] = deque()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._figures = TraceFigures()
        self._dropped = 0
        self._failing = ""
        self._thread = threading.Thread(target=self._send_until_closed, name="traces", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def put(self, call: EndedCall) -> None:
        """Take a call, or drop it; see ``Sink``."""
        if len(self._waiting) >= WAITING:
            self._dropped += 1
            return
        self._waiting.append(call)
        if len(self._waiting) >= TOGETHER:
            self._wake.set()

    def figures(self) -> TraceFigures:
        """Return what became of them so far."""
        return TraceFigures(self._figures.sent, self._dropped, self._figures.lost)

    def close(self) -> None:
        """Send what waits, for as long as one request may take; what is left is lost. Blocking."""
        self._closing.set()
        self._wake.set()
        self._thread.join(self._collector.timeout)

    def _send_until_closed(self) -> None:
        """Run in the thread."""
        while not (self._closing.is_set() and (not self._waiting or self._failing)):
            self._wake.wait(PAUSE_SECONDS)
            if not self._closing.is_set():
                self._wake.clear()
            while self._waiting:
                calls = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
                self._count(len(calls), self._send(calls))
                if self._closing.is_set() and self._failing:
                    break

    def _send(self, calls: list[EndedCall]) -> str:
        """Send calls; return why they were not taken, and nothing when they were."""
        body = encode(calls, self._resource, self._now_ns() - time.perf_counter_ns())
        connection = self._connection()
        try:
            connection.request("POST", PATH, body, {"Content-Type": "application/x-protobuf"})
            answer = connection.getresponse()
            answer.read(ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()
        return "" if answer.status == http.client.OK else f"status {answer.status}"

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._collector.endpoint)
        authorities, timeout = self._collector.authorities, self._collector.timeout
        if authorities is None:
            return http.client.HTTPConnection(parts.netloc, timeout=timeout)
        return http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=authorities)

    def _count(self, calls: int, why: str) -> None:
        sent, lost = self._figures.sent, self._figures.lost
        self._figures = TraceFigures(sent + calls, 0, lost) if not why else TraceFigures(sent, 0, lost + calls)
        if why and why != self._failing:
            _log.warning("traces are lost: the collector does not take them (%s)", why)
        if self._failing and not why:
            _log.info("the collector takes traces again")
        self._failing = why
