"""Two persons change a mandate over the wire and at the terminal: who may, what is recorded, what a restart leaves."""

from __future__ import annotations

import json
import re

import pytest
from e2e.served import AUDITOR, BIDDING, CHECK, HRSS, TOURISM, award, body_of, gateway_in, new_party
from jointsanctions.v1 import admin_pb2 as pb
from mandate_calls import BASIS, CHEN, OPERATIONS, ZHAO, approval, approve, end_of, person, propose, send, wanted

from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
TOML = f"""
[[agency]]
id = "newcomer"
role = "asking-system"
name_zh = "市示例局"
name_en = "Sample Bureau"
territory = "420300"
areas = ["AWARDS"]
points = ["AWARDS_*"]
purposes = ["AWARD"]
quota = {{ per_second = 7 }}
valid_from = 2026-01-01T00:00:00+08:00
legal_basis = "{BASIS}"
"""


@pytest.fixture
def tourism(served):
    return served.config.agencies.find(*TOURISM.split("."))


@pytest.fixture
def jsg(served, capsys):
    """Return a function that runs a command as somebody, and returns its exit code, its output and its errors."""

    def run(*words, who=CHEN):
        person(served, who)
        place = ["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}", "--as", who]
        capsys.readouterr()
        code = main([*place, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def listed(served, who=OPERATIONS, **which):
    outcome = send(served, "ListCallers", pb.ListCallersRequest(officer="o", **which), who)
    assert outcome.ok, outcome.text()
    return pb.ListCallersResponse.FromString(outcome.answer)


def why(outcome):
    (info,) = outcome.infos
    return outcome.reason, info.metadata.get("why")


@pytest.mark.parametrize("who", [OPERATIONS, AUDITOR])
def test_operator_and_auditor_see_every_caller_with_its_mandate(served, who):
    found = {(each.mandate.agency, each.mandate.role): each for each in listed(served, who, page_size=200).callers}
    for entry in served.config.agencies:
        assert found[entry.agency_id, entry.role.value].in_force
    assert found["tourism", "asking-system"].mandate.name.zh == "市文化和旅游局"
    assert list(found) == sorted(found)


def test_pages_of_callers_follow_each_other_without_a_gap(served):
    whole = [each.mandate for each in listed(served, page_size=200).callers]
    token, paged = "", []
    while True:
        page = listed(served, page_size=7, page_token=token)
        paged += [each.mandate for each in page.callers]
        token = page.next_page_token
        if not token:
            break
    assert paged == whole


@pytest.mark.parametrize("rpc", ["ProposeMandate", "ApproveMandate"])
def test_a_certificate_without_a_holder_neither_proposes_nor_approves_whatever_it_sends(served, rpc):
    request = pb.ProposeMandateRequest() if rpc == "ProposeMandate" else pb.ApproveMandateRequest()
    assert why(send(served, rpc, request, OPERATIONS)) == ("SECOND_PERSON_REQUIRED", "NO_HOLDER")


@pytest.mark.parametrize("who", [AUDITOR, HRSS, BIDDING])
def test_nobody_but_the_operator_proposes(served, who):
    agency, role = who.split(".")
    assert send(served, "ProposeMandate", pb.ProposeMandateRequest(), f"{agency}.{role}.li").reason == (
        "ROLE_NOT_PERMITTED"
    )


def test_who_proposed_does_not_approve_by_another_certificate_of_the_same_name(served, tourism):
    proposal = propose(served, wanted(tourism))
    assert why(send(served, "ApproveMandate", approval(proposal), CHEN)) == ("SECOND_PERSON_REQUIRED", "SAME_PERSON")
    assert why(send(served, "ApproveMandate", approval(proposal), f"{OPERATIONS}.Chen")) == (
        "SECOND_PERSON_REQUIRED",
        "SAME_PERSON",
    )
    (waiting,) = listed(served, agency="tourism", waiting_only=True).callers
    assert waiting.waiting.proposal == proposal


def test_proposal_and_approval_are_recorded_with_who_whom_and_what(served, tourism):
    before = served.next_number()
    proposal = propose(served, wanted(tourism))
    done = approve(served, proposal)
    proposed, approved = (body_of(entry) for entry in served.entries(before)[-2:])

    assert (proposed["method"], proposed["caller"]["holder"]) == ("AdminService/ProposeMandate", "chen")
    assert (approved["method"], approved["caller"]["holder"]) == ("AdminService/ApproveMandate", "zhao")
    for body in (proposed, approved):
        assert (body["outcome"], body["mandate_of"], body["proposal"]) == ("OK", "tourism/asking-system", proposal)
    assert proposed["document"] == "府办〔2026〕9号"
    assert approved["revisions"] == [done.data_revision, done.data_revision]
    assert approved["mandate_version"] == done.caller.version
    assert (done.caller.proposed_by, done.caller.approved_by) == ("gateway-operations/chen", "gateway-operations/zhao")


def test_the_same_request_sent_again_is_answered_alike_and_changes_nothing(served, tourism):
    request = wanted(tourism)
    proposal = propose(served, request)
    assert propose(served, request) == proposal
    sent = approval(proposal)
    first, again = (send(served, "ApproveMandate", sent, ZHAO) for _ in range(2))
    versions = [pb.ApproveMandateResponse.FromString(each.answer).caller.version for each in (first, again)]
    assert versions[0] == versions[1]
    request.reason = "anders"
    assert send(served, "ProposeMandate", request).reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda m: m.ClearField("agency"), "mandate.agency"),
        (lambda m: setattr(m, "role", "king"), "mandate.role"),
        (lambda m: setattr(m.name, "zh", ""), "mandate.name.zh"),
        (lambda m: setattr(m, "territory", "4203"), "mandate.territory"),
        (lambda m: m.areas.append(99), "mandate.areas[0]"),
        (lambda m: m.areas.append(10), "mandate.areas"),
        (lambda m: m.decision_points.extend([34, 34]), "mandate.decision_points[1]"),
        (lambda m: m.decision_points.append(34), "mandate.decision_points"),
        (lambda m: m.feeds.append("wage_list"), "mandate.feeds"),
        (lambda m: m.fields.append("everything"), "mandate.fields"),
        (lambda m: m.purposes.append(""), "mandate.purposes[0]"),
        (lambda m: m.purposes.extend(f"p{n}" for n in range(65)), "mandate.purposes"),
        (lambda m: setattr(m.quota, "per_day", 0), "mandate.quota.per_day"),
        (lambda m: setattr(m.quota, "in_flight", 4096), "mandate.quota"),
        (lambda m: setattr(m.valid_until, "seconds", 1_000_000_000), "mandate.valid_until"),
        (lambda m: setattr(m.valid_from, "seconds", -1), "mandate.valid_from"),
        (lambda m: m.ClearField("legal_basis"), "mandate.legal_basis"),
    ],
)
def test_a_fault_of_a_mandate_is_named_by_its_field(served, tourism, change, field):
    request = wanted(tourism)
    change(request.mandate)
    outcome = send(served, "ProposeMandate", request)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_a_mandate_that_would_make_an_auditor_something_else_is_refused_by_name(served):
    """R-03."""
    request = wanted(served.config.agencies.find(*TOURISM.split(".")))
    request.mandate.agency = "audit-bureau"
    outcome = send(served, "ProposeMandate", request)
    assert outcome.field == "mandate.role"
    assert "audit-bureau cannot be auditor and something else (R-03)" in outcome.details


