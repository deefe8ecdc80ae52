"""The folders of a gateway's logs: in December that of the next year is there already, with its key and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def logs_begun(state: Path) -> list[Path]:
    """Return the folders of the logs that have begun, the first one first; its checkpoint may not be there yet."""
    folders = sorted(file.parent for file in (state / "log").glob("*/vkey"))
    return [folder for folder in folders if folder is folders[0] or (folder / "checkpoint").exists()]
