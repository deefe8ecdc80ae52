"""Sending the records of one file: in parts, each one call, and an account of what became of every row.

The id of a part derives from what it is made of, so that the same file sent again under the same mapping changes
nothing. A part of which the gateway has everything is not sent again: an import that was broken off goes on where it
was. Rows that the gateway rejects come back with their cells. While one part is on its way the next is read, so
that both sides of the wire work at once; the calls themselves (``import_calls``) follow one another.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from jointsanctions.v1 import record_pb2, registry_pb2

from formats.canonical import encode
from formats.csv_rows import Fault
from gateway.cli.import_calls import Calls, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from google.protobuf.message import Message

    from formats.csv_rows import SourceRow

CHUNK_RECORDS: Final = 120
"""Records in one message: one transaction of the gateway."""

PART_RECORDS: Final = 20_000
"""Records in one call; the cells of at most twice as many rows are kept until the gateway has answered."""

A = TypeVar("A", bound="Message")
_CONVERSION: Final = 4
"""Counts up when the same file and mapping give other records, because an id stands for one content."""


class Submitter(Protocol):
    """What sends records; ``adapters.client.GatewayClient`` is one."""

    def submit(self, requests: Iterable[registry_pb2.SubmitRecordsRequest]) -> registry_pb2.SubmitRecordsResponse:
        """Send chunks of one submission and return what became of their rows."""

    def submitted(self, request: registry_pb2.GetSubmissionRequest) -> registry_pb2.GetSubmissionResponse:
        """Return how much of a submission is stored."""

    def registry(self, rpc: str, request: Message, answer: type[A], *, patient: bool = False) -> A:
        """Call another method of ``RegistryService``; a *patient* call may take as long as a submission."""


class AccountError(Exception):
    """The gateway's answer does not account for every row that was sent."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the ids of a file's parts derive from, and what every request carries."""

    file_digest: str
    mapping_digest: str
    codec: str
    feed: str
    officer: str
    stage: bool = False
    again: int = 1
    """Which time the file is sent: another one after what was sent was discarded or revoked."""

    def request_id(self, part: int) -> str:
        """Return the id of a part, counted from 0: 64 bytes at most, the same for the same source."""
        return f"import-{self._named(part)}"

    @property
    def batch(self) -> str:
        """The id of the whole, 64 bytes at most, the same for the same source."""
        return f"batch-{self._named('batch')}"

    def _named(self, what: int | str) -> str:
        made_of = [_CONVERSION, self.file_digest, self.mapping_digest, self.codec, self.feed, self.officer]
        made_of += [self.stage, self.again, what]
        return hashlib.sha256(encode(made_of)).hexdigest()[:48]


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that the gateway stored without an enterprise, until an officer attaches it."""

    line: int
    record_id: str
    en: str
    zh: str


@dataclass(slots=True)
class Account:
    """What became of the rows that were sent so far."""

    stored: int = 0
    unchanged: int = 0
    staged: int = 0
    held: list[HeldRow] = field(default_factory=list)
    data_revision: int = 0
    earlier: int = 0
    """Rows that an earlier import of the same file brought: counted as it left them, and not sent again."""
    unanswered: int = 0
    """Rows that were to be sent and that no answer came for; zero unless the sending failed."""


@dataclass(slots=True)
class _Part:
    """The rows of one call, by their numbers, and the call; with ``stored``, what the gateway says that it has of it.

    While that may be all, its chunks are held back.
    """

    call: Part
    stored: registry_pb2.GetSubmissionResponse | None
    rows: dict[int, SourceRow] = field(default_factory=dict)
    held_back: list[registry_pb2.SubmitRecordsRequest] = field(default_factory=list)

    def holds_all(self, stored: registry_pb2.GetSubmissionResponse) -> bool:
        """Return whether every message of the part is stored, and every row accounted for."""
        return stored.messages == len(self.held_back) and _counted(stored.outcome) == len(self.rows)


def _counted(response: registry_pb2.SubmitRecordsResponse) -> int:
    return response.stored + response.unchanged + response.held + response.rejected + response.staged


