"""A case in progress is told what begins and ends to weigh on its parties, and what is told is acknowledged."""

from __future__ import annotations

import itertools

import pytest
from e2e.registered import AMEND, Registered, applicant, terms
from e2e.reported import Listed, ago, read, submit
from e2e.served import BIDDING, FINANCE, HRSS, body_of, new_party
from e2e.test_awards_cleared import known
from jointsanctions.v1 import case_pb2 as pb
from jointsanctions.v1 import common_pb2, credit_pb2, ending_pb2

from gateway.sample.records import listing

pytestmark = pytest.mark.xdist_group("served")
WATCH = "/jointsanctions.v1.CreditService/WatchCase"
ACKNOWLEDGE = "/jointsanctions.v1.CreditService/AcknowledgeCaseEvent"
OWED = "/jointsanctions.v1.RegistryService/ListUnacknowledgedCaseEvents"
ENDINGS = "/jointsanctions.v1.CreditService/ListEndings"
BOTH = 2
"""What a listing brings: itself, and grade C."""
BEGAN, ENDED = pb.CASE_EVENT_KIND_BEGAN, pb.CASE_EVENT_KIND_ENDED
_numbers = itertools.count()


class Watching:
    """One open stream of a gateway's."""

    def __init__(self, served, after=0, who=BIDDING):
        call = served.channel(who).unary_stream(WATCH, pb.WatchCaseRequest.SerializeToString, None)
        self.stream = call(pb.WatchCaseRequest(after_sequence=after, officer="officer-7"), timeout=60)

    def message(self):
        return pb.WatchCaseResponse.FromString(next(self.stream))

    def events(self, case, count):
        """Return the next *count* events of a case, with the messages that brought them."""
        found = []
        while len(found) < count:
            message = self.message()
            if message.WhichOneof("told") == "event" and message.event.case_id == case.case.case_id:
                found.append(message)
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.cancel()


def of_listing(found, key):
    """Return the event that tells of a listing, among those of the listing and of the grade that follows from it."""
    (one,) = [each for each in found if each.event.measure.record_id == key]
    assert {each.event.measure.trigger for each in found} == {common_pb2.TRIGGER_LISTING, common_pb2.TRIGGER_GRADE_C}
    return one


def watched(served, case, count, after=0):
    with Watching(served, after) as watching:
        return watching.events(case, count)


def acknowledged(served, sequence, who=BIDDING):
    sent = pb.AcknowledgeCaseEventRequest(request_id=f"ack-{next(_numbers)}", officer="o", sequence=sequence)
    return served.send(ACKNOWLEDGE, sent, who)


def owed(served, case):
    request = pb.ListUnacknowledgedCaseEventsRequest(officer="o", page_size=1_000)
    found = read(served, OWED, request, pb.ListUnacknowledgedCaseEventsResponse, HRSS).events
    return [each for each in found if each.case_id == case.case.case_id]


def test_a_listing_is_told_as_a_check_would_tell_it_and_its_end_as_no_more_than_that(served):
    party, revision = known(served)
    case = Registered(served, applicant(party.uscc))
    case.asked(party.uscc, revision=revision)  # its profile weighs from here on
    key = f"L-{party.uscc}"
    with Watching(served) as watching:
        first = watching.message()
        assert first.WhichOneof("told") == "heartbeat"
        assert first.HasField("audit_position")
        listed = Listed.__new__(Listed)
        listed.served, listed.party, listed.uscc, listed.key = served, party, party.uscc, key
        listed.revision = submit(served, "wage_list", *listing(party, key, ago(30)))
        both = watching.events(case, BOTH)
        began = of_listing(both, key)
        answer = case.asked(party.uscc, revision=listed.revision)
        assert (began.event.kind, began.event.uscc) == (BEGAN, party.uscc)
        assert began.event.measure in list(answer.decision.measures)
        body = body_of(served.entry(began.audit_position))
        assert (body["method"], body["delivered_event"]) == ("CreditService/WatchCase", began.event.sequence)
        assert (body["enterprises"], body["grounds"]) == ([party.uscc], [key])
        listed.revoked()
        ended = watching.events(case, BOTH)
    assert {each.event.kind for each in ended} == {ENDED}
    assert {each.event.of_sequence for each in ended} == {each.event.sequence for each in both}
    for each in ended:
        assert not each.event.HasField("measure")
        assert key not in str(body_of(served.entry(each.audit_position)))
    again = watched(served, case, 2 * BOTH)
    assert [each.event.sequence for each in again] == [each.event.sequence for each in (*both, *ended)]
    assert not any(each.event.HasField("measure") for each in again), "after its end nothing of the record is left"
    assert key not in str(again)
    # Whoever was told of the record by an event is told of its end like everybody else.
    request = ending_pb2.ListEndingsRequest(officer="o", page_size=100)
    found = read(served, ENDINGS, request, ending_pb2.ListEndingsResponse, BIDDING)
    assert key in [each.record_id for each in found.endings]


