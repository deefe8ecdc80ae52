"""Payments and drawdowns: each asks anew, on the approval's grant and on no other."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from jointsanctions.v1 import credit_pb2
from nine_areas import DAYS, adapter_of, met
from test_adapters_peer import (  # noqa: F401
    CONDITIONAL,
    NOW,
    REVIEW,
    UNVERIFIABLE,
    at_the_wire,
    client,
    code,
    journal,
    peer,
)

from adapters.clearance import Clearance
from adapters.errors import ConditionNotMetError, GateClosedError, UnverifiableError
from adapters.funding import APPROVAL, PAYMENT, FundApplication, Funds
from adapters.lending import DRAWDOWN, Loan
from adapters.licensing import LicenceApplication, may_have_convenience
from adapters.participation import Enterprise

WHO = Enterprise(code(1))


class Fund:
    """An application for funds, approved."""

    def __init__(self, client, journal, peer, funds=Funds.NEW_GRANT):
        self.adapter = adapter_of("funding", client, journal, clock=peer.clock)
        self.case = FundApplication("C-1", funds)

    def approve(self):
        self.adapter.accept(self.case, WHO, "Li")
        return self.adapter.approve(self.case, WHO, "Li")

    def pay(self, approval, who=WHO, **changes):
        return self.adapter.pay(replace(self.case, **changes), approval, who, "Li")


class Credit:
    """A loan, approved."""

    def __init__(self, client, journal, peer):
        self.adapter = adapter_of("lending", client, journal, clock=peer.clock)
        self.case = Loan("C-1")

    def approve(self):
        return self.adapter.approve(self.case, WHO, "Li")

    def pay(self, approval, who=WHO, **changes):
        return self.adapter.draw(replace(self.case, **changes), approval, who, "Li")


@pytest.fixture(params=[Fund, Credit])
def money(request, client, journal, peer):
    return request.param(client, journal, peer)


def test_each_payment_asks_anew_and_has_a_grant_of_its_own(money, peer):
    approval = money.approve()
    asked = len(peer.requests)

    first, second = money.pay(approval), money.pay(approval)

    assert len(peer.requests) == asked + 2
    assert first.decision_point == second.decision_point in {PAYMENT, DRAWDOWN}
    assert first.number != second.number


@pytest.mark.parametrize("said", [(UNVERIFIABLE,), (CONDITIONAL, REVIEW)])
def test_the_second_payment_stops_where_the_first_went(money, peer, said):
    approval = money.approve()
    money.pay(approval)
    peer.says(code(1), *said)

    with pytest.raises((UnverifiableError, ConditionNotMetError)):
        money.pay(approval)
    peer.reset()
    peer.clock.now = NOW
    assert money.pay(approval).stopped_by is None


def test_a_payment_is_no_approval_of_the_next(money):
    paid = money.pay(money.approve())

    with pytest.raises(GateClosedError) as caught:
        money.pay(paid)
    assert caught.value.reason == "OTHER_CASE"


@pytest.mark.parametrize(
    ("changes", "who", "reason"),
    [
        ({"case_ref": "C-2"}, WHO, "OTHER_CASE"),
        ({"part": "2"}, WHO, "OTHER_CASE"),
        ({}, Enterprise(code(2)), "OTHER_PARTIES"),
    ],
)
def test_the_approval_of_something_else_pays_nothing(money, changes, who, reason):
    approval = money.approve()

    with pytest.raises(GateClosedError) as caught:
        money.pay(approval, who, **changes)
    assert caught.value.reason == reason


def test_an_approval_grows_too_old_whatever_was_paid_since(money, peer):
    approval = money.approve()
    peer.clock.now = NOW + DAYS
    money.pay(approval)
    peer.clock.now = NOW + DAYS + timedelta(seconds=1)

    with pytest.raises(GateClosedError) as caught:
        money.pay(approval)
    assert caught.value.reason == "EARLIER_TOO_OLD"


@pytest.mark.parametrize(
    ("funds", "before", "at_payment"),
    [
        (Funds.NEW_GRANT, credit_pb2.FUND_KIND_NEW_GRANT, credit_pb2.FUND_KIND_EARLIER_GRANT),
        (Funds.EARLIER_GRANT, credit_pb2.FUND_KIND_EARLIER_GRANT, credit_pb2.FUND_KIND_EARLIER_GRANT),
        (Funds.RELIEF, credit_pb2.FUND_KIND_RELIEF, credit_pb2.FUND_KIND_RELIEF),
    ],
)
def test_what_was_approved_is_an_earlier_grant_from_then_on(client, journal, peer, funds, before, at_payment):
    fund = Fund(client, journal, peer, funds)

    fund.pay(fund.approve())

    kinds = [request.question.case_facts.funding.fund_kind for request in peer.requests]
    assert kinds == [before, before, at_payment]


def test_an_approval_that_was_asked_about_again_without_success_pays_nothing(client, journal, peer):
    fund = Fund(client, journal, peer)
    approval = fund.approve()
    peer.says(code(1), UNVERIFIABLE)
    with pytest.raises(UnverifiableError):
        fund.adapter.approve(fund.case, WHO, "Li")
    peer.reset()

    with pytest.raises(GateClosedError) as caught:
        fund.pay(approval)
    assert caught.value.reason == "EARLIER_NOT_CLEARED"
    assert journal.last_answers("C-1", APPROVAL)[0].verdict == UNVERIFIABLE


def test_convenience_is_for_a_clear_answer_alone(client, journal, peer):
    office, application = adapter_of("licensing", client, journal, clock=peer.clock), LicenceApplication("C-1")
    assert may_have_convenience(office.accept(application, WHO, "Li"))
    peer.says(code(1), CONDITIONAL, REVIEW)
    conditional = office.accept(application, WHO, "Li")
    assert not may_have_convenience(conditional)

    fulfilled = met(conditional)
    assert type(fulfilled) is Clearance
    assert not may_have_convenience(fulfilled)
    watching = adapter_of("licensing", client, journal, "observe", peer.clock)
    assert may_have_convenience(watching.accept(application, WHO, "Li"))
