"""Chunks that are taken: whose decisions they may carry (L-01), and what is told of one whose process ended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from store_samples import code, fact

from gateway.domain.agencies import Agency, Role
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.vocabulary import RowStatus
from gateway.services.judge_rows import IncomingRow, JudgeRows
from gateway.services.ports.intake import Sender, SentChunk
from gateway.services.submit_records import SubmitRecords, Summary
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


class DyingIntake:
    """It ends after the commit and before its answer, or before both."""

    def __init__(self, take, *, stores):
        self.take_chunk, self.stores = take, stores

    async def take(self, sender, sent):
        if self.stores:
            row = IncomingRow(fact(1, "penalty", authority=OWN), code(1), "")
            self.take_chunk(sender.agency, Chunk(sent.request_id, sent.number, "d", "penalties", [row], []), NOW)
        raise StoreUnavailableError("the process ended")


@pytest.mark.parametrize("stores", [True, False])
def test_what_was_stored_before_its_process_ended_is_told_although_the_call_fails(store, stores):
    intake = DyingIntake(TakeChunk(store, JudgeRows(store, FEEDS), "writer-1"), stores=stores)
    summary = Summary()
    submit = SubmitRecords(intake, store, FEEDS, frozenset())
    with pytest.raises(StoreUnavailableError):
        asyncio.run(submit(Sender(SENDER, ""), SentChunk("r", 0, b""), summary))
    assert (summary.first_revision, summary.revision) == ((1, 1) if stores else (0, 0))
    assert summary.counts == ({RowStatus.STORED: 1} if stores else {})
