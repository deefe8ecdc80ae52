"""The files of a policy, wherever they come from: which there are, what is in each, and the digest of those read.

What their contents mean is in ``policy_files``.
"""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING, Final

from gateway.settings import ConfigurationError
from gateway.settings.strict import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

COMMON_FILES: Final = ("legal_basis.toml", "national_list.toml", "texts.toml")
"""What every profile rests on, beside the areas."""
REVIEWS_FILE: Final = "reviews.toml"
"""No part of a policy: see ``reviews_file``."""
AREA_FOLDER: Final = "areas"


def policy_file_names(folder: Path, profile: str) -> list[str]:
    """Return the files of *folder* that the policy of *profile* is read from, relative to it."""
    areas = sorted(f"{AREA_FOLDER}/{path.name}" for path in (folder / AREA_FOLDER).glob("*.toml"))
    return [f"{profile}.toml", *COMMON_FILES, *areas]


def profiles_in(folder: Path) -> list[str]:
    """Return the profiles that have a file in *folder*, by name: every file that is not one of the others."""
    others = {*COMMON_FILES, REVIEWS_FILE}
    return sorted(path.stem for path in folder.glob("*.toml") if path.name not in others)


def files_of(folder: Path, profile: str) -> dict[str, bytes]:
    """Return the content of each file of *profile* in *folder*, by name; one that is not there is not in it.

    Raises:
        ConfigurationError: A file is there and cannot be read.
    """
    found = {}
    for name in policy_file_names(folder, profile):
        try:
            found[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ConfigurationError(name, "-", str(error)) from error
    return found


class PolicyFiles:
    """Reads the files and remembers the digest of each that was read."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._raw = contents
        self._digests: dict[str, str] = {}
        self._contents: dict[str, dict[str, object]] = {}

    def read(self, name: str) -> Table:
        """Return the tables of one file. Raises ``ConfigurationError``: it is not there, or is not TOML."""
        if name not in self._raw:
            raise ConfigurationError(name, "-", "there is no such file")
        try:
            content = tomllib.loads(self._raw[name].decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise ConfigurationError(name, "-", str(error)) from error
        self._contents[name], self._digests[name] = content, hashlib.sha256(self._raw[name]).hexdigest()
        return Table(name, "", content)

    def names(self, file: str, table: str) -> tuple[str, ...]:
        """Return the keys of one table of a file that was read, in order; empty when it is none."""
        content = self._contents[file].get(table)
        return tuple(content) if isinstance(content, dict) else ()

    def refuse_others(self, names: Iterable[str]) -> None:
        """Raise for a file beside *names*, which would not be read: its author believes that it counts."""
        for name in sorted(self._raw.keys() - set(names)):
            raise ConfigurationError(name, "-", "is not read: there is no such area here")

    @property
    def digest(self) -> str:
        """What ``sha256sum`` prints of the files in the order of their names, hashed again."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()
