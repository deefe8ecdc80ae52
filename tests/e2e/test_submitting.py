"""Facts come in row by row, weigh at once, and go stale when nobody says that they are current."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from e2e.served import (
    BIDDING,
    CONFIRM,
    HRSS,
    REGISTRAR,
    SUBMIT,
    award,
    award_known,
    body_of,
    new_party,
    today,
)
from e2e.submissions import chunk, listings_of, numbered, seconds_until_it_weighs, submit
from jointsanctions.v1 import common_pb2, credit_pb2, record_pb2, registry_pb2

from gateway.sample.records import FEEDS, Party, complaint, listing, notice, penalty, profile, publication
from gateway.storage.facts import SqlFactStore

pytestmark = pytest.mark.xdist_group("served")
PLATFORM = "credit-platform.producer"
RESIDENT = "11010519491231002X"
"""The sample of GB 11643, which is nobody's."""
NEW_LISTINGS = 40
"""How many listings are timed."""


def some(count, party=None):
    party = party or new_party()
    return numbered([complaint(party, f"{party.uscc}-{row}", today(), None) for row in range(count)])


def facts_of(served, party, revision=0):
    """Return what is on record of an enterprise, once the server serves *revision*."""
    award_known(served, revision)
    request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o")
    request.enterprise.uscc = party.uscc
    return served.callers.as_caller(HRSS).credit_record(request)


def spoilt(field, value, records=None):
    """Return one complaint with one field replaced."""
    (record,) = records or some(1)
    holder = record.complaint if hasattr(record.complaint, field) else record
    setattr(holder, field, value)
    return record


def test_a_residents_number_in_the_place_of_a_code_is_refused_in_a_notice_too(served):
    records = numbered([notice(Party(RESIDENT, "示例公司"), RESIDENT[-4:], "WAGE_ARREARS_LISTING", today())])
    answer = submit(served, chunk(records, "publications"))
    assert [(row.status, row.field) for row in answer.rows] == [(registry_pb2.ROW_STATUS_REJECTED, "uscc")]
    assert RESIDENT not in answer.rows[0].why.en


def test_a_producer_is_told_how_much_of_its_submission_is_stored_and_nobody_else(served):
    sent = chunk(some(3), last=False), chunk(some(2))
    sent[1].request_id = sent[0].request_id
    answer = submit(served, *sent)
    question = registry_pb2.GetSubmissionRequest(request_id=sent[0].request_id, feed=sent[0].feed, officer="o")

    told = served.callers.as_caller(HRSS).submitted(question)
    entry = served.entry(told.audit_position)
    assert (told.messages, told.outcome.stored, told.outcome.data_revision) == (2, 5, answer.data_revision)
    assert not told.outcome.HasField("audit_position")
    assert body_of(entry)["request"]["id"] == sent[0].request_id

    question.request_id = "never sent"
    unknown = served.callers.as_caller(HRSS).submitted(question)
    assert (unknown.messages, unknown.HasField("outcome")) == (0, False)
    for field in ("request_id", "officer", "feed"):
        faulty = registry_pb2.GetSubmissionRequest()
        faulty.CopyFrom(question)
        faulty.ClearField(field)
        refused = served.send("/jointsanctions.v1.RegistryService/GetSubmission", faulty, HRSS)
        assert (refused.code, refused.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)
    foreign = served.send("/jointsanctions.v1.RegistryService/GetSubmission", question, REGISTRAR)
    assert foreign.code is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize("kind", ["listing_act", "publication", "penalty"])
def test_what_another_authority_decided_is_refused_by_name_unless_its_feed_passes_on_others_decisions(served, kind):
    """L-01."""
    party, elsewhere, later = new_party(), "示例县人力资源和社会保障局", today() + timedelta(days=9)
    made = {
        "listing_act": ("wage_list", listing(party, party.uscc, today())[:1]),
        "publication": ("publications", [publication(party, party.uscc, today(), later, for_wages=True)]),
        "penalty": ("labour_inspection", [penalty(party, party.uscc, today(), today() + timedelta(days=9))]),
    }
    feed, (record,) = made[kind]
    record.row, record.authority = 1, elsewhere
    (row,) = submit(served, chunk([record], feed)).rows
    assert (row.status, row.field) == (registry_pb2.ROW_STATUS_REJECTED, "authority")
    assert row.why.zh == "授权范围不包含该认定机关（L-01）"
    if kind == "penalty":
        assert submit(served, chunk([record], "penalties"), who=PLATFORM).stored == 1


