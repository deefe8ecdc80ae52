"""Whose decisions a submission may carry: the sender's own, and others' only in a feed that passes them on (L-01)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from store_samples import code, fact

from gateway.domain.agencies import Agency, Role
from gateway.services.judge_rows import IncomingRow, JudgeRows
from gateway.services.take_chunk import Chunk, TakeChunk

OWN = "示例市人力资源和社会保障局"
SENDER = Agency(
    agency_id="a",
    name_zh="甲",
    name_en="A",
    role=Role.PRODUCER,
    territory="420300",
    feeds=frozenset({"labour_inspection", "penalties"}),
    authorities=frozenset({OWN}),
    forwards=frozenset({"penalties"}),
)
FEEDS = {name: frozenset({"penalty", "arrears"}) for name in SENDER.feeds}


NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("feed", "kind", "authority", "status"),
    [
        ("labour_inspection", "penalty", OWN, "STORED"),
        ("labour_inspection", "penalty", "示例县人力资源和社会保障局", "REJECTED"),
        ("labour_inspection", "arrears", "示例县人力资源和社会保障局", "STORED"),
        ("penalties", "penalty", "示例县人力资源和社会保障局", "STORED"),
        ("penalties", "penalty", OWN, "STORED"),
    ],
)
def test_a_feed_carries_decisions_of_others_only_where_it_itself_passes_them_on(store, feed, kind, authority, status):
    row = fact(1, kind, authority=authority)
    chunk = Chunk("r", 0, "digest", feed, [IncomingRow(row, code(1), "")], [])
    taken = TakeChunk(store, JudgeRows(store, FEEDS), "writer-1")(SENDER, chunk, NOW)
    assert {each.name: count for each, count in taken.counts.items()} == {status: 1}
    assert [outcome.field for outcome in taken.shown] == (["authority"] if status == "REJECTED" else [])
