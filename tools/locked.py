"""What a lock file pins. Reading only: it resolves nothing and asks nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from pathlib import Path

_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package at one version; ``hashes`` are the SHA-256 of every file that may be installed, hexadecimal."""

    name: str
    version: str
    marker: str
    """On which machines it is installed (PEP 508); empty for all."""
    hashes: tuple[str, ...]


def read_lock(path: Path) -> dict[str, Locked]:
    """Return what *path* pins, by canonical name.

    Raises:
        ValueError: A line is not ``name==version``, has no hash, or names a package again.
    """
    found: dict[str, Locked] = {}
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        said = line.partition(" --hash=")[0].strip()
        if not said or said.startswith("#"):
            continue
        wanted = Requirement(said)
        name = canonicalize_name(wanted.name)
        (pin,) = [each.version for each in wanted.specifier if each.operator == "=="] or [""]
        hashes = tuple(sorted(_HASH.findall(line)))
        if not pin or len(wanted.specifier) != 1 or not hashes or name in found:
            raise ValueError(f"{path.name}: {said!r} is not one version of one package with its hashes")
        found[name] = Locked(name, pin, str(wanted.marker or ""), hashes)
    return found
