"""Keeping a folder of public pages true: it shows what the gateway said, and only while that may be relied on.

When nothing newer can be had by then, or writing fails, everything is taken down: publicity must not outlive effect
(C-02). Time is measured by the clock since boot, so that no clock that is set back lets a page live longer.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Self

from adapters.errors import GatewayError
from gateway.cli.publish_feed import ListUnsteadyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from gateway.cli.publish_feed import Feed
    from gateway.cli.publish_folder import Folder
    from gateway.services.ports.register import Clock

GRACE: Final = 0.5
"""Seconds that an answer is waited for once what is shown is over; until then the pages hide themselves."""
SHORTEST: Final = 0.05
"""Seconds between two questions, at least."""
NoAnswer = GatewayError | ListUnsteadyError


class Keeper:
    """Keeps one folder true, step by step."""

    def __init__(self, folder: Folder, read: Callable[[Feed], Feed], clock: Clock) -> None:
        """Take up what *folder* shows. *read* returns what is to be shown, given what was read last.

        Raises:
            FolderError: The folder holds something that is not ours.
        """
        self._folder = folder
        self._read = read
        self._clock = clock
        self._reader = ThreadPoolExecutor(1)
        self._complaint = ""
        self.shown = folder.last()
        """What the folder shows; of an earlier process, without its items."""
        now = clock.boot_seconds()
        span = (self.shown.valid_until - clock.now()).total_seconds()
        self._until: float | None = now + span if self.shown.available else None
        """Until when that may be relied on, in seconds since boot; None while nothing is shown."""
        self._half = now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.shutdown()

    def step(self) -> NoAnswer | None:
        """Ask once and bring the folder up to date; return why there was no answer, None when there was one.

        Raises:
            OSError: The folder could not be written; then it shows nothing.
        """
        asked_at = self._clock.boot_seconds()
        answer = self._reader.submit(self._read, self.shown)
        try:
            try:
                feed = answer.result(None if self._until is None else max(GRACE, self._until - asked_at))
            except TimeoutError:
                self._take_down()
                feed = answer.result()
            self._show(feed, asked_at)
        except (GatewayError, ListUnsteadyError) as error:
            if self._until is not None and self._clock.boot_seconds() >= self._until:
                self._take_down()
            return error
        except Exception:
            self._folder.withdraw()
            raise
        return None

    def pause(self, every: float) -> float:
        """Return how many seconds may pass until the next step: *every* at most, and none beyond an end."""
        left = every if self._until is None else self._until - self._clock.boot_seconds()
        return max(min(every, left), SHORTEST)

    def complain(self, error: NoAnswer | None) -> None:
        """Say once why there is no answer, and once that there is one again."""
        complaint = "" if error is None else str(error)
        if complaint != self._complaint:
            print(f"jsg: {complaint or 'the gateway answers again'}", file=sys.stderr, flush=True)
        self._complaint = complaint

    def _show(self, feed: Feed, asked_at: float) -> None:
        """Write what was read, unless the folder shows the same and that holds for a good while yet."""
        longer = feed.valid_until > self.shown.valid_until and asked_at >= self._half
        if self._until is not None and feed.state == self.shown.state and not longer:
            # The gateway's clock counts: should it have been set forward, the end of what is shown is nearer.
            left = (self.shown.valid_until - feed.as_of).total_seconds()
            self._until = min(self._until, asked_at + left)
            return
        self._folder.write(feed)
        # An answer is never older than the question, so that counting from the question errs on the safe side.
        span = (feed.valid_until - feed.as_of).total_seconds()
        self.shown, self._until, self._half = feed, asked_at + span, asked_at + span / 2

    def _take_down(self) -> None:
        down = self.shown.taken_down(self._clock.now())
        self._folder.write(down)
        self.shown, self._until = down, None
