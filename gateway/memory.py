"""How much of what is given back a process keeps: a setting of the C library, made before there are other threads.

Left to itself glibc gives each of gRPC's threads a heap of its own, and takes large blocks, such as parts of evidence,
from those heaps once it has seen one: what was freed stays with the process. Other C libraries are left alone.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAPS: Final = 2
MAPPED_BYTES: Final = 256 * 1024
"""From this size on a block is mapped by itself, and gone once it is freed."""
_SET_BY: Final = {"MALLOC_ARENA_MAX": (-8, HEAPS), "MALLOC_MMAP_THRESHOLD_": (-3, MAPPED_BYTES)}
"""By the variable with which whoever starts the process sets it: glibc's number of it, and what is set without."""


def keep_little(environment: Mapping[str, str]) -> None:
    """Bound what the process keeps; what *environment* says of it stands."""
    # musl and macOS have no such function.
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for variable, (parameter, value) in _SET_BY.items():
            if variable not in environment:
                mallopt(parameter, value)
