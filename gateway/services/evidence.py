"""Sealed evidence for calls: the store works in threads of its own, so that one that is slow holds up no other call."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    from gateway.services.ports.evidence import EvidenceStore, SealedFile, Uploading

T = TypeVar("T")
THREADS: Final = 8
"""Calls to the store at once. Whoever comes later waits for one of them, and nobody else does."""


class OpenUpload:
    """An upload that this caller alone writes to."""

    def __init__(self, uploading: Uploading, threads: ThreadPoolExecutor) -> None:
        self._uploading = uploading
        self._threads = threads

    @property
    def received(self) -> int:
        """Bytes that are there."""
        return self._uploading.received

    async def append(self, content: bytes) -> None:
        """Add bytes to the end.

        Raises:
            StoreUnavailableError: They cannot be written.
        """
        await _to_its_end(self._threads, lambda: self._uploading.append(content))

    async def finish(self) -> bool:
        """Keep the file for good; False, and nothing is kept of it, when its hash is another.

        Raises:
            StoreUnavailableError: It cannot be kept; what was received stays.
        """
        return await _to_its_end(self._threads, self._uploading.finish)


class SealedEvidence:
    """Takes and gives sealed files. Whether a caller may, is decided before."""

    def __init__(self, store: EvidenceStore) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(THREADS, "evidence")

    async def received(self, file: SealedFile) -> int:
        """Return how many bytes of a file are there.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await _to_its_end(self._threads, lambda: self._store.received(file))

    async def is_whole(self, file: SealedFile) -> bool:
        """Return whether a file is there with its hash.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await _to_its_end(self._threads, lambda: self._store.has(file))

    @asynccontextmanager
    async def upload(self, file: SealedFile) -> AsyncIterator[OpenUpload]:
        """Open an upload, or go on with it; what was written stays when the context is left.

        Raises:
            StateError: Another upload of the same file is under way.
            StoreUnavailableError: The store failed.
        """
        opened = self._store.upload(file)
        async with AsyncExitStack() as ends:

            def enter() -> Uploading:
                uploading = opened.__enter__()
                # Also for a caller that goes away while it is opened. What ends the context is no matter of the
                # store's: it keeps what was written in any case.
                ends.push_async_callback(_to_its_end, self._threads, lambda: opened.__exit__(None, None, None))
                return uploading

            yield OpenUpload(await _to_its_end(self._threads, enter), self._threads)

    async def read(self, file: SealedFile, offset: int) -> AsyncGenerator[bytes]:
        """Yield the bytes of a whole file from *offset* on, in parts of at most 1 MiB.

        Raises:
            StoreUnavailableError: The file is not there, or not as it was kept.
        """
        parts = self._store.read(file, offset)
        try:
            while part := await _to_its_end(self._threads, lambda: next(parts, b"")):
                yield part
        finally:
            await _to_its_end(self._threads, parts.close)


async def _to_its_end(threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Return what *work* returns, done in a thread; a caller that goes away is waited for.

    Otherwise a file would be closed under the thread that writes it, and its number could be another's by then.
    """
    under_way = asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(threads, work))
    try:
        return await asyncio.shield(under_way)
    except asyncio.CancelledError:
        # A failure that nobody waits for any more must not look like a fault of ours.
        await asyncio.wait([under_way])
        under_way.exception()
        raise
