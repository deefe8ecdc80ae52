"""Whether the logs of consecutive years are one chain, as far as their static files tell."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from formats.checkpoint import parse_checkpoint
from formats.note import NoteError, decode_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.storage.log_verify import FolderReport


def unchained(reports: Sequence[FolderReport]) -> list[str]:
    """Return where the logs of consecutive years do not follow from one another, the oldest first.

    The first entry of each holds the last checkpoint of the year before: its name, size and root must be those there.
    """
    wrong = []
    for before, after in pairwise(reports):
        if before.checkpoint is None or after.checkpoint is None:
            continue
        try:
            told = parse_checkpoint(decode_note(after.after.encode()).text)
        except NoteError as error:
            wrong.append(f"{after.folder}: its first entry names no log before it: {error}")
            continue
        if told != before.checkpoint:
            wrong.append(f"{after.folder}: does not follow from what lies in {before.folder}")
    return wrong
