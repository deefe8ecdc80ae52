"""The text of a checkpoint (C2SP tlog-checkpoint): how large a log is, and its root.

Nothing else stands in it. Who signed it is ``note``'s business, and whether one follows from another ``merkle``'s.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from formats.merkle import HASH_SIZE
from formats.note import NoteError

_TEXT: Final = re.compile(r"([^\s+]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One state of a log: its name, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises:
        NoteError: It is anything else, more lines than three among them.
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        raise NoteError("not a checkpoint: origin, size and root, each on its line")
    checkpoint = Checkpoint(found[1], int(found[2]), base64.b64decode(found[3]))
    if len(checkpoint.root) != HASH_SIZE or checkpoint.text != text:
        raise NoteError("not a checkpoint: the root is not written as it must be")
    return checkpoint
