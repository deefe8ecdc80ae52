"""A process beside the serving one, with a pipe between them: how it is started, and what it does first.

It gives way to whoever answers questions, outlasts the signals that tell the serving process to drain, and never
outlives that process. What it does is its own package's business (``indexer``, ``intake``, ``integrator``).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

NICE: Final = 10
_PR_SET_PDEATHSIG: Final = 1


def start(module: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start ``python -m MODULE DESCRIPTOR PARENT`` and return it with this end of the pipe.

    It is killed when the thread that starts it ends, so start it from one that lives as long as it is needed.
    """
    ours, theirs = Pipe()
    # -P: without it a module in the folder where the gateway was started would be imported in place of ours.
    words = [sys.executable, "-P", "-m", module, str(theirs.fileno()), str(os.getpid())]
    with theirs:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])  # noqa: S603 - our own program
    return process, ours


def end(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait so long for the end of a process whose pipe is closed, then kill it; return whether it ended by itself."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


def settle(parent: int) -> None:
    """Do what the process does first: tie its life to *parent*, ignore what tells that one to drain, give way."""
    _end_with(parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    os.nice(NICE)
    _leave_a_processor()


def _leave_a_processor() -> None:
    """Keep off the first of several processors: whoever answers finds it free, however long a sync here takes.

    Being nice is not enough, because many kernels take no processor from a process while it is in a system call.
    """
    usable = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, usable[1:] or usable)


def _end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends. Elsewhere than on Linux it ends with its pipe."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
