"""After the award: contract, subcontract, and what observe mode makes of all of it."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from jointsanctions.v1 import common_pb2
from test_adapters_bidding import PROJECT, WINNER, platform, published, single  # noqa: F401
from test_adapters_peer import BLOCK, RESTRICTED, RULES, at_the_wire, client, code, engine, journal, observing, peer  # noqa: F401

from adapters.bidding import AWARD, CONTRACT, AwardGrant, BiddingAdapter, ContractGrant, SubcontractConsent
from adapters.clearance import Observed
from adapters.enforcement import Enforcement
from adapters.entries import OutcomeKind
from adapters.errors import GateClosedError, NoAnswerError, RestrictedError
from adapters.participation import Form
from adapters.tenders import Bidder


def test_contract_and_subcontract_follow_the_award(platform, peer):
    published(platform)
    award = platform.award(PROJECT, WINNER, "Li")
    peer.clock.now += timedelta(days=20)

    contract = platform.contract(PROJECT, award, WINNER, "Li")
    consent = platform.consent_subcontract(PROJECT, contract, single(7), "Li")

    assert (type(contract), type(consent)) == (ContractGrant, SubcontractConsent)
    assert consent.parties == {code(7)}
    assert [request.question.decision_point for request in peer.requests[1:]] == [
        AWARD,
        CONTRACT,
        common_pb2.DECISION_POINT_BIDDING_SUBCONTRACT_CONSENT,
    ]


def test_a_grant_from_the_platforms_own_store_is_as_good(platform):
    published(platform)
    award = platform.award(PROJECT, WINNER, "Li")
    stored = {name: getattr(award, name) for name in AwardGrant.__dataclass_fields__}

    assert platform.contract(PROJECT, AwardGrant(**stored), WINNER, "Li").stopped_by is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"number": 1}, "NOT_IN_JOURNAL"),
        ({"number": 99}, "NOT_IN_JOURNAL"),
        ({"answer_digest": b"x" * 32}, "NOT_IN_JOURNAL"),
        ({"position": None}, "NOT_IN_JOURNAL"),
        ({"number": None}, "OBSERVED_ONLY"),
        ({"stopped_by": NoAnswerError("", reason="NO_ANSWER")}, "OBSERVED_ONLY"),
        ({"decision_point": CONTRACT}, "OTHER_CASE"),
        ({"case_ref": "T-1"}, "OTHER_CASE"),
        ({"part": "2"}, "OTHER_CASE"),
        ({"parties": frozenset({code(1)})}, "OTHER_PARTIES"),
    ],
)
def test_a_grant_that_the_journal_does_not_show_carries_no_contract(platform, peer, change, reason):
    published(platform)
    award = platform.award(PROJECT, WINNER, "Li")
    asked = len(peer.requests)

    with pytest.raises(GateClosedError) as caught:
        platform.contract(PROJECT, replace(award, **change), WINNER, "Li")
    assert (caught.value.reason, len(peer.requests)) == (reason, asked)


def test_somebody_elses_award_carries_no_contract(platform):
    published(platform)
    award = platform.award(PROJECT, WINNER, "Li")
    published(platform, single(7))
    platform.award(PROJECT, single(7), "Li")

    with pytest.raises(GateClosedError) as caught:
        platform.contract(PROJECT, award, single(7), "Li")
    assert caught.value.reason == "OTHER_PARTIES"


def test_a_check_at_award_is_no_award(platform):
    published(platform)
    award = platform.award(PROJECT, WINNER, "Li")
    (result,) = platform.check_all(PROJECT, AWARD, [WINNER], "Li").results

    with pytest.raises(GateClosedError) as caught:
        platform.contract(
            PROJECT,
            replace(
                award,
                number=result.standing.number,
                position=result.standing.position,
                answer_digest=result.standing.answer_digest,
            ),
            WINNER,
            "Li",
        )
    assert caught.value.reason == "NOT_IN_JOURNAL"


@pytest.mark.parametrize("change", [{"number": 99}, {"case_ref": "T-1"}, {"decision_point": AWARD}])
def test_without_the_main_contract_there_is_no_consent(platform, change):
    published(platform)
    contract = platform.contract(PROJECT, platform.award(PROJECT, WINNER, "Li"), WINNER, "Li")

    with pytest.raises(GateClosedError):
        platform.consent_subcontract(PROJECT, replace(contract, **change), single(7), "Li")


def test_a_restricted_subcontractor_gets_no_consent(platform, peer):
    published(platform)
    contract = platform.contract(PROJECT, platform.award(PROJECT, WINNER, "Li"), WINNER, "Li")
    peer.says(code(7), RESTRICTED, BLOCK)

    with pytest.raises(RestrictedError):
        platform.consent_subcontract(PROJECT, contract, single(7), "Li")


def test_observe_mode_grants_everything_and_says_what_it_would_have_stopped(observing, engine, peer, journal):
    watching = BiddingAdapter(observing)
    ungated = watching.award(PROJECT, single(1), "Li")
    published(watching)
    allowed = watching.award(PROJECT, WINNER, "Li")
    peer.says(code(1), RESTRICTED, BLOCK)
    listed = watching.award(PROJECT, WINNER, "Li")
    malformed = watching.award(PROJECT, Bidder("123", "", Form.SINGLE), "Li")

    assert [getattr(grant.stopped_by, "reason", None) for grant in (ungated, allowed, listed, malformed)] == [
        "NO_EARLIER_ANSWER",
        None,
        "RESTRICTED",
        "MALFORMED_REQUEST",
    ]
    assert [owed.kind for owed in journal.outcomes_owed()] == [
        OutcomeKind.OBSERVED,
        OutcomeKind.GRANTED,
        OutcomeKind.OBSERVED,
    ]
    assert watching.contract(PROJECT, listed, WINNER, "Li").stopped_by.reason == "EARLIER_NOT_CLEARED"


def test_what_was_only_observed_carries_nothing_in_enforce_mode(observing, platform):
    ungated = BiddingAdapter(observing).award(PROJECT, single(1), "Li")

    with pytest.raises(GateClosedError) as caught:
        platform.contract(PROJECT, ungated, single(1), "Li")
    assert caught.value.reason == "OBSERVED_ONLY"


def test_an_observed_standing_says_so(observing):
    assert type(published(BiddingAdapter(observing))) is Observed


def test_the_engine_of_another_area_is_refused(client, journal):
    rules = replace(RULES, area=common_pb2.AREA_PROCUREMENT)

    with pytest.raises(ValueError, match="bidding"):
        BiddingAdapter(Enforcement(client, journal, rules, "enforce"))
