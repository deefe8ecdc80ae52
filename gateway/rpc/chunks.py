"""A chunk of a submission from its message: each record read on its own, and said of each that cannot be why.

Who may submit it is checked before (``registry``); whose a record is, after (``services.judge_rows``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.facts import Origin, RowOutcome
from gateway.services.take_chunk import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jointsanctions.v1 import record_pb2
    from jointsanctions.v1 import registry_pb2 as pb

    from gateway.rpc.records import RecordReader
    from gateway.services.judge_rows import IncomingRow


class Place(NamedTuple):
    """What a chunk does not say of itself."""

    digest: str
    """Keyed hash of ``former``, hexadecimal: there may be persons' numbers in the chunk."""
    former: str
    """SHA-256 of its deterministic serialization, hexadecimal: what stores from before kept of it."""
    number: int
    """Of the chunk in its submission, from 0."""
    holder: str
    """The person who submits, by the certificate; empty for a system's."""


def read_chunk(reader: RecordReader, request: pb.SubmitRecordsRequest, place: Place) -> Chunk:
    """Return the rows of a chunk with the import that it is part of: the one named, or one of its own."""
    understood, refused = read_records(reader, request.records, request.feed)
    origin = Origin(request.batch or request.request_id, request.officer, place.holder)
    return Chunk(
        request.request_id, place.number, place.digest, request.feed, understood, refused, origin, place.former
    )


def read_records(
    reader: RecordReader, records: Iterable[record_pb2.Record], feed: str
) -> tuple[list[IncomingRow], list[RowOutcome]]:
    """Return the records that are understood, and an outcome for each that is not."""
    understood: list[IncomingRow] = []
    refused: list[RowOutcome] = []
    for record in records:
        try:
            understood.append(reader.read(record, feed))
        except MalformedRequestError as error:
            refused.append(RowOutcome(record.row, RowStatus.REJECTED, "", error.field, error.metadata["why"]))
    return understood, refused
