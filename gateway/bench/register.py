"""Filling a gateway with an invented register, over the wire as a producer would."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import record_pb2, registry_pb2

from gateway.bench.processes import BenchError
from gateway.sample.load import make_load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    Submit = Callable[[str, Iterator[registry_pb2.SubmitRecordsRequest]], registry_pb2.SubmitRecordsResponse]
    """Submits one stream of a feed as its producer."""

CHUNK_ROWS: Final = 1_000
STREAM_CHUNKS: Final = 50
OFFICER: Final = "bench"


@dataclass(frozen=True, slots=True)
class Filled:
    """What was submitted, and how long it took, the making of the records included."""

    records: int
    seconds: float


def fill_register(
    seed: int, today: date, enterprises: int, submit: Submit, progress: Callable[[int, float], None]
) -> Filled:
    """Submit ``make_load``'s records; *progress* is told rows sent and seconds gone after each chunk.

    Raises:
        BenchError: A row was not stored.
    """
    begun = time.monotonic()
    sent = stored = 0

    def counted(chunks: Iterable[registry_pb2.SubmitRecordsRequest]) -> Iterator[registry_pb2.SubmitRecordsRequest]:
        nonlocal sent
        for chunk in chunks:
            yield chunk
            sent += len(chunk.records)
            progress(sent, time.monotonic() - begun)

    for feed, stream in _streams(seed, today, enterprises):
        answer = submit(feed, counted(stream))
        stored += answer.stored
        if answer.rejected or answer.held:
            raise BenchError(f"rows of {feed} were not stored: {answer.rows[0].field}: {answer.rows[0].why.en}")
    if stored != sent:
        raise BenchError(f"{sent} rows were sent and {stored} stored")
    return Filled(sent, time.monotonic() - begun)


def _streams(
    seed: int, today: date, enterprises: int
) -> Iterator[tuple[str, Iterator[registry_pb2.SubmitRecordsRequest]]]:
    """Yield (feed, chunks of one stream); the chunks are made as they are taken, and must be taken in order."""
    for feed, pairs in itertools.groupby(make_load(seed, today, enterprises), lambda pair: pair[0]):
        records = (record for _, record in pairs)
        for number in itertools.count():
            first = next(records, None)
            if first is None:
                break
            limited = itertools.islice(itertools.chain([first], records), STREAM_CHUNKS * CHUNK_ROWS)
            yield feed, _chunks(feed, f"bench-{feed}-{number}", limited)


def _chunks(
    feed: str, request_id: str, records: Iterator[record_pb2.Record]
) -> Iterator[registry_pb2.SubmitRecordsRequest]:
    row = itertools.count(1)
    while taken := list(itertools.islice(records, CHUNK_ROWS)):
        for record in taken:
            record.row = next(row)
        yield registry_pb2.SubmitRecordsRequest(request_id=request_id, feed=feed, records=taken, officer=OFFICER)
    yield registry_pb2.SubmitRecordsRequest(request_id=request_id, feed=feed, officer=OFFICER, last=True)
