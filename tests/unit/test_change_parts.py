"""A revision of any size is told in messages that a client takes: whole, in order, and the last one says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from store_samples import FACTS, code

from gateway.domain.vocabulary import ChangeKind
from gateway.rpc.changes import PART_BYTES, _parts
from gateway.rpc.server import MESSAGE_LIMIT
from gateway.services.ports.register import Change, ChangeSet, FeedState

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
PENALTY = replace(
    dict(FACTS)["penalty"], violation_facts="甲" * 2_000, basis="乙" * 1_000, content="丙" * 2_000, remark="丁" * 500
)


def changed(number):
    return Change(
        kind="penalty", record_id=f"penalty-{number:04d}", what=ChangeKind.ADDED, uscc=code(1), content=PENALTY
    )


def revision(size, confirmed=None):
    return ChangeSet(7, NOON, "hrss", "penalties", tuple(map(changed, range(size))), confirmed)


def test_a_thousand_large_records_come_in_parts_that_each_fit_into_a_message():
    parts = list(_parts(revision(1_000)))

    assert len(parts) > 3
    assert max(part.ByteSize() for part in parts) < MESSAGE_LIMIT - 16 * 1024
    assert min(part.ByteSize() for part in parts[:-1]) > PART_BYTES - 64 * 1024
    assert [change.record_id for part in parts for change in part.changes] == [f"penalty-{n:04d}" for n in range(1_000)]
    assert [part.part for part in parts] == list(range(1, len(parts) + 1))
    assert [part.last_part for part in parts] == [False] * (len(parts) - 1) + [True]
    assert {(part.revision, part.agency, part.feed) for part in parts} == {(7, "hrss", "penalties")}


@pytest.mark.parametrize("size", [0, 1])
def test_a_small_revision_is_one_part_also_when_it_changes_nothing(size):
    (part,) = _parts(revision(size, FeedState("penalties", NOON)))

    assert (part.part, part.last_part, len(part.changes)) == (1, True, size)
    assert part.confirmed.feed == "penalties"
