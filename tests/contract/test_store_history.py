"""What was known when: dossiers at a revision, relations and whom they concern, names of notices held."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update
from store_samples import FACTS, NOON, act, attach, code, fact, held, profile, submission

from gateway.domain.kinds.fact import PersonFact
from gateway.domain.records import Dossier, RelationKind
from gateway.domain.vocabulary import ListingActKind, Provenance
from gateway.storage import tables
from gateway.storage.content import ContentError

HEAD_OFFICE, BRANCH, PREDECESSOR = RelationKind.HEAD_OFFICE, RelationKind.BRANCH, RelationKind.PREDECESSOR
REPRESENTATIVE = RelationKind.LEGAL_REPRESENTATIVE


def relations(history, number, revision):
    dossier = history.dossier(code(number), revision)
    return [(r.kind, r.uscc, tuple(each.listing_id for each in r.listings)) for r in dossier.relations]


def test_a_dossier_holds_every_kind_exactly_as_submitted(store, history):
    rows = [fact(1, kind) for kind, each in FACTS if not isinstance(each, PersonFact)]
    full = profile(
        1,
        representative_key="p1",
        head_office_uscc=code(5),
        successor_of_uscc=code(6),
        authority="市场监管",
        provenance=Provenance.AUTHORITY,
    )
    bare = profile(1, "later", kind=None, construction_unit=False, valid_from=date(2021, 1, 1))
    revision, _ = store.submit(submission("a", bare, full, *rows))
    dossier = history.dossier(code(1), revision)
    assert dossier == Dossier(
        code(1), (full.profile, bare.profile), tuple(sorted((r.fact for r in rows), key=lambda f: f.record_id))
    )


def test_nothing_is_known_of_an_enterprise_before_its_first_record(store, history):
    revision, _ = store.submit(submission("a", profile(1)))
    assert history.dossier(code(1), revision - 1) is None
    assert history.dossier(code(2), revision) is None


def test_an_instant_resolves_to_the_newest_revision_committed_by_then(store, history):
    second = timedelta(seconds=1)
    assert history.revision_at(NOON) == 0
    for number in range(3):
        store.submit(submission(f"r{number}", profile(number), committed_at=NOON + number * second))
    instants = [NOON - second, NOON, NOON + second / 2, NOON + second, NOON + 9 * second]
    assert [history.revision_at(instant) for instant in instants] == [0, 1, 1, 2, 3]


def test_a_revision_is_never_older_than_the_one_before_although_its_writers_clock_is_behind(store, history):
    store.submit(submission("a", profile(1)))
    store.submit(submission("b", profile(2), committed_at=NOON - timedelta(hours=1)))
    assert history.revision_at(NOON - timedelta(minutes=1)) == 0
    assert history.revision_at(NOON) == 2


def test_all_dossiers_are_those_that_are_read_one_by_one_in_order(store, history):
    store.submit(submission("a", *(profile(n, head_office_uscc=code(n + 1)) for n in range(6)), act(3), fact(9)))
    revision, _ = store.submit(submission("b", act(8, persons=["p"]), profile(4, representative_key="p"), held()))
    found = [dossier for dossier, _ in history.dossiers(revision)]
    assert [dossier.uscc for dossier in found] == sorted(code(n) for n in (0, 1, 2, 3, 4, 5, 8, 9))
    assert found == [history.dossier(dossier.uscc, revision) for dossier in found]
    some = [code(9), code(4), code(7), code(9)]
    assert [d.uscc for d, _ in history.dossiers(revision, some)] == sorted({code(4), code(9)})


def test_a_fact_that_weighs_on_nobody_touches_only_whom_no_profile_makes_known(store, history):
    first, _ = store.submit(submission("a", profile(1), fact(2, "five_systems", "s2")))
    assert history.touched(0, first).codes == {code(1), code(2)}
    rows = [fact(number, "five_systems", f"more-{number}") for number in (1, 2, 3)]
    second, _ = store.submit(submission("b", *rows))
    assert history.touched(first, second).codes == {code(2), code(3)}
    third, _ = store.submit(submission("c", fact(1, "five_systems", "more-2")))
    assert history.touched(second, third).codes == {code(2)}
    found = {dossier.uscc: dossier.facts for dossier, _ in history.dossiers(third, weightless=False)}
    assert found == {code(1): (), code(2): (), code(3): ()}


def test_a_listing_reaches_branches_head_office_and_successors(store, history):
    branch = profile(2, head_office_uscc=code(1))
    successor = profile(3, successor_of_uscc=code(1))
    first, _ = store.submit(submission("a", profile(1), branch, successor, profile(4)))
    second, _ = store.submit(submission("b", act(1)))
    assert history.touched(first, second).codes == {code(1), code(2), code(3)}
    assert relations(history, 2, second) == [(HEAD_OFFICE, code(1), ("listing-1",))]
    assert relations(history, 3, second) == [(PREDECESSOR, code(1), ("listing-1",))]
    assert relations(history, 2, first) == relations(history, 1, second) == []
    third, _ = store.submit(submission("c", act(2)))
    assert history.touched(second, third).codes == {code(1), code(2)}
    assert relations(history, 1, third) == [(BRANCH, code(2), ("listing-2",))]


def test_a_head_office_without_a_record_of_its_own_is_known_through_its_listed_branch(store, history):
    revision, _ = store.submit(submission("a", profile(2, head_office_uscc=code(1)), act(2)))
    assert relations(history, 1, revision) == [(BRANCH, code(2), ("listing-2",))]
    assert code(1) in {dossier.uscc for dossier, _ in history.dossiers(revision)}
    assert code(1) in history.touched(0, revision).codes


def test_a_changed_profile_concerns_the_head_office_that_it_names_and_that_it_named(store, history):
    first, _ = store.submit(submission("a", profile(2, head_office_uscc=code(1)), act(2)))
    second, _ = store.submit(submission("b", profile(2, head_office_uscc=code(3))))
    assert history.touched(first, second).codes == {code(1), code(2), code(3)}
    assert history.dossier(code(1), second) is None
    assert relations(history, 3, second) == [(BRANCH, code(2), ("listing-2",))]
    third, _ = store.submit(submission("c", profile(2)))
    assert history.touched(second, third).codes == {code(2), code(3)}


def test_a_listed_person_reaches_other_enterprises_that_the_person_represents_or_represented(store, history):
    past = profile(2, "enterprise-2a", representative_key="p1")
    present = profile(2, "enterprise-2b", representative_key="p9", valid_from=date(2024, 1, 1))
    store.submit(
        submission("a", profile(1, representative_key="p1"), past, present, profile(3, representative_key="p3"))
    )
    first, _ = store.submit(submission("b", act(1, listing_id="M", persons=["p8"])))
    second, _ = store.submit(submission("c", act(1, listing_id="L", persons=["p1", "p2"])))
    assert history.touched(first, second).codes == {code(1), code(2)}
    assert relations(history, 2, second) == [(REPRESENTATIVE, code(1), ("L",))]
    assert relations(history, 2, first) == relations(history, 1, second) == relations(history, 3, second) == []
    third, _ = store.submit(submission("d", act(1, ListingActKind.DELIVERY, date(2026, 3, 9), listing_id="L")))
    assert history.touched(second, third).codes == {code(1), code(2)}
    (relation,) = history.dossier(code(2), third).relations
    assert [a.kind for a in relation.listings[0].acts] == [ListingActKind.DECISION, ListingActKind.DELIVERY]
    assert [len(r.listings[0].acts) for r in history.dossier(code(2), second).relations] == [1]


def test_persons_named_later_were_not_known_before(store, history):
    first, _ = store.submit(submission("a", act(1), profile(2, representative_key="p1")))
    second, _ = store.submit(submission("b", act(1, act_id="again", persons=["p1"])))
    keys = [history.dossier(code(1), revision).listings[0].person_keys for revision in (first, second)]
    assert keys == [frozenset(), {"p1"}]
    assert relations(history, 2, first) == []
    assert relations(history, 2, second) == [(REPRESENTATIVE, code(1), ("listing-1",))]


def test_a_new_representative_who_is_listed_already_is_found(store, history):
    store.submit(submission("a", act(1, persons=["p1"])))
    revision, _ = store.submit(submission("b", profile(2, representative_key="p1")))
    assert relations(history, 2, revision) == [(REPRESENTATIVE, code(1), ("listing-1",))]


def test_an_enterprise_is_no_relation_of_itself(store, history):
    own = profile(1, representative_key="p1", head_office_uscc=code(1), successor_of_uscc=code(1))
    revision, _ = store.submit(submission("a", own, act(1, persons=["p1"])))
    assert relations(history, 1, revision) == []


def test_held_notices_are_found_under_the_name_in_its_normal_form_only(store, history):
    rows = [held("n2", "甲（乙）公司"), held("n1", "甲(乙)公司"), held("n3", "丙公司")]
    first, _ = store.submit(submission("a", *rows))
    assert [u.record_id for u in history.unresolved(first)["甲(乙)公司"]] == ["n1", "n2"]
    assert history.unresolved(first, ["丙公司", "丁公司"]).keys() == {"丙公司"}
    second, _ = store.submit(submission("b", held("n3", "丁公司"), attach(1, "n1")))
    assert history.touched(first, second).name_keys == {"丙公司", "丁公司", "甲(乙)公司"}
    assert {key: len(found) for key, found in history.unresolved(second).items()} == {"丁公司": 1, "甲(乙)公司": 1}


@pytest.mark.parametrize(
    "damage",
    [
        {"kind": "unheard_of"},
        {"content": "{}"},
        {"content": "not json"},
        {"content": '["a"]'},
        {"extra": 1},
        {"accepted_on": "2026-13-01"},
        {"accepted_on": None},
        {"provenance": "RUMOUR"},
        {"payment_order_number": 7},
    ],
)
def test_a_record_that_cannot_be_understood_is_an_error_and_never_skipped(store, history, engine, damage):
    revision, _ = store.submit(submission("a", fact(1)))
    table = tables.simple_record
    with engine.begin() as connection:
        content = json.loads(connection.execute(select(table.c.content)).scalar_one())
        plain = {key: value for key, value in damage.items() if key in {"kind", "content"}}
        changed = json.dumps({**content, **damage}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        connection.execute(update(table).values(**(plain or {"content": changed})))
    with pytest.raises(ContentError, match="complaint-1"):
        history.dossier(code(1), revision)
    with pytest.raises(ContentError, match="complaint-1"):
        list(history.dossiers(revision))


def test_a_profile_with_an_unknown_word_is_an_error(store, history, engine):
    revision, _ = store.submit(submission("a", profile(1)))
    with engine.begin() as connection:
        row = connection.execute(select(tables.enterprise_profile)).mappings().one()
        connection.execute(
            insert(tables.enterprise_profile).values(**{**row, "record_id": "x", "business_status": "?"})
        )
    with pytest.raises(ValueError, match="BusinessStatus"):
        history.dossier(code(1), revision)


def test_a_code_that_fails_the_standard_is_marked_only_where_the_master_feed_has_it(store, history):
    odd = code(1)[:-1] + ("A" if code(1)[-1] != "A" else "B")
    store.submit(submission("a", replace(profile(1), uscc=odd), fact(2)))
    assert {dossier.uscc: flag for dossier, flag in history.dossiers(1)} == {odd: True, code(2): False}


def test_the_records_of_projects_are_read_as_they_were_known_and_nothing_else_is(store, history):
    first, _ = store.submit(submission("a", profile(1), fact(1, "five_systems"), fact(1), fact(2, "five_systems")))
    second, _ = store.submit(
        submission("b", fact(1, "five_systems", project="二号楼"), fact(1, "five_systems", "another"))
    )

    known = history.project_records([code(1)], first)
    assert {uscc: [check.project for check in checks] for uscc, checks in known.items()} == {code(1): ["一号楼"]}
    third, _ = store.submit(submission("c", fact(2, "wage_deposit", project="三号楼")))
    later = history.project_records([code(1), code(2), code(3)], second)
    assert {uscc: sorted(check.project for check in checks) for uscc, checks in later.items()} == {
        code(1): ["一号楼", "二号楼"],
        code(2): ["一号楼"],
    }
    assert sorted(each.project for each in history.project_records([code(2)], third)[code(2)]) == ["一号楼", "三号楼"]
