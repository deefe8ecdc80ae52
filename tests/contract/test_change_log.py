"""What each revision changed: nothing left out, nothing said twice, on both stores."""

from __future__ import annotations

from datetime import date

import pytest
from store_samples import FACTS, NOON, act, attach, code, fact, held, profile, submission

from gateway.domain.kinds.fact import PersonFact
from gateway.domain.vocabulary import ChangeKind, ListingActKind
from gateway.services.ports.register import FeedState

ADDED, REPLACED, ENDED = ChangeKind.ADDED, ChangeKind.REPLACED, ChangeKind.ENDED


def of_a_person(sample):
    return isinstance(sample, PersonFact) and sample.person is not None


def told(change_log, after, upto):
    """Return (revision, kind, record id, what, code) of every change."""
    return [
        (changes.revision, change.kind, change.record_id, change.what, change.uscc)
        for changes in change_log.changes(after, upto)
        for change in changes.changes
    ]


def test_every_kind_of_record_is_told_with_its_content_and_its_enterprise(store, change_log):
    rows = [fact(1, kind) for kind, sample in FACTS if not of_a_person(sample)]
    revision, _ = store.submit(submission("a", profile(1), *rows, act(1), attach(2), held("notice-2")))
    (changes,) = change_log.changes(0, revision)

    assert (changes.revision, changes.committed_at, changes.agency, changes.feed) == (1, NOON, "hrss", "labour")
    found = {change.record_id: change for change in changes.changes}
    for row in rows:
        assert found[row.record_id].content == row.fact
    assert found["enterprise-1"].content == profile(1).profile
    assert found["listing-1/DECISION/2026-03-01"].content == act(1).listing_act
    assert found["listing-1/DECISION/2026-03-01"].listing_id == "listing-1"
    assert (found["notice-2"].uscc, found["notice-2"].kind) == ("", "published_notice")
    assert {change.what for change in changes.changes} == {ADDED}
    assert [(c.kind, c.record_id) for c in changes.changes] == sorted((c.kind, c.record_id) for c in changes.changes)


def test_records_of_natural_persons_take_a_revision_and_are_not_told(store, change_log):
    """E-11: what is said of a person is no business of whoever follows the enterprises."""
    rows = [fact(1, kind) for kind, sample in FACTS if of_a_person(sample)]
    revision, _ = store.submit(submission("a", *rows))
    (changes,) = change_log.changes(0, revision)

    assert rows
    assert (changes.revision, changes.changes) == (1, ())


def test_a_new_version_replaces_and_the_same_again_is_no_revision(store, change_log):
    store.submit(submission("a", profile(1), fact(1)))
    store.submit(submission("b", fact(1, settled_on=date(2026, 3, 1))))
    revision, _ = store.submit(submission("c", fact(1, settled_on=date(2026, 3, 1))))

    assert revision == 2
    assert told(change_log, 1, 2) == [(2, "complaint", "complaint-1", REPLACED, code(1))]


def test_a_record_that_passes_to_another_enterprise_is_told_once_as_that_ones(store, change_log):
    store.submit(submission("a", fact(1, record_id="c")))
    store.submit(submission("b", fact(2, record_id="c")))

    assert told(change_log, 1, 2) == [(2, "complaint", "c", REPLACED, code(2))]


def test_a_held_notice_is_replaced_by_that_of_the_enterprise_it_is_attached_to(store, change_log):
    store.submit(submission("a", held()))
    store.submit(submission("b", attach(3)))
    assert told(change_log, 0, 2) == [
        (1, "published_notice", "notice-1", ADDED, ""),
        (2, "attachment", "attachment-1", ADDED, code(3)),
        (2, "published_notice", "notice-1", REPLACED, code(3)),
    ]


def test_an_attachment_ends_when_the_source_names_the_enterprise_itself(store, change_log):
    store.submit(submission("a", held()))
    store.submit(submission("b", attach(3)))
    store.submit(submission("c", fact(4, "published_notice", "notice-1")))

    assert told(change_log, 2, 3) == [
        (3, "attachment", "attachment-1", ENDED, code(3)),
        (3, "published_notice", "notice-1", REPLACED, code(4)),
    ]


def test_a_confirmation_is_a_revision_of_its_own_without_changes(store, change_log):
    store.submit(submission("a", profile(1)))
    store.confirm("b", FeedState("wage_list", NOON), "hrss", "writer-1", NOON)
    (changes,) = change_log.changes(1, 2)

    assert (changes.changes, changes.confirmed) == ((), FeedState("wage_list", NOON))


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_however_it_is_cut_the_whole_is_told_in_order_and_without_a_gap(store, change_log, step):
    kinds = list(ListingActKind)
    for number in range(7):
        store.submit(
            submission(
                f"r{number}",
                profile(number),
                fact(number % 3, amount_fen=number + 1, kind="arrears"),
                act(number % 2, kinds[number], listing_id="listing"),
                held(f"notice-{number % 2}", f"样例{number}"),
            )
            if number % 2 == 0
            else submission(f"r{number}", profile(number), fact(number % 3, kind="arrears", amount_fen=number + 1))
        )
    whole = told(change_log, 0, 7)
    parts = [told(change_log, after, min(7, after + step)) for after in range(0, 7, step)]

    assert [each for part in parts for each in part] == whole
    assert [changes.revision for changes in change_log.changes(0, 7)] == list(range(1, 8))


def test_beyond_the_newest_revision_there_is_nothing(store, change_log):
    store.submit(submission("a", profile(1)))

    assert change_log.changes(1, 9) == []
