"""Kill −9 while entries are erased: each is whole or erased, the log is valid, and the next run finishes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import UTC, datetime

from audit_calls import ANY, KEY, body, found, line, record

from gateway.domain.audit import Draft, Position
from gateway.domain.retention import RetentionTerms
from gateway.services.apply_retention import ApplyRetention
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_erase import QueueArchive
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_verify import flaw

ERASER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from gateway.domain.audit import Position
from gateway.domain.retention import RetentionTerms
from gateway.services import apply_retention
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_erase import QueueArchive
from gateway.storage.audit_place import FolderPlace

apply_retention.AT_ONCE = 3
place = FolderPlace(Path(sys.argv[1]))
archive = QueueArchive(place, AccessIndex(place, Path(sys.argv[2])))
erase = archive.erase
archive.erase = lambda gone: (erase(gone), print(len(gone), flush=True))
now = datetime(2026, 11, 24, tzinfo=UTC)
use = apply_retention.ApplyRetention(archive, RetentionTerms(), ())
use.erase(use.look(None, now), now, Position("gw1-0", 1, b"", now))
"""
WRITER = "node-1.0"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ENTRIES = 300
KILLS = 8


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_was_not(tmp_path):
    chance = random.Random(58)  # noqa: S311 - where to kill, not a secret
    place = FolderPlace(tmp_path / "audit")
    key_file = tmp_path / "search.key"
    key_file.write_bytes(KEY)
    read = Draft(body(method="AuditService/SearchAccess", enterprises=["91420300MA10004470"]))
    batch = Draft(body(outcome="CANCELLED"), [line(0, "91420300MA10004470")])
    drafts = [batch if number % 40 == 0 else read for number in range(ENTRIES)]
    record(place, *drafts, times=[datetime(2020, 1, 2, tzinfo=UTC)] * ENTRIES)
    index = AccessIndex(place, key_file)
    assert len(found(index)[0]) > ENTRIES
    before = read_entries(place.readers()[WRITER], WRITER, 0, ENTRIES)
    gone = 0
    for _ in range(KILLS):
        arguments = [sys.executable, "-c", ERASER, str(tmp_path / "audit"), str(key_file)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
            for _ in range(chance.randint(1, 8)):
                child.stdout.readline()
            child.kill()
        after = read_entries(place.readers()[WRITER], WRITER, 0, ENTRIES, with_lines=True)
        assert [flaw(entry) for entry in after] == [""] * ENTRIES
        assert [(entry.envelope, entry.leaf) for entry in after] == [(entry.envelope, entry.leaf) for entry in before]
        erased = sum(entry.erased for entry in after)
        assert gone < erased
        gone = erased
        shown, _ = index.search(ANY, 1_000, "")
        assert all("method" in row.content for row in shown), "nothing erased is found any more"
    assert gone < ENTRIES, "the kills came before the end"
    use = ApplyRetention(QueueArchive(place, index), RetentionTerms(), ())
    assert use.erase(use.look(None, NOW), NOW, Position("gw1-0", 1, b"", NOW)) == ENTRIES - gone
    after = read_entries(place.readers()[WRITER], WRITER, 0, ENTRIES, with_lines=True)
    assert all(entry.erased and not flaw(entry) for entry in after)
    assert all("erased" in json.loads(entry.body) for entry in after)
    assert found(index)[0] == []
    index.close()
