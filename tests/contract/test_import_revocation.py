"""Revoking an import takes back, in one revision, all of it that still stands; what was known before stays known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from contract.test_staged_imports import word
from store_samples import NOON, act, attach, code, fact, held, profile, submission

from gateway.domain.errors import RequestIdReusedError, StateError
from gateway.domain.imports import ImportState, Size
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.records import Attachment
from gateway.domain.vocabulary import ChangeKind, EndingKind, ListingActKind, RowStatus
from gateway.services.endings import _of_facts
from gateway.services.list_publishable import ListPublishable
from gateway.storage.endings import SqlEndingStore
from gateway.storage.import_store import SqlImportStore
from gateway.storage.publishable import SqlPublishableStore

DAY = date(2026, 3, 1)


@pytest.fixture
def imports(engine):
    return SqlImportStore(engine)


def revoke(imports, batch="bad", request="w", agreed=lambda _: None):
    return imports.revoke(word(request, batch, reason="wrong file", document_number="撤1号"), agreed)


def dossiers(history, revision):
    return {d.uscc: d for d, _ in history.dossiers(revision)}


def listed(number, *, persons=()):
    return [act(number, kind, on=DAY, persons=persons) for kind in (ListingActKind.DECISION, ListingActKind.DELIVERY)]


def corrected(row, **changes):
    """The same record with other content."""
    return replace(row, content_digest=row.content_digest[::-1], fact=replace(row.fact, **changes))


def test_everything_that_an_import_brought_is_gone_in_one_revision_and_known_before(imports, store, history):
    store.submit(submission("good", profile(1), fact(2), *listed(3)))
    before = dossiers(history, 1)
    for chunk, rows in enumerate(([profile(4), fact(1)], [*listed(1, persons=["p"]), fact(4)])):
        store.submit(submission("bad", *rows, chunk=chunk))
    during = dossiers(history, 3)
    assert during != before

    done = revoke(imports)

    assert (done.revision, done.voided, done.restored, done.left) == (4, 5, 0, ())
    assert dossiers(history, 4) == before == dossiers(history, 1)
    assert dossiers(history, 3) == during
    assert imports.batch("bad", "hrss").state is ImportState.REVOKED
    touched = history.touched(3, 4)
    assert touched.codes >= {code(1), code(4)}


def test_what_an_import_changed_has_the_version_again_that_it_had_before(imports, store, history):
    first = fact(1)
    store.submit(submission("good", first, profile(1)))
    before = dossiers(history, 1)
    store.submit(submission("bad", corrected(first, document_number="9号"), profile(1, name="十堰另名有限公司")))
    store.submit(submission("bad", corrected(first, document_number="10号"), chunk=1))
    done = revoke(imports)
    assert (done.voided, done.restored) == (2, 2)
    assert dossiers(history, done.revision) == before


def test_what_was_changed_since_is_left_and_named(imports, store, history):
    first, second = fact(1), fact(2)
    store.submit(submission("bad", first, second, *listed(5)))
    later = corrected(first, document_number="9号")
    store.submit(submission("good", later, act(5, ListingActKind.REPAIR, on=date(2026, 9, 2))))
    done = revoke(imports)
    assert [(e.record_id, e.uscc) for e in done.left] == [(first.record_id, code(1)), ("listing-5", code(5))]
    assert done.left_count == 2
    after = dossiers(history, done.revision)
    assert after[code(1)].facts == (later.fact,)
    assert code(2) not in after
    assert len(after[code(5)].listings[0].acts) == 3


def test_an_act_of_an_import_on_anothers_listing_is_void_and_the_listing_weighs_again(imports, store, history):
    store.submit(submission("good", *listed(1)))
    before = dossiers(history, 1)
    store.submit(submission("bad", act(1, ListingActKind.REPAIR, on=date(2026, 9, 2))))
    assert dossiers(history, 2) != before
    assert revoke(imports).voided == 1
    assert dossiers(history, 3) == before


def test_a_listing_of_a_revoked_import_may_come_again_for_the_right_enterprise(imports, store, history):
    store.submit(submission("bad", *listed(1, persons=["p"])))
    revoke(imports)
    right = [replace(row, uscc=code(2), content_digest=row.content_digest[::-1]) for row in listed(1, persons=["p"])]
    _, outcomes = store.submit(submission("good", *right))
    assert {outcome.status for outcome in outcomes} == {RowStatus.STORED}
    now = dossiers(history, 3)
    assert now.keys() == {code(2)}
    assert now[code(2)].listings[0].person_keys == {"p"}
    assert dossiers(history, 1).keys() == {code(1)}
    assert dossiers(history, 2) == {}


def test_an_enterprise_reached_through_a_person_of_the_listing_is_noted(imports, store, history):
    store.submit(submission("good", profile(2, representative_key="p")))
    store.submit(submission("bad", *listed(1, persons=["p"])))
    assert dossiers(history, 2)[code(2)].relations
    done = revoke(imports)
    assert history.touched(2, done.revision).codes >= {code(1), code(2)}
    assert not dossiers(history, done.revision)[code(2)].relations


def test_what_was_attached_by_an_import_is_held_again_and_the_attachment_gone(imports, store, history):
    notice = held()
    store.submit(submission("good", notice))
    before = history.unresolved(1)
    store.submit(submission("bad", attach(1, target=notice.record_id)))
    assert history.unresolved(2) == {}
    done = revoke(imports)
    assert (done.voided, done.restored) == (2, 1)
    assert history.unresolved(3) == before
    assert dossiers(history, 3) == {}
    _, outcomes = store.submit(submission("again", attach(1, target=notice.record_id)))
    assert [o.status for o in outcomes] == [RowStatus.STORED]


def test_a_revocation_is_made_once_and_told_alike_again(imports, store, history):
    store.submit(submission("bad", fact(1)))
    done = revoke(imports)
    assert revoke(imports) == done
    assert history.head() == done.revision
    with pytest.raises(StateError, match="REVOKED"):
        revoke(imports, request="another")
    with pytest.raises(RequestIdReusedError):
        imports.revoke(word("w", "bad", reason="other", document_number="撤1号"), lambda _: None)
    with pytest.raises(StateError):
        store.submit(submission("bad", fact(1)))


def test_whoever_does_not_agree_leaves_everything_as_it_was(imports, store, history):
    store.submit(submission("bad", fact(1), *listed(1)))
    before = dossiers(history, 1)
    sizes = []

    def refuse(size):
        sizes.append(size)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        revoke(imports, agreed=refuse)
    assert sizes == [Size(restricted=2, ended=3, changed=0)]
    assert (history.head(), dossiers(history, 1)) == (1, before)
    assert imports.batch("bad", "hrss").state is ImportState.APPLIED


def test_the_followers_of_changes_are_told(imports, store, change_log):
    first = fact(1)
    store.submit(submission("good", first))
    store.submit(submission("bad", corrected(first, document_number="9号"), fact(2), *listed(3)))
    done = revoke(imports)
    (told,) = change_log.changes(2, done.revision)
    assert sorted((change.what.name, change.kind) for change in told.changes) == [
        ("ENDED", first.kind),
        ("ENDED", "listing_act"),
        ("ENDED", "listing_act"),
        ("REPLACED", first.kind),
    ]
    replaced = next(change for change in told.changes if change.what is ChangeKind.REPLACED)
    assert replaced.content == first.fact
    assert len(change_log.changes(0, done.revision)) == 3


def test_what_weighed_by_an_import_is_void_from_the_start_for_whoever_was_told(imports, store, engine):
    penalty = next(row for row in (fact(1, kind) for kind in ("penalty",)))
    assert isinstance(penalty.fact, Penalty)
    store.submit(submission("bad", penalty, *listed(2)))
    done = revoke(imports)
    changed = SqlEndingStore(engine).changed(0)
    ((record_id, known),) = _of_facts(changed)
    assert record_id == penalty.record_id
    assert (known.ending.kind, known.ending.passed, known.held_from) == (EndingKind.VOID_FROM_START, 2, 1)
    (listing,) = changed.listings
    assert listing.listing.acts == ()
    assert [(begins, until) for _, begins, until in listing.voided] == [(1, done.revision)] * 2


def test_only_the_versions_of_the_import_are_recalled_where_the_record_goes_on(imports, store, engine):
    first = fact(1, "penalty")
    store.submit(submission("good", first))
    store.submit(submission("bad", corrected(first, document_number="9号")))
    revoke(imports)
    ((record_id, known),) = _of_facts(SqlEndingStore(engine).changed(0))
    assert record_id == first.record_id
    assert (known.held_from, known.revision, known.ending.document_number) == (2, 3, "9号")


def test_a_withdrawn_record_is_left_as_its_authority_left_it(imports, store, history):
    first = fact(1, "penalty")
    store.submit(submission("bad", first))
    store.submit(submission("good", fact(1, "withdrawal", f"withdrawal-{first.record_id}", target_id=first.record_id)))
    done = revoke(imports)
    assert [e.record_id for e in done.left] == [first.record_id]
    assert len(dossiers(history, done.revision)[code(1)].facts) == 2


def test_what_other_submissions_store_between_two_chunks_is_not_the_imports(imports, store, history):
    store.submit(submission("bad", fact(1)))
    store.submit(submission("good", fact(2)))
    store.submit(submission("bad", fact(3), chunk=1))
    revoke(imports)
    assert dossiers(history, 4).keys() == {code(2)}


def test_an_attachment_is_left_where_its_record_was_changed_since(imports, store, history):
    notice = held()
    store.submit(submission("good", notice))
    given = attach(1, target=notice.record_id)
    assert isinstance(given.attachment, Attachment)
    store.submit(submission("bad", given))
    changed = replace(
        notice,
        content_digest=notice.content_digest[::-1],
        held=replace(notice.held, fact=replace(notice.held.fact, document_number="9号")),
    )
    store.submit(submission("later", changed))
    done = revoke(imports)
    assert done.voided == 0
    assert {e.record_id for e in done.left} == {notice.record_id, given.record_id}
    assert dossiers(history, done.revision)[code(1)].facts[0].document_number == "9号"


def test_what_others_changed_between_two_chunks_comes_back_and_not_what_was_before_that(imports, store, history):
    first = fact(1)
    store.submit(submission("good", first))
    store.submit(submission("bad", corrected(first, document_number="2号")))
    other = corrected(first, document_number="3号")
    store.submit(submission("other", replace(other, content_digest="d3")))
    store.submit(submission("bad", replace(corrected(first, document_number="4号"), content_digest="d4"), chunk=1))
    done = revoke(imports)
    assert (done.voided, done.restored) == (1, 1)
    assert dossiers(history, done.revision)[code(1)].facts == (other.fact,)


def test_a_listing_of_a_revoked_import_is_found_no_more_by_what_the_exchange_names(imports, store):
    named = ("listing", code(1), "列〔2026〕1号", DAY)
    store.submit(submission("bad", *listed(1)))
    assert store.decided(*named) == ["listing-1"]
    revoke(imports)
    assert store.decided(*named) == []


def test_what_the_public_was_shown_of_a_revoked_import_is_taken_down_with_a_tombstone(imports, store, engine):
    shown = ListPublishable(SqlPublishableStore(engine), timedelta(hours=4))
    store.submit(submission("bad", *listed(1), act(1, ListingActKind.PUBLISHED, on=DAY)))
    before = shown._published(NOON, 0)
    revoke(imports)
    for reader in (shown, ListPublishable(SqlPublishableStore(engine), timedelta(hours=4))):
        after = reader._published(NOON, before.board.revision)
        assert after.board.items == ()
        assert [each.item_id for each in after.ended] == [each.item_id for each in before.board.items] != []
