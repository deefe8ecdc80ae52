"""Several nodes of one gateway over one PostgreSQL: each its own state folder, port, queue and line to the database.

A node's line is a socket in a folder of its own, which carries bytes to the server's until it is frozen or cut: so one
node can lose the database while the others keep it.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from e2e.served import Served, gateway_in
from grpc_health.v1 import health_pb2
from postgres import DURABLE, running_postgres

from gateway.bootstrap.config import StartError
from gateway.cli import local_city

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gateway.cli.local_city import Place

PATIENCE = 60.0
AGAIN_SECONDS = 0.2
START_SECONDS = 240.0
_SOCKET = ".s.PGSQL.5432"
_PART = 1 << 16


class Line:
    """Carries a node's connections to the server; ``freeze`` holds what is sent back, ``cut`` ends everything."""

    def __init__(self, folder: Path, server: Path) -> None:
        self._server = str(server / _SOCKET)
        self._open = threading.Event()
        self._open.set()
        self._refuses = False
        self._carried: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / _SOCKET))
        self._listening.listen()
        self._run(self._accept)

    def freeze(self) -> None:
        """Carry nothing any more, and let nobody know."""
        self._open.clear()

    def cut(self) -> None:
        """End what is open, and every connection that is tried."""
        self._refuses = True
        self._end()

    def mend(self) -> None:
        """Carry again."""
        self._refuses = False
        self._open.set()

    def close(self) -> None:
        """End everything for good."""
        self.cut()
        self._open.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _end(self) -> None:
        for each in tuple(self._carried):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _run(self, what: Callable[..., None], *arguments: socket.socket) -> threading.Thread:
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                if self._refuses:
                    near.close()
                else:
                    self._run(self._connect, near)

    def _connect(self, near: socket.socket) -> None:
        with near, socket.socket(socket.AF_UNIX) as far:
            far.connect(self._server)
            self._carried |= {near, far}
            back = self._run(self._carry, far, near)
            self._carry(near, far)
            back.join()
            self._carried -= {near, far}

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(_PART):
                self._open.wait()
                other.sendall(part)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class Nodes:
    """Nodes that are started one after another; ``server`` is the database's, ``lines`` each node's way to it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.server = stack.enter_context(running_postgres(lambda _: None, DURABLE))
        self._database = self.server.new_database()
        self._folder = folder
        self._stack = stack
        self.url = self.server.url(self._database)
        self.lines: list[Line] = []
        self.nodes: list[Served] = []

    def start(self, **how: object) -> Served:
        """Start the next node, with the arguments of ``served.gateway_in``; the first fills the store."""
        number = len(self.lines) + 1
        folder = self._folder / f"gw{number}"
        folder.mkdir()
        if self.nodes:
            self._give_keys(self.nodes[0], folder / "var")
        changes = {'node = "gw1"': f'node = "gw{number}"'}
        how = {"filled": not self.nodes, **how}
        node = self._stack.enter_context(gateway_in(folder, url=self._url(number), changes=changes, **how))
        self.nodes.append(node)
        return node

    def wait_until_served(self, node: Served) -> None:
        """Wait until *node* answers, whoever started it again."""
        until = time.monotonic() + PATIENCE
        request = health_pb2.HealthCheckRequest().SerializeToString()
        while not node.raw("/grpc.health.v1.Health/Check", request).ok:
            assert time.monotonic() < until
            time.sleep(0.05)

    def _url(self, number: int) -> str:
        # A socket's path must be short, so that it lies beside the server's.
        own = self.server.folder / f"line-{number}"
        own.mkdir()
        line = Line(own, self.server.folder)
        self._stack.callback(line.close)
        self.lines.append(line)
        return self.url.replace(str(self.server.folder), str(own))

    def _give_keys(self, first: Served, state: Path) -> None:
        """Copy what all nodes of a gateway have alike, once the first has made the key of the log."""
        until = time.monotonic() + PATIENCE
        while not list((first.place.state / "keys").glob("log-*.key")):
            assert time.monotonic() < until, "no log was begun"
            time.sleep(0.05)
        for name in ("pki", "keys"):
            shutil.copytree(first.place.state / name, state / name)


class Supervised:
    """Starts a node again whenever it has ended, on the port that it had, as a supervisor of the machine does.

    *before* is what its command begins with, such as ``ip netns exec``.
    """

    def __init__(
        self, place: Place, environment: Mapping[str, str] | None, host: str = "127.0.0.1", before: Sequence[str] = ()
    ) -> None:
        self._place = place
        self._environment = environment
        self._host = host
        self._before = before
        self._stopping = threading.Event()
        self._log = (place.state / "gateway.log").open("ab")
        self.process = self._started(f"{host}:0")
        self.exits: list[int] = []
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def keep(self, port: int) -> None:
        """Begin to look after it."""
        self._address = f"{self._host}:{port}"
        self._thread.start()

    def poll(self) -> int | None:
        """Return nothing while it is kept."""
        return None if self._thread.is_alive() else self.process.poll()

    def stop(self) -> None:
        """Drain it, and start it no more."""
        self._stopping.set()
        self.process.terminate()
        if self._thread.ident is not None:
            self._thread.join()
        self.process.wait()
        self._log.close()

    def _started(self, address: str) -> subprocess.Popen[bytes]:
        command = [*self._before, *local_city._jsg(self._place), "serve", "--listen", address]
        return subprocess.Popen(command, stderr=self._log, env=self._environment)

    def _keep(self) -> None:
        while True:
            code = self.process.wait()
            if self._stopping.wait(AGAIN_SECONDS):
                return
            self.exits.append(code)
            self.process = self._started(self._address)


def supervised_under(environment: Mapping[str, str]) -> Callable[..., AbstractContextManager[tuple[int, Supervised]]]:
    """Return ``supervised`` for processes with this environment."""
    return partial(supervised, environment=environment)


@contextmanager
def supervised(
    place: Place,
    _listen: str,
    _workers: int = 1,
    *,
    environment: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
    before: Sequence[str] = (),
) -> Iterator[tuple[int, Supervised]]:
    """Do what ``local_city.serving`` does, and start the node again whenever it ends; see ``Supervised``."""
    log = place.state / "gateway.log"
    begin = log.stat().st_size if log.exists() else 0
    kept = Supervised(place, environment, host, before)
    try:
        port = _port(kept, log, begin)
        kept.keep(port)
        yield port, kept
    finally:
        kept.stop()


def _port(kept: Supervised, log: Path, begin: int) -> int:
    """Wait for a node that starts for longer than a command would: others may use the machine."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return local_city._port(kept.process, log, begin, 1)
        except StartError:
            if kept.process.poll() is not None or time.monotonic() > until:
                raise


@contextmanager
def nodes_in(folder: Path) -> Iterator[Nodes]:
    """Give nodes whose folders lie in *folder*; all of them are drained at the end."""
    with ExitStack() as stack:
        yield Nodes(folder, stack)
