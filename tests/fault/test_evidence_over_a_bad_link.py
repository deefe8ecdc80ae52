"""A large file over a line that breaks again and again, or is fast: it arrives whole, and nobody holds much of it."""

from __future__ import annotations

import pytest
from bad_link import MIB, peak_mib, sent_over
from e2e.referring import parties
from e2e.served import gateway_in

SIZE = 64 * MIB
ROOM_MIB = 40
"""What the memory of an end may grow by while a file goes through: less than the file, however large that is."""
CLIENT_MIB = 100


@pytest.fixture
def served(tmp_path):
    with gateway_in(tmp_path / "gateway", filled=False) as gateway:
        yield gateway


@pytest.mark.parametrize("cuts", [6, 0], ids=["a line that breaks", "a line faster than the disk"])
def test_a_file_arrives_whole_and_neither_end_holds_much_of_it(served, tmp_path, cuts):
    found = parties(served)
    before = peak_mib(served.process.pid)
    took = sent_over(served, found, tmp_path, SIZE, cuts)

    assert (took["cuts_up"], took["cuts_down"]) == (cuts, cuts)
    assert took["up"]["breaks"] >= cuts
    assert took["down"]["breaks"] >= cuts
    assert took["gateway_mib"] - before < ROOM_MIB, took
    assert max(took["up"]["mib"], took["down"]["mib"]) < CLIENT_MIB, took