# What is wrong with a row, and the field that must be named.
SPOILT = {
    "no key": (lambda: spoilt("source_key", ""), "source_key"),
    "a key too long": (lambda: spoilt("source_key", "x" * 129), "source_key"),
    "no authority": (lambda: spoilt("authority", " "), "authority"),
    "no document number": (lambda: spoilt("document_number", ""), "document_number"),
    "a name too long": (lambda: spoilt("name", "字" * 101), "name"),
    "no code": (lambda: spoilt("uscc", ""), "uscc"),
    "a code cut short": (lambda: spoilt("uscc", "91420399MA00K2U7X"), "uscc"),
    "a resident's number as code": (lambda: spoilt("uscc", RESIDENT), "uscc"),
    "no day of acceptance": (lambda: spoilt("accepted_on", ""), "complaint.accepted_on"),
    "the 30th of February": (lambda: spoilt("accepted_on", "2026-02-30"), "complaint.accepted_on"),
    "another way to write dates": (lambda: spoilt("accepted_on", "2026/01/02"), "complaint.accepted_on"),
    "the year 2100": (lambda: spoilt("verified_on", "2100-01-01"), "complaint.verified_on"),
    "the year 1999": (lambda: spoilt("accepted_on", "1999-12-31"), "complaint.accepted_on"),
    "verified before it was accepted": (lambda: spoilt("verified_on", "2001-01-01"), "complaint.verified_on"),
    "a control character": (lambda: spoilt("payment_order_number", "a\u202eb"), "complaint.payment_order_number"),
    "no fact": (lambda: record_pb2.Record(source_key="k", uscc=new_party().uscc, authority="a"), "fact"),
    "a fact of another feed": (lambda: profile(new_party(), today()), "fact"),
}


def test_each_malformed_row_is_rejected_with_its_field_and_the_others_are_stored(served):
    party = new_party()
    good = some(3, party)
    rows = numbered([good[0], *(make() for make, _ in SPOILT.values()), good[1], good[2]])
    answer = submit(served, chunk(rows))

    assert (answer.stored, answer.rejected, answer.held, answer.unchanged) == (3, len(SPOILT), 0, 0)
    assert [(row.row, row.field) for row in answer.rows] == [
        (place, field) for place, (_, field) in enumerate(SPOILT.values(), 2)
    ]
    assert {row.status for row in answer.rows} == {registry_pb2.ROW_STATUS_REJECTED}
    assert all(row.why.zh and row.why.en for row in answer.rows)
    assert not [row for row in answer.rows if "19491231" in row.why.en + row.why.zh]
    assert len(facts_of(served, party, answer.data_revision).facts) == 3
    body = body_of(served.entry(answer.audit_position))
    assert body["rows"] == {"stored": 3, "rejected": len(SPOILT), "held": 0, "unchanged": 0}


def test_the_same_submission_again_changes_nothing_and_says_the_same(served):
    first_chunk = chunk(some(4), request_id="again-1", last=False)
    second_chunk = chunk(some(2), request_id="again-1")
    first = submit(served, first_chunk, second_chunk)
    again = submit(served, first_chunk, second_chunk)
    under_another_id = submit(served, chunk(first_chunk.records))

    assert first.stored == 6
    assert again.audit_position.number > first.audit_position.number
    for answer in (first, again):
        answer.ClearField("audit_position")
    assert again == first
    assert (under_another_id.unchanged, under_another_id.stored) == (4, 0)
    assert under_another_id.data_revision == first.data_revision


