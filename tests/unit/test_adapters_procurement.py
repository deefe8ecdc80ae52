"""A consortium of suppliers is the one that was reviewed, and no party stands in two offers (A-102, GPL 24)."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import pytest
from nine_areas import adapter_of
from test_adapters_peer import at_the_wire, client, code, journal, peer  # noqa: F401

from adapters.errors import GateClosedError, MembersChangedError
from adapters.participation import Cutoff, Form
from adapters.procurement import QUALIFICATION_REVIEW, RESULT, Purchase, Supplier
from adapters.questions import Party

PURCHASE = Purchase("CG-2026-7", names_list=True, cutoff=Cutoff.not_fixed())


@pytest.fixture
def buying(client, journal, peer):
    return adapter_of("procurement", client, journal, clock=peer.clock)


def together(lead, *members):
    return Supplier(code(lead), "", Form.CONSORTIUM, tuple(Party(code(each)) for each in members))


def errors(buying, point, *suppliers):
    return [type(each.error) for each in buying.check_all(PURCHASE, point, suppliers, "Li").results]


@pytest.mark.parametrize("winner", [together(1, 3), together(1, 2, 3), Supplier(code(2), "", Form.SINGLE)])
def test_other_members_than_those_reviewed_win_nothing_and_nothing_is_asked(buying, peer, winner):
    assert errors(buying, QUALIFICATION_REVIEW, together(1, 2)) == [type(None)]
    assert errors(buying, RESULT, winner) == [MembersChangedError]

    with pytest.raises(MembersChangedError, match="GPL 24"):
        buying.announce(PURCHASE, winner, "Li")
    assert len(peer.requests) == 1


def test_other_members_than_those_who_won_sign_no_contract(buying):
    errors(buying, QUALIFICATION_REVIEW, together(1, 2))
    result = buying.announce(PURCHASE, together(2, 1), "Li")

    assert buying.contract(PURCHASE, result, together(1, 2), "Li").parties == {code(1), code(2)}
    with pytest.raises(GateClosedError) as caught:
        buying.contract(PURCHASE, result, together(1, 3), "Li")
    assert caught.value.reason == "OTHER_PARTIES"


def test_a_party_in_two_offers_stops_both_and_no_other(buying):
    assert errors(buying, QUALIFICATION_REVIEW, together(1, 2), together(2, 3), together(4, 5)) == [
        GateClosedError,
        GateClosedError,
        type(None),
    ]
