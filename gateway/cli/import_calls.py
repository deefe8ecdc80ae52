"""Calls that take their chunks while these are being made: one thread sends, one call after another.

What is in the chunks and what the answers mean is in ``import_submission``.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jointsanctions.v1 import registry_pb2

    Request = registry_pb2.SubmitRecordsRequest
    Response = registry_pb2.SubmitRecordsResponse
    Submit = Callable[[Iterator[Request]], Response]

WAITING_CHUNKS: Final = 4
"""Chunks of one call that are made and not sent yet: enough to bridge a commit, and little memory."""
_LOOK_SECONDS: Final = 0.1
"""How often whoever waits for the other side looks whether it is still there."""


class Part:
    """One call: its chunks are put in order, then it is ended and answered."""

    def __init__(self) -> None:
        self._chunks: Queue[Request | None] = Queue(WAITING_CHUNKS)
        self._answer: Future[Response] = Future()
        self._abandoned = False

    def put(self, chunk: Request | None) -> None:
        """Hand a chunk on, or None after the last; waits while enough are waiting, raises what the call failed with."""
        while True:
            if self._answer.done():
                self._answer.result()
            try:
                self._chunks.put(chunk, timeout=_LOOK_SECONDS)
            except Full:
                continue
            return

    def answer(self) -> Response:
        """Wait for the answer; raises what the call failed with."""
        return self._answer.result()

    def abandon(self) -> None:
        """End the call after the chunks that it has: no more will come."""
        self._abandoned = True

    def _taken(self) -> Iterator[Request]:
        while True:
            try:
                chunk = self._chunks.get(timeout=_LOOK_SECONDS)
            except Empty:
                if self._abandoned or self._answer.done():
                    return
                continue
            if chunk is None:
                return
            yield chunk

    def send(self, submit: Submit) -> Exception | None:
        """Make the call and keep its answer, or what it failed with, which is returned."""
        try:
            self._answer.set_result(submit(self._taken()))
        except Exception as error:  # noqa: BLE001 - whoever waits for the answer raises it
            self.fail(error)
            return error
        return None

    def answered(self, answer: Response) -> None:
        """Keep the answer of a call that need not be made."""
        self._answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Let whoever waits raise *error*."""
        self._answer.set_exception(error)


class Calls:
    """The calls of one file, in order, each made when the one before has its answer; after a failure none."""

    def __init__(self, submit: Submit) -> None:
        self._submit = submit
        self._thread = ThreadPoolExecutor(1, "import-calls")
        self._failure: Exception | None = None
        self._last: Part | None = None

    def begin(self, part: Part) -> None:
        """Make *part* the next call."""
        self._last = part
        self._thread.submit(self._send, part)

    def _send(self, part: Part) -> None:
        if self._failure is None:
            self._failure = part.send(self._submit)
        else:
            part.fail(self._failure)

    def close(self) -> None:
        """Wait until no call is under way; one that was not ended ends with the chunks that it has."""
        if self._last is not None:
            self._last.abandon()
        self._thread.shutdown()
