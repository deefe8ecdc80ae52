"""One bit turned over, anywhere in the record: it is named, or nothing depends on it."""

from __future__ import annotations

import pytest
from audit_calls import BATCH, DRAFT
from flips import NAMED, flip
from whole_states import filled_state, flaws_in, log_folder, verified

DRAWS = 15
"""Bits of each file; ``tests/fault/campaign.py`` turns over one of every byte."""


@pytest.fixture
def state(tmp_path):
    """A small record: two queues, and a log of nine entries."""
    return filled_state(tmp_path / "state", ("gw1-0", [DRAFT] * 5 + [BATCH]), ("gw1-1", [DRAFT] * 2))


def test_a_bit_of_the_record_is_named_by_fsck_or_means_nothing(state):
    found = flip(state, DRAWS, 3)

    assert flaws_in(state) == []
    for name, counts in found.items():
        assert name.endswith(".sqlite") or set(counts) == {NAMED}
        assert counts[NAMED] > 0, name


def test_every_byte_of_every_published_file_is_named_by_whoever_has_only_these(state):
    folder = log_folder(state)
    for file in sorted(each for each in folder.rglob("*") if each.is_file() and each.name != "vkey"):
        content = file.read_bytes()
        for place in range(len(content)):
            file.write_bytes(content[:place] + bytes([content[place] ^ (1 << place % 8)]) + content[place + 1 :])
            assert verified(folder).flaws, f"byte {place} of {file}"
        file.write_bytes(content)
    assert verified(folder).flaws == []