def test_what_is_asked_for_must_be_there(served):
    assert send(served, "ProposeMandate", pb.ProposeMandateRequest(request_id="r", officer="o")).field == "mandate"
    assert send(served, "ApproveMandate", approval("mandate-none"), ZHAO).reason == "ENTERPRISE_NOT_FOUND"
    unknown = end_of("nobody.bank")
    assert send(served, "ProposeMandate", unknown).field == "ending.agency"


def test_two_officers_grant_and_end_a_mandate_at_their_terminals(served, jsg, tmp_path):
    file = tmp_path / "newcomer.toml"
    file.write_text(TOML, encoding="utf-8")
    why = ("--reason", "新职责", "--document", "府办〔2026〕9号")
    code, out, err = jsg("mandate", "propose", str(file), *why)
    assert (code, err) == (4, "")
    proposal = re.search(r"mandate approve (mandate-\w+)", out)[1]

    code, _, err = jsg("mandate", "approve", proposal)
    assert code == 1
    assert "提出人不得自行批准" in err
    code, out, _ = jsg("mandate", "approve", proposal, who=ZHAO)
    assert code == 0
    for said in ("newcomer/asking-system", "AWARDS_*", "per_second=7", BASIS, "gateway-operations/chen", "[2026-01-01"):
        assert said in out

    code, out, _ = jsg("mandate", "end", "newcomer.asking-system", *why, "--json")
    assert code == 4
    assert json.loads(out)["proposal"]["ending"] == {"agency": "newcomer", "role": "asking-system"}
    code, out, _ = jsg("mandate", "list", "--waiting", "--agency", "newcomer", "--json")
    (shown,) = json.loads(out)
    code, out, _ = jsg("mandate", "approve", shown["waiting"]["proposal"], who=ZHAO)
    assert code == 0
    assert "NOT in force" in out
    assert "NOT in force" in jsg("mandate", "list", "--agency", "newcomer")[1]


def test_a_file_changed_after_the_first_start_changes_nothing_and_that_is_said(tmp_path, capsys):
    with gateway_in(tmp_path, filled=False) as gateway:
        begun = body_of(gateway.entries()[0])
        assert (begun["method"], begun["outcome"]) == ("AdminService", "MANDATES_BEGUN")
        assert begun["mandates"] == len(list(gateway.config.agencies))
        file = gateway.place.config / "agencies.toml"
    text = file.read_text(encoding="utf-8")
    assert 'points = ["BIDDING_*"]' in text
    changed = text.replace('points = ["BIDDING_*"]', 'points = ["BIDDING_EVALUATION"]')
    file.write_text(changed.replace('id = "tourism"', 'id = "tourists"'), encoding="utf-8")

    with gateway_in(tmp_path, filled=False) as gateway:
        assert gateway.send(CHECK, award(new_party().uscc)).ok, "the store decides"
        assert "MANDATES_BEGUN" not in [body_of(entry)["outcome"] for entry in gateway.entries(1)]
        for said in (
            "public-resources-trading/asking-system differs from agencies.toml in points: the store decides",
            "tourism/asking-system is in the store only: it may call",
            "tourists/asking-system is in agencies.toml only: it may not call",
        ):
            assert said in gateway.log
        main(["--config", str(gateway.place.config), "--state", str(gateway.place.state), "doctor"])
        told = capsys.readouterr().out
        assert "differs from agencies.toml in points: the store decides" in told
