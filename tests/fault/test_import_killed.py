"""Kill −9 in an import, of the gateway and of the command: what is resumed ends as what was never disturbed."""

from __future__ import annotations

import pytest
from import_kills import Imports, city_files, compare_with_undisturbed, launchers

RECORDS = 4_000
SMALL = "from gateway.cli import import_submission as s; s.CHUNK_RECORDS, s.PART_RECORDS = 50, 400\n"
"""Chunks and parts of a size that gives a small import many moments to be killed at."""
REVISIONS = RECORDS // 50


@pytest.mark.parametrize("kills", [4, pytest.param(10, marks=pytest.mark.slow)])
def test_an_import_killed_again_and_again_ends_with_the_store_of_one_that_was_not(tmp_path, kills):
    files = city_files(tmp_path / "city", RECORDS)
    with launchers() as launch:
        calm, disturbed = (Imports(tmp_path / name, launch, files, SMALL) for name in ("calm", "disturbed"))
        content, head = compare_with_undisturbed(calm, disturbed, kills, seed=15333)
    assert content["simple_record"][0] > RECORDS * 0.9
    assert head >= REVISIONS
