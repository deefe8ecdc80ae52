"""One run of the kit against one adapter: both sides are set up, every promise is played, everything is taken down."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gateway.conformance.asking import Asker
from gateway.conformance.catalogue import promises_of, vectors_digest
from gateway.conformance.errors import ConformanceError, UnpreparedError
from gateway.conformance.promises import Promise, Result, Seen, judged, seen
from gateway.conformance.script import Script
from gateway.conformance.serving import LATE_FACTOR, ScriptedGateway
from gateway.conformance.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.conformance.folder import Prepared

READY_SECONDS: Final = 150.0
"""In which an adapter that was started first must have found the gateway; gRPC waits up to 120 s between attempts."""
RESTART_SECONDS: Final = 120.0
"""In which the command that restarts an adapter must have ended."""
_MARGIN_SECONDS: Final = 20.0
_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one promise.

    Attributes:
        promise: The promise.
        seen: What was seen, vector by vector.
    """

    promise: Promise
    seen: tuple[Seen, ...]

    @property
    def result(self) -> Result:
        """How it is judged."""
        return judged(list(self.seen))


@dataclass(frozen=True, slots=True)
class Run:
    """What became of all of them.

    Attributes:
        adapter: Address of the adapter.
        area: Its area.
        vectors: SHA-256 over the vectors that were played.
        begun_at: When it began, UTC.
        ended_at: When it ended, UTC.
        played: Every promise, in the order of play.
        whole: All promises of the area were played.
    """

    adapter: str
    area: str
    vectors: str
    begun_at: datetime
    ended_at: datetime
    played: tuple[Played, ...]
    whole: bool = True

    def count(self, result: Result) -> int:
        """Return how many promises came to *result*."""
        return sum(each.result is result for each in self.played)


@dataclass(frozen=True, slots=True)
class Playing:
    """How the kit is to play.

    Attributes:
        restart: Command that restarts the adapter and returns; empty: what survives a restart is not tested.
        only: Ids of the promises to play; empty: all.
        told: Called with each promise when it was played.
    """

    restart: Sequence[str] = ()
    only: frozenset[str] = frozenset()
    told: Callable[[Played], None] = lambda _played: None


def play(prepared: Prepared, address: str, how: Playing) -> Run:
    """Play the promises of the area against the adapter at *address*.

    Args:
        prepared: The folder with which it was configured.
        address: ``https://host:port`` or ``http://host:port``.
        how: How.

    Raises:
        ConformanceError: The kit cannot play: an address, a file, or an adapter that is not ready, or stops nothing.
    """
    script = Script()
    gateway = ScriptedGateway(prepared.listen, script, prepared.deadline_seconds)
    patience = prepared.deadline_seconds * LATE_FACTOR + _MARGIN_SECONDS
    stage = Stage(prepared, Asker(address, prepared.asker, patience), script, gateway)
    if how.restart:
        stage.restart = lambda: _restart(stage, how.restart)
    whole = promises_of(prepared.area)
    chosen = [each for each in whole if not how.only or each.id in how.only]
    begun = datetime.now(UTC)
    gateway.start(prepared.gateway)
    try:
        _wait_until_ready(stage)
        played = []
        for promise in chosen:
            played.append(Played(promise, tuple(_play(stage, promise))))
            how.told(played[-1])
    finally:
        gateway.stop()
    digest = vectors_digest(prepared.area)
    ended = datetime.now(UTC)
    return Run(address, prepared.area.name, digest, begun, ended, tuple(played), len(chosen) == len(whole))


def _play(stage: Stage, promise: Promise) -> list[Seen]:
    try:
        return promise.play(stage, promise)
    except UnpreparedError as error:
        return [seen("preparation", kept=False, said=str(error))]


def _wait_until_ready(stage: Stage) -> None:
    """Wait until a check is possible."""
    ends = time.monotonic() + READY_SECONDS
    while True:
        reply = stage.asker.get("/v1/health")
        if reply.fine and reply.body.get("ready") is True:
            break
        if time.monotonic() > ends:
            raise ConformanceError(f"the adapter is not ready: /v1/health says {reply.told()}")
        time.sleep(_PAUSE_SECONDS)
    area, mode = reply.body.get("area", stage.area.name), reply.body.get("mode", "enforce")
    if area != stage.area.name:
        raise ConformanceError(f"the adapter is one of {area}, and the folder was prepared for {stage.area.name}")
    if mode != "enforce":
        raise ConformanceError(f"the adapter is in mode {mode}, which stops nothing; enforce is tested")


def _restart(stage: Stage, command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, timeout=RESTART_SECONDS, stdin=subprocess.DEVNULL)  # noqa: S603 - the tester's own
    except (OSError, subprocess.SubprocessError) as error:
        raise ConformanceError(f"the restart failed: {error}") from error
    _wait_until_ready(stage)
