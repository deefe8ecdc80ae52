"""The process that takes in submissions: ``python -m gateway.intake DESCRIPTOR PARENT``, started by ``process`` alone.

It never outlives the serving process: what it committed later would be recorded by nobody.
"""

from __future__ import annotations

import gc
import hashlib
import sys
import traceback
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import registry_pb2 as pb

from gateway import child
from gateway.domain.errors import GatewayError
from gateway.rpc.chunks import Place, read_chunk
from gateway.rpc.records import RecordReader
from gateway.rpc.staged_chunks import StagedChunks
from gateway.security.persons import KeyedPersonVault
from gateway.services.judge_rows import JudgeRows
from gateway.services.stage_chunk import StageChunk
from gateway.services.take_chunk import TakeChunk
from gateway.storage.engine import WRITER_CACHE_KIB, open_engine
from gateway.storage.facts import SqlFactStore
from gateway.storage.import_store import SqlImportStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gateway.intake.process import Setup
    from gateway.services.ports.intake import Sender, SentChunk, Taken

    Take = Callable[[Sender, SentChunk, datetime], Taken]

LIVING: Final = 50_000
"""Garbage is looked for after so many more objects: those of a chunk live until it is stored, and make no cycles."""


def main(descriptor: int, parent: int) -> None:
    """Take chunks until the other end is closed."""
    child.settle(parent)
    gc.freeze()
    gc.set_threshold(LIVING)
    with Connection(descriptor) as connection:
        try:
            take = _opened(connection.recv())
            while True:
                connection.send(_attempt(take, connection.recv()))
        except EOFError:
            return


def _opened(setup: Setup) -> Take:
    vault = KeyedPersonVault(setup.person_key)
    reader = RecordReader(vault)
    staged = StagedChunks(reader, vault)
    engine = open_engine(setup.store_url, cache_kib=WRITER_CACHE_KIB)
    store = SqlFactStore(engine)
    judge = JudgeRows(store, setup.kinds_of_feed)
    take_chunk = TakeChunk(store, judge, setup.writer)
    stage_chunk = StageChunk(SqlImportStore(engine), judge, setup.writer)

    def take(sender: Sender, sent: SentChunk, now: datetime) -> Taken:
        request = pb.SubmitRecordsRequest.FromString(sent.content)
        digest = hashlib.sha256(sent.content).hexdigest()
        chunk = read_chunk(reader, request, Place(vault.conceal(digest), digest, sent.number, sender.holder))
        if request.stage:
            return stage_chunk(sender.agency, chunk, staged.seal(request), now)
        return take_chunk(sender.agency, chunk, now)

    return take


def _attempt(take: Take, order: tuple[Sender, SentChunk, datetime]) -> Taken | GatewayError | str:
    """Return what became of a chunk, the error that its caller is told, or the traceback of a fault of ours."""
    try:
        return take(*order)
    except GatewayError as error:
        return error
    except Exception:  # noqa: BLE001 - the serving process logs it and records the call
        return traceback.format_exc()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
