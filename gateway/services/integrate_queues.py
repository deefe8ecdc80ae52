"""Integrating every queue into the log: verify what is stored, append, look at it again, sign, publish.

The order is what makes it safe. What is appended is durable before it is signed; it is read back and its root made anew
from the stored tiles before it is signed (a log has died of one flipped bit that was signed unseen); that the new
checkpoint only adds to the last signed one is proven before it is signed; and the signed one is stored before anybody
is shown it. A process that ends anywhere in between is followed by one that goes on there.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Final

from formats.checkpoint import Checkpoint, parse_checkpoint
from formats.merkle import EMPTY_ROOT, leaf_hash, verify_consistency
from formats.merkle_nodes import consistency_proof, root_at
from formats.tiles import grown_tiles, reader_of_tiles
from gateway.domain.log import LogState, Run, goes_on, next_origin, opening_of, origin_of
from gateway.services.ports.log import LogDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from formats.merkle_nodes import ReadNode
    from gateway.services.ports.log import LogFiles, LogSigner, LogStore, Queues
    from gateway.services.ports.register import Clock

ROUND_ENTRIES: Final = 4_096
"""Entries that are integrated at once, at most: a bound on memory, and on how long a checkpoint waits for it."""
_log: Final = logging.getLogger(__name__)


class IntegrateQueues:
    """Used by one process and one thread at a time; another one that begins deposes it."""

    def __init__(
        self, gateway: str, store: LogStore, queues: Queues, signer: LogSigner, files: LogFiles, clock: Clock
    ) -> None:
        self._gateway = gateway
        self._store = store
        self._queues = queues
        self._signer = signer
        self._files = files
        self._clock = clock
        self._integrated: dict[str, int] = {}
        self._published = 0
        self._announced = ""

    def begin(self) -> LogState:
        """Take over, verify the log as it is stored, sign and publish what a process before has left.

        Returns:
            The log that is open.

        Raises:
            LogDamagedError: The log, a queue or the published checkpoint is not what it was; nothing was signed.
            LogDeposedError: Another process has taken over since.
            StoreUnavailableError, OSError: The database or the disk failed.
        """
        self._store.take_over()
        self._integrated = dict(self._store.integrated())
        state = self._store.newest()
        if state is None:
            return self._settled(self._open(origin_of(self._gateway, self._clock.now()), b""))
        self._verify(state)
        return self._settled(state)

    def round(self, state: LogState) -> tuple[LogState, bool]:
        """Integrate what the queues have more than *state*, sign and publish it.

        Returns:
            The log as it is then, and whether there is more to integrate at once.

        Raises:
            LogDamagedError: Stored bytes are not what was recorded. Nothing of the round was signed.
            LogDeposedError: Another process has taken over since.
            StoreUnavailableError, OSError: The database or the disk failed.
        """
        now = self._clock.now()
        if not goes_on(state.origin, self._gateway, now):
            state = self._settled(self._open(origin_of(self._gateway, now), state.note))
        self._announce(next_origin(state.origin, now))
        runs, leaves, more = self._gather(state.size)
        if not leaves:
            return state, False
        read = self._tiles(state.origin)
        tiles = grown_tiles(read, state.size, leaves)
        grown = reader_of_tiles(cache(lambda *place: tiles.get(place) or read(*place)))
        root = root_at(grown, state.size + len(leaves))
        state = self._store.append(state, root, runs, tiles)
        for run in runs:
            self._integrated[run.writer] = run.first_number + run.count
        return self._settled(state), more

    def _open(self, origin: str, before: bytes, lost: bytes = b"") -> LogState:
        self._have_key(origin)
        opening = opening_of(origin, before, lost)
        leaf = leaf_hash(opening)
        state = LogState(origin, 1, leaf, 0, EMPTY_ROOT, b"", self._signer.key_of(origin), opening)
        self._store.open(state, leaf)
        self._published = 0
        _log.info("the log %s is opened", origin)
        return state

    def _have_key(self, origin: str) -> None:
        if not self._signer.has(origin):
            self._signer.make(origin)

    def _announce(self, origin: str) -> None:
        """Make and publish the key of next year's log, so that nobody meets it for the first time in a receipt."""
        if origin and origin != self._announced:
            self._have_key(origin)
            self._files.announce(origin, self._signer.key_of(origin))
            self._announced = origin

    def _gather(self, index: int) -> tuple[list[Run], list[bytes], bool]:
        """Return the entries that are in no log yet: as runs, their leaf hashes, and whether there are more."""
        runs: list[Run] = []
        leaves: list[bytes] = []
        # A queue of which something is in the log and that is there no more has come to an end before it, too.
        ends = {**dict.fromkeys(self._integrated, 0), **self._queues.ends()}
        for writer, end in sorted(ends.items()):
            first = number = self._integrated.get(writer, 0)
            if end < first:
                raise LogDamagedError(f"queue {writer!r} has {end} entries, and {first} of it are in the log")
            while number < end and len(leaves) < ROUND_ENTRIES:
                entries = self._queues.read(writer, number, min(end - number, ROUND_ENTRIES - len(leaves)))
                if not entries:
                    raise LogDamagedError(f"queue {writer!r}, number {number}: is missing")
                for entry in entries:
                    if entry.number != number:
                        raise LogDamagedError(f"queue {writer!r}, number {number}: is missing")
                    if wrong := self._queues.flaw(entry):
                        raise LogDamagedError(f"queue {writer!r}, number {number}: {wrong}")
                    leaves.append(entry.leaf)
                    number += 1
            if number > first:
                runs.append(Run(index + len(leaves) - (number - first), writer, first, number - first))
            if number < end:
                return runs, leaves, True
        return runs, leaves, False

    def _settled(self, state: LogState) -> LogState:
        """Sign what is not signed, and publish what is not published."""
        if state.signed_size < state.size:
            self._prove(state)
            text = Checkpoint(state.origin, state.size, state.root).text
            state = self._store.sign(state, self._signer.sign(state.origin, text))
        if self._published < state.size:
            self._files.publish(state, self._published, self._store)
            self._published = state.size
        return state

    def _prove(self, state: LogState) -> None:
        """Look at the stored tiles, and at nothing that is in memory: the root, and that the log has only grown."""
        node = self._nodes(state.origin)
        if _root(state.origin, node, state.size) != state.root:
            raise LogDamagedError(f"{state.origin}: the stored tiles do not have the root of its {state.size} entries")
        proof = consistency_proof(node, state.signed_size, state.size)
        if not verify_consistency(state.signed_size, state.size, proof, state.signed_root, state.root):
            raise LogDamagedError(f"{state.origin}: does not begin with the {state.signed_size} entries signed before")

    def _verify(self, state: LogState) -> None:
        """Look whether the log is what was signed and shown last; what is published may have outlived a store."""
        if self._signer.key_of(state.origin) != state.key:
            raise LogDamagedError(f"{state.origin}: is signed by {state.key}, and the key at hand is another")
        self._prove(state)
        if state.note:
            stored = self._signed(state, state.note, "stored")
            if (stored.size, stored.root) != (state.signed_size, state.signed_root):
                raise LogDamagedError(f"{state.origin}: the stored checkpoint is not the last that was signed")
        shown = self._files.published(state.origin)
        if shown:
            self._published = self._signed(state, shown, "published").size

    def _signed(self, state: LogState, note: bytes, which: str) -> Checkpoint:
        """Return the checkpoint of a note that must be ours, and of a beginning of the log as it is stored."""
        try:
            checkpoint = parse_checkpoint(self._signer.verify(state.key, note))
        except ValueError as error:
            raise LogDamagedError(f"{state.origin}: the {which} checkpoint: {error}") from error
        if checkpoint.origin != state.origin or checkpoint.size > state.signed_size:
            raise LogDamagedError(
                f"{state.origin}: has {state.signed_size} signed entries, and the {which} checkpoint says "
                f"{checkpoint.size} of {checkpoint.origin}: the store was rolled back"
            )
        if _root(state.origin, self._nodes(state.origin), checkpoint.size) != checkpoint.root:
            raise LogDamagedError(f"{state.origin}: the {which} checkpoint has another root: the log was forked")
        return checkpoint

    def _tiles(self, origin: str) -> Callable[[int, int], bytes]:
        return lambda level, number: self._store.tile(origin, level, number)

    def _nodes(self, origin: str) -> ReadNode:
        """Return a reader of the tiles as they are stored now; each is read once."""
        return reader_of_tiles(cache(self._tiles(origin)))


def _root(origin: str, node: ReadNode, size: int) -> bytes:
    """Return the root that the stored tiles have."""
    try:
        return root_at(node, size)
    except ValueError as error:
        raise LogDamagedError(f"{origin}: {error}") from error
