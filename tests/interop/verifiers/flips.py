"""What every verifier in Python does with what it was given: accept it, then reject it with any one byte changed.

Standard library only, for the verifiers run in environments of their own.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Files = dict[str, bytes]


def read_files(folder: Path) -> Files:
    """Return every file under a folder, by its path."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def changed(content: bytes) -> Iterator[bytes]:
    """Give the content with one bit of one byte changed, for each byte."""
    for place in range(len(content)):
        yield content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def judge(files: Files, accepts: Callable[[Files], bool]) -> None:
    """Say how many changes were tried; end the process with 1 when the whole was rejected or a change accepted."""
    if not accepts(files):
        sys.exit("rejected what was made")
    tried = 0
    for name, content in files.items():
        for other in changed(content):
            tried += 1
            if accepts({**files, name: other}):
                sys.exit(f"accepted {name} with a changed byte")
    print(f"accepted; rejected each of {tried} changed bytes")
