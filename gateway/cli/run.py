"""``jsg serve``: one serving process, or several on one port, each a writer with an audit queue of its own."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import structlog

from gateway.bootstrap.config import StartError, load_config
from gateway.bootstrap.process import Gateway
from gateway.cli import logs
from gateway.cli.connection import command
from gateway.cli.supervised import READY as SERVES
from gateway.cli.supervised import STOPPING, Supervisor, environment_of
from gateway.cli.supervised import Workers as Said
from gateway.domain.errors import AuditUnavailableError, StoreUnavailableError
from gateway.security.key_ring import PersonKeyError
from gateway.security.watched import UnusableFileError
from gateway.storage.audit_place import QueueLockedError
from gateway.storage.audit_store import NotDurableError, QueueDamagedError

if TYPE_CHECKING:
    import argparse

    from gateway.bootstrap.config import Config
    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
MAX_PORT: Final = 65535
SWITCH_SECONDS: Final = 0.0005
"""How long a thread that stores records may go on while the event loop waits for the interpreter's lock.

An answer takes the lock several times; with Python's five milliseconds each, an import made answers wait.
"""
READY: Final = "serving"
"""The event of the log line that says on which port calls are answered."""
CANNOT_START: Final = (
    QueueLockedError,
    QueueDamagedError,
    NotDurableError,
    StoreUnavailableError,
    AuditUnavailableError,
    PersonKeyError,
    UnusableFileError,
)
"""What is wrong with the place and not with the program: told in one sentence."""
_log = structlog.get_logger("gateway.serve")


def register(subparsers: Subparsers) -> None:
    """Add ``serve``."""
    serve = command(subparsers, "serve", "serve the gateway", "jsg serve --workers 2", run)
    serve.add_argument(
        "--listen", default="", metavar="HOST:PORT", help="address instead of gateway.toml's; port 0: any"
    )
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="processes on the port (default 1)")
    serve.add_argument("--worker", type=int, default=None, metavar="I", help="be worker I of several on one port")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT, which drain; 1 when the audit failed or the start did.

    Where another policy comes to hold, the gateway begins anew with it, within the same process and on the same port.
    """
    logs.configure()
    sys.setswitchinterval(SWITCH_SECONDS)
    if arguments.workers < 1:
        raise StartError("--workers must be at least 1")
    if arguments.workers > 1:
        return _supervise(arguments)
    return asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> int:
    config = load_config(arguments.config, arguments.state)
    settings = config.settings
    worker = arguments.worker or 0
    if settings.edge is not None and arguments.listen:
        raise StartError("gateway.toml has [edge]: jsg edge run listens, not the gateway")
    supervisor = Supervisor(os.environ)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    address = ":".join(address_of(arguments.listen or settings.listen))
    while True:
        gateway = await _started(config, worker, address, shared_port=arguments.worker is not None)
        if settings.edge is None:
            # The same port again, where another policy begins and any port was asked for.
            address = f"{address_of(address)[0]}:{gateway.port}"
        supervisor.tell(SERVES)
        ended_well = await gateway.serve_until(stop, supervisor.alive)
        anew = ended_well and gateway.superseded and not stop.is_set()
        if not anew:
            supervisor.tell(STOPPING)
        _log.info("another policy holds: beginning anew" if anew else "stopping", worker=worker, ended_well=ended_well)
        await _closed(gateway, supervisor)
        if not anew:
            return OK if ended_well else ERROR


async def _started(config: Config, worker: int, address: str, *, shared_port: bool) -> Gateway:
    """Return a gateway that serves by the policy in force. Raises ``StartError``."""
    try:
        gateway = Gateway(config, worker, shared_port=shared_port)
        port = await gateway.start(address)
    except CANNOT_START as error:
        raise StartError(str(error)) from error
    _log.info(
        READY,
        port=port,
        worker=worker,
        profile=gateway.policy.profile,
        policy=gateway.policy.digest,
        settings=config.settings.digest,
        agencies=config.agencies.digest,
    )
    return gateway


async def _closed(gateway: Gateway, supervisor: Supervisor) -> None:
    """Close a gateway, telling the supervisor meanwhile that the process lives."""
    closing = asyncio.create_task(gateway.close())
    while not closing.done():
        supervisor.alive()
        await asyncio.wait([closing], timeout=1.0)
    await closing
    # What the gateway held was put out of the collector's sight, which it is no more.
    gc.unfreeze()
    gc.collect()


def address_of(listen: str) -> tuple[str, str]:
    """Return host and port; checked here, because gRPC takes port 99999 for 34463. Raises ``StartError``."""
    host, _, port = listen.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port) <= MAX_PORT):
        raise StartError(f"cannot listen on {listen!r}: it is not HOST:PORT with a port up to {MAX_PORT}")
    return host, port


class _Workers:
    """The worker processes. Each is told to stop once: a second signal would kill one that is draining."""

    def __init__(self, processes: list[subprocess.Popen[bytes]]) -> None:
        self.processes = processes
        self._told = False

    def terminate(self) -> None:
        """Tell every worker that still runs to drain and stop; later calls do nothing."""
        if self._told:
            return
        self._told = True
        for worker in self.processes:
            if worker.poll() is None:
                worker.terminate()


def _supervise(arguments: argparse.Namespace) -> int:
    """Start the workers and stop all of them when one ends: what they share must not be served by half of them."""
    settings = load_config(arguments.config, arguments.state).settings
    if settings.edge is not None:
        return _stand_by(arguments, "")
    listen = arguments.listen or settings.listen
    host, port = address_of(listen)
    with socket.socket(socket.AF_INET) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            held.bind((host, int(port)))
        except OSError as error:
            raise StartError(f"cannot listen on {listen!r}: {error}") from error
        address = f"{host}:{held.getsockname()[1]}"
        return _stand_by(arguments, address)


def _stand_by(arguments: argparse.Namespace, address: str) -> int:
    said = Said(Supervisor(os.environ), arguments.workers)
    try:
        workers = _Workers([_start(arguments, number, address, said) for number in range(arguments.workers)])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: workers.terminate())
        return _wait(workers, said)
    finally:
        said.close()


def _start(arguments: argparse.Namespace, worker: int, address: str, said: Said) -> subprocess.Popen[bytes]:
    """Start a worker; *address* is empty where each has a socket of its own."""
    place = ["--config", str(arguments.config)]
    if arguments.state is not None:
        place += ["--state", str(arguments.state)]
    own = ["serve", "--worker", str(worker), *(["--listen", address] if address else [])]
    words = [sys.executable, "-P", "-m", "gateway", *place, *own]
    return subprocess.Popen(words, env=environment_of(said, worker))  # noqa: S603 - our own program


def _wait(workers: _Workers, said: Said) -> int:
    """Wait for the first worker to end, end the others, and return the worst exit code as 0 or 1."""
    first: int | None = None
    while first is None:
        said.look()
        for worker in workers.processes:
            try:
                first = worker.wait(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                continue
    workers.terminate()
    codes = {worker.wait() for worker in workers.processes}
    # A worker that was told to stop before it could serve ends by the signal itself.
    return OK if codes <= {OK, -signal.SIGTERM} else ERROR
