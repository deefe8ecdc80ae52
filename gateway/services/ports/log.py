"""What integrating the queues into the log needs: the stored log, the queues, who signs, and where it is published.

Protocols and the errors that cross them; no behaviour. All of it is blocking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.domain.audit import Entry
    from gateway.domain.log import LogState, Run
    from gateway.domain.witnesses import Cosigned


class LogDamagedError(Exception):
    """The stored log, or a queue behind it, is not what it was: nothing more may be signed. Says what differs."""


class LogDeposedError(Exception):
    """Another process integrates the queues by now: nothing was stored."""


class LogStore(Protocol):
    """The logs of one gateway, written by one process at a time."""

    def take_over(self) -> None:
        """Become the one who writes; whoever did so before cannot any more.

        Raises:
            StoreUnavailableError: The database failed; of every method.
        """

    def newest(self) -> LogState | None:
        """Return the log opened last; None before the first."""

    def find(self, origin: str) -> LogState | None:
        """Return a log by its name; None when there is none."""

    def integrated(self) -> Mapping[str, int]:
        """Return for each writer the first number that is in no log."""

    def tile(self, origin: str, level: int, number: int) -> bytes:
        """Return a tile of hashes as wide as it is; empty when there is none."""

    def open(self, state: LogState, leaf: bytes) -> None:
        """Store a new log of one entry. Raises ``LogDeposedError``."""

    def append(
        self, before: LogState, root: bytes, runs: Sequence[Run], tiles: Mapping[tuple[int, int], bytes]
    ) -> LogState:
        """Store what is integrated, at once and durably, and return the log as it is then.

        Raises:
            LogDeposedError: The log is not as *before* says any more, or another process has taken over.
        """

    def sign(self, state: LogState, note: bytes) -> LogState:
        """Store the signed checkpoint of the whole of *state* in place of its last. Raises ``LogDeposedError``."""

    def envelopes(self, origin: str, first: int, count: int) -> list[bytes]:
        """Return *count* entries of a log from index *first* on, read from the queues.

        Raises:
            LogDamagedError: One is not there.
        """


class LogReading(Protocol):
    """The logs as any process reads them. Blocking, and safe from any thread."""

    def newest(self) -> LogState | None:
        """Return the log that is open; None before the first.

        Raises:
            StoreUnavailableError: The database failed; of every method.
        """

    def find(self, origin: str) -> LogState | None:
        """Return a log by its name; None when there is none."""

    def tile(self, origin: str, level: int, number: int) -> bytes:
        """Return a tile of hashes as wide as it is; empty when there is none."""

    def place_of(self, writer: str, number: int) -> tuple[str, int] | None:
        """Return in which log an entry of a queue stands, and at which index; None while it is in none."""

    def runs_of(self, writer: str, first: int, last: int) -> list[tuple[str, Run]]:
        """Return, each with its log, the runs that hold entries of a queue from number *first* to *last*, in order."""

    def envelopes(self, origin: str, first: int, count: int) -> list[bytes]:
        """Return *count* entries of a log from index *first* on. Raises ``LogDamagedError`` when one is not there."""

    def cosigned(self, origin: str) -> list[Cosigned]:
        """Return what each witness has cosigned last of a log, the largest first."""


class Entries(Protocol):
    """Recorded calls by their place in a queue."""

    def find(self, writer: str, number: int) -> Entry | None:
        """Return an entry with its lines; None when there is none. Blocking. Raises ``StoreUnavailableError``."""


class LogIntegrated(Protocol):
    """How far the log has come. Blocking."""

    def integrated(self) -> Mapping[str, int]:
        """Return for each writer the first number that is in no log. Raises ``StoreUnavailableError``."""


class Queues(Protocol):
    """Every writer's queue."""

    def ends(self) -> Mapping[str, int]:
        """Return for each writer the number that its next entry will have."""

    def read(self, writer: str, first: int, limit: int) -> list[Entry]:
        """Return entries in order with their lines, at most *limit* of them and at least one where there is one."""

    def flaw(self, entry: Entry) -> str:
        """Return what is wrong with the stored bytes of an entry; empty when nothing is."""


class LogSigner(Protocol):
    """The keys that sign, one a log."""

    def has(self, origin: str) -> bool:
        """Return whether there is a key of this log."""

    def make(self, origin: str) -> None:
        """Make the key of a log that is yet to be opened. Raises ``LogDamagedError``."""

    def key_of(self, origin: str) -> str:
        """Return the public key of a log as it is published.

        Raises:
            LogDamagedError: There is none, or it cannot be used.
        """

    def sign(self, origin: str, text: str) -> bytes:
        """Return the signed note of a checkpoint's text. Raises what ``key_of`` does."""

    def verify(self, key: str, note: bytes) -> str:
        """Return the text of a note that *key* has signed.

        Raises:
            ValueError: It has not.
        """


class Witness(Protocol):
    """Somebody else's service that cosigns checkpoints which only add to those that it saw before."""

    @property
    def key(self) -> str:
        """Its public key, as it is published."""

    def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
        """Send a request (C2SP tlog-witness) and return status and answer. Blocking. Raises ``OSError``."""


class WitnessBook(Protocol):
    """What each witness has cosigned last. Blocking; raises ``StoreUnavailableError``."""

    def last(self, origin: str, witness: str) -> Cosigned | None:
        """Return what a witness cosigned last of a log; None when it never did."""

    def keep(self, cosigned: Cosigned) -> None:
        """Keep it in place of what this witness cosigned before."""


class LogFiles(Protocol):
    """The log as static files."""

    def published(self, origin: str) -> bytes:
        """Return the checkpoint that lies there; empty when there is none. Raises ``OSError``."""

    def announce(self, origin: str, key: str) -> None:
        """Publish the public key of a log that is not open yet, unless it is. Raises ``OSError``."""

    def publish(self, state: LogState, since: int, store: LogStore) -> None:
        """Write what a log has more than when it had *since* entries, the checkpoint last. Raises ``OSError``."""
