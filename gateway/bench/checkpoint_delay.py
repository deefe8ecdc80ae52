"""How long it takes from an answer to the signed checkpoint that covers it, as published (F11).

Somebody asks now and then and looks at the published checkpoint until it is larger than the place of the answer's
entry; once while nothing else is asked, once beside a load. One serving process, one year: entry *n* of its queue
stands at index *n* + 1 of the log, behind the opening.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Final

from formats.checkpoint import parse_checkpoint
from formats.note import NoteError, decode_note
from gateway.bench.processes import BenchError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOK_SECONDS: Final = 0.002
"""How often the checkpoint is looked at: a delay is shown as too long by that at the most."""
PATIENCE_SECONDS: Final = 30.0
_OPENING: Final = 1


def delays(ask: Callable[[], int], log: Path, seconds: float, longest_pause: float) -> list[int]:
    """Ask now and then for so long, and return how long each answer waited for its checkpoint, microseconds.

    Args:
        ask: Asks once and returns the number of the answer's entry in its queue.
        log: Folder of the log's static files.
        seconds: How long to go on.
        longest_pause: Up to so many seconds, drawn anew each time, lie between a checkpoint and the next question, so
            that questions fall anywhere between two looks at the queues.

    Raises:
        BenchError: An answer was not covered in time.
    """
    randomness, found = random.Random(11), []  # noqa: S311 - pauses, no secret
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(randomness.random() * longest_pause)
        number = ask()
        answered = time.monotonic()
        while _size(log) <= number + _OPENING:
            if time.monotonic() > answered + PATIENCE_SECONDS:
                raise BenchError(f"entry {number} was not covered by a checkpoint in {PATIENCE_SECONDS:g} s")
            time.sleep(LOOK_SECONDS)
        found.append(int((time.monotonic() - answered) * 1e6))
    return found


def _size(log: Path) -> int:
    """Return the size that the published checkpoint says; 0 before the first."""
    try:
        return parse_checkpoint(decode_note((log / "checkpoint").read_bytes()).text).size
    except FileNotFoundError:
        return 0
    except NoteError as error:
        raise BenchError(f"the published checkpoint cannot be read: {error}") from error
