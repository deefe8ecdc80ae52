"""Two persons change the policy over the wire: what is proposed, what is refused, and nothing before its day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from e2e.served import AUDITOR, BIDDING, CHECK, HRSS, award, body_of, gateway_in
from jointsanctions.v1 import common_pb2, credit_pb2
from jointsanctions.v1 import policy_pb2 as pb
from policy_calls import (
    CHEN,
    NATIONAL,
    OPERATIONS,
    ZHAO,
    approval,
    listed,
    proposal_of,
    propose,
    refused,
    send,
    text_of,
    today,
    versioned,
)

from formats.civil import midnight
from gateway.cli.main import main

AHEAD = (date.fromisoformat(today()) + timedelta(days=30)).isoformat()
YESTERDAY = (date.fromisoformat(today()) - timedelta(days=1)).isoformat()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("policy")) as gateway:
        yield gateway


def waiting(served):
    return [each.proposal for each in listed(served).proposals if each.state == pb.POLICY_PROPOSAL_STATE_WAITING]


def test_a_policy_ahead_is_proposed_by_one_approved_by_another_and_changes_nothing_before(served):
    request = proposal_of(versioned("2027-01"), AHEAD)
    proposal = propose(served, request)
    assert waiting(served) == [proposal.proposal]
    assert (proposal.holds_on, proposal.version, proposal.replaces_number) == (AHEAD, "2027-01", 0)
    again = pb.ProposePolicyResponse.FromString(send(served, "ProposePolicy", request).answer)
    assert again.proposal == proposal

    word = approval(proposal.proposal)
    done = pb.ApprovePolicyResponse.FromString(send(served, "ApprovePolicy", word, ZHAO).answer)
    assert done.policy.number == 1
    assert done.policy.holds_from.ToDatetime(tzinfo=UTC) == midnight(date.fromisoformat(AHEAD))
    repeated = pb.ApprovePolicyResponse.FromString(send(served, "ApprovePolicy", word, ZHAO).answer)
    assert (repeated.policy, repeated.data_revision) == (done.policy, done.data_revision)

    found = listed(served)
    assert (found.number, len(found.policies)) == (0, 1)
    assert found.ends_at.ToDatetime(tzinfo=UTC) == midnight(date.fromisoformat(AHEAD))
    answer = checked(served, fresh=done.data_revision)
    assert answer.basis.policy_version == "2026-11"
    assert answer.decision.verdict == common_pb2.VERDICT_RESTRICTED
    said = body_of(served.entry(done.audit_position))
    assert (said["method"], said["caller"]["holder"]) == ("AdminService/ApprovePolicy", "zhao")
    assert (said["proposal"], said["policy_number"]) == (proposal.proposal, 1)
    assert said["proposed_policy"] == {"profile": "shiyan", "digest": proposal.digest, "holds_on": AHEAD}


def checked(served, fresh=0, **parts):
    request = award(served.city.example("listed").uscc, **parts)
    request.question.at_least_as_fresh = fresh
    outcome = served.send(CHECK, request)
    assert outcome.ok, outcome.text()
    return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer)


def test_an_outlook_beyond_the_day_of_another_policy_is_unverifiable_and_before_it_is_not(served):
    ends = listed(served).ends_at.ToDatetime(tzinfo=UTC)
    clear = served.city.example("grade_a").uscc

    def outlook(at):
        request = award(clear, preview=True)
        request.question.as_of.FromDatetime(at)
        return credit_pb2.CheckEligibilityResponse.FromString(served.send(CHECK, request).answer)

    beyond, before = outlook(ends), outlook(ends - timedelta(hours=1))
    assert beyond.decision.verdict == common_pb2.VERDICT_UNVERIFIABLE
    assert any(each.startswith("POLICY_CHANGES: ") for each in beyond.decision.unverifiable_because)
    assert not any(each.startswith("POLICY_CHANGES") for each in before.decision.unverifiable_because)
    assert before.decision.valid_until.ToDatetime(tzinfo=UTC) <= ends


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"holds_on": YESTERDAY}, "holds_on"),
        ({"holds_on": ""}, "holds_on"),
        ({"holds_on": "2027-13-01"}, "holds_on"),
        ({"reason": " "}, "reason"),
        ({"document_number": ""}, "document_number"),
        ({"request_id": ""}, "request_id"),
        ({"officer": ""}, "officer"),
    ],
)
def test_what_could_not_be_approved_is_refused_by_its_field(served, change, field):
    request = proposal_of(versioned("other"), AHEAD)
    for name, value in change.items():
        setattr(request, name, value)

    outcome = refused(served, "ProposePolicy", request)

    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)
    assert waiting(served) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("areas/licensing.toml", 'effect = "REVIEW"', 'effect = "BLOCK"'), "LICENSING never blocks"),
        (("areas/bidding.toml", "step = 1\n", "step = 0\n"), "areas/bidding.toml: row[0].step: must be at least 1"),
        (("shiyan.toml", "reviewer = .*\n", ""), "shiyan.toml: header.reviewer: is missing"),
    ],
)
def test_an_unsound_policy_is_not_proposed(served, edit, said):
    outcome = refused(served, "ProposePolicy", proposal_of(text_of(edits=[edit]), AHEAD))

    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", "policy")
    assert said in outcome.text()
    assert waiting(served) == []


def test_a_profile_that_is_over_by_its_day_is_not_proposed(served):
    outcome = refused(served, "ProposePolicy", proposal_of(versioned("late"), "2028-01-01"))

    assert outcome.field == "policy"
    assert "expired on 2028-01-01" in outcome.text()


def test_what_was_approved_last_is_not_proposed_again(served):
    (last,) = [each.proposal for each in listed(served).policies[:1]]
    same = listed(served, last.proposal).policy

    outcome = refused(served, "ProposePolicy", proposal_of(same, AHEAD))

    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", "policy")
    assert "approved last" in outcome.text()


@pytest.mark.parametrize("rpc", ["ProposePolicy", "ApprovePolicy"])
@pytest.mark.parametrize(
    ("who", "reason"),
    [(OPERATIONS, "SECOND_PERSON_REQUIRED"), (BIDDING, "ROLE_NOT_PERMITTED"), (AUDITOR, "ROLE_NOT_PERMITTED"),
     (HRSS, "ROLE_NOT_PERMITTED")],
)  # fmt: skip
def test_only_a_person_of_the_operator_changes_the_policy(served, rpc, who, reason):
    request = proposal_of(versioned("x"), AHEAD) if rpc == "ProposePolicy" else approval("policy-1")

    assert refused(served, rpc, request, who).reason == reason


def test_one_person_is_not_two_and_a_later_proposal_takes_the_place_of_one_that_waits(served):
    first = propose(served, proposal_of(versioned("2027-02"), AHEAD))
    alone = refused(served, "ApprovePolicy", approval(first.proposal), CHEN)
    assert alone.reason == "SECOND_PERSON_REQUIRED"
    second = propose(served, proposal_of(versioned("2027-03"), AHEAD), ZHAO)
    assert waiting(served) == [second.proposal]
    late = refused(served, "ApprovePolicy", approval(first.proposal), ZHAO)
    assert late.reason == "STATE"
    assert "SUPERSEDED" in late.text()
    assert refused(served, "ApprovePolicy", approval("policy-0"), ZHAO).reason == "ENTERPRISE_NOT_FOUND"
    assert listed(served).number == 0


def test_a_request_id_is_not_used_for_another_policy(served):
    request = proposal_of(versioned("2027-04"), AHEAD)
    propose(served, request)
    request.reason = "another"

    assert refused(served, "ProposePolicy", request).reason == "REQUEST_ID_REUSED"


def test_the_auditor_sees_policies_and_nobody_else_does(served):
    assert listed(served, who=AUDITOR).policies
    assert refused(served, "ListPolicies", pb.ListPoliciesRequest(officer="o"), BIDDING).reason == "ROLE_NOT_PERMITTED"


def test_the_command_proposes_lists_saves_and_approves(served, tmp_path, capsys):
    place = served.place
    words = ["--config", str(place.config), "--state", str(place.state), "--address", f"127.0.0.1:{served.port}"]
    chen, zhao = [*words, "--as", CHEN], [*words, "--as", ZHAO]
    send(served, "ListPolicies", pb.ListPoliciesRequest(officer="o"), ZHAO)
    for_whom = ["--reason", "新法", "--document", "府办〔2026〕10号", "--json"]
    path = str(place.config / "policy" / f"{NATIONAL}.toml")

    assert main([*chen, "policy", "propose", path, "--from", AHEAD, *for_whom]) == 4
    proposal = json.loads(capsys.readouterr().out)["proposal"]["proposal"]
    saved = tmp_path / "saved"
    assert main([*words, "policy", "list", "--proposal", proposal, "--save", str(saved)]) == 0
    assert f"待批准 WAITING  {proposal}" in capsys.readouterr().out
    assert main(["policy", "diff", str(saved / f"{NATIONAL}.toml"), path]) == 0
    assert main([*words, "policy", "list", "--proposal", proposal, "--save", str(saved)]) == 1
    assert main([*chen, "policy", "approve", proposal]) == 1
    assert "SECOND_PERSON_REQUIRED" in capsys.readouterr().err
    assert main([*zhao, "policy", "approve", proposal]) == 0
    assert "已批准 approved" in capsys.readouterr().out
    assert main([*words, "status"]) == 0
    assert "下一版政策 next policy" in capsys.readouterr().out
    assert main([*chen, "policy", "propose", path, "--from", YESTERDAY, *for_whom]) == 1
    assert "holds_on" in capsys.readouterr().err


def test_valid_until_never_lies_beyond_the_day_of_another_policy(served):
    ends = listed(served).ends_at.ToDatetime(tzinfo=UTC)

    assert checked(served).decision.valid_until.ToDatetime(tzinfo=UTC) <= ends
    assert datetime.now(UTC) < ends
