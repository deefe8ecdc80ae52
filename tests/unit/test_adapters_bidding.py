"""The tender platform: all bidders at once, and nothing awarded that is not cleared at that moment."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import grpc
import pytest
from jointsanctions.v1 import credit_pb2
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CLEAR,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    REVIEW,
    UNVERIFIABLE,
    Refusal,
    at_the_wire,
    client,
    code,
    engine,
    journal,
    observing,
    peer,
    reviewed,
)

from adapters.bidding import (
    AWARD,
    CANDIDATE_PUBLICITY,
    EVALUATION,
    QUALIFICATION_REVIEW,
    REGISTRATION,
    AwardGrant,
    BiddingAdapter,
)
from adapters.clearance import Clearance
from adapters.entries import OutcomeKind
from adapters.errors import (
    ConditionNotMetError,
    GateClosedError,
    JournalUnavailableError,
    MembersChangedError,
    NoAnswerError,
    QuestionRefusedError,
    RestrictedError,
    UnverifiableError,
)
from adapters.participation import Cutoff, Form
from adapters.questions import Party
from adapters.tenders import Bidder, Project

PROJECT = Project("T-2026-17", "420302", must_be_tendered=True, state_funds=False, cutoff=Cutoff.not_fixed())


def single(number):
    return Bidder(code(number), "", Form.SINGLE)


def consortium(lead, *members):
    return Bidder(code(lead), "", Form.CONSORTIUM, tuple(Party(code(each)) for each in members))


WINNER = consortium(1, 2, 3)


@pytest.fixture
def platform(engine):
    return BiddingAdapter(engine)


def published(platform, winner=WINNER, project=PROJECT):
    (result,) = platform.check_all(project, CANDIDATE_PUBLICITY, [winner], "Li").results
    return result.result


def test_all_bidders_of_a_tender_are_asked_about_at_once(platform, peer):
    peer.says(code(2), RESTRICTED, BLOCK)
    alliance = Bidder(code(5), "", Form.CONSORTIUM)

    outcome = platform.check_all(PROJECT, EVALUATION, [single(1), single(2), consortium(3, 4), alliance], "Li")

    assert [type(result.result) for result in outcome.results] == [
        Clearance,
        RestrictedError,
        Clearance,
        QuestionRefusedError,
    ]
    assert outcome.results[3].error.field == "consortium_members"
    assert [result.who.uscc for result in outcome.results] == [code(1), code(2), code(3), code(5)]
    assert (outcome.one_revision, len(peer.requests)) == (True, 1)
    bidding = peer.requests[0].items[2].case_facts.bidding
    assert bidding.form == credit_pb2.PARTICIPATION_FORM_CONSORTIUM
    shared = peer.requests[0].question.case_facts.bidding
    assert (shared.project_region, shared.must_be_tendered, shared.state_funds) == ("420302", True, False)
    assert shared.HasField("state_funds")


def test_more_than_a_thousand_bidders_do_not_come_from_one_revision(platform):
    outcome = platform.check_all(PROJECT, REGISTRATION, [single(number) for number in range(1001)], "Li")

    assert not outcome.one_revision


def test_registration_needs_no_facts_and_review_needs_all(platform):
    early = Project("T-2026-17", None, None, None, None)

    (registered,) = platform.check_all(early, REGISTRATION, [single(1)], "Li").results
    (stopped,) = platform.check_all(early, QUALIFICATION_REVIEW, [single(1)], "Li").results

    assert registered.error is None
    assert stopped.error.field == "case_facts.bidding.project_region"


def test_the_cutoff_of_the_tender_document_is_sent_as_it_is(platform, peer):
    fixed = datetime(2026, 11, 20, 17, tzinfo=timezone(timedelta(hours=8)))

    platform.check_all(PROJECT, EVALUATION, [single(1)], "Li")
    platform.check_all(replace(PROJECT, cutoff=Cutoff.at(fixed)), EVALUATION, [single(1)], "Li")

    without, within = (request.question.case_facts.bidding for request in peer.requests)
    assert (without.cutoff_rule, without.HasField("cutoff_at")) == (credit_pb2.CUTOFF_RULE_NOT_FIXED, False)
    assert within.cutoff_rule == credit_pb2.CUTOFF_RULE_FIXED
    assert within.cutoff_at.ToDatetime(tzinfo=UTC) == fixed


@pytest.mark.parametrize("point", [QUALIFICATION_REVIEW, EVALUATION, CANDIDATE_PUBLICITY, AWARD])
def test_up_to_the_award_the_cutoff_must_be_known(platform, peer, point):
    unknown = replace(PROJECT, cutoff=None)

    (result,) = platform.check_all(unknown, point, [single(1)], "Li").results

    assert isinstance(result.error, QuestionRefusedError)
    assert result.error.field == "case_facts.bidding.cutoff_rule"
    assert peer.requests == []


def test_a_cutoff_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        Cutoff.at(datetime(2026, 11, 20, 17))  # noqa: DTZ001 - what is refused


def test_the_award_is_granted_on_an_answer_of_that_moment(platform, peer, journal):
    published(platform)
    peer.clock.now += timedelta(days=3)
    grant = platform.award(PROJECT, WINNER, "Li")

    assert type(grant) is AwardGrant
    assert [request.question.decision_point for request in peer.requests] == [CANDIDATE_PUBLICITY, AWARD]
    assert (grant.case_ref, grant.parties, grant.granted_at) == (
        "T-2026-17",
        {code(1), code(2), code(3)},
        peer.clock.now,
    )
    assert journal.answer_to(grant.number).position == grant.position
    assert [owed.kind for owed in journal.outcomes_owed()] == [OutcomeKind.GRANTED]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ((RESTRICTED, BLOCK), RestrictedError),
        ((UNVERIFIABLE,), UnverifiableError),
        ((CONDITIONAL, REVIEW), ConditionNotMetError),
    ],
)
@pytest.mark.parametrize("who", [1, 3])
def test_clean_at_publicity_and_not_at_award_is_not_awarded(platform, peer, journal, said, error, who):
    published(platform)
    peer.says(code(who), *said)

    with pytest.raises(error):
        platform.award(PROJECT, WINNER, "Li")
    assert OutcomeKind.GRANTED not in {owed.kind for owed in journal.outcomes_owed()}


def test_no_answer_at_award_is_no_award(platform, peer):
    published(platform)
    peer.refusals = [Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")]

    with pytest.raises(NoAnswerError):
        platform.award(PROJECT, WINNER, "Li")


def test_an_award_that_cannot_be_recorded_is_none(platform, peer, journal):
    published(platform)
    journal._connection.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON outcome BEGIN SELECT RAISE (ABORT, 'disk is full'); END"
    )

    with pytest.raises(JournalUnavailableError):
        platform.award(PROJECT, WINNER, "Li")


def test_without_a_check_at_publicity_the_gate_is_closed_and_nothing_is_asked(platform, peer):
    platform.check_all(PROJECT, EVALUATION, [WINNER], "Li")

    with pytest.raises(GateClosedError) as caught:
        platform.award(PROJECT, WINNER, "Li")
    assert caught.value.reason == "NO_EARLIER_ANSWER"
    assert len(peer.requests) == 1


@pytest.mark.parametrize("other", [single(1), consortium(1, 2), consortium(1, 2, 4), consortium(1, 2, 3, 4), single(4)])
def test_a_check_of_other_parties_opens_no_gate(platform, other):
    published(platform, other)

    with pytest.raises(GateClosedError) as caught:
        platform.award(PROJECT, WINNER, "Li")
    assert caught.value.reason == "NO_EARLIER_ANSWER"


def test_the_order_of_members_and_who_leads_do_not_matter(platform):
    published(platform, consortium(3, 2, 1))

    assert platform.award(PROJECT, WINNER, "Li").parties == {code(1), code(2), code(3)}


@pytest.mark.parametrize("other", [replace(PROJECT, lot="2"), replace(PROJECT, case_ref="T-2026-18")])
def test_a_check_of_another_case_or_lot_opens_no_gate(platform, other):
    published(platform, project=other)

    with pytest.raises(GateClosedError):
        platform.award(PROJECT, WINNER, "Li")


def test_a_check_at_publicity_grows_too_old(platform, peer):
    published(platform)

    peer.clock.now = NOW + timedelta(days=15)
    platform.award(PROJECT, WINNER, "Li")
    peer.clock.now = NOW + timedelta(days=15, microseconds=1)
    with pytest.raises(GateClosedError) as caught:
        platform.award(PROJECT, WINNER, "Li")
    assert caught.value.reason == "EARLIER_TOO_OLD"


def test_a_check_that_lies_ahead_opens_no_gate(platform, peer):
    published(platform)
    peer.clock.now = NOW - timedelta(days=1)

    with pytest.raises(GateClosedError):
        platform.award(PROJECT, WINNER, "Li")


@pytest.mark.parametrize(
    ("verdict", "measures"), [(RESTRICTED, [BLOCK]), (UNVERIFIABLE, []), (CONDITIONAL, [REVIEW]), (9, [])]
)
def test_the_newest_check_at_publicity_counts_and_must_have_cleared(platform, peer, verdict, measures):
    published(platform)
    peer.says(code(2), verdict, *measures)
    published(platform)
    peer.decisions.clear()

    with pytest.raises(GateClosedError) as caught:
        platform.award(PROJECT, WINNER, "Li")
    assert caught.value.reason == "EARLIER_NOT_CLEARED"
    published(platform)
    platform.award(PROJECT, WINNER, "Li")


def test_a_clear_answer_at_publicity_that_may_not_be_relied_upon_opens_no_gate(platform, peer):
    peer.says(code(1), CLEAR, valid_until=NOW)
    published(platform)
    peer.decisions.clear()

    with pytest.raises(GateClosedError) as caught:
        platform.award(PROJECT, WINNER, "Li")
    assert caught.value.reason == "EARLIER_NOT_CLEARED"


def test_a_condition_met_at_publicity_opens_the_gate(platform, peer):
    peer.says(code(2), CONDITIONAL, REVIEW)
    published(platform).fulfil(officer_review=reviewed())
    peer.decisions.clear()

    assert platform.award(PROJECT, WINNER, "Li").stopped_by is None


def test_members_changed_since_the_review_are_not_awarded_even_when_published(platform, observing):
    platform.check_all(PROJECT, QUALIFICATION_REVIEW, [consortium(1, 2)], "Li")
    published(BiddingAdapter(observing))

    with pytest.raises(MembersChangedError, match="BR 37"):
        platform.award(PROJECT, WINNER, "Li")
    with pytest.raises(MembersChangedError):
        platform.award(PROJECT, consortium(1, 4), "Li")
