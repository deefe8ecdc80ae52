"""A chunk of a submission from its bytes: each record read on its own, and said of each that cannot be why.

Who may submit it is checked before (``registry``); whose a record is, after (``services.submit_records``).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jointsanctions.v1 import registry_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.facts import RowOutcome
from gateway.services.submit_records import Chunk

if TYPE_CHECKING:
    from gateway.rpc.records import RecordReader
    from gateway.services.submit_records import IncomingRow


def read_chunk(reader: RecordReader, chunk: bytes, number: int) -> Chunk:
    """Return the rows of a ``SubmitRecordsRequest`` that was serialized deterministically: its hash is the content's.

    *number* is that of the chunk in its submission, from 0.
    """
    request = pb.SubmitRecordsRequest.FromString(chunk)
    understood: list[IncomingRow] = []
    refused: list[RowOutcome] = []
    for record in request.records:
        try:
            understood.append(reader.read(record, request.feed))
        except MalformedRequestError as error:
            refused.append(RowOutcome(record.row, RowStatus.REJECTED, "", error.field, error.metadata["why"]))
    digest = hashlib.sha256(chunk).hexdigest()
    return Chunk(request.request_id, number, digest, request.feed, understood, refused)
