"""What lies between a gateway and its bucket in tests: it breaks off, keeps answers back, holds, or changes bytes."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

HOP = {"connection", "keep-alive", "transfer-encoding", "expect", "content-length"}
PASS, REFUSE, LOSE, HOLD, FLIP_SENT, FLIP_GIVEN = "pass", "refuse", "lose", "hold", "flip sent", "flip given"
"""Pass on; break off unasked; ask and keep the answer; wait for ``released``, then pass; change a bit of a body."""


@dataclass
class Between:
    """Passes on what it is asked, as ``rule`` says: of the n-th request, from 1, with its method and path."""

    target: int
    rule: Callable[[int, str, str], str] = lambda _number, _method, _path: PASS
    seen: list[tuple[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    held: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Counts the requests that wait."""
    port: int = 0
    scheme: str = "http"

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def set(self, rule: Callable[[int, str, str], str]) -> None:
        """From now on do as *rule* says, and count anew."""
        self.seen.clear()
        self.rule = rule


@contextmanager
def between(target: int, tls: ssl.SSLContext | None = None) -> Iterator[Between]:
    """Stand before the server at a port of this machine until the context is left."""
    state = Between(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_args):
            """Say nothing."""

        def _any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.seen.append((self.command, self.path))
            action = state.rule(len(state.seen), self.command, self.path)
            if action == HOLD:
                state.held.release()
                state.released.wait(60)
            if action == REFUSE:
                self.close_connection = True
                return
            answer, given = _asked(state.target, self, _flipped(body) if action == FLIP_SENT else body)
            if action == LOSE:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            # What HEAD is answered says how long the object is, of which nothing follows.
            length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(given))
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(_flipped(given) if action == FLIP_GIVEN else given)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815 - names of the library

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        state.scheme = "https"
    state.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        server.server_close()


def _asked(target: int, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
    far = http.client.HTTPConnection("127.0.0.1", target, timeout=30)
    try:
        far.putrequest(asked.command, asked.path, skip_host=True, skip_accept_encoding=True)
        for name, value in asked.headers.items():
            if name.lower() not in HOP:
                far.putheader(name, value)
        if body or asked.command in {"PUT", "POST"}:
            far.putheader("Content-Length", str(len(body)))
        far.endheaders(body)
        answer = far.getresponse()
        return answer, answer.read()
    finally:
        far.close()


def _flipped(content: bytes) -> bytes:
    return bytes([content[0] ^ 1]) + content[1:] if content else content
