"""The whole files of a folder of sealed evidence, for whoever copies or verifies it.

Each lies under the name of its case and is named by its own hash, so that what one case has is there for no other. The
name of a case is a hash of its id: an id may be anything, and a listing of the folder shows none.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from gateway.storage.manifest import chunks_of, hash_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVIDENCE: Final = "evidence"
"""Name of the folder in the state folder."""
UPLOADS: Final = "uploads"
"""Folder of the uploads under way: what is not whole counts for no case."""
NAME: Final = re.compile(r"([0-9a-f]{32})/([0-9a-f]{64})")
EARLIER_NAME: Final = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}")
"""Of files that were kept before they were kept by case: they can be read, and count for no upload."""
_DOMAIN: Final = b"joint-sanctions-evidence/v1\n"


def case_name(referral_id: str) -> str:
    """Return the name under which the files of a case lie: 32 hexadecimal digits."""
    return hashlib.sha256(_DOMAIN + referral_id.encode()).hexdigest()[:32]


def place_of(referral_id: str, sha256: str) -> str:
    """Return where the file of this case with this hash lies."""
    return f"{case_name(referral_id)}/{sha256}"


def earlier_place_of(sha256: str) -> str:
    """Return where the file with this hash lay before files were kept by case."""
    return f"{sha256[:2]}/{sha256}"


def whole_files(folder: Path) -> Iterator[Path]:
    """Yield every file of the folder but the uploads under way, in order; none where there is no folder.

    Raises:
        OSError: The folder cannot be read.
    """
    for file in sorted(folder.rglob("*")):
        if not file.is_dir() and file.relative_to(folder).parts[0] != UPLOADS:
            yield file


def misnamed(folder: Path) -> list[str]:
    """Return a sentence for every file that lies elsewhere than its content's hash says: one that was changed.

    Raises:
        OSError: A file cannot be read.
    """
    found = []
    for file in whole_files(folder):
        name = file.relative_to(folder).as_posix()
        if NAME.fullmatch(name) is None and EARLIER_NAME.fullmatch(name) is None:
            found.append(f"{folder.name}/{name}: is no file of evidence")
        elif hash_of(chunks_of(file)) != file.name:
            found.append(f"{folder.name}/{name}: is not the file that its name says")
    return found


def copy_whole(folder: Path, to: Path) -> None:
    """Copy every whole file, private and durable, while uploads may go on; nothing is made where nothing is.

    What is copied is not judged: a file that was changed keeps its name, and ``misnamed`` tells it.

    Raises:
        OSError: A file cannot be read, or the disk is full.
    """
    for file in whole_files(folder):
        copy = to / file.relative_to(folder)
        for parent in (to, copy.parent):  # each by itself: those above the last one would be made for everybody
            parent.mkdir(mode=0o700, exist_ok=True)
        for _ in chunks_of(file, copy):
            pass
