"""What replays, reviews and lists of awards read, in every store: spans, mandates of then, and the index of then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from audit_calls import DRAFT, NOON, record
from mandate_samples import FRAME, NOW, bidding
from outcome_samples import outcome
from store_samples import RULES, SystemClock, act, code, profile, submission

from gateway.domain.audit import Draft
from gateway.domain.quotas import AS_SHIPPED
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.services.ports.facts import Submission
from gateway.services.ports.outcomes import OutcomeFilter, Within
from gateway.storage.access_index import AccessIndex
from gateway.storage.index import TimelineIndex
from gateway.storage.mandates import SqlMandateStore
from gateway.storage.outcomes import SqlOutcomeStore
from gateway.storage.past_register import SqlPastFacts
from gateway.storage.queue_spans import QueueSpans

pytest_plugins = ("audit_places",)
SECOND = timedelta(seconds=1)
MOMENTS = [NOON + timedelta(days=100 * number) for number in range(-10, 10)]


def test_the_span_of_each_queue_begins_with_its_first_entry_at_the_instant_or_later(place):
    record(place, *[DRAFT] * 5)
    record(place, DRAFT, writer="node-1.1", times=[NOON + timedelta(hours=1)])
    spans = QueueSpans(place)

    for moment, first in ((NOON - SECOND, 0), (NOON, 0), (NOON + SECOND / 2, 1), (NOON + 4 * SECOND, 4)):
        assert spans.since(moment) == {"node-1.0": (first, 5), "node-1.1": (0, 1)}
    assert spans.since(NOON + timedelta(hours=2)) == {"node-1.0": (5, 5), "node-1.1": (1, 1)}


def test_a_place_without_queues_has_no_spans(place):
    assert QueueSpans(place).since(NOON) == {}


def review(name, outcome="OK"):
    said = {"review": {"id": name}}
    return Draft({"method": "AuditService/SignReview", "outcome": outcome, "caller": {"agency": "audit"}, **said})


def test_reviews_are_found_newest_first_page_by_page_and_nothing_else_is(place, key_file):
    record(place, review("r0"), DRAFT, review("refused", "STATE"), review("r1"), DRAFT, review("r2"), review("r3"))
    index, found, token = AccessIndex(place, key_file), [], ""
    while True:
        rows, token = index.reviews(2, token)
        found.append([row.content["review"]["id"] for row in rows])
        if not token:
            break

    assert found == [["r3", "r2"], ["r1", "r0"]]


def test_a_review_that_is_signed_while_pages_are_read_moves_none(place, key_file):
    record(place, review("r0"), review("r1"), review("r2"))
    index = AccessIndex(place, key_file)
    _, token = index.reviews(1, "")
    record(place, review("r3"))
    rows, _ = index.reviews(5, token)

    assert [row.content["review"]["id"] for row in rows] == ["r1", "r0"]


@pytest.mark.parametrize("spoil", [lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), lambda _: "x"])
def test_a_changed_token_is_none(place, key_file, spoil):
    record(place, review("r0"), review("r1"))
    index = AccessIndex(place, key_file)
    _, token = index.reviews(1, "")
    with pytest.raises(ValueError, match="token"):
        index.reviews(1, spoil(token))


def file(digest, at=NOW):
    return Submission(f"mandates-of-{digest}", 0, digest, "", "", "w", at, rows=())


def test_a_mandate_is_found_by_its_version_and_as_it_stood_at_an_instant(engine):
    store = SqlMandateStore(engine, AS_SHIPPED.quota)
    first = bidding()
    store.begin(file("f"), [first])
    version = store.current()[0].mandate.version

    assert store.version(version) == replace(first, version=version)
    assert store.version(version + 1) is None
    assert store.standing(first.agency_id, first.role.value, NOW) == replace(first, version=version)
    assert store.standing(first.agency_id, first.role.value, NOW - timedelta(microseconds=1)) is None
    assert store.standing(first.agency_id, "auditor", NOW) is None
    assert FRAME.fault(first) is None


def test_outcomes_of_every_agency_are_listed_where_none_is_named(engine):
    outcomes = SqlOutcomeStore(engine)
    for number, agency in enumerate(("bidding", "finance")):
        wanted = outcome(outcome_id=f"outcome-{number}", agency=agency)
        sent = submission(wanted.outcome_id, agency=agency, feed="", writer="w")
        outcomes.record(sent, Within(wanted.case_ref, wanted.uscc), lambda *_, wanted=wanted: wanted)

    assert [each.outcome.agency for each in outcomes.listed(OutcomeFilter(""), 0, 9)] == ["bidding", "finance"]
    assert [each.outcome.agency for each in outcomes.listed(OutcomeFilter("finance"), 0, 9)] == ["finance"]


def test_a_register_of_the_past_is_what_the_index_was_at_each_revision(store, history):
    seen, past = [], SqlPastFacts(history)
    for number, rows in enumerate(
        (
            [profile(1), profile(2)],
            [profile(1, name="十堰样例改名有限公司", valid_from=date(2026, 1, 1))],
            [act(1), act(1, Kind.DELIVERY, date(2026, 3, 3))],
            [act(1, Kind.REVOCATION, date(2026, 4, 4))],
        )
    ):
        store.submit(submission(f"s{number}", *rows))
        index = TimelineIndex(history, RULES, SystemClock())
        index.load()
        seen.append((index.revision, [index.find(code(each)) for each in (1, 2, 3)]))
    assert past.head() == seen[-1][0]
    for revision, found in seen:
        register = past.register(revision, RULES)
        assert register.revision == revision
        for number, then in zip((1, 2, 3), found, strict=True):
            now = register.find(code(number))
            assert (now is None) == (then is None)
            if now is not None and then is not None:
                assert (now.names, now.nonconforming) == (then.names, then.nonconforming)
                assert [now.timeline.at(each) for each in MOMENTS] == [then.timeline.at(each) for each in MOMENTS]
