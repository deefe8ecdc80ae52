"""Sending the records of one file: in parts, each one call, and an account of what became of every row.

The id of a part derives from what it is made of, so that the same file sent again under the same mapping changes
nothing. Rows that the gateway rejects come back with their cells.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from jointsanctions.v1 import record_pb2, registry_pb2

from formats.canonical import encode
from gateway.cli.import_files import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gateway.cli.import_files import SourceRow

CHUNK_RECORDS: Final = 500
"""Records in one message: one transaction of the gateway."""

PART_RECORDS: Final = 20_000
"""Records in one call; the cells of as many rows are kept until the gateway has answered."""

_CONVERSION: Final = 1
"""Counts up when the same file and mapping give other records, because an id stands for one content."""


class Submitter(Protocol):
    """What sends records; ``adapters.client.GatewayClient`` is one."""

    def submit(self, requests: Iterable[registry_pb2.SubmitRecordsRequest]) -> registry_pb2.SubmitRecordsResponse:
        """Send chunks of one submission and return what became of their rows."""


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

    def request_id(self, part: int) -> str:
        """Return the id of a part, counted from 0: 64 bytes at most, the same for the same source."""
        made_of = [_CONVERSION, self.file_digest, self.mapping_digest, self.codec, self.feed, self.officer, part]
        return f"import-{hashlib.sha256(encode(made_of)).hexdigest()[:48]}"


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
    held: list[HeldRow] = field(default_factory=list)
    data_revision: int = 0
    unanswered: int = 0
    """Rows that were sent and that no answer came for; zero unless the sending failed."""


class Sender:
    """Collects records into parts and sends each when it is full."""

    def __init__(self, client: Submitter, source: Source, reject: Callable[[SourceRow, Iterable[Fault]], None]) -> None:
        """Keep what is needed; *reject* is told each row that the gateway rejects."""
        self.account = Account()
        self._client = client
        self._source = source
        self._reject = reject
        self._part = 0
        self._records: list[record_pb2.Record] = []
        self._rows: dict[int, SourceRow] = {}

    def add(self, row: SourceRow, record: record_pb2.Record) -> None:
        """Take one record; sends the part when it is full, and raises what the client raises."""
        self._records.append(record)
        self._rows[row.line] = row
        if len(self._records) == PART_RECORDS:
            self.flush()

    def flush(self) -> None:
        """Send what is left.

        Raises:
            AccountError: The answer does not account for every row.
        """
        if not self._records:
            return
        self.account.unanswered += len(self._records)
        response = self._client.submit(self._requests())
        self._settle(response)
        self.account.unanswered -= len(self._records)
        self._part += 1
        self._records, self._rows = [], {}

    def _requests(self) -> Iterator[registry_pb2.SubmitRecordsRequest]:
        request_id = self._source.request_id(self._part)
        for start in range(0, len(self._records), CHUNK_RECORDS):
            yield registry_pb2.SubmitRecordsRequest(
                request_id=request_id,
                feed=self._source.feed,
                records=self._records[start : start + CHUNK_RECORDS],
                officer=self._source.officer,
                last=start + CHUNK_RECORDS >= len(self._records),
            )

    def _settle(self, response: registry_pb2.SubmitRecordsResponse) -> None:
        counted = response.stored + response.unchanged + response.held + response.rejected
        named = [result.row for result in response.rows]
        if (
            counted != len(self._records)
            or len(named) != response.held + response.rejected
            or len(set(named) & self._rows.keys()) != len(named)
        ):
            raise AccountError(
                f"the gateway accounted for {counted} rows and named {len(named)}, of {len(self._records)} sent"
            )
        self.account.stored += response.stored
        self.account.unchanged += response.unchanged
        self.account.data_revision = response.data_revision
        for result in response.rows:
            if result.status == registry_pb2.ROW_STATUS_HELD:
                self.account.held.append(HeldRow(result.row, result.record_id, result.why.en, result.why.zh))
            else:
                self._reject(self._rows[result.row], [Fault(result.field, result.why.en, result.why.zh)])
