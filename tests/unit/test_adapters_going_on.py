"""Going on under reservation in all nine areas: where the rules say so with a legal note, and at no gate (X-10)."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import grpc
import pytest
from jointsanctions.v1 import common_pb2
from nine_areas import ABOUT_PERSONS, ADAPTERS, APPLIED_ON, RULES, SECURITY
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CONDITIONAL,
    RESTRICTED,
    REVIEW,
    Refusal,
    at_the_wire,
    client,
    code,
    journal,
    peer,
)

from adapters import awards, bidding, funding, guarantee, lending, licensing, market_access, procurement, qualification
from adapters.away import LegalNote, PointAway, ReservedGrant, WhenAway
from adapters.bulletin import Said
from adapters.clearance import Clearance
from adapters.enforcement import Enforcement
from adapters.errors import GateClosedError, NoAnswerError, NotClearedError, RestrictedError
from adapters.participation import Cutoff, Enterprise, Form
from adapters.pending import Consequence, make_pending, pending_results
from adapters.tenders import Bidder, Project

NOTE = LegalNote("可撤销，恢复后补查。", "It can be revoked; the check is made once answers are back.")
WHO = Enterprise(code(1))
PROJECT = Project("C-1", "420302", must_be_tendered=True, state_funds=True, cutoff=Cutoff.not_fixed())
PURCHASE = procurement.Purchase("C-1", names_list=True, cutoff=Cutoff.not_fixed())
UPGRADE = qualification.QualificationApplication("C-1", qualification.Asks.UPGRADE, APPLIED_ON)
CASES = {
    "bidding": (PROJECT, bidding.EVALUATION, Bidder(code(1), "", Form.SINGLE)),
    "funding": (funding.FundApplication("C-1", funding.Funds.NEW_GRANT), funding.APPLICATION, WHO),
    "procurement": (PURCHASE, procurement.QUALIFICATION_REVIEW, procurement.Supplier(code(1), "", Form.SINGLE)),
    "licensing": (licensing.LicenceApplication("C-1"), licensing.ACCEPTANCE, WHO),
    "guarantee": (guarantee.GuaranteeCase("C-1", SECURITY), guarantee.TENDER_DOCUMENT, WHO),
    "qualification": (UPGRADE, qualification.ACCEPTANCE, WHO),
    "lending": (lending.Loan("C-1"), lending.APPROVAL, WHO),
    "market_access": (market_access.Registration("C-1"), market_access.SECTOR_PERMIT, WHO),
    "awards": (awards.Honour("C-1"), awards.NOMINATION, WHO),
}
"""Of each area a subject, a point before its gates, and who is asked about."""
AWAY = Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")


@pytest.fixture(params=sorted(CASES))
def area(request):
    return request.param


@pytest.fixture
def going_on(area, client, journal, peer):
    """Return a function that asks in the area, configured to do *action* at its point while nobody answers."""

    def ask(action=WhenAway.UNDER_RESERVATION):
        subject, point, party = CASES[area]
        away = (PointAway(point, action, NOTE),) if action is not None else ()
        engine = Enforcement(client, journal, replace(RULES[area][1], away=away), "enforce", peer.clock)
        adapter = ADAPTERS[area](engine, client) if area in ABOUT_PERSONS else ADAPTERS[area](engine)
        return adapter.go_on(subject, point, party, "Li")

    return ask


def test_every_area_has_its_case_here():
    assert CASES.keys() == RULES.keys()


def test_an_answer_counts_as_ever(going_on, peer):
    assert type(going_on()) is Clearance


def test_without_an_answer_it_goes_on_with_its_note_and_is_revoked_when_the_answer_restricts(
    going_on, area, client, journal, peer
):
    peer.refusals = [AWAY]
    reserved = going_on()
    assert type(reserved) is ReservedGrant
    assert (reserved.note, reserved.parties, reserved.decision_point) == (NOTE, {code(1)}, CASES[area][1])
    peer.says(code(1), RESTRICTED, BLOCK)
    assert make_pending(client, journal, peer.clock) == 1
    (result,) = pending_results(journal)
    assert (result.settled.check.number, result.consequence) == (reserved.number, Consequence.REVOKE)


@pytest.mark.parametrize("action", [None, WhenAway.WAIT, WhenAway.HOLD])
def test_where_nothing_else_is_configured_it_waits_or_is_held(going_on, peer, action):
    peer.refusals = [AWAY]
    with pytest.raises(NoAnswerError):
        going_on(action)


ONE_STEP = {
    "guarantee": (guarantee.ISSUE, lambda adapter, subject, reserved: adapter.contract(subject, reserved, WHO, "Li")),
    "lending": (lending.APPROVAL, lambda adapter, subject, reserved: adapter.draw(subject, reserved, WHO, "Li")),
}
"""Acts of one step that carry later ones: where they may go on at all, and what they would carry."""


@pytest.mark.parametrize("area", sorted(ONE_STEP))
def test_what_went_on_under_reservation_carries_no_later_act(area, client, journal, peer):
    """Not even once the answer has come and is clear: what is carried asks for a grant, and the act has none."""
    point, carry = ONE_STEP[area]
    away = (PointAway(point, WhenAway.UNDER_RESERVATION, NOTE),)
    engine = Enforcement(client, journal, replace(RULES[area][1], away=away), "enforce", peer.clock)
    adapter, (subject, _, party) = ADAPTERS[area](engine), CASES[area]
    peer.refusals = [AWAY]
    reserved = adapter.go_on(subject, point, party, "Li")
    assert type(reserved) is ReservedGrant
    for _ in range(2):
        with pytest.raises(GateClosedError):
            carry(adapter, subject, reserved)
        make_pending(client, journal, peer.clock)


def test_an_answer_that_stops_is_no_want_of_an_answer(peer, client, journal):
    away = (PointAway(bidding.EVALUATION, WhenAway.UNDER_RESERVATION, NOTE),)
    engine = Enforcement(client, journal, replace(RULES["bidding"][1], away=away), "enforce", peer.clock)
    peer.says(code(1), RESTRICTED, BLOCK)
    with pytest.raises(RestrictedError):
        bidding.BiddingAdapter(engine).go_on(*CASES["bidding"], "Li")


def test_what_was_answered_meanwhile_does_not_go_on_under_reservation(peer, client, journal):
    """Somebody else makes the pending check before the act is reserved: there is an answer, and it counts."""

    class Meanwhile:
        def said(self, _codes, _point, _now):
            assert make_pending(client, journal, peer.clock) == 1
            return Said("MISSING")

    away = (PointAway(bidding.EVALUATION, WhenAway.UNDER_RESERVATION, NOTE),)
    rules = replace(RULES["bidding"][1], away=away)
    engine = Enforcement(client, journal, rules, "enforce", peer.clock, Meanwhile())
    peer.refusals = [AWAY]
    with pytest.raises(NoAnswerError):
        bidding.BiddingAdapter(engine).go_on(*CASES["bidding"], "Li")
    (result,) = pending_results(journal)
    assert (result.consequence, result.settled.check.reserved) == (Consequence.TAKE_UP, False)


def test_at_no_gate_of_any_area_can_it_go_on(area):
    gates = [each.point for each in RULES[area][1].points if each.after is not None]
    for gate in gates:
        with pytest.raises(ValueError, match="is a gate"):
            replace(RULES[area][1], away=(PointAway(gate, WhenAway.UNDER_RESERVATION, NOTE),))
    assert gates or common_pb2.Area.Name(RULES[area][1].area) == "AREA_MARKET_ACCESS"


RAISED = common_pb2.Measure(
    rule_id="A-50/TR1",
    effect=common_pb2.EFFECT_RAISE_SECURITY,
    party_uscc=code(1),
    security_bound=common_pb2.SecurityBound(kind=SECURITY.kind.name, surcharge_percent=50),
)
LAWFUL = {"guarantee": RAISED, "funding": BLOCK, "procurement": BLOCK, "bidding": BLOCK, "awards": BLOCK}
"""The strongest that the law lets an answer say in these cases; elsewhere it is a review."""


@pytest.mark.parametrize("measure", [BLOCK, REVIEW, RAISED], ids=["block", "review", "raised"])
def test_an_answer_that_comes_later_is_held_to_the_same_law_as_one_that_came_at_once(
    area, measure, client, journal, peer
):
    """By the facts of the case, which are kept with the question: what is lawful at once is no fault later."""
    subject, point, party = CASES[area]
    away = (PointAway(point, WhenAway.UNDER_RESERVATION, NOTE),)
    rules = replace(RULES[area][1], away=away)
    engine = Enforcement(client, journal, rules, "enforce", peer.clock)
    adapter = ADAPTERS[area](engine, client) if area in ABOUT_PERSONS else ADAPTERS[area](engine)
    peer.says(code(1), RESTRICTED if measure is BLOCK else CONDITIONAL, measure)
    with suppress(NotClearedError):
        adapter.go_on(subject, point, party, "Li")
    peer.refusals = [AWAY]
    assert type(adapter.go_on(subject, point, party, "Li")) is ReservedGrant
    assert make_pending(client, journal, peer.clock, rules=[rules]) == 1
    at_once, (later,) = journal.answer_to(1), pending_results(journal)
    assert later.settled.fault == at_once.fault
    if measure is LAWFUL.get(area, REVIEW):
        assert later.settled.fault == ""
