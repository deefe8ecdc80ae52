"""Which rules this installation answers by."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import formats
import gateway.domain

if TYPE_CHECKING:
    from collections.abc import Sequence

RULES: Final = tuple(Path(package.__path__[0]) for package in (gateway.domain, formats))
"""Folders with the source of the rules and the values they use."""


def rules_digest(folders: Sequence[Path] = RULES) -> str:
    """Return the SHA-256 over all source in *folders*, packages within them included, hexadecimal."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
