"""An objection to a publication over mutual TLS: shown as disputed while it is open, and its clocks run for HRSS."""

from __future__ import annotations

from datetime import timedelta

import pytest
from e2e.served import HRSS, new_party, question, today
from jointsanctions.v1 import clock_pb2, common_pb2, credit_pb2, record_pb2
from jointsanctions.v1 import registry_pb2 as pb

from gateway.sample.records import publication

pytestmark = pytest.mark.xdist_group("served")
AWARDS = "award-office.asking-system"


def ago(days):
    return (today() - timedelta(days=days)).isoformat()


def submit(served, record, request_id):
    record.row = 1
    request = pb.SubmitRecordsRequest(
        request_id=request_id, feed="publications", records=[record], officer="o", last=True
    )
    answer = served.callers.as_caller(HRSS).submit([request])
    assert [row.status for row in answer.rows] == [], answer.rows
    return answer.data_revision


def disputed(served, party, revision):
    asked = question(
        area=common_pb2.AREA_AWARDS,
        decision_point=common_pb2.DECISION_POINT_AWARDS_CONFERRAL,
        case_facts=None,
        at_least_as_fresh=revision,
    )
    request = credit_pb2.CheckEligibilityRequest(question=asked)
    request.enterprise.uscc = party.uscc
    decision = served.callers.as_caller(AWARDS).check(request).decision
    (measure,) = [each for each in decision.measures if each.trigger == common_pb2.TRIGGER_PUBLICATION]
    # Whoever decides hears the party first (C-20).
    assert ("异议" in measure.instruction.zh, "An objection to it is open" in measure.instruction.en) == (
        measure.disputed,
    ) * 2
    return measure.disputed, measure.effect, decision.verdict, measure.record_id


def objection(party, publication_id, **fields):
    record = party.record(f"PO-{party.uscc}")
    record.publication_objection.CopyFrom(
        record_pb2.PublicationObjection(publication_id=publication_id, received_on=ago(40), **fields)
    )
    return record


def clocks(served, party):
    request = clock_pb2.ListClocksRequest(officer="o", clock_ids=["P-06/review", "P-07/correct"], page_size=1000)
    page = served.callers.as_caller(HRSS).registry("ListClocks", request, clock_pb2.ListClocksResponse)
    return {each.clock_id: each.colour for each in page.clocks if each.uscc == party.uscc}


def test_an_open_objection_is_shown_and_lifts_nothing_and_its_clocks_run(served):
    """C-20, P-06, P-07."""
    party = new_party()
    revision = submit(
        served,
        publication(
            party, f"P-{party.uscc}", today() - timedelta(days=60), today() + timedelta(days=60), for_wages=False
        ),
        f"p-{party.uscc}",
    )
    before, effect, verdict, publication_id = disputed(served, party, revision)
    assert not before
    revision = submit(served, objection(party, publication_id), f"o-{party.uscc}")
    assert disputed(served, party, revision) == (True, effect, verdict, publication_id)
    assert clocks(served, party) == {"P-06/review": clock_pb2.COLOUR_RED}
    closed = objection(party, publication_id, reviewed_on=ago(1), result="CHANGED")
    revision = submit(served, closed, f"r-{party.uscc}")
    assert disputed(served, party, revision) == (False, effect, verdict, publication_id)
    assert clocks(served, party) == {
        "P-06/review": clock_pb2.COLOUR_DONE_LATE,
        "P-07/correct": clock_pb2.COLOUR_GREEN,
    }
