"""Up to which revision each process of a node has answered, on the node's own disk, beside a store that lies elsewhere.

A store of several servers loses nothing that it acknowledged while it waits for its standby. If it does lose something
all the same, because somebody promoted a standby that lacked it or restored an older backup, numbers of revisions are
given a second time, and nobody can tell from the store. So whoever has answered by a revision keeps its number and its
time, and serves no store that has it not, or has it otherwise.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from formats.civil import format_instant, parse_instant
from gateway.storage.history import Standing

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.storage.history import SqlHistory


class LostRevisionError(Exception):
    """The store lacks a revision by which this node has answered: acknowledged records are lost."""


def refuse_loss(history: SqlHistory, served: Standing, newest: Standing) -> None:
    """See that the store whose newest revision is *newest*, and not *served*, has *served* too and went on from there.

    Raises:
        LostRevisionError: It went back, or has another revision of that number.
        StoreUnavailableError: The database failed.
    """
    if newest.revision <= served.revision or (served.revision > 0 and history.standing(served.revision) != served):
        raise LostRevisionError(f"the store went back from revision {served.revision}: {newest.revision} is newest")


class SeenRevisions:
    """One file a process, in one folder; one process writes its own and reads all. Blocking."""

    def __init__(self, folder: Path, writer: str) -> None:
        """Make the folder where there is none. Raises ``OSError``."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder: Final = folder
        self._file: Final = folder / f"{writer}.json"

    def note(self, standing: Standing) -> None:
        """Keep what is about to be answered by, whatever becomes of this process. Raises ``OSError``.

        It is not synced: what is guarded against is the loss of the store's machines, not of this one as well.
        """
        if standing.committed_at is None:
            return
        said = {"revision": standing.revision, "committed_at": format_instant(standing.committed_at)}
        aside = self._file.with_suffix(".new")
        aside.write_text(json.dumps(said) + "\n", encoding="ascii")
        aside.replace(self._file)

    def require(self, history: SqlHistory) -> None:
        """See that the store has what this node has answered by.

        Raises:
            LostRevisionError: It has not, or a file cannot be read; the text says which file.
            StoreUnavailableError: The database failed.
        """
        for file in sorted(self._folder.glob("*.json")):
            try:
                said = json.loads(file.read_text(encoding="ascii"))
                kept = Standing(said["revision"], parse_instant(said["committed_at"]))
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise LostRevisionError(f"{file} cannot be read: {type(error).__name__}") from error
            found = history.standing(kept.revision)
            if found != kept:
                there = "another" if found else "no"
                raise LostRevisionError(
                    f"this node has answered by revision {kept.revision} of {said['committed_at']}, and the store has "
                    f"{there} revision {kept.revision}: acknowledged records are lost ({file})"
                )
