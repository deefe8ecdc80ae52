"""The folder that a web server shows: whole generations, of which ``current`` names one.

A generation is written beside the one that is shown, and then takes its place in one rename, so that a reader sees the
one or the other and a kill at any time leaves a consistent folder. What was shown before is removed at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from typing import TYPE_CHECKING, Final, Self, TextIO

from gateway.cli.publish_feed import NOTHING, feed_json, remembered
from gateway.cli.publish_pages import pages

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from gateway.cli.publish_feed import Feed

CURRENT: Final = "current"
FEED: Final = "feed.json"
MANIFEST: Final = "manifest.json"
_GENERATION: Final = "generation-"


class FolderError(Exception):
    """The folder cannot be used; the message says why."""


class Folder:
    """A folder, held by this process alone from entering to leaving."""

    def __init__(self, path: Path) -> None:
        """Take the folder at *path*; it is made where it is missing."""
        self._path = path
        self._current = path / CURRENT
        self._lock: TextIO | None = None

    def __enter__(self) -> Self:
        """Hold it.

        Raises:
            FolderError: Another process holds it.
        """
        self._path.mkdir(parents=True, exist_ok=True)
        self._lock = (self._path / ".lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise FolderError(f"{self._path}: another process publishes here") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.close()

    def last(self) -> Feed:
        """Return what is shown, without its items; a folder that shows nothing yet has revision 0.

        Raises:
            FolderError: What is there is not ours.
        """
        try:
            return remembered((self._current / FEED).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return NOTHING
        except ValueError as error:
            raise FolderError(f"{self._current / FEED}: {error}") from error

    def write(self, feed: Feed) -> None:
        """Show *feed* in place of what is shown, and remove that."""
        name = f"{_GENERATION}{uuid.uuid4().hex}"
        generation = self._path / name
        generation.mkdir()
        files = {FEED: feed_json(feed), **dict(pages(feed))}
        for file, text in (*files.items(), (MANIFEST, _manifest(feed, files))):
            (generation / file).write_text(text, encoding="utf-8")
        link = self._path / f".{name}"
        link.symlink_to(name)
        link.replace(self._current)
        for left in self._path.iterdir():
            if left.name.lstrip(".").startswith(_GENERATION) and left.name != name:
                _remove(left)

    def withdraw(self) -> None:
        """Show nothing at all, without writing anything: there may be no room for it."""
        self._current.unlink(missing_ok=True)


def _manifest(feed: Feed, files: dict[str, str]) -> str:
    """Return the list of all files with their hashes, so that a mirror can see that it has all of one generation."""
    listed = {
        file: {"sha256": hashlib.sha256(text.encode()).hexdigest(), "bytes": len(text.encode())}
        for file, text in sorted(files.items())
    }
    content = {"revision": feed.revision, "state": feed.state, "available": feed.available, "files": listed}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        os.unlink(path)  # noqa: PTH108 - of a link, not of what it names
    else:
        shutil.rmtree(path)
