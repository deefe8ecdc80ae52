"""What every fact store does with rows: stored, unchanged, held or rejected, each on its own, in one revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from store_samples import FACTS, NOON, act, attach, code, detach, fact, held, profile, submission

from gateway.domain.errors import RequestIdReusedError
from gateway.domain.vocabulary import ListingActKind, RowStatus
from gateway.services.ports.register import FeedState
from gateway.storage import tables

STORED, UNCHANGED, HELD, REJECTED, _ = RowStatus


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def rejected(outcomes):
    return [(outcome.row, outcome.field) for outcome in outcomes if outcome.status is REJECTED]


def test_every_row_gets_an_outcome_in_order_and_the_chunk_one_revision(store):
    rows = [profile(1), *(fact(1, kind) for kind, _ in FACTS), act(1), held(), attach(1, target="unknown")]
    revision, outcomes = store.submit(submission("a", *rows))
    assert revision == 1
    assert statuses(outcomes) == [STORED] * (len(rows) - 2) + [HELD, REJECTED]
    assert [outcome.row for outcome in outcomes] == list(range(1, len(rows) + 1))
    assert [outcome.record_id for outcome in outcomes] == [row.record_id for row in rows]


def test_what_is_stored_of_a_submission_is_told_to_its_agency_up_to_the_first_gap(store):
    rows = [profile(1), held()], [fact(1)], [fact(2)]
    answered = [
        store.submit(submission("a", *each, chunk=number)) for each, number in zip(rows, (0, 1, 3), strict=True)
    ]
    assert store.submitted("a", "hrss") == answered[:2]
    assert store.submitted("a", "another") == store.submitted("b", "hrss") == []


def test_the_same_rows_under_another_request_change_nothing_and_take_no_revision(store, history):
    rows = [profile(1), fact(1), act(1, persons=["p1"]), held(), held("notice-2"), attach(2)]
    first, _ = store.submit(submission("a", *rows))
    again, outcomes = store.submit(submission("b", *rows))
    assert statuses(outcomes) == [UNCHANGED] * 6
    assert again == first == history.head()


def test_a_record_with_other_content_is_a_new_version_and_the_old_one_stays_known_as_then(store, history):
    first, _ = store.submit(submission("a", profile(1, name="旧名"), fact(1)))
    second, outcomes = store.submit(submission("b", profile(1, name="新名"), fact(1, settled_on=date(2026, 4, 1))))
    assert statuses(outcomes) == [STORED, STORED]
    before, after = history.dossier(code(1), first), history.dossier(code(1), second)
    assert (before.names, before.facts[0].settled_on) == (("旧名",), None)
    assert (after.names, after.facts[0].settled_on) == (("新名",), date(2026, 4, 1))


def test_of_two_versions_in_one_chunk_the_last_counts(store, history):
    store.submit(submission("a", profile(1, name="甲")))
    revision, outcomes = store.submit(
        submission("b", profile(1, name="乙"), profile(1, name="丙"), profile(1, name="丙"))
    )
    assert statuses(outcomes) == [STORED, STORED, UNCHANGED]
    assert history.dossier(code(1), revision).names == ("丙",)


def test_a_record_given_to_another_code_leaves_the_first(store, history):
    first, _ = store.submit(submission("a", fact(1, record_id="complaint-x")))
    second, _ = store.submit(submission("b", fact(2, record_id="complaint-x")))
    assert history.dossier(code(1), first) is not None
    assert history.dossier(code(1), second) is None
    assert len(history.dossier(code(2), second).facts) == 1
    assert history.touched(first, second).codes == {code(1), code(2)}


def test_a_record_of_another_kind_under_a_known_id_is_rejected(store, history):
    store.submit(submission("a", fact(1, "penalty", "x")))
    revision, outcomes = store.submit(submission("b", fact(1, "complaint", "x"), profile(1, "x")))
    assert rejected(outcomes) == [(1, "source_key"), (2, "source_key")]
    assert [type(f).__name__ for f in history.dossier(code(1), revision).facts] == ["Penalty"]


def test_acts_are_only_ever_added(store, history):
    store.submit(submission("a", act(1, act_id="act-1")))
    delivery = act(1, ListingActKind.DELIVERY, date(2026, 3, 8))
    revision, outcomes = store.submit(submission("b", act(1, on=date(2026, 3, 2), act_id="act-1"), delivery))
    assert rejected(outcomes) == [(1, "source_key")]
    (listing,) = history.dossier(code(1), revision).listings
    assert [a.on for a in listing.acts] == [date(2026, 3, 1), date(2026, 3, 8)]


def test_a_listing_belongs_to_one_enterprise(store, history):
    store.submit(submission("a", act(1, listing_id="L")))
    repair = act(2, ListingActKind.REPAIR, date(2026, 5, 1), listing_id="L")
    revision, outcomes = store.submit(submission("b", repair))
    assert rejected(outcomes) == [(1, "listing_act.listing_id")]
    assert history.dossier(code(2), revision) is None
    assert len(history.dossier(code(1), revision).listings[0].acts) == 1


def test_a_delivery_keeps_its_instant_and_a_listing_its_persons(store, history):
    at = NOON + timedelta(microseconds=1)
    decision, delivery = act(1, persons=["p2", "p1"]), act(1, ListingActKind.DELIVERY, date(2026, 6, 1), at=at)
    revision, _ = store.submit(submission("a", decision, delivery))
    (listing,) = history.dossier(code(1), revision).listings
    assert listing.acts == (decision.listing_act, delivery.listing_act)
    assert listing.person_keys == {"p1", "p2"}


def test_an_act_keeps_all_that_it_says(store, history):
    rows = []
    for number, changes in enumerate(
        ({"party": "p1"}, {"due_on": date(2026, 1, 2)}, {"corrected_on": date(2026, 1, 3)}, {"extended": True}), 1
    ):
        row = act(1, act_id=f"act-{number}")
        said = '{"reason":"r"}' if number > 1 else ""
        rows.append(replace(row, listing_act=replace(row.listing_act, **changes), act_details=said))
    revision, outcomes = store.submit(submission("a", *rows))
    assert statuses(outcomes) == [STORED] * 4
    assert history.dossier(code(1), revision).listings[0].acts == tuple(row.listing_act for row in rows)
    assert list(store.held_listing("listing-1")[1].said.values()) == [{}, *[{"reason": "r"}] * 3]


def test_persons_are_kept_sealed_once(store, engine):
    store.submit(submission("a", act(1, persons=["p1"]), act(2, persons=["p1", "p2"])))
    store.submit(submission("b", act(3, persons=["p2"])))
    with engine.connect() as connection:
        kept = dict(connection.execute(select(tables.person)).all())
    assert kept == {"p1": b"sealed p1", "p2": b"sealed p2"}


def test_a_held_notice_weighs_on_nobody_until_it_is_attached(store, history):
    first, outcomes = store.submit(submission("a", held(name="十堰（无码） 公司")))
    assert (outcomes[0].field, outcomes[0].why) == ("uscc", "no code was published")
    (unresolved,) = history.unresolved(first)["十堰(无码)公司"]
    assert (unresolved.name, unresolved.published_on) == ("十堰（无码） 公司", date(2026, 2, 7))
    second, outcomes = store.submit(submission("b", attach(1)))
    assert statuses(outcomes) == [STORED]
    assert history.unresolved(second) == {}
    assert history.dossier(code(1), second).facts == (held().held.fact,)
    assert history.dossier(code(1), first) is None
    assert history.unresolved(first).keys() == {"十堰(无码)公司"}
    assert history.touched(first, second) == type(history.touched(0, 0))(
        frozenset({code(1)}), frozenset({"十堰(无码)公司"})
    )


def test_a_notice_can_be_held_and_attached_in_one_chunk(store, history):
    revision, outcomes = store.submit(submission("a", held(), attach(1)))
    assert statuses(outcomes) == [HELD, STORED]
    assert history.unresolved(revision) == {}
    assert len(history.dossier(code(1), revision).facts) == 1


def test_a_held_notice_sent_again_stays_attached_and_a_corrected_one_too(store, history):
    store.submit(submission("a", held()))
    store.submit(submission("b", attach(1)))
    _, outcomes = store.submit(submission("c", held()))
    assert statuses(outcomes) == [UNCHANGED]
    revision, outcomes = store.submit(submission("d", held(published_on=date(2026, 2, 8))))
    assert statuses(outcomes) == [STORED]
    assert history.unresolved(revision) == {}
    assert history.dossier(code(1), revision).facts[0].published_on == date(2026, 2, 8)


def test_an_attachment_is_corrected_under_its_own_key_only(store, history):
    store.submit(submission("a", held(), held("notice-2"), attach(1)))
    _, outcomes = store.submit(submission("b", attach(2, record_id="attachment-2"), attach(2, target="notice-2")))
    assert rejected(outcomes) == [(1, "attachment.record_id"), (2, "attachment.record_id")]
    assert "attached already" in outcomes[0].why
    assert "for another record" in outcomes[1].why
    revision, outcomes = store.submit(submission("c", attach(2)))
    assert statuses(outcomes) == [STORED]
    assert history.dossier(code(1), revision) is None
    assert len(history.dossier(code(2), revision).facts) == 1


def test_a_detached_notice_is_held_again_as_it_was_and_may_be_attached_anew(store, history):
    """X-01: a wrong match is undone, whether or not it is known whose the notice is."""
    first, _ = store.submit(submission("a", held()))
    store.submit(submission("b", attach(1)))
    revision, outcomes = store.submit(submission("c", detach()))
    assert statuses(outcomes) == [STORED]
    assert history.dossier(code(1), revision) is None
    assert history.unresolved(revision) == history.unresolved(first) != {}
    assert history.touched(revision - 1, revision).name_keys == history.unresolved(first).keys()
    _, outcomes = store.submit(submission("d", detach()))
    assert statuses(outcomes) == [UNCHANGED]
    _, outcomes = store.submit(submission("e", held()))
    assert statuses(outcomes) == [UNCHANGED]
    revision, outcomes = store.submit(submission("f", attach(2)))
    assert statuses(outcomes) == [STORED]
    assert len(history.dossier(code(2), revision).facts) == 1
    assert history.unresolved(revision) == {}


def test_a_corrected_notice_is_held_with_its_correction_when_it_is_detached(store, history):
    store.submit(submission("a", held()))
    store.submit(submission("b", attach(1)))
    store.submit(submission("c", held(published_on=date(2026, 2, 8))))
    revision, _ = store.submit(submission("d", detach()))
    ((found,),) = history.unresolved(revision).values()
    assert (found.published_on, found.name) == (date(2026, 2, 8), "十堰无码劳务有限公司")


def test_what_is_not_attached_cannot_be_detached(store, history):
    store.submit(submission("a", held(), fact(1, "published_notice", "notice-9")))
    rows = detach(), detach("notice-9", "attachment-9"), detach("none", "attachment-8")
    _, outcomes = store.submit(submission("b", *rows))
    assert rejected(outcomes) == [
        (1, "attachment.detached"),
        (2, "attachment.record_id"),
        (3, "attachment.record_id"),
    ]
    store.submit(submission("c", attach(1)))
    revision, outcomes = store.submit(submission("d", detach(record_id="attachment-2")))
    assert rejected(outcomes) == [(1, "attachment.record_id")]
    assert len(history.dossier(code(1), revision).facts) == 2


def test_a_notice_that_gets_a_code_of_its_own_leaves_the_attachment_behind(store, history):
    store.submit(submission("a", held(), attach(1)))
    revision, _ = store.submit(submission("b", fact(2, "published_notice", "notice-1")))
    assert history.dossier(code(1), revision) is None
    assert len(history.dossier(code(2), revision).facts) == 1
    _, outcomes = store.submit(submission("c", attach(1)))
    assert rejected(outcomes) == [(1, "attachment.record_id")]


def test_a_notice_that_loses_its_code_is_held(store, history):
    store.submit(submission("a", fact(1, "published_notice", "notice-1")))
    revision, outcomes = store.submit(submission("b", held()))
    assert statuses(outcomes) == [HELD]
    assert history.dossier(code(1), revision) is None
    assert len(history.unresolved(revision)) == 1


def test_only_a_held_notice_can_be_attached(store):
    store.submit(submission("a", profile(1), fact(1), fact(1, "published_notice", "notice-9")))
    rows = [attach(2, t, f"attachment-{i}") for i, t in enumerate(["enterprise-1", "complaint-1", "notice-9", "none"])]
    _, outcomes = store.submit(submission("b", *rows))
    assert rejected(outcomes) == [(row, "attachment.record_id") for row in (1, 2, 3, 4)]


def test_a_name_of_nothing_but_spaces_and_a_held_record_of_another_kind_are_rejected(store):
    odd = held("notice-3")
    odd = replace(odd, held=replace(odd.held, fact=fact(1).fact))
    _, outcomes = store.submit(submission("a", profile(1, name=" \u200b"), held(name="\u3000"), odd))
    assert rejected(outcomes) == [(1, "enterprise.name"), (2, "name"), (3, "uscc")]


def test_the_same_chunk_sent_again_gets_the_same_answer(store, history):
    sent = submission("a", profile(1), held(), attach(2, target="unknown"))
    first = store.submit(sent)
    store.submit(submission("b", fact(1)))
    assert store.submit(sent) == first
    assert history.head() == 2


def test_a_chunk_that_stored_nothing_is_remembered_too(store):
    sent = submission("a", attach(1, target="notice-1"))
    revision, outcomes = store.submit(sent)
    assert (revision, rejected(outcomes)) == (0, [(1, "attachment.record_id")])
    store.submit(submission("b", held()))
    assert store.submit(sent) == (0, outcomes)


@pytest.mark.parametrize("changes", [{"digest": "other"}, {"agency": "other"}, {"agency": "other", "chunk": 1}])
def test_a_request_id_is_not_used_twice(store, history, changes):
    sent = submission("a", profile(1))
    store.submit(sent)
    with pytest.raises(RequestIdReusedError):
        store.submit(replace(sent, **changes))
    assert history.head() == 1


def test_a_row_without_content_is_the_callers_fault_and_stores_nothing(store, history):
    with pytest.raises(ValueError, match="row 2 has no content"):
        store.submit(submission("a", profile(1), replace(profile(2), profile=None)))
    assert history.head() == 0


def test_a_confirmation_takes_a_revision_once(store, history):
    state = FeedState("labour", NOON)
    assert [store.confirm("a", state, "hrss", "writer-1", NOON) for _ in range(2)] == [1, 1]
    later = FeedState("labour", NOON + timedelta(hours=1))
    assert store.confirm("b", later, "hrss", "writer-1", NOON) == 2
    assert (history.feeds(0), history.feeds(1), history.feeds(2)) == ({}, {"labour": state}, {"labour": later})
    with pytest.raises(RequestIdReusedError):
        store.confirm("a", later, "hrss", "writer-1", NOON)
    with pytest.raises(RequestIdReusedError):
        store.confirm("a", state, "another", "writer-1", NOON)
    with pytest.raises(ValueError, match="instant"):
        store.confirm("c", FeedState("labour", None), "hrss", "writer-1", NOON)


def test_commits_stay_unrecorded_until_their_entry_is_known(store):
    store.submit(submission("a", profile(1), chunk=0))
    store.submit(submission("b", profile(2), writer="writer-2"))
    store.submit(submission("a", profile(3), chunk=1))
    store.submit(submission("a", profile(3), chunk=2))
    store.submit(submission("d", profile(3)))
    store.confirm("c", FeedState("labour", NOON), "hrss", "writer-1", NOON)
    assert store.unrecorded("writer-1") == [("a", 1, 3), ("c", 4, 4)]
    store.mark_recorded("a", 1, 17)
    assert store.unrecorded("writer-1") == [("a", 3, 3), ("c", 4, 4)]
    store.mark_recorded("a", 3, 18)
    assert store.unrecorded("writer-1") == [("c", 4, 4)]
    assert store.unrecorded("writer-2") == [("b", 2, 2)]


def test_a_code_that_fails_the_standard_is_known_when_the_master_feed_has_it(store, history):
    odd = code(1)[:-1] + ("A" if code(1)[-1] != "A" else "B")
    store.submit(submission("a", replace(profile(1), uscc=odd), profile(2), replace(fact(3), uscc=code(3)[:-1] + "I")))
    assert store.nonconforming_known([odd, code(2), code(3)[:-1] + "I", "unknown"]) == {odd}
    assert {d.uscc: flag for d, flag in history.dossiers(1)} == {
        odd: True,
        code(2): False,
        code(3)[:-1] + "I": False,
    }
    store.submit(submission("b", profile(1)))
    assert store.nonconforming_known([odd]) == frozenset()
