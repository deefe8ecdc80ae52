"""How often and after which pauses something is tried again that a breaking link keeps from being done."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import grpc

from adapters.errors import NO_ANSWER, GatewayError

if TYPE_CHECKING:
    from collections.abc import Callable

_LATER: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})
_OFFSET, _UPLOADING = "offset", "UPLOAD_UNDER_WAY"


@dataclass(frozen=True, slots=True)
class Patience:
    """Tries in a row without any progress, and the pauses between them, in seconds: each twice the one before."""

    tries: int = 10
    first_seconds: float = 0.2
    most_seconds: float = 30.0
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)

    def wait(self, failed: int, error: GatewayError) -> None:
        """Pause after the failure number *failed*, from 1, of those without progress.

        Raises:
            GatewayError: *error* itself, where trying again is useless, or was done often enough.
        """
        if failed >= self.tries or not may_pass(error):
            raise error
        growing = min(self.most_seconds, self.first_seconds * 2 ** (failed - 1))
        self.pause(max(growing, error.retry_after_seconds or 0.0))


def may_pass(error: GatewayError) -> bool:
    """Return whether the same may be answered otherwise later: no answer, a busy gateway, an offset that has moved."""
    if error.reason == NO_ANSWER or error.code in _LATER or error.retry_after_seconds is not None:
        return True
    return error.metadata.get("field") == _OFFSET or error.metadata.get("why") == _UPLOADING