def test_a_request_id_holds_one_content_only_and_one_agencys(served):
    submit(served, chunk(some(1), request_id="mine-1"))
    party = new_party()
    other_content = served.raw_stream(SUBMIT, [chunk(some(1, party), request_id="mine-1").SerializeToString()])
    others = chunk([profile(party, today())], "market_regulation", "mine-1")
    other_agency = served.raw_stream(SUBMIT, [others.SerializeToString()], REGISTRAR)

    for outcome in (other_content, other_agency):
        assert (outcome.code, outcome.reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    assert not facts_of(served, party, submit(served, chunk(some(1))).data_revision).facts


@pytest.mark.parametrize(
    ("second", "field"),
    [
        (lambda: chunk(some(1), request_id="other"), "request_id"),
        (lambda: chunk(some(1), request_id="one", officer="p"), "request_id"),
        (lambda: chunk([], request_id="one", last=False), "records"),
        (lambda: chunk(some(1001), request_id="one"), "records"),
    ],
)
def test_a_second_message_at_fault_ends_the_stream_and_the_first_stays_stored_and_recorded(served, second, field):
    party, before = new_party(), served.next_number()
    first = chunk(some(2, party), last=False)
    later = second()
    if later.request_id == "one":
        later.request_id = first.request_id
    outcome = served.raw_stream(SUBMIT, [first.SerializeToString(), later.SerializeToString()])
    (entry,) = served.entries(before)
    body = body_of(entry)

    assert (outcome.code, outcome.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)
    assert (body["outcome"], body["rows"]["stored"]) == ("MALFORMED_REQUEST", 2)
    assert body["revisions"][0] == body["revisions"][1] > 0
    assert len(facts_of(served, party, body["revisions"][1]).facts) == 2
    assert not SqlFactStore(served._engine).unrecorded(entry.writer)


def test_a_listing_weighs_within_a_fifth_of_a_second_of_its_commit(served):
    """F7: the 99th of a hundred; with forty that is the slowest but none. What is measured includes the asking."""
    parties = [new_party() for _ in range(NEW_LISTINGS)]
    waited = []
    for party, records in zip(parties, listings_of(parties), strict=True):
        submit(served, chunk(records, "wage_list"))
        waited.append(seconds_until_it_weighs(served, party, time.monotonic()))

    assert sorted(waited)[int(0.95 * NEW_LISTINGS)] <= 0.2
    assert sorted(waited)[NEW_LISTINGS // 2] <= 0.1


def test_an_answer_at_least_as_fresh_as_the_write_sees_it_at_once(served):
    for party, records in ((party, listings_of([party])[0]) for party in (new_party() for _ in range(10))):
        revision = submit(served, chunk(records, "wage_list")).data_revision
        answer = served.callers.as_caller(BIDDING).check(award(party.uscc, at_least_as_fresh=revision))
        assert answer.decision.verdict == common_pb2.VERDICT_RESTRICTED
        assert answer.basis.data_revision >= revision


def test_a_revision_that_is_not_reached_is_unverifiable_but_a_proven_block_stays(served):
    asked = {"at_least_as_fresh": 2**40}
    clear = served.callers.as_caller(BIDDING).check(award(served.city.example("grade_a").uscc, **asked))
    listed = served.callers.as_caller(BIDDING).check(award(served.city.example("listed").uscc, **asked))

    assert clear.decision.verdict == common_pb2.VERDICT_UNVERIFIABLE
    assert clear.decision.unverifiable_because[0].startswith("REVISION_NOT_REACHED")
    assert listed.decision.verdict == common_pb2.VERDICT_RESTRICTED


def test_a_profile_and_its_complaints_may_come_from_two_producers(served):
    party = new_party()
    submit(served, chunk([profile(party, today())], "market_regulation"), who=REGISTRAR)
    record = facts_of(served, party, submit(served, chunk(some(2, party))).data_revision)

    assert (record.enterprise.name, record.enterprise.known) == (party.name, True)
    assert len(record.facts) == 2


def confirm(served, feed, age, who=HRSS):
    request = registry_pb2.ConfirmCurrentRequest(request_id=new_party().uscc, feed=feed, officer="o")
    request.current_until.FromDatetime(datetime.now(UTC) - age)
    return served.callers.as_caller(who).confirm_current(request).data_revision


def test_a_feed_that_went_stale_makes_answers_unverifiable_until_it_is_confirmed(served):
    def verdicts(revision):
        asked = [award(served.city.example(key).uscc, at_least_as_fresh=revision) for key in ("grade_a", "listed")]
        return [served.callers.as_caller(BIDDING).check(request) for request in asked]

    try:
        clear, listed = verdicts(confirm(served, "wage_list", timedelta(hours=27)))
    finally:
        current = confirm(served, "wage_list", timedelta())
    assert clear.decision.verdict == common_pb2.VERDICT_UNVERIFIABLE
    assert list(clear.decision.unverifiable_because) == ["STALE_SOURCE: wage_list"]
    assert {age.feed for age in clear.basis.source_ages if not age.fresh} == {"wage_list"}
    assert listed.decision.verdict == common_pb2.VERDICT_RESTRICTED
    assert [answer.decision.verdict for answer in verdicts(current)] == [
        common_pb2.VERDICT_CLEAR,
        common_pb2.VERDICT_RESTRICTED,
    ]


def test_feeds_that_nobody_ever_confirmed_make_nothing_clear(start_gateway):
    gateway = start_gateway(filled=False)
    known, listed = new_party(), new_party()
    submit(gateway, chunk([profile(party, today()) for party in (known, listed)], "market_regulation"), who=REGISTRAR)
    revision = submit(gateway, chunk(listings_of([listed])[0], "wage_list")).data_revision
    clear, blocked = (
        gateway.callers.as_caller(BIDDING).check(award(party.uscc, at_least_as_fresh=revision)).decision
        for party in (known, listed)
    )

    assert clear.verdict == common_pb2.VERDICT_UNVERIFIABLE
    assert sorted(clear.unverifiable_because) == sorted(
        f"STALE_SOURCE: {feed}" for feed in (*FEEDS, "penalties", "platform_lists")
    )
    assert blocked.verdict == common_pb2.VERDICT_RESTRICTED


def test_confirming_is_idempotent_and_its_entry_holds_its_revision(served):
    request = registry_pb2.ConfirmCurrentRequest(request_id=new_party().uscc, feed="wage_list", officer="o")
    request.current_until.GetCurrentTime()
    first, second = (served.callers.as_caller(HRSS).confirm_current(request) for _ in range(2))
    request.current_until.seconds -= 1
    other = served.send(CONFIRM, request, HRSS)

    assert first.data_revision == second.data_revision
    assert first.audit_position.number != second.audit_position.number
    assert other.reason == "REQUEST_ID_REUSED"
    assert body_of(served.entry(first.audit_position))["revisions"] == [first.data_revision] * 2
