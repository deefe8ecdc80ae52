"""A policy as text: the files that one profile is read from, within bounds. What they mean is read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES_LIMIT: Final = 32
FILE_BYTES: Final = 256 * 1024
WHOLE_BYTES: Final = 1024 * 1024
"""Ten times what is shipped: more text than anybody has held to the law is no policy."""


@dataclass(frozen=True, slots=True)
class PolicyText:
    """The content of each file, by its name in the policy's folder, and the profile that is read from them."""

    profile: str
    files: Mapping[str, bytes]
