"""Where the files of a policy lie that a command is pointed at: a folder, or one file in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.settings import ConfigurationError
from gateway.settings.policy_source import AREA_FOLDER, COMMON_FILES

if TYPE_CHECKING:
    from pathlib import Path


def policy_folder(path: Path) -> Path:
    """Return the folder of a policy: *path* itself, the one that the file *path* belongs to, or ``policy`` beneath it.

    Raises:
        ConfigurationError: Nothing is there, or no policy.
    """
    if not path.exists():
        raise ConfigurationError(str(path), "-", "there is no such file or folder")
    folder = path if path.is_dir() else path.parent
    if not path.is_dir() and folder.name == AREA_FOLDER:
        folder = folder.parent
    for each in (folder, folder / "policy") if path.is_dir() else (folder,):
        if any((each / name).is_file() for name in COMMON_FILES):
            return each
    raise ConfigurationError(str(path), "-", f"is no policy: there is none of {', '.join(COMMON_FILES)}")
