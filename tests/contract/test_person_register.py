"""What is on record of a person, in every store: found by the keyed hash alone, as it was known at each revision."""

from __future__ import annotations

from datetime import date

import pytest
from audit_calls import NOON, body, record
from store_samples import act, code, fact, profile, submission

from gateway.domain.audit import Draft
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.storage.audit_reader import read_entries
from gateway.storage.person_files import SqlPersonRegister
from gateway.storage.recorded_answers import QueueAnswers

pytest_plugins = ("audit_places",)


@pytest.fixture
def persons(engine):
    return SqlPersonRegister(engine)


def test_a_person_is_found_with_every_listing_and_record_that_names_it(store, persons):
    listed = [act(1, persons=["p", "q"]), act(1, Kind.DELIVERY, date(2026, 3, 3)), act(2, persons=["q"])]
    revision, _ = store.submit(submission("a", profile(1), *listed, fact(1, "exam_record")))
    held = persons.person("p", revision)
    assert held.sealed == b"sealed p"
    assert held.file.key == "p"
    assert [(each.listing_id, each.uscc, each.person_keys) for each in held.file.listings] == [
        ("listing-1", code(1), frozenset({"p", "q"}))
    ]
    assert [each.kind for each in held.file.listings[0].acts] == [Kind.DECISION, Kind.DELIVERY]
    assert [each.wire_name for each in held.file.facts] == ["exam_record"]
    other = persons.person("q", revision).file
    assert {each.listing_id for each in other.listings} == {"listing-1", "listing-2"}
    assert other.facts == ()


def test_another_listing_of_the_same_unit_is_not_the_persons(store, persons):
    revision, _ = store.submit(
        submission("a", act(1, persons=["p"]), act(1, listing_id="other", persons=["q"]), act(1, listing_id="none"))
    )
    assert [each.listing_id for each in persons.person("p", revision).file.listings] == ["listing-1"]
    assert [each.listing_id for each in persons.person("q", revision).file.listings] == ["other"]


def test_whom_no_listing_and_no_record_names_is_nobody(store, persons):
    revision, _ = store.submit(submission("a", profile(1, representative_key="p"), act(1, persons=["q"])))
    assert persons.person("p", revision) is None
    assert persons.person("q" * 64, revision) is None
    assert persons.person("", revision) is None


def test_each_revision_shows_what_was_known_then(store, persons):
    first, _ = store.submit(submission("a", act(1, persons=["p"])))
    second, _ = store.submit(submission("b", act(1, Kind.REVOCATION, date(2026, 4, 1)), fact(1, "exam_record")))
    assert persons.person("p", first - 1) is None
    then, now = persons.person("p", first).file, persons.person("p", second).file
    assert not then.listings[0].is_void
    assert then.facts == ()
    assert now.listings[0].is_void
    assert len(now.facts) == 1
    assert persons.revision_at(date_time_before_all()) == 0


def date_time_before_all():
    return NOON.replace(year=2000)


def test_a_record_that_is_corrected_to_another_person_leaves_the_first(store, persons):
    first, _ = store.submit(submission("a", fact(1, "exam_record", "x")))
    second, _ = store.submit(submission("b", fact(1, "insurance_severe_listing", "y"), fact(1, "exam_record", "z")))
    assert [each.record_id for each in persons.person("p", first).file.facts] == ["x"]
    assert [each.record_id for each in persons.person("p", second).file.facts] == ["x", "y", "z"]


def test_a_dispute_about_the_persons_identity_in_the_unit_comes_with_it(store, persons):
    revision, _ = store.submit(
        submission("a", act(1, persons=["p"]), act(2, persons=["p"]), fact(1, "identity_dispute", "d", person="p"))
    )
    links = persons.person("p", revision).file.links
    assert links.through("p", (code(1),)) is None, "the sample's dispute found the link false"
    assert links.through("p", (code(2),)) == ()


def test_a_recorded_answer_is_read_at_its_position_in_whichever_queue(place):
    record(place, Draft(body(person="p")), Draft(body(person="q")))
    record(place, Draft(body(person="r")), writer="node-2.0")
    answers = QueueAnswers(place)
    second = read_entries(place.readers()["node-1.0"], "node-1.0", 1, 1)[0]
    found = answers.answer("node-1.0", 1)
    assert (found.leaf, found.time, found.body["person"]) == (second.leaf, second.time, "q")
    assert answers.answer("node-2.0", 0).body["person"] == "r"
    assert answers.answer("node-1.0", 2) is None
    assert answers.answer("node-3.0", 0) is None
    assert answers.answer("", 0) is None
