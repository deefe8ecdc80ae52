"""A large file over a line that breaks again and again, or is fast: it arrives whole, and nobody holds much of it."""

from __future__ import annotations

import pytest
from bad_link import MIB, peak_mib, sent_over
from e2e.served import gateway_in
from e2e.typing_referrals import PARTIES, desk_at

SIZE = 64 * MIB
ROOM_MIB = 20
"""What the memory of an end may grow by while a file goes through: less than the file, however large that is."""
END_MIB = 95
"""What either end of the line may have in all: a party its whole memory, the gateway what it does not share."""


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "desk").mkdir()
    with gateway_in(tmp_path / "gateway", filled=False) as gateway, desk_at(gateway, tmp_path / "desk") as desk:
        desk.publish(*PARTIES)
        yield desk


@pytest.mark.parametrize("cuts", [6, 0], ids=["a line that breaks", "a line faster than the disk"])
def test_a_file_arrives_whole_and_neither_end_holds_much_of_it(desk, cuts):
    before = peak_mib(desk.served.process.pid)
    took = sent_over(desk, SIZE, cuts)

    assert (took["cuts_up"], took["cuts_down"]) == (cuts, cuts)
    assert took["gateway_mib"] - before < ROOM_MIB, took
    assert max(took[each]["mib"] for each in ("seal", "up", "down")) < END_MIB, took
    assert 0 < took["gateway_own_mib"] < END_MIB, took
