"""What a process frees it gives back, however large a block was before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os
from gateway.memory import keep_little
def held():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
if {bounded}:
    keep_little(os.environ)
for _ in range(2):  # by the first round glibc learns to take such blocks from its heap
    blocks = [b"x" * (1 << 20) for _ in range(64)]
    last = blocks[-1]  # which keeps the heap from shrinking
    before = held()
    del blocks
print(before - held())
"""


def freed(bounded, **environment):
    """Return how many MiB of 63 a process gives back that frees them."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(bounded=bounded)],
        env={"PATH": os.environ["PATH"], **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout)


def test_large_blocks_are_given_back_at_once():
    assert freed(bounded=True) >= 60
    assert freed(bounded=False) < 10, "or this test could not fail"


@pytest.mark.parametrize(("threshold", "given_back"), [(16 << 20, False), (1 << 16, True)])
def test_what_whoever_starts_the_process_has_set_stands(threshold, given_back):
    assert (freed(bounded=True, MALLOC_MMAP_THRESHOLD_=str(threshold)) >= 60) is given_back
