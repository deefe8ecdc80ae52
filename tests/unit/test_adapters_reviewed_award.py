"""A conditional award: granted after the review, on a new answer, for what was reviewed and nothing else."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from datetime import timedelta

import pytest
from jointsanctions.v1 import common_pb2
from test_adapters_bidding import PROJECT, WINNER, platform, published  # noqa: F401
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    REVIEW,
    at_the_wire,
    client,
    code,
    engine,
    journal,
    observing,
    peer,
    reviewed,
)

from adapters.entries import OutcomeKind
from adapters.errors import ClearanceExpiredError, ConditionNotMetError, GateClosedError, RestrictedError


def conditional_award(platform, peer, *measures):
    published(platform)
    peer.says(code(1), CONDITIONAL, *(measures or [REVIEW]))
    with pytest.raises(ConditionNotMetError) as caught:
        platform.award(PROJECT, WINNER, "Li")
    return caught.value.conditional


def test_a_conditional_award_is_granted_after_the_review_on_a_new_answer(platform, peer, journal):
    clearance = conditional_award(platform, peer).fulfil(officer_review=reviewed())
    asked = len(peer.requests)

    grant = platform.award(PROJECT, WINNER, "Li", clearance)

    assert (len(peer.requests), grant.number == clearance.number) == (asked + 1, False)
    assert [owed.kind for owed in journal.outcomes_owed()] == [
        OutcomeKind.FULFILLED,
        OutcomeKind.FULFILLED,
        OutcomeKind.GRANTED,
    ]
    assert journal.outcomes_owed()[1].details["by_review_of_question"] == str(clearance.number)


def test_what_was_added_since_the_review_needs_another(platform, peer):
    clearance = conditional_award(platform, peer).fulfil(officer_review=reviewed())
    peer.says(code(1), CONDITIONAL, REVIEW, common_pb2.Measure(rule_id="A-30/TR9", effect=common_pb2.EFFECT_REVIEW))

    with pytest.raises(ConditionNotMetError, match="added"):
        platform.award(PROJECT, WINNER, "Li", clearance)


def test_a_review_outlives_texts_and_the_moment_from_which_what_is_not_on_record_weighs(platform, peer):
    clearance = conditional_award(platform, peer).fulfil(officer_review=reviewed())
    same = common_pb2.Measure()
    same.CopyFrom(REVIEW)
    same.effective_from.FromDatetime(NOW)
    same.instruction.en = "reworded"
    peer.says(code(1), CONDITIONAL, same)

    assert platform.award(PROJECT, WINNER, "Li", clearance).stopped_by is None


@pytest.mark.parametrize(
    "change",
    [
        {"party_uscc": code(2)},
        {"effect": common_pb2.EFFECT_NO_CONVENIENCE},
        {"disputed": True},
        {"record_id": "r-2"},
        {"document_number": "n-2"},
        {"rule_id": "A-30/TR3"},
        {"security_bound": common_pb2.SecurityBound(cap_fen=1)},
    ],
)
def test_a_review_serves_for_what_it_was_about_only(platform, peer, change):
    clearance = conditional_award(platform, peer).fulfil(officer_review=reviewed())
    other = common_pb2.Measure(rule_id=REVIEW.rule_id, effect=REVIEW.effect, party_uscc=REVIEW.party_uscc)
    other.MergeFrom(common_pb2.Measure(**change))
    peer.says(code(1), CONDITIONAL, other)

    with pytest.raises(ConditionNotMetError, match="added"):
        platform.award(PROJECT, WINNER, "Li", clearance)


def test_a_listing_since_the_review_stops_the_award(platform, peer):
    clearance = conditional_award(platform, peer).fulfil(officer_review=reviewed())
    peer.says(code(3), RESTRICTED, BLOCK)

    with pytest.raises(RestrictedError):
        platform.award(PROJECT, WINNER, "Li", clearance)


def test_a_review_that_has_expired_serves_no_more(platform, peer):
    clearance = conditional_award(platform, peer).fulfil(officer_review=reviewed())
    peer.clock.now += timedelta(hours=2)

    with pytest.raises(ClearanceExpiredError):
        platform.award(PROJECT, WINNER, "Li", clearance)


def test_the_review_of_another_step_serves_not(platform, peer):
    conditional_award(platform, peer)
    elsewhere = published(platform).fulfil(officer_review=reviewed())

    with pytest.raises(GateClosedError) as caught:
        platform.award(PROJECT, WINNER, "Li", elsewhere)
    assert caught.value.reason == "OTHER_POINT"
