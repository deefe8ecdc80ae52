"""Ten thousand lines of a spreadsheet are held a thousand at a time, as a CSV and as a workbook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PROCESS = """
import resource, sys
from pathlib import Path
from batch_samples import HEADER, Answering, answered, code, csv_of, workbook
from adapters.journal import Journal

folder, suffix, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
make = workbook if suffix == "xlsx" else csv_of
source = folder / f"{count}.{suffix}"
if sys.argv[4] == "make":
    make(source, HEADER, *[(code(i), "示例建设有限公司", f"PX-{i // 1000}") for i in range(count)])
else:
    with Journal(folder / f"{count}-{suffix}.db") as journal:
        summary = answered(source, folder / f"{count}-out.{suffix}", journal, Answering())
    print(summary.verdicts["CLEAR"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
MORE_KIB = 32 * 1024
"""What nine thousand lines more may take. Held whole they would take several times that."""


def run(folder, suffix, count, what):
    said = [sys.executable, "-c", PROCESS, str(folder), suffix, str(count), what]
    done = subprocess.run(said, cwd=TESTS, check=True, capture_output=True, text=True, timeout=250)
    return [int(each) for each in done.stdout.split()]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_ten_thousand_lines_take_hardly_more_memory_than_a_thousand(tmp_path, suffix):
    peaks = []
    for count in (1_000, 10_000):
        run(tmp_path, suffix, count, "make")
        clear, peak = run(tmp_path, suffix, count, "answer")
        assert clear == count
        peaks.append(peak)

    assert peaks[1] < peaks[0] + MORE_KIB, peaks
