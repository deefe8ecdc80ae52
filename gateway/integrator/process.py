"""``IntegratorProcess``: the integrator as the serving process sees it: started, listened to, started again, ended.

What it does is in ``__main__``. The serving process answers on while it is away: every answer is durable in its queue,
and only the signed checkpoint waits.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway import child

if TYPE_CHECKING:
    from datetime import datetime
    from multiprocessing.connection import Connection
    from pathlib import Path

AGAIN_SECONDS: Final = 1.0
"""After a fault that may pass."""
DAMAGED_SECONDS: Final = 60.0
"""After one that does not pass by itself: it is looked at again, and said again, now and then."""
LISTEN_SECONDS: Final = 0.2
"""How long it may take until an ending is noticed here."""
STOP_SECONDS: Final = 30.0
"""How long what is left in the queues may take to integrate when the gateway stops."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WitnessSetup:
    """A witness that is asked to cosign."""

    key: str
    """Its public key, as it is published."""
    url: str
    """Where it is asked, without ``/add-checkpoint``."""
    every_seconds: float
    """How often it is asked at most."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the process needs to know; it is told by the serving process and reads no configuration."""

    gateway: str
    store_url: str
    """Of the facts' store: the log lies beside it."""
    state: Path
    key: Path | None = None
    """File of the secret that blinds the indexes of days; None where none are made."""
    witnesses: tuple[WitnessSetup, ...] = ()
    node: str = ""
    """Which node this is, for whoever looks which of several integrates."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the log has come: entries signed and published, and when (UTC)."""

    origin: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """Why nothing is integrated now."""

    why: str
    damaged: bool
    """Stored bytes are not what they were: it does not pass by itself."""
    elsewhere: bool = False
    """Another process has taken over: the log is signed there."""


@dataclass(frozen=True, slots=True)
class WitnessSaid:
    """What became of asking a witness."""

    key: str
    size: int
    """Entries of the checkpoint that it cosigned; 0 when it did not."""
    why: str
    """Why it did not; empty when it did."""


@dataclass(frozen=True, slots=True)
class DaySaid:
    """What became of indexing days."""

    day: str
    """Day that was indexed, YYYY-MM-DD; empty when none was."""
    why: str
    """Why it was not; empty when it was."""


class IntegratorProcess:
    """One process that integrates, from ``start`` to ``close``. Its state can be read from any thread."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._ending = threading.Event()
        # It starts the process and listens to it for as long as either lives.
        self._thread = threading.Thread(target=self._keep, name="integrator", daemon=True)
        self.standing: Standing | None = None
        """None until the first checkpoint, and while another process integrates."""
        self.fault: Fault | None = None
        self.witnesses: dict[str, WitnessSaid] = {}
        """What each witness said last, by its key."""
        self.days = DaySaid("", "")
        """What was said last of indexing days."""

    def start(self) -> None:
        """Start the process; nothing is waited for."""
        self._thread.start()

    def close(self) -> None:
        """Let it integrate what the queues hold by now, and end it. Blocking; does nothing when it was not started."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep(self) -> None:
        while not self._ending.is_set():
            process, pipe = child.start("gateway.integrator")
            with pipe:
                self._listen(pipe)
            if not child.end(process, STOP_SECONDS):
                _log.warning("the integrator did not end and was killed; the next one goes on where it was")
            damaged = self.fault is not None and self.fault.damaged
            self._ending.wait(DAMAGED_SECONDS if damaged else AGAIN_SECONDS)

    def _listen(self, pipe: Connection) -> None:
        """Take in what the process says until it ends, or has been told to end and does not."""
        told_at: float | None = None
        try:
            pipe.send(self._setup)
            while told_at is None or time.monotonic() - told_at < STOP_SECONDS:
                if self._ending.is_set() and told_at is None:
                    pipe.send(None)
                    told_at = time.monotonic()
                if pipe.poll(LISTEN_SECONDS):
                    self._take(pipe.recv())
        except (EOFError, OSError):
            return

    def _take(self, said: Standing | Fault | WitnessSaid | DaySaid) -> None:
        if isinstance(said, WitnessSaid):
            self._hear(said)
            return
        if isinstance(said, DaySaid):
            if said.why and said != self.days:
                _log.error("days are not indexed any more: %s", said.why)
            elif said.day:
                _log.info("the day %s is indexed", said.day)
            self.days = said
            return
        if isinstance(said, Standing):
            if self.fault is not None:
                _log.info("the log is integrated and signed again")
            self.standing, self.fault = said, None
            return
        if said.elsewhere:
            _log.warning("the log is signed by another process now: %s", said.why)
        elif said != self.fault:
            _log.error("the log is not signed any more: %s", said.why)
        self.fault = said

    def _hear(self, said: WitnessSaid) -> None:
        """A gap is seen, and is no outage."""
        before = self.witnesses.get(said.key)
        if said.why and (before is None or before.why != said.why):
            _log.warning("the witness %s does not cosign: %s", said.key, said.why)
        elif not said.why and before is not None and before.why:
            _log.info("the witness %s cosigns again", said.key)
        self.witnesses[said.key] = said
