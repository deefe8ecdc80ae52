"""Every name in memory, to be found by the whole of it or by a part: small, because the names themselves lie elsewhere.

A name has a place, and its place stands in buckets: of the hash of the whole name, and of each two characters in a row.
What a bucket holds is a suspicion, judged by the names that the timeline index holds at that instant; so that nothing
is ever taken out, whoever is gone is not found, and the thread that follows the store may add while the loop reads.

Names are read when the first is asked for: a start does not wait for them, and a process that is never asked has none.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from array import array
from collections import Counter
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from formats.names import SHORT_FORM, normalise_name
from gateway.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

    from gateway.services.ports.register import Indexed

BUCKETS: Final = 1 << 16
SUSPECTS: Final = 40_000
"""Places that one search looks through, the rarest pairs first; a pair that half a city shares tells nothing."""
STEP: Final = 4_000
"""Places after which others get their turn: some tenths of a millisecond."""
READING_SECONDS: Final = 0.02
"""How long names are read before the store is looked at again: a commit must weigh within 0.2 s (F7)."""
AT_ONCE: Final = 50
READY_SECONDS: Final = 30.0
"""How long one who asks waits for the names; 150,000 are read in some four seconds."""
CODE_MARK: Final = "\x00"
"""Before an organisation code, which no name begins with."""


class NameIndex:
    """The port ``KnownNames``; *find* returns an enterprise by its code, or None."""

    def __init__(self, find: Callable[[str], Indexed | None]) -> None:
        self._find = find
        self._codes: list[str] = []
        """By place: whose name it is."""
        self._whole: list[array[int] | None] = [None] * BUCKETS
        self._pairs: list[array[int] | None] = [None] * BUCKETS
        self._wanted = False
        self._reading: Iterator[Indexed] | None = None
        self._complete = False

    def __len__(self) -> int:
        return len(self._codes)

    async def ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until every name is read; see the port."""
        self._wanted = True
        try:
            async with asyncio.timeout(seconds):
                while not self._complete:  # noqa: ASYNC110 - a thread reads them, a few times a second nobody is late
                    await asyncio.sleep(READING_SECONDS)
        except TimeoutError as error:
            raise StoreUnavailableError("the names of enterprises are still being read") from error

    def read_some(self, enterprises: Mapping[str, Indexed]) -> bool:
        """Read names for a moment, if anybody wants them; return whether there are more to be read.

        Called again and again by the one thread that also calls ``follow``, with what the index holds then.
        """
        if self._complete or not self._wanted:
            return False
        if self._reading is None:
            self._reading = iter(list(enterprises.values()))
        until = time.monotonic() + READING_SECONDS
        try:
            while some := list(islice(self._reading, AT_ONCE)):
                self.add(some)
                if time.monotonic() > until:
                    return True
        except BaseException:
            self._reading = None  # from the beginning: nothing may be left out unseen
            raise
        self._complete = True
        return False

    def follow(self, changed: Iterable[Indexed]) -> None:
        """Make the names of what changed findable, before it is served; nothing to do until names are read at all."""
        if self._reading is not None:
            self.add(changed)

    def add(self, enterprises: Iterable[Indexed]) -> None:
        """Make names findable that are not yet. From one thread at a time, which need not be the loop's."""
        for each in enterprises:
            self._add(each.uscc, [CODE_MARK + each.uscc[8:17], *map(normalise_name, each.names)])

    def bearing(self, name_key: str) -> list[Indexed]:
        """Return who bears or bore this normalised full name; see the port."""
        return [each for each in self._suspected(name_key) if name_key in each.name_keys]

    def with_organisation_code(self, code: str) -> list[Indexed]:
        """Return whose unified code has this one inside; see the port."""
        return [each for each in self._suspected(CODE_MARK + code) if each.uscc[8:17] == code]

    async def near(self, name_key: str, most: int, turn: Callable[[], Awaitable[None]]) -> list[Indexed]:
        """Return whose names share the most pairs of characters with this one; see the port."""
        shared: Counter[int] = Counter()
        looked = since = 0
        for bucket in sorted(filter(None, map(self._pairs.__getitem__, _pairs(name_key))), key=len):
            if looked and looked + len(bucket) > SUSPECTS:
                break
            shared.update(bucket)
            looked += len(bucket)
            since += len(bucket)
            if since > STEP:
                since = 0
                await turn()
        codes = {self._codes[place]: None for place, _ in shared.most_common(most)}
        return [each for each in map(self._find, codes) if each is not None]

    def _suspected(self, key: str) -> list[Indexed]:
        bucket = self._whole[_bucket(key)] or ()
        codes = sorted({self._codes[place] for place in bucket})
        return [each for each in map(self._find, codes) if each is not None]

    def _add(self, code: str, keys: list[str]) -> None:
        """Give places to what of an enterprise has none: whoever comes back takes no other one.

        A bucket that has fewer places of it than it should is given all of them again: which is missing is not known.
        """
        wanted = Counter(map(_bucket, keys))
        short = {at for at, count in wanted.items() if self._held(at, code) < count}
        for key in keys:
            if (at := _bucket(key)) not in short:
                continue
            place = len(self._codes)
            self._codes.append(code)
            if not key.startswith(CODE_MARK):
                for pair in _pairs(key):
                    _put(self._pairs, pair, place)
            _put(self._whole, at, place)

    def _held(self, at: int, code: str) -> int:
        return sum(self._codes[place] == code for place in self._whole[at] or ())


def _put(buckets: list[array[int] | None], at: int, place: int) -> None:
    bucket = buckets[at]
    if bucket is None:
        buckets[at] = array("I", (place,))
    else:
        bucket.append(place)


def _bucket(key: str) -> int:
    return zlib.crc32(key.encode()) % BUCKETS


def _pairs(key: str) -> set[int]:
    """Return the buckets of each two characters in a row, without brackets and the form that nearly all have."""
    text = key.removesuffix(SHORT_FORM).replace("(", "").replace(")", "")
    return {(ord(one) * 31_337 + ord(other)) % BUCKETS for one, other in pairwise(text)}