class Sender:
    """Collects records into parts and hands each chunk of them on as soon as it is full."""

    def __init__(self, client: Submitter, source: Source, reject: Callable[[SourceRow, Iterable[Fault]], None]) -> None:
        """Keep what is needed; *reject* is told each row that the gateway rejects."""
        self.account = Account()
        self._client = client
        self._calls = Calls(client.submit)
        self._source = source
        self._reject = reject
        self._begun = 0
        self._resuming = True
        self._open: _Part | None = None
        self._sent: _Part | None = None
        self._records: list[record_pb2.Record] = []

    def add(self, row: SourceRow, record: record_pb2.Record) -> None:
        """Take one record; raises what the client raised for one that was taken before.

        Raises:
            AccountError: The answer to an earlier part does not account for every row.
        """
        if self._open is None:
            self._open = _Part(Part(), self._stored())
            if self._open.stored is None:
                self._calls.begin(self._open.call)
        self._open.rows[row.line] = row
        self._records.append(record)
        self.account.unanswered += 1
        if len(self._records) == CHUNK_RECORDS:
            self._send_chunk(self._open)
        if len(self._open.rows) == PART_RECORDS:
            self._end_part(self._open)

    def flush(self) -> None:
        """Send what is left, and wait for the answers; raises what ``add`` raises."""
        if self._open is not None:
            self._end_part(self._open)
        self._settle_sent()

    def close(self) -> None:
        """End the call under way, if there is one: after a failure nothing more is sent."""
        self._calls.close()

    def _stored(self) -> registry_pb2.GetSubmissionResponse | None:
        """Ask what is stored of the part that begins; nobody asks any more once there is none of it."""
        if not self._resuming:
            return None
        source = self._source
        request_id = source.request_id(self._begun)
        stored = self._client.submitted(
            registry_pb2.GetSubmissionRequest(request_id=request_id, feed=source.feed, officer=source.officer)
        )
        self._resuming = stored.messages > 0
        return stored if self._resuming else None

    def _send_chunk(self, part: _Part, *, last: bool = False) -> None:
        chunk = registry_pb2.SubmitRecordsRequest(
            request_id=self._source.request_id(self._begun),
            feed=self._source.feed,
            records=self._records,
            officer=self._source.officer,
            last=last,
            batch=self._source.batch,
            stage=self._source.stage,
        )
        self._records = []
        if part.stored is None:
            part.call.put(chunk)
        else:
            part.held_back.append(chunk)

    def _end_part(self, part: _Part) -> None:
        # A chunk that was full is on its way already: the mark comes alone then.
        self._send_chunk(part, last=True)
        if part.stored is not None and part.holds_all(part.stored):
            # Whole, its last message too, and with it the reason of every row that was not stored.
            part.call.answered(part.stored.outcome)
            self.account.earlier += len(part.rows)
        else:
            if part.stored is not None:
                self._calls.begin(part.call)
            for chunk in part.held_back:
                part.call.put(chunk)
            part.call.put(None)
        part.held_back.clear()
        self._settle_sent()
        self._begun += 1
        self._open, self._sent = None, part

    def _settle_sent(self) -> None:
        if self._sent is not None:
            part, self._sent = self._sent, None
            self._settle(part.call.answer(), part.rows)

    def _settle(self, response: registry_pb2.SubmitRecordsResponse, rows: dict[int, SourceRow]) -> None:
        counted = _counted(response)
        named = [result.row for result in response.rows]
        if (
            counted != len(rows)
            or len(named) != response.held + response.rejected
            or len(set(named) & rows.keys()) != len(named)
        ):
            raise AccountError(f"the gateway accounted for {counted} rows and named {len(named)}, of {len(rows)} sent")
        self.account.stored += response.stored
        self.account.unchanged += response.unchanged
        self.account.staged += response.staged
        self.account.unanswered -= len(rows)
        self.account.data_revision = response.data_revision
        for result in response.rows:
            if result.status == registry_pb2.ROW_STATUS_HELD:
                self.account.held.append(HeldRow(result.row, result.record_id, result.why.en, result.why.zh))
            else:
                self._reject(rows[result.row], [Fault(result.field, result.why.en, result.why.zh)])
