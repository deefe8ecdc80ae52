"""Ten kills −9 in an import, with chunks and parts as they are: its store ends as that of one never disturbed."""

from __future__ import annotations

import pytest
from import_kills import Imports, city_files, compare_with_undisturbed, launchers

RECORDS = 80_000
KILLS = 10


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_import_killed_at_ten_random_moments_ends_with_the_store_of_one_that_was_not(tmp_path):
    files = city_files(tmp_path / "city", RECORDS)
    with launchers() as launch:
        calm, disturbed = (Imports(tmp_path / name, launch, files) for name in ("calm", "disturbed"))
        content, head = compare_with_undisturbed(calm, disturbed, KILLS, seed=20261125, anywhere=True)
    assert content["simple_record"][0] > RECORDS * 0.9
    assert head > KILLS * 10
