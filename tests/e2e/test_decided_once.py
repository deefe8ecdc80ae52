"""A decision is reported once, and two persons only override what is restricted (A-125, A-128), over the wire."""

from __future__ import annotations

import itertools

import pytest
from e2e.registered import CLEAR, PUBLICITY, Registered, applicant
from e2e.reported import LIST, REPORT, Listed, read, reported
from e2e.served import BIDDING, body_of
from e2e.test_awards_cleared import CLEARED, holder
from jointsanctions.v1 import credit_pb2, outcome_pb2

pytestmark = pytest.mark.xdist_group("served")
GRANTED, REFUSED, OVERRIDDEN = (
    outcome_pb2.OUTCOME_KIND_GRANTED,
    outcome_pb2.OUTCOME_KIND_REFUSED,
    outcome_pb2.OUTCOME_KIND_OVERRIDDEN,
)
WORD = {"reason": "抢险救灾", "document_number": "示应急〔2026〕1号"}
_lots = itertools.count(100)


def why(refused):
    return refused.reason, refused.infos[0].metadata.get("why")


def listed(served, uscc, **parts):
    request = outcome_pb2.ListOutcomesRequest(officer="o", uscc=uscc, **parts)
    return read(served, LIST, request, outcome_pb2.ListOutcomesResponse, BIDDING).outcomes


def test_a_second_decision_on_one_answer_is_refused_by_name_and_told_as_a_correction(served):
    case = Listed(served)
    answer = case.asked()
    first = reported(served, case.report(answer))
    for kind in (REFUSED, GRANTED, outcome_pb2.OUTCOME_KIND_AWARDED_TO_OTHER):
        second = served.send(REPORT, case.report(answer, outcome=kind))
        assert why(second) == ("STATE", "ALREADY_REPORTED")
        assert second.infos[0].metadata["object"] == first.outcome_id
    annulled = reported(served, case.report(answer, outcome=GRANTED, supersedes=first.outcome_id))
    assert [each.outcome_id for each in listed(served, case.uscc)] == [annulled.outcome_id]
    assert why(served.send(REPORT, case.report(answer))) == ("STATE", "ALREADY_REPORTED")


def test_the_parts_of_one_answer_and_a_later_answer_are_decided_on_by_themselves(served):
    case = Listed(served)
    answer = case.asked()
    for part in ("第一期", "第二期"):
        assert reported(served, case.report(answer, part=part)).outcome_id
    for part in ("第二期", ""):
        assert why(served.send(REPORT, case.report(answer, part=part))) == ("STATE", "ALREADY_REPORTED")
    assert reported(served, case.report(case.asked(), part="第二期")).outcome_id
    assert [each.part for each in listed(served, case.uscc)] == ["第一期", "第二期", "第二期"]


class Case:
    """A case of a listed enterprise, and the reports about its award."""

    def __init__(self, served):
        self.served, self.listed = served, Listed(served)
        self.uscc = self.listed.uscc
        self.case = Registered(served, applicant(self.uscc), part=str(next(_lots)))
        self.checked = self.case.asked(self.uscc, revision=self.listed.revision)
        self.case.asked(self.uscc, point=PUBLICITY, revision=self.listed.revision)

    def emergency(self, officer, first=None, who=BIDDING):
        sent = credit_pb2.AwardEmergency(**WORD, first=first)
        return self.served.send(CLEAR, self.case.clearing(self.uscc, officer=officer, emergency=sent), who)

    def override(self, answer, **parts):
        whole = {"case_ref": self.case.case_ref, "outcome": OVERRIDDEN, "note": "抢险救灾", **parts}
        return self.listed.report(answer, **whole)


def cleared(outcome):
    assert outcome.ok, outcome.text()
    return credit_pb2.ClearAwardResponse.FromString(outcome.answer)


def test_what_is_restricted_is_overridden_only_on_the_clearance_of_two_persons_for_this_very_act(served):
    case = Case(served)
    li, wang = holder(served, "li"), holder(served, "wang")
    before = served.next_number()
    assert why(served.send(REPORT, case.override(case.checked))) == (
        "SECOND_PERSON_REQUIRED",
        "NO_EMERGENCY_CLEARANCE",
    )
    (entry,) = served.entries(before)
    assert (body_of(entry)["outcome"], body_of(entry)["reported"]["kind"]) == ("SECOND_PERSON_REQUIRED", OVERRIDDEN)
    begun = cleared(case.emergency("o-1", who=li))
    assert why(served.send(REPORT, case.override(begun)))[0] == "SECOND_PERSON_REQUIRED"
    done = cleared(case.emergency("o-2", begun.audit_position, wang))
    assert done.clearance == CLEARED

    other = Case(served)
    elsewhere = other.override(done, case_ref=case.case.case_ref)
    assert served.send(REPORT, elsewhere).field == "uscc"
    assert served.send(REPORT, other.override(done)).field == "case_ref"
    assert served.send(REPORT, case.override(done, part="another")).field == "part"
    assert served.send(REPORT, case.override(done, note="")).field == "note"
    assert reported(served, case.override(done, part=case.case.part)).outcome_id
    (kept,) = listed(served, case.uscc)
    assert (kept.outcome, kept.emergency, kept.part) == (OVERRIDDEN, True, case.case.part)
    assert why(served.send(REPORT, case.override(done))) == ("STATE", "ALREADY_REPORTED")
