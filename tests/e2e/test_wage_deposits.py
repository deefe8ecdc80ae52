"""What a clean record earns on the wage deposit: by systems that are in place, alone and in a batch (D-04, D-05)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from e2e.served import HRSS, REGISTRAR, award_known, new_party, today
from jointsanctions.v1 import common_pb2, credit_pb2, registry_pb2

from gateway.sample.records import arrears, five_systems, profile

pytestmark = pytest.mark.xdist_group("served")


def submit(served, feed, who, record):
    record.row = 1
    sent = registry_pb2.SubmitRecordsRequest(
        request_id=f"{record.uscc}-{feed}", feed=feed, officer="o", records=[record], last=True
    )
    award_known(served, served.callers.as_caller(who).submit(iter([sent])).data_revision)


def four_years_old(served, *, checked):
    """Return the code of a clean enterprise; with *checked*, its one project has all five systems in place."""
    party = new_party()
    submit(served, "market_regulation", REGISTRAR, profile(party, today() - timedelta(days=4 * 366)))
    if checked:
        check = five_systems(party, party.uscc, today() - timedelta(days=3 * 366))
        check.five_systems.project_region = "420302"
        submit(served, "labour_inspection", HRSS, check)
    return party.uscc


def question(region="420381"):
    facts = credit_pb2.GuaranteeFacts(
        security_kind=credit_pb2.SECURITY_KIND_WAGE_DEPOSIT, contract_amount_fen=500_000_000, project_region=region
    )
    return credit_pb2.Question(
        area=common_pb2.AREA_GUARANTEE,
        decision_point=common_pb2.DECISION_POINT_GUARANTEE_ISSUE,
        case_ref="BZJ-2026-1",
        officer="officer-7",
        case_facts=credit_pb2.CaseFacts(guarantee=facts),
    )


def rules(decision):
    return {incentive.rule_id for incentive in decision.incentives}


def test_projects_here_and_their_systems_earn_what_a_clean_record_alone_does_not(served):
    earned = {}
    for checked in (True, False):
        request = credit_pb2.CheckEligibilityRequest(question=question())
        request.enterprise.uscc = four_years_old(served, checked=checked)
        earned[checked] = rules(served.callers.as_caller(HRSS).check(request).decision)

    assert earned[True] - earned[False] == {"D-04", "D-05"}


@pytest.mark.parametrize("region", ["", "610302"])
def test_years_in_another_deposit_area_or_for_a_project_of_no_known_place_earn_no_cut(served, region):
    """D-04."""
    request = credit_pb2.CheckEligibilityRequest(question=question(region))
    request.enterprise.uscc = four_years_old(served, checked=True)
    assert "D-04" not in rules(served.callers.as_caller(HRSS).check(request).decision)


def test_a_project_place_that_is_no_division_is_refused_by_its_name(served):
    request = credit_pb2.CheckEligibilityRequest(question=question("4203"))
    request.enterprise.uscc = new_party().uscc
    outcome = served.send("/jointsanctions.v1.CreditService/CheckEligibility", request, HRSS)
    assert outcome.field == "question.case_facts.guarantee.project_region"


def test_without_a_configured_rate_a_raise_shows_the_national_band_and_no_amount(served):
    """D-02, D-06, D-09."""
    party = new_party()
    submit(served, "labour_inspection", HRSS, arrears(party, party.uscc, today() - timedelta(days=9), None))
    request = credit_pb2.CheckEligibilityRequest(question=question())
    request.enterprise.uscc = party.uscc
    bounds = [
        measure.security_bound
        for measure in served.callers.as_caller(HRSS).check(request).decision.measures
        if measure.HasField("security_bound")
    ]
    ((band, bound),) = [((each.ordinary_rate_from, each.ordinary_rate_to), each) for each in bounds]
    assert (band, bound.surcharge_percent) == ((100, 300), 50)
    assert not bound.HasField("raised_fen")
    assert not bound.HasField("raised_rate_basis_points")


def test_in_a_batch_each_earns_by_its_own_projects(served):
    codes = [four_years_old(served, checked=checked) for checked in (False, True, False)]
    items = [
        credit_pb2.BatchItem(item_id=str(place), enterprise=common_pb2.EnterpriseRef(uscc=uscc))
        for place, uscc in enumerate(codes)
    ]
    request = credit_pb2.BatchCheckEligibilityRequest(question=question(), items=items)
    answer = served.callers.as_caller(HRSS).batch(request)

    assert ["D-05" in rules(item.decision) for item in answer.items] == [False, True, False]