def test_what_weighs_already_when_a_case_is_registered_is_told_first(served):
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc))
    began = of_listing(watched(served, case, BOTH), listed.key)
    assert (began.event.case_ref, began.event.part) == (case.case_ref, "1")


def test_a_party_that_joins_is_followed_and_one_that_left_is_not(served):
    joins, leaves = Listed(served), Listed(served)
    case = Registered(served, applicant(leaves.uscc))
    began = watched(served, case, BOTH)
    case.send(AMEND, case.amending(terms(applicant(joins.uscc)), 1), credit_pb2.AmendCaseResponse)
    leaves.revoked()
    joined = watched(served, case, BOTH, began[-1].event.sequence)
    assert {(each.event.kind, each.event.uscc) for each in joined} == {(BEGAN, joins.uscc)}
    joins.revoked()
    ended = watched(served, case, BOTH, joined[-1].event.sequence)
    assert {each.event.of_sequence for each in ended} == {each.event.sequence for each in joined}


def test_an_event_is_acknowledged_by_its_agency_and_owed_until_then(served):
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc))
    began, other = watched(served, case, BOTH)
    standing, _ = owed(served, case)
    told = (standing.agency, standing.sequence, standing.overdue)
    assert told == ("public-resources-trading", began.event.sequence, False)
    assert standing.acknowledge_by > ""
    assert case.case_ref not in str(standing)
    assert acknowledged(served, 10**9).reason == "ENTERPRISE_NOT_FOUND"
    assert acknowledged(served, began.event.sequence, FINANCE).reason == "ENTERPRISE_NOT_FOUND"
    assert len(owed(served, case)) == BOTH
    assert acknowledged(served, began.event.sequence).ok
    assert [each.sequence for each in owed(served, case)] == [other.event.sequence]
    assert acknowledged(served, other.event.sequence).ok
    assert owed(served, case) == []
    assert watched(served, case, 1)[0].event.HasField("acknowledged_at")


def test_another_agency_is_told_nothing_of_a_case_not_even_by_a_number(served):
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc))
    watched(served, case, 1)
    with Watching(served, who=FINANCE) as watching:
        messages = [watching.message()]
    assert [each.heartbeat.sequence for each in messages] == [0]


def test_a_stream_that_begins_nowhere_is_refused_by_name(served):
    for after, officer, field in ((-1, "o", "after_sequence"), (2**53, "o", "after_sequence"), (0, "", "officer")):
        call = served.channel(BIDDING).unary_stream(WATCH, pb.WatchCaseRequest.SerializeToString, None)
        with pytest.raises(Exception, match=field):
            next(call(pb.WatchCaseRequest(after_sequence=after, officer=officer), timeout=20))


def test_nothing_more_is_told_of_a_closed_case(served):
    listed, other = Listed(served), Listed(served)
    case, following = Registered(served, applicant(listed.uscc)), Registered(served, applicant(other.uscc))
    before = watched(served, case, BOTH)
    case.closed()
    listed.revoked()
    other.revoked()
    watched(served, following, 2 * BOTH)
    assert [each.sequence for each in owed(served, case)] == [each.event.sequence for each in before]
    assert case.asked(listed.uscc, revision=listed.revision).decision.verdict == common_pb2.VERDICT_CLEAR


def test_an_enterprise_of_which_nothing_is_known_makes_no_event(served):
    listed = Listed(served)
    case = Registered(served, applicant(new_party().uscc), applicant(listed.uscc))
    found = watched(served, case, BOTH)
    assert {each.event.uscc for each in found} == {listed.uscc}
    assert len(owed(served, case)) == BOTH
