"""Kill −9 of the credit platform's connector at any line of its code: no revision left out, no row sent twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from platform_stream import OTHER, act, change_set, fact, listed, named, settings, withdrawn

from adapters.platform.layouts import ENDED, LAYOUTS, NEW, read
from adapters.platform.ledger import Ledger
from adapters.platform.reconciling import digest, summary

TESTS = Path(__file__).parents[1]
KILLS = 12
CHILD = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from platform_stream import at, settings
from jointsanctions.v1 import changes_pb2
from adapters.platform.following import follow
from adapters.platform.handing import prepare
from adapters.platform.ledger import Ledger

folder, source, kill_at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
left = [kill_at]

def count(frame, event, arg):
    if "adapters/platform/" not in frame.f_code.co_filename:
        return None
    def line(frame, event, arg):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return line
    return line

sets = [changes_pb2.ChangeSet.FromString(path.read_bytes()) for path in sorted(source.glob("*.set"))]
now = ["2026-03-10T09:00"]
sys.settrace(count)
prepare(folder)
with Ledger(folder / "connector.sqlite", settings(folder, batch_rows=2)) as ledger:
    if ledger.connection.execute("SELECT 1 FROM batch WHERE made_at > '2029'").fetchone():
        now[0] = "2029-03-02T00:00"  # no clock runs backwards
    def beat(revision):
        heartbeat = changes_pb2.WatchChangesResponse()
        heartbeat.heartbeat.revision = revision
        return heartbeat
    def stream():
        yield beat(1)
        for each in sets:
            if each.revision > ledger.revision:
                yield changes_pb2.WatchChangesResponse(changes=each)
        now[0] = "2029-03-02T00:00"
        yield beat(len(sets))
        yield beat(len(sets))
    follow(ledger, stream(), lambda: at(now[0]))
sys.settrace(None)
print(left[0])
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Revisions that add, change, end and take back, so that batches of every kind are made."""
    folder = tmp_path_factory.mktemp("source")
    told = [
        ([named(), named("示例乙公司", OTHER)], "market_regulation"),
        (listed("A"), "wage_list"),
        ([fact("penalty"), fact("penalty", "Q", "罚〔2〕号", OTHER)], "labour_inspection"),
        (listed("B", uscc=OTHER), "wage_list"),
        ([act("REPAIR", "2026-03-08", listing_id="B", uscc=OTHER)], "wage_list"),
        ([withdrawn("Q", "2026-03-09")], "labour_inspection"),
        (listed("C", on="2026-03-04"), "wage_list"),
        ([named("示例更名公司", valid_from="2026-03-01")], "market_regulation"),
    ]
    for number, (changes, feed) in enumerate(told, 1):
        (folder / f"{number:04d}.set").write_bytes(change_set(number, changes, feed).SerializeToString())
    return folder


def run(folder, source, kill_at=0):
    """Run the connector until it ends or is killed at the line *kill_at*; return how it ended and the lines left."""
    folder.mkdir(exist_ok=True)
    arguments = [sys.executable, "-c", CHILD.format(tests=str(TESTS)), str(folder), str(source), str(kill_at or -1)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode, done.stdout


class Platform:
    """A platform that takes each batch number once, in order, and would notice whatever does not fit on what it has."""

    def __init__(self, folder):
        self.rows, self.operations = {}, []
        manifests = sorted((folder / "out").glob("*.manifest.json"))
        for number, path in enumerate(manifests, 1):
            manifest = json.loads(path.read_bytes())
            assert manifest["batch"] == number
            _, rows = read((folder / "out" / manifest["file"]).read_bytes())
            assert len(rows) == manifest["rows"]
            for row in rows:
                self.take(manifest["kind"], row)

    def take(self, kind, row):
        key = (kind, *(row[column] for column in LAYOUTS[kind].key))
        self.operations.append((*key, row["操作"]))
        assert (key in self.rows) != (row["操作"] == NEW), f"{row['操作']} does not fit: {key}"
        if row["操作"] == ENDED:
            del self.rows[key]
        else:
            self.rows[key] = {column: row[column] for column in LAYOUTS[kind].columns}


def test_whenever_it_is_killed_the_platform_gets_each_row_once_and_all_of_them(source, tmp_path):
    undisturbed = tmp_path / "undisturbed"
    code, left = run(undisturbed, source)
    assert code == 0
    lines = -1 - int(left)
    expected = Platform(undisturbed)
    assert len(expected.operations) >= 8
    # The listing whose three years are not over, and the penalty that nobody took back.
    assert {(key[0], key[3]) for key in expected.rows} == {("listing", "列〔C〕号"), ("penalty", "罚〔1〕号")}
    random.seed(20260310)
    killed = 0
    for attempt in range(KILLS):
        folder = tmp_path / f"k{attempt}"
        places = sorted(random.sample(range(1, lines), 2))
        for place in places:
            code, _ = run(folder, source, place)
            killed += code != 0
        assert run(folder, source)[0] == 0
        found = Platform(folder)
        assert found.rows == expected.rows
        with Ledger(folder / "connector.sqlite", settings(folder, batch_rows=2)) as ledger:
            own = summary(ledger, date(2030, 1, 1))
            for kind, said in own["kinds"].items():
                rows = [row for key, row in found.rows.items() if key[0] == kind]
                assert said == {"count": len(rows), "sha256": digest(kind, rows)}
    assert killed > KILLS
