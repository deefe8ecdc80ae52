"""An import that is staged weighs on nothing; its difference is what it then does; applying it can be broken off."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from store_samples import NOON, act, code, fact, profile, submission

from gateway.domain.errors import RequestIdReusedError, StateError
from gateway.domain.imports import ImportState
from gateway.domain.records import Dossier
from gateway.domain.vocabulary import ListingActKind, RowStatus
from gateway.services.ports.facts import Origin, RowOutcome
from gateway.services.ports.imports import Decision, StagedChunk
from gateway.services.ports.register import FeedState
from gateway.storage import tables
from gateway.storage.engine import reading
from gateway.storage.import_store import SqlImportStore
from gateway.storage.rehearsal import SqlRehearsals


@pytest.fixture
def imports(engine):
    return SqlImportStore(engine)


def staged(store, number, *, batch="b", request="r", rows=2, **changes):
    sent = replace(submission(request, chunk=number), origin=Origin(batch, "o", "li"), writer="gw1-0", **changes)
    outcomes = [RowOutcome(row, RowStatus.STAGED, f"x-{row}") for row in range(1, rows + 1)]
    return store.stage(sent, outcomes, StagedChunk(0, 0, sent.digest, frozenset({f"C{number}"}), b"sealed"))


def word(request="w", batch="b", *, holder="wang", **changes):
    digest = hashlib.sha256(f"{request}{batch}{holder}{changes}".encode()).hexdigest()
    return Decision(request, digest, batch, "hrss", holder, "o", "gw1-0", NOON, **changes)


def everything(history, revision):
    return [dossier for dossier, _ in history.dossiers(revision)]


def test_what_is_staged_takes_no_revision_and_is_in_no_dossier(imports, history):
    assert staged(imports, 0) == 0
    assert history.head() == 0
    assert everything(history, 0) == []
    batch = imports.batch("b", "hrss")
    assert (batch.state, batch.staged, batch.rows, batch.holder) == (ImportState.STAGED, True, 2, "li")


def test_a_chunk_staged_twice_is_kept_once_and_answered_alike(imports, store):
    staged(imports, 0)
    staged(imports, 0)
    assert [chunk.place for chunk in imports.chunks("b")] == [1]
    assert [len(outcomes) for _, outcomes in store.submitted("r", "hrss")] == [2]
    with pytest.raises(RequestIdReusedError):
        staged(imports, 0, digest="other")


def test_chunks_come_back_in_the_order_in_which_they_were_staged(imports):
    for number in range(45):
        staged(imports, number, request=f"r{number // 10}")
    assert [chunk.place for chunk in imports.chunks("b")] == list(range(1, 46))
    assert imports.staged_codes("b") == {f"C{number}" for number in range(45)}


def test_nobody_adds_to_anothers_batch_or_to_one_of_another_feed(imports):
    staged(imports, 0)
    for changes in ({"agency": "finance"}, {"feed": "penalties"}):
        with pytest.raises(RequestIdReusedError):
            staged(imports, 1, request="s", **changes)
    assert imports.batch("b", "finance") is None


def test_a_staged_batch_takes_no_direct_chunk_and_a_direct_one_none_that_is_staged(imports, store):
    staged(imports, 0)
    with pytest.raises(StateError):
        store.submit(replace(submission("s", profile(1)), origin=Origin("b", "o", "")))
    store.submit(submission("direct", profile(1)))
    with pytest.raises(StateError):
        staged(imports, 0, batch="direct", request="t")


def test_a_batch_is_complete_only_with_all_of_its_rows_and_takes_no_more(imports):
    staged(imports, 0)
    with pytest.raises(StateError, match="STAGED"):
        imports.complete(word(), 3)
    imports.complete(word(), 2)
    imports.complete(word(), 2)
    assert imports.batch("b", "hrss").state is ImportState.COMPLETE
    with pytest.raises(StateError):
        staged(imports, 1)


def test_only_a_complete_batch_is_approved_and_only_while_the_register_stands_still(imports, store):
    staged(imports, 0)
    with pytest.raises(StateError):
        imports.approve(word("a"), 0)
    imports.complete(word(), 2)
    store.submit(submission("meanwhile", profile(7)))
    assert not imports.approve(word("a"), 0)
    assert imports.batch("b", "hrss").state is ImportState.COMPLETE
    assert imports.approve(word("a"), 1)
    batch = imports.batch("b", "hrss")
    assert (batch.state, batch.decided_by, batch.decided_request) == (ImportState.APPROVED, "wang", "a")


def test_a_feeds_confirmation_is_no_move_of_the_register(imports, store):
    store.confirm("c", FeedState("wage_list", NOON), "hrss", "gw1-0", NOON)
    assert not imports.moved_since(0)
    store.submit(submission("s", profile(1)))
    assert imports.moved_since(0)
    assert not imports.moved_since(2)


def approved(imports, chunks=1):
    for number in range(chunks):
        staged(imports, number)
    imports.complete(word(), 2 * chunks)
    assert imports.approve(word("a"), imports.newest())


def applying(place, *rows):
    sent = replace(submission("a", *rows, chunk=place), origin=Origin("b", "o", "li"))
    return sent, place, rows, ()


def test_a_chunk_is_applied_once_whoever_applies_it_again(imports, history):
    approved(imports)
    imports.apply(*applying(1, profile(1), fact(1)))
    imports.apply(*applying(1, profile(1), fact(1)))
    assert history.head() == 1
    assert list(imports.chunks("b")) == []
    assert [b.batch_id for b in imports.approved()] == ["b"]
    imports.finish("b")
    batch = imports.batch("b", "hrss")
    assert (batch.state, batch.first_revision, batch.last_revision) == (ImportState.APPLIED, 1, 1)
    assert imports.approved() == []


def test_nothing_is_applied_of_a_batch_that_nobody_approved(imports):
    staged(imports, 0)
    imports.complete(word(), 2)
    with pytest.raises(StateError):
        imports.apply(*applying(1, profile(1)))


def test_what_is_discarded_is_taken_out_and_stays_so(imports, store):
    staged(imports, 0)
    imports.discard(word("d", reason="wrong file"))
    imports.discard(word("d", reason="wrong file"))
    batch = imports.batch("b", "hrss")
    assert (batch.state, batch.reason) == (ImportState.DISCARDED, "wrong file")
    assert list(imports.chunks("b")) == []
    for again in (lambda: staged(imports, 0), lambda: staged(imports, 1), lambda: imports.complete(word(), 2)):
        with pytest.raises(StateError):
            again()
    assert imports.batch_of("r", "hrss").state is ImportState.DISCARDED


def test_every_word_owes_its_entry_until_it_is_marked(imports, store):
    staged(imports, 0)
    imports.complete(word(), 2)
    imports.sign(word("s"), "digest")
    assert {request for request, *_ in store.unrecorded("gw1-0")} == {"r", "w", "s"}
    for request in ("r", "w", "s"):
        store.mark_recorded(request, 0, 1)
    assert store.unrecorded("gw1-0") == []


def test_batches_are_listed_newest_first_page_by_page_and_by_feed(imports, store):
    for number in range(5):
        sent = replace(submission(f"s{number}", profile(number)), committed_at=NOON + timedelta(hours=number))
        store.submit(sent)
    staged(imports, 0, committed_at=NOON + timedelta(days=1))
    feed = submission("x").feed
    first = imports.batches("hrss", {feed}, None, 3, waiting=False)
    assert [b.batch_id for b in first] == ["b", "s4", "s3"]
    place = (first[-1].begun_at.isoformat().replace("+00:00", "Z"), "s3")
    assert [b.batch_id for b in imports.batches("hrss", {feed}, place, 9, waiting=False)] == ["s2", "s1", "s0"]
    assert [b.batch_id for b in imports.batches("hrss", {feed}, None, 9, waiting=True)] == ["b"]
    assert imports.batches("hrss", {"penalties"}, None, 9, waiting=False) == []
    assert imports.batches("finance", {feed}, None, 9, waiting=False) == []


DECISION = date(2026, 3, 1)


def listed(number, *, persons=()):
    return [
        act(number, ListingActKind.DECISION, on=DECISION, persons=persons),
        act(number, ListingActKind.DELIVERY, on=DECISION),
    ]


def test_a_rehearsal_gives_the_dossiers_that_the_register_has_after_it(engine, store, history):
    """Whoever a listing reaches is concerned: branch, head office, successor and represented enterprise."""
    store.submit(
        submission(
            "before",
            profile(1, head_office_uscc=code(2)),
            profile(2),
            profile(3, successor_of_uscc=code(2)),
            profile(4, representative_key="p1"),
            profile(5),
            fact(1),
            *listed(3),
            *listed(8, persons=["p9"]),
        )
    )
    brought = [
        *listed(2, persons=["p1"]),
        profile(6, head_office_uscc=code(3)),
        profile(7, representative_key="p9"),
        fact(5),
        fact(1),
    ]
    with SqlRehearsals(engine).at(history.head()) as rehearsal:
        outcomes = rehearsal.take(brought)
        concerned = {after.uscc: (before, after) for before, after in rehearsal.concerned()}
        changed = {change.record_id: change for change in rehearsal.changes()}
    assert history.head() == 1
    _, stored = store.submit(submission("after", *brought))
    assert [o.status for o in outcomes] == [o.status for o in stored]

    def weighing(revision, uscc):
        found = [d for d, _ in history.dossiers(revision, [uscc], weightless=False)]
        return found[0] if found else Dossier(uscc)

    assert set(concerned) >= {code(n) for n in (1, 2, 3, 4, 5, 6, 7)}
    for uscc, (before, after) in concerned.items():
        assert before == weighing(1, uscc)
        assert after == weighing(2, uscc)
    stored_ids = {o.record_id for o in stored if o.status is RowStatus.STORED}
    assert set(changed) == stored_ids
    assert all(not change.before for change in changed.values())


def test_a_rehearsal_leaves_nothing_behind(engine, store, history):
    store.submit(submission("a", profile(1)))

    def rows():
        with reading(engine) as connection:
            return {t.name: connection.execute(select(t)).all() for t in tables.metadata.sorted_tables}

    before = rows()
    with SqlRehearsals(engine).at(1) as rehearsal:
        rehearsal.take([profile(2), *listed(1)])
        assert len(list(rehearsal.concerned())) == 2
    assert rows() == before
