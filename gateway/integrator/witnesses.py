"""The witnesses that the integrator asks, each in a thread of its own, so that a slow one holds up nothing.

HTTP POST as C2SP tlog-witness describes it; no redirects are followed and no proxy is used, so that whoever is asked is
who was configured.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import StoreUnavailableError
from gateway.integrator.process import WitnessSaid
from gateway.services.ask_witness import AskWitness, WitnessError

if TYPE_CHECKING:
    from collections.abc import Callable

    from formats.note import Verify
    from gateway.domain.log import LogState
    from gateway.integrator.process import WitnessSetup
    from gateway.storage.log_store import SqlLogStore

ANSWER_SECONDS: Final = 10.0
ANSWER_BYTES: Final = 64 * 1024


class HttpWitness:
    """The port ``Witness`` over HTTP."""

    def __init__(self, key: str, url: str) -> None:
        """Ask the witness with this public key at the address whose path ends before ``/add-checkpoint``."""
        self._key = key
        self._url = f"{url.rstrip('/')}/add-checkpoint"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)

    @property
    def key(self) -> str:
        """Its public key, as it is published."""
        return self._key

    def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return status and answer; raises ``OSError``."""
        post = urllib.request.Request(self._url, data=request, method="POST")  # noqa: S310 - the configuration's scheme is judged there
        try:
            with self._opener.open(post, timeout=ANSWER_SECONDS) as answer:
                return answer.status, answer.read(ANSWER_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(ANSWER_BYTES)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: the redirection itself becomes the answer."""


class AskedWitness:
    """One witness and the thread that asks it for as long as the process lives."""

    def __init__(
        self, setup: WitnessSetup, store: SqlLogStore, verify: Verify, tell: Callable[[WitnessSaid], None]
    ) -> None:
        """Start asking when there is something to ask about; *tell* is told of every answer, from that thread."""
        self._setup = setup
        self._tell = tell
        self._ask = AskWitness(store, store, HttpWitness(setup.key, setup.url), verify)
        self._wanted: LogState | None = None
        self._wake = threading.Condition()
        self._pause = threading.Event()
        threading.Thread(target=self._keep, name=f"witness {setup.key}", daemon=True).start()

    def show(self, state: LogState) -> None:
        """Have the newest checkpoint cosigned, as soon as it is time again."""
        with self._wake:
            self._wanted = state
            self._wake.notify()

    def _keep(self) -> None:
        while True:
            state = self._next()
            if not self._asked(state):
                self._again(state)
            self._pause.wait(self._setup.every_seconds)

    def _next(self) -> LogState:
        """Wait until there is something to ask about."""
        with self._wake:
            while self._wanted is None:
                self._wake.wait()
            state, self._wanted = self._wanted, None
            return state

    def _again(self, state: LogState) -> None:
        """Ask about it once more, unless there is something newer by now."""
        with self._wake:
            if self._wanted is None:
                self._wanted = state

    def _asked(self, state: LogState) -> bool:
        try:
            cosigned = self._ask(state)
        except (WitnessError, StoreUnavailableError, OSError) as error:
            self._tell(WitnessSaid(self._setup.key, 0, f"{type(error).__name__}: {error}"))
            return False
        self._tell(WitnessSaid(self._setup.key, cosigned.size, ""))
        return True
