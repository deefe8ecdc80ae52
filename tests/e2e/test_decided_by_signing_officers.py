"""Where officers sign, two persons are two signatures, and one in another spelling is none (A-125), over the wire."""

from __future__ import annotations

import pytest
from e2e.officers import send, send_stream, vouch
from e2e.registered import CLEAR
from e2e.reported import REPORT
from e2e.served import BIDDING, HRSS
from e2e.test_awards_cleared import CLEARED, NOT_CLEARED, gaps
from e2e.test_decided_once import WORD, Case, cleared, why
from jointsanctions.v1 import credit_pb2

pytestmark = pytest.mark.xdist_group("officers")


class Signing:
    """A gateway at which every call of an agency with a key is signed for, in the name of the officer it names."""

    def __init__(self, gateway):
        self.gateway, self.place = gateway, gateway.place

    def send(self, path, message, who=BIDDING):
        raw = message.SerializeToString()
        officer = getattr(message, "officer", "") or message.question.officer
        return send(self.gateway, path, raw, vouch(path, raw, sub=officer), who=who)[0] if who == BIDDING else None

    def raw_stream(self, path, contents, who=HRSS):
        signs = () if who != HRSS else (vouch(path, contents[0], who=HRSS, sub="o"),)
        return send_stream(self.gateway, path, contents, *signs, who=who)[0]


def test_where_officers_sign_two_signatures_are_two_persons_and_one_in_another_spelling_is_not(vouched):
    case = Case(Signing(vouched))
    begun = cleared(case.emergency("li.wei"))
    assert (begun.clearance, gaps(begun)) == (NOT_CLEARED, {case.uscc: ["SECOND_PERSON_MISSING"]})
    for again in ("li.wei", "LI WEI", "ｌｉ－ｗｅｉ"):
        assert why(case.emergency(again, begun.audit_position)) == ("SECOND_PERSON_REQUIRED", "SAME_PERSON")
    done = cleared(case.emergency("wang.fang", begun.audit_position))
    assert done.clearance == CLEARED
    assert case.served.send(REPORT, case.override(done)).ok


def test_where_officers_sign_an_unsigned_word_is_none(vouched):
    case = Case(Signing(vouched))
    begun = cleared(case.emergency("li.wei"))
    sent = credit_pb2.AwardEmergency(**WORD, first=begun.audit_position)
    request = case.case.clearing(case.uscc, officer="wang.fang", emergency=sent)
    assert vouched.send(CLEAR, request, BIDDING).reason == "OFFICER_ASSERTION_REJECTED"
    signed = request.SerializeToString()
    stolen = vouch(CLEAR, signed, sub="li.wei")
    assert send(vouched, CLEAR, signed, stolen)[0].reason == "OFFICER_ASSERTION_REJECTED"
