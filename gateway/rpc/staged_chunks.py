"""Chunks as they are staged: compressed, and sealed because persons' numbers are in them; and read as they came."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, Protocol

from jointsanctions.v1 import registry_pb2 as pb

from gateway.rpc.chunks import read_records

if TYPE_CHECKING:
    from gateway.rpc.records import RecordReader
    from gateway.services.judge_rows import IncomingRow
    from gateway.services.ports.facts import RowOutcome

FAST: Final = 1
"""Level of compression: a city's import stages millions of records."""


class Sealer(Protocol):
    """Seals bytes, and opens what it has sealed."""

    def seal_bytes(self, content: bytes) -> bytes:
        """Return *content* encrypted for storage."""

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """Return the content; raises ``ValueError`` when it is not one of ours."""


class StagedChunks:
    """The port ``StagedReader``, and sealing for it. Safe to use from threads."""

    def __init__(self, reader: RecordReader, sealer: Sealer) -> None:
        self._reader = reader
        self._sealer = sealer

    def seal(self, request: pb.SubmitRecordsRequest) -> bytes:
        """Return the records of a chunk, sealed."""
        kept = pb.SubmitRecordsRequest(records=request.records)
        return self._sealer.seal_bytes(zlib.compress(kept.SerializeToString(deterministic=True), FAST))

    def read(self, content: bytes, feed: str) -> tuple[list[IncomingRow], list[RowOutcome]]:
        """Return the rows of a sealed chunk; see the port. ``ValueError`` for what another key sealed."""
        kept = pb.SubmitRecordsRequest.FromString(zlib.decompress(self._sealer.unseal_bytes(content)))
        return read_records(self._reader, kept.records, feed)
