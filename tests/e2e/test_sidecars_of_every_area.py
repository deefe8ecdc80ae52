"""The side-cars of the nine areas before a real gateway: every example is answered, every way is gone to its end."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from e2e.registered import Registered, applicant
from e2e.served import body_of
from e2e.sidecars_inside import inside

from adapters.http.areas import AREAS
from adapters.http.examples import examples

pytestmark = pytest.mark.xdist_group("served")
STANDINGS = {1: "CLEARED", 2: "CONDITIONAL", 3: "UNVERIFIABLE", 4: "RESTRICTED"}


@pytest.fixture(scope="module")
def nine(served, tmp_path_factory):
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("nine")
        yield {name: stack.enter_context(inside(served.place, folder, served.port, name)) for name in AREAS}


def case():
    return f"T-{uuid4().hex}"


def now():
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def met(sidecar, number, **more):
    """Meet the conditions of an answer as an officer would."""
    done = {
        "officerReview": {"officer": "wang", "reason": "looked at, and goes ahead", "decidedAt": now()},
        "convenienceWithheld": {"officer": "wang", "declaredAt": now()},
        **more,
    }
    said = sidecar.post(f"/v1/checks/{number}/fulfilment", done, uuid4().hex)
    assert said.status == 201, said.raw


def granted(sidecar, body, **more):
    """Pass a gate, conditions met where there are any, and return the grant."""
    said = sidecar.post("/v1/grants", body, uuid4().hex)
    if said.status == 409 and said.reason == "CONDITION_NOT_MET":
        number = said.json["answer"]["number"]
        met(sidecar, number, **more)
        said = sidecar.post("/v1/grants", {**body, "reviewed": number}, uuid4().hex)
    assert said.status == 201, said.raw
    return said.json


@pytest.mark.parametrize("name", AREAS)
def test_every_example_of_a_check_is_answered_and_on_record(served, nine, name):
    sidecar, shown = nine[name], examples(AREAS[name])
    said = sidecar.post("/v1/checks", shown["CheckRequest"])
    assert (said.status, said.json["standing"], said.json["mayProceed"]) == (200, "CLEARED", True), said.raw
    entry = served.entries(int(said.json["auditPosition"]["number"]))[0]
    assert body_of(entry)["response"] == said.json["answerDigest"]

    batch = sidecar.post("/v1/check-batches", shown["BatchRequest"])
    assert batch.json["items"][0]["answer"]["standing"] == "CLEARED", batch.raw
    assert sidecar.post("/v1/grants", shown["GrantRequest"], uuid4().hex).status in (201, 409, 422)
    if AREAS[name].persons:
        person = sidecar.post("/v1/person-checks", shown["PersonCheckRequest"])
        assert (person.status, person.json["standing"]) == (200, "CLEARED"), person.raw
    if AREAS[name].wages is not None:
        wages = sidecar.post("/v1/wages", shown["WageRequest"])
        assert (wages.json["mayProceed"], wages.json["answer"]["standing"]) == (True, "CLEARED"), wages.raw


@pytest.mark.parametrize("name", AREAS)
def test_observing_and_health_tell_the_area(nine, name):
    health = nine[name].get("/v1/health")
    assert (health.status, health.json["area"]) == (200, name)
    assert nine[name].get("/v1/observed").json["wouldBeStopped"] == 0
    endings = nine[name].get("/v1/endings")
    assert endings.status == (200 if nine[name].sidecar.settings.fetches_endings else 404)


def test_funds_are_approved_once_and_paid_as_often_as_wanted(served, nine):
    funds, code, ref = nine["funding"], served.city.example("grade_a").uscc, case()
    assert funds.post("/v1/checks", funds.about(code, "APPLICATION", ref)).json["mayProceed"]
    approval = granted(funds, funds.about(code, "APPROVAL", ref))

    paid = [granted(funds, funds.about(code, "PAYMENT", ref, carriedBy=approval["number"])) for _ in range(2)]

    assert len({each["number"] for each in paid}) == 2
    without = funds.post("/v1/grants", funds.about(code, "PAYMENT", ref), uuid4().hex)
    assert (without.status, without.json["field"]) == (422, "carriedBy")
    other = funds.about(code, "PAYMENT", case(), carriedBy=approval["number"])
    assert funds.post("/v1/grants", other, uuid4().hex).reason == "OTHER_CASE"


def test_a_part_of_a_case_is_approved_on_its_own(served, nine):
    funds, code, ref = nine["funding"], served.city.example("grade_a").uscc, case()
    first = {"question": funds.question("APPLICATION", ref, part="1"), "enterprise": {"uscc": code}}
    assert funds.post("/v1/checks", first).json["mayProceed"]

    def approve(part):
        body = {"question": funds.question("APPROVAL", ref, part=part), "enterprise": {"uscc": code}}
        return funds.post("/v1/grants", body, uuid4().hex)

    assert (approve("1").status, approve("1").json["part"]) == (201, "1")
    assert approve("2").reason == "NO_EARLIER_ANSWER"


def test_who_was_listed_is_barred_from_new_funds_and_its_wages_go(served, nine):
    funds, listed, ref = nine["funding"], served.city.example("listed").uscc, case()
    refused = funds.post("/v1/checks", funds.about(listed, "APPLICATION", ref)).json
    assert (refused["standing"], refused["measures"][0]["ruleId"]) == ("RESTRICTED", "A-10/TR1/application")

    question = {"decisionPoint": "DECISION_POINT_FUNDING_WAGE_PAYMENT", "caseRef": ref, "officer": "li"}
    wages = funds.post("/v1/wages", {"question": question, "enterprise": {"uscc": listed}})
    assert (wages.status, wages.json["mayProceed"]) == (200, True)
    assert "pending" not in wages.json, wages.raw
    assert wages.json["answer"]["mayProceed"]


def test_a_point_about_wages_is_asked_about_at_its_own_resource_alone(nine):
    for name, point in (("funding", "WAGE_PAYMENT"), ("lending", "WAGE_ACCOUNT")):
        sidecar = nine[name]
        said = sidecar.post("/v1/checks", sidecar.about("91420399MA00K2U7XJ", point, case()))
        assert (said.status, said.json["field"]) == (422, "question.decisionPoint")


def test_each_drawdown_goes_back_to_the_approval_and_a_listed_borrower_is_never_barred(served, nine):
    loans, listed, ref = nine["lending"], served.city.example("listed").uscc, case()
    approval = granted(loans, loans.about(listed, "APPROVAL", ref))

    drawn = [granted(loans, loans.about(listed, "DRAWDOWN", ref, carriedBy=approval["number"])) for _ in range(2)]

    assert {each["verdict"] for each in (approval, *drawn)} == {"VERDICT_CONDITIONAL"}
    assert granted(loans, loans.about(listed, "RENEWAL", case()))["mayProceed"]


def test_a_licence_is_granted_to_who_was_listed_without_convenience(served, nine):
    licences, ref = nine["licensing"], case()
    clear, listed = served.city.example("grade_a").uscc, served.city.example("listed").uscc
    assert licences.post("/v1/checks", licences.about(clear, "ACCEPTANCE", ref)).json["mayHaveConvenience"]
    accepted = licences.post("/v1/checks", licences.about(listed, "ACCEPTANCE", ref)).json
    assert (accepted["standing"], accepted["mayHaveConvenience"]) == ("CONDITIONAL", False)
    met(licences, accepted["number"])

    assert granted(licences, licences.about(listed, "DECISION", ref))["verdict"] == "VERDICT_CONDITIONAL"
    assert "mayHaveConvenience" not in licences.post("/v1/checks", licences.about(clear, "RENEWAL", ref)).json


def test_security_is_raised_within_the_bounds_that_the_answer_tells(served, nine):
    security, listed, ref = nine["guarantee"], served.city.example("listed").uscc, case()
    told = security.post("/v1/checks", security.about(listed, "TENDER_DOCUMENT", ref)).json
    assert told["security"] == {"leastFen": "4000000"}
    body = security.about(listed, "ISSUE", ref)
    refused = security.post("/v1/grants", body, uuid4().hex)
    assert refused.json["answer"]["security"] == {"leastFen": "4000000"}
    number = refused.json["answer"]["number"]
    little = {"kind": "WAGE_DEPOSIT", "amountFen": "3999999", "ordinaryFen": "2000000"}
    lacking = security.post(f"/v1/checks/{number}/fulfilment", {"security": little}, uuid4().hex)
    assert lacking.reason == "CONDITION_NOT_MET"

    enough = {**little, "amountFen": "4000000"}
    issue = granted(security, body, security=enough)
    contract = security.about(listed, "CONTRACT", ref, carriedBy=issue["number"])
    assert granted(security, contract, security=enough)["parties"] == [listed]


def test_an_amount_above_the_laws_cap_is_refused_before_anything_is_asked(nine):
    security = nine["guarantee"]
    body = security.about("91420399MA00K2U7XJ", "ISSUE", case())
    bond = {"securityKind": "SECURITY_KIND_BID_BOND", "contractAmountFen": "1000000"}
    body["question"] |= {"ordinaryFen": "20001", "caseFacts": {"guarantee": bond}}
    said = security.post("/v1/checks", body)

    assert (said.status, said.json["field"]) == (422, "question.ordinaryFen")
    body["question"]["ordinaryFen"] = "20000"
    assert security.post("/v1/checks", body).json["security"] == {"leastFen": "20000", "mostFen": "20000"}
    del body["question"]["ordinaryFen"]
    assert security.post("/v1/checks", body).json["field"] == "question.ordinaryFen"


def test_a_purchase_goes_from_the_review_to_the_contract_with_the_consortium_of_the_review(served, nine):
    buying, ref = nine["procurement"], case()
    lead, other = served.city.example("grade_a").uscc, served.city.example("repaired").uscc
    together = {"procurement": {"form": "PARTICIPATION_FORM_CONSORTIUM"}}
    whole = buying.question("QUALIFICATION_REVIEW", ref)
    facts = {"procurement": {**whole["caseFacts"]["procurement"], **together["procurement"]}}

    def asked(point, *members, **more):
        question = buying.question(point, ref, caseFacts=facts)
        named = {"consortiumMembers": [{"uscc": each} for each in members]}
        return {"question": question, "enterprise": {"uscc": lead}, **named, **more}

    assert buying.post("/v1/checks", asked("QUALIFICATION_REVIEW", other)).json["mayProceed"]
    changed = buying.post("/v1/grants", asked("RESULT", served.city.example("unknown").uscc), uuid4().hex)
    assert changed.reason == "MEMBERS_CHANGED"
    result = granted(buying, asked("RESULT", other))
    assert granted(buying, asked("CONTRACT", other, carriedBy=result["number"]))["parties"] == sorted((lead, other))


def test_where_cases_are_registered_a_grant_is_the_gateways_own_clearance_and_without_a_case_there_is_none(
    served, tmp_path
):
    changes = {"upkeep_seconds": "register_cases = true\nupkeep_seconds"}
    clear = served.city.example("grade_a").uscc
    live = Registered(served, applicant(clear))
    with inside(served.place, tmp_path, served.port, "bidding", changes) as sidecar:
        about = sidecar.about(clear, "CANDIDATE_PUBLICITY", live.case_ref)
        assert sidecar.post("/v1/checks", about).json["mayProceed"]
        made = granted(sidecar, sidecar.about(clear, "AWARD", live.case_ref))
        body = body_of(served.entries(int(made["auditPosition"]["number"]))[0])
        assert (body["method"], body["award"]["cleared"]) == ("CreditService/ClearAward", True)

        nowhere = case()
        assert sidecar.post("/v1/checks", sidecar.about(clear, "CANDIDATE_PUBLICITY", nowhere)).json["mayProceed"]
        refused = sidecar.post("/v1/grants", sidecar.about(clear, "AWARD", nowhere), uuid4().hex)
        assert (refused.status, refused.reason) == (404, "ENTERPRISE_NOT_FOUND")


def test_only_where_enterprises_take_part_together_are_members_named(nine):
    for name in AREAS:
        sidecar = nine[name]
        body = sidecar.about("91420399MA00K2U7XJ", "X", case(), consortiumMembers=[])
        body["question"]["decisionPoint"] = examples(AREAS[name])["CheckRequest"]["question"]["decisionPoint"]
        if name in ("bidding", "procurement"):
            assert sidecar.post("/v1/checks", body).status == 200
        else:
            assert sidecar.post("/v1/checks", body).json["field"] == "consortiumMembers"


def test_an_upgrade_and_an_honour_are_granted_after_what_must_precede_them(served, nine):
    clear = served.city.example("grade_a").uscc
    for name, first, gate in (("qualification", "ACCEPTANCE", "DECISION"), ("awards", "PUBLICITY", "CONFERRAL")):
        sidecar, ref = nine[name], case()
        early = sidecar.post("/v1/grants", sidecar.about(clear, gate, ref), uuid4().hex)
        assert early.reason == "NO_EARLIER_ANSWER"
        assert sidecar.post("/v1/checks", sidecar.about(clear, first, ref)).json["mayProceed"]
        assert granted(sidecar, sidecar.about(clear, gate, ref))["parties"] == [clear]
    listed = served.city.example("listed").uscc
    look = nine["awards"].post("/v1/checks", nine["awards"].about(listed, "REVOCATION", case())).json
    assert look["standing"] == "CONDITIONAL"
