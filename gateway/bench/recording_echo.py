"""An echo that records each call as the gateway does, and decides nothing: what evidence alone costs.

The echo of ``echo``, and between a call and its answer the gateway's own audit queue: the entry of a check is sealed,
and is on the disk before the answer leaves. Nobody is identified, no request is read, no log is signed. What it falls
behind the bare echo is what any gateway in this language that keeps the first promise falls behind it.
Run as ``python -m gateway.bench.recording_echo``, with its settings as one line of JSON on standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.audit_fill import body_of_check, enterprise
from gateway.bench.echo import serve
from gateway.clock import SystemClock
from gateway.domain.audit import Draft
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_queue import AuditQueue

if TYPE_CHECKING:
    from gateway.bench.echo import Context

WRITER: Final = "echo"
ENTERPRISES: Final = 1_000


async def _recording(settings: dict[str, Any]) -> None:
    told = bytes(settings["answer_bytes"])
    codes = [enterprise(0, number) for number in range(ENTERPRISES)]
    # When a commit fails so do the calls that wait for it, and every later one: the round is worth nothing then.
    queue = AuditQueue(FolderPlace(Path(settings["record"])), WRITER, SystemClock(), lambda: None)
    asked = under_way = 0
    queue.share_among(lambda: under_way)

    async def recorded(_raw: bytes, _context: Context) -> bytes:
        nonlocal asked, under_way
        asked, under_way = asked + 1, under_way + 1
        try:
            await queue.record(Draft(body_of_check(asked, codes[asked % ENTERPRISES])))
        finally:
            under_way -= 1
        return told

    try:
        await serve(settings, recorded)
    finally:
        await queue.close()


if __name__ == "__main__":
    asyncio.run(_recording(json.loads(sys.stdin.readline())))
