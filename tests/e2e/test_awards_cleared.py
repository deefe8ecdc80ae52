"""The award gate over the wire: checked before and clear now, or not awarded; and nothing cleared without its proof."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from e2e.registered import CLEAR, PUBLICITY, Registered, applicant, instant, terms
from e2e.reported import Listed, submit
from e2e.reported import ago as days_ago
from e2e.served import AUDITOR, BIDDING, REGISTRAR, body_of, new_party
from e2e.test_receipts import receipt_of, verified, wanted
from jointsanctions.v1 import award_cover_pb2, common_pb2, credit_pb2, replay_pb2

from gateway.bench.processes import family
from gateway.sample.records import listing, profile
from gateway.security.pki import issue_client

pytestmark = pytest.mark.xdist_group("served")
REPLAY = "/jointsanctions.v1.AuditService/ReplayDecision"
UNCOVERED = "/jointsanctions.v1.AuditService/ListUncoveredAwards"
CLEARED, NOT_CLEARED, PENDING = (
    credit_pb2.AWARD_CLEARANCE_CLEARED,
    credit_pb2.AWARD_CLEARANCE_NOT_CLEARED,
    credit_pb2.AWARD_CLEARANCE_PROOF_PENDING,
)


def known(served):
    """Return a party that market regulation knows and of which nothing else is on record, and the revision."""
    party = new_party()
    return party, submit(served, "market_regulation", profile(party, days_ago(2000)), who=REGISTRAR)


def case_of(served, *more, **parts):
    """Return a case with one known applicant that was asked about at the last point ahead, and that party."""
    party, revision = known(served)
    case = Registered(served, applicant(party.uscc, *more), **parts)
    case.asked(party.uscc, *more, point=PUBLICITY, revision=revision)
    return case, party


def gaps(response):
    return {
        party.uscc: [credit_pb2.AwardGap.Name(gap)[len("AWARD_GAP_") :] for gap in party.gaps]
        for party in response.parties
    }


def test_what_was_checked_before_and_is_clear_now_is_cleared_with_a_receipt_that_verifies(served):
    case, party = case_of(served)
    found = case.cleared(party.uscc)
    assert (found.clearance, gaps(found)) == (CLEARED, {party.uscc: []})
    (said,) = found.parties
    assert (said.verdict, said.checked_point) == (common_pb2.VERDICT_CLEAR, PUBLICITY)
    body = verified(served, found.receipt).body
    assert body == body_of(served.entry(found.audit_position))
    assert (body["award"], body["case"], body["enterprises"]) == ({"cleared": True}, case.case_ref, [party.uscc])
    assert receipt_of(served, wanted(found.audit_position)).receipt == found.receipt
    place = {"writer": found.audit_position.writer, "number": found.audit_position.number}
    request = replay_pb2.ReplayDecisionRequest(officer="o", **place)
    again = case.send(REPLAY, request, replay_pb2.ReplayDecisionResponse, AUDITOR)
    assert again.result == replay_pb2.REPLAY_RESULT_IDENTICAL
    assert list(again.not_compared) == [replay_pb2.REPLAY_FIELD_RESPONSE]


def test_without_an_earlier_check_of_this_case_and_part_nothing_is_cleared_and_asking_again_does_not_help(served):
    party, revision = known(served)
    elsewhere, other = (Registered(served, applicant(party.uscc), part=part) for part in ("1", "2"))
    elsewhere.asked(party.uscc, point=PUBLICITY, revision=revision)
    for _ in range(2):
        found = other.cleared(party.uscc, at_least_as_fresh=revision)
        assert (found.clearance, gaps(found)) == (NOT_CLEARED, {party.uscc: ["NEVER_CHECKED"]})
        assert (found.receipt, found.decision.verdict) == (b"", common_pb2.VERDICT_CLEAR)
    other.asked(party.uscc, point=common_pb2.DECISION_POINT_BIDDING_REGISTRATION)
    assert gaps(other.cleared(party.uscc)) == {party.uscc: ["EARLIER_POINT"]}
    other.asked(party.uscc, point=PUBLICITY)
    assert other.cleared(party.uscc).clearance == CLEARED


def test_every_member_of_a_consortium_must_have_been_checked_and_is_told_apart(served):
    member, revision = known(served)
    case, party = case_of(served, member.uscc)
    assert case.cleared(party.uscc, member.uscc).clearance == CLEARED
    lead, revision = known(served)
    alone = Registered(served, applicant(lead.uscc, member.uscc))
    alone.asked(lead.uscc, point=PUBLICITY, revision=revision)
    found = alone.cleared(lead.uscc, member.uscc)
    assert gaps(found) == {lead.uscc: [], member.uscc: ["NEVER_CHECKED"]}
    revision = submit(served, "wage_list", *listing(member, f"L-{member.uscc}", days_ago(400)))
    restricted = case.cleared(party.uscc, member.uscc, at_least_as_fresh=revision)
    assert gaps(restricted) == {party.uscc: [], member.uscc: ["RESTRICTED"]}
    assert restricted.decision.verdict == common_pb2.VERDICT_RESTRICTED


def test_a_listing_that_lands_between_check_and_award_stops_it_and_a_repair_lets_it_go_on(served):
    listed = Listed(served)
    listed.revoked()
    case = Registered(served, applicant(listed.uscc))
    case.asked(listed.uscc, point=PUBLICITY, revision=listed.revision)
    assert case.cleared(listed.uscc).clearance == CLEARED
    listed.key += "-again"
    listed.revision = submit(served, "wage_list", *listing(listed.party, listed.key, days_ago(30)))
    stopped = case.cleared(listed.uscc, at_least_as_fresh=listed.revision)
    assert (stopped.clearance, gaps(stopped)) == (NOT_CLEARED, {listed.uscc: ["RESTRICTED"]})
    listed.revoked()
    assert case.cleared(listed.uscc, at_least_as_fresh=listed.revision).clearance == CLEARED


def test_nobody_but_exactly_a_registered_applicant_is_cleared_and_not_in_a_closed_case(served):
    case, party = case_of(served)
    other = new_party().uscc
    for wrong in (case.clearing(other), case.clearing(party.uscc, other)):
        refused = served.send(CLEAR, wrong)
        assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", "applicant")
    early = case.clearing(party.uscc, decision_point=PUBLICITY)
    assert served.send(CLEAR, early).field == "decision_point"
    nowhere = case.clearing(party.uscc, case_ref="NO-SUCH-CASE")
    assert served.send(CLEAR, nowhere).reason == "ENTERPRISE_NOT_FOUND"
    case.closed()
    assert served.send(CLEAR, case.clearing(party.uscc)).reason == "STATE"


def test_an_officer_decides_over_conditions_with_a_reason_on_record_and_over_nothing_else(served):
    unknown = new_party().uscc  # to be confirmed with market regulation
    case = Registered(served, applicant(unknown))
    case.asked(unknown, point=PUBLICITY)
    assert gaps(case.cleared(unknown)) == {unknown: ["CONDITIONS_OPEN"]}
    refused = served.send(CLEAR, case.clearing(unknown, override=credit_pb2.AwardOverride()))
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", "override.reason")
    word = credit_pb2.AwardOverride(reason="已向市场监管部门核实", document_number="示交易〔2026〕8号")
    found = case.cleared(unknown, override=word)
    assert (found.clearance, found.decision.verdict) == (CLEARED, common_pb2.VERDICT_CONDITIONAL)
    told = body_of(served.entry(found.audit_position))["award"]
    assert told["override"] == {"reason": word.reason, "document": word.document_number}
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc))
    case.asked(listed.uscc, point=PUBLICITY, revision=listed.revision)
    assert gaps(case.cleared(listed.uscc, override=word)) == {listed.uscc: ["RESTRICTED"]}


def holder(served, name):
    """Return the caller of the bidding platform with a certificate that names a person."""
    who = f"{BIDDING}.{name}"
    folder = served.place.state / "pki"
    if not (folder / "clients" / f"{who}.pem").exists():
        agency, role = BIDDING.split(".")
        issue_client(folder, agency, role, name, 90, datetime.now(UTC))
    return who


def test_a_restriction_is_gone_over_by_two_persons_only_and_that_stands_out(served):
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc))
    case.asked(listed.uscc, point=PUBLICITY, revision=listed.revision)
    li, wang = holder(served, "li"), holder(served, "wang")
    word = {"reason": "抢险救灾", "document_number": "示应急〔2026〕1号"}

    def emergency(who, officer, first=None, **parts):
        sent = credit_pb2.AwardEmergency(**{**word, **parts}, first=first)
        return served.send(CLEAR, case.clearing(listed.uscc, officer=officer, emergency=sent), who)

    assert emergency(BIDDING, "o-1").reason == "SECOND_PERSON_REQUIRED"
    begun = credit_pb2.ClearAwardResponse.FromString(emergency(li, "o-1").answer)
    assert (begun.clearance, gaps(begun)) == (NOT_CLEARED, {listed.uscc: ["SECOND_PERSON_MISSING"]})
    first = begun.audit_position
    forged = common_pb2.AuditPosition(writer=first.writer, number=first.number, leaf_hash=bytes(32))
    never = case.cleared(listed.uscc).audit_position
    for refused, reason in (
        (emergency(li, "o-2", first), "SECOND_PERSON_REQUIRED"),
        (emergency(wang, "o-1", first), "SECOND_PERSON_REQUIRED"),
        (emergency(wang, "o-2", first, reason="另一理由"), "MALFORMED_REQUEST"),
        (emergency(wang, "o-2", forged), "ENTERPRISE_NOT_FOUND"),
        (emergency(wang, "o-2", never), "ENTERPRISE_NOT_FOUND"),
    ):
        assert refused.reason == reason
    done = credit_pb2.ClearAwardResponse.FromString(emergency(wang, "o-2", first).answer)
    assert (done.clearance, done.decision.verdict) == (CLEARED, common_pb2.VERDICT_RESTRICTED)
    told = body_of(served.entry(done.audit_position))
    assert (told["caller"]["holder"], told["award"]["emergency"]["number"]) == ("wang", str(first.number))
    (standing,) = uncovered(served, case, listed.uscc)
    assert standing.reason == award_cover_pb2.UNCOVERED_REASON_RESTRICTED


def uncovered(served, case, *codes):
    rows = [
        award_cover_pb2.AwardRow(
            row_id=code,
            area=common_pb2.AREA_BIDDING,
            case_ref=case.case_ref,
            uscc=code,
            awarded_at=instant(datetime.now(UTC)),
        )
        for code in codes
    ]
    outcome = served.send(UNCOVERED, award_cover_pb2.ListUncoveredAwardsRequest(officer="o", rows=rows), AUDITOR)
    assert outcome.ok, outcome.text()
    return award_cover_pb2.ListUncoveredAwardsResponse.FromString(outcome.answer).awards


def test_a_cleared_award_is_covered_and_one_that_was_not_cleared_stands_out(served):
    case, party = case_of(served)
    assert case.cleared(party.uscc).clearance == CLEARED
    assert not uncovered(served, case, party.uscc)
    never, revision = known(served)
    other = Registered(served, applicant(never.uscc))
    assert other.cleared(never.uscc, at_least_as_fresh=revision).clearance == NOT_CLEARED
    (standing,) = uncovered(served, other, never.uscc)
    assert standing.reason == award_cover_pb2.UNCOVERED_REASON_UNVERIFIABLE


def test_a_fact_that_the_point_needs_and_the_case_has_not_registered_is_named(served):
    party, _ = known(served)
    point = common_pb2.DECISION_POINT_BIDDING_REGISTRATION
    registered = terms(applicant(party.uscc), decision_point=point, case_facts=credit_pb2.CaseFacts())
    case = Registered(served)
    case.case_ref += "-bare"
    case.send("/jointsanctions.v1.CreditService/OpenCase", case.opening(registered), credit_pb2.OpenCaseResponse)
    refused = served.send(CLEAR, case.clearing(party.uscc))
    assert refused.reason == "MALFORMED_REQUEST"
    assert refused.field.startswith("case_facts.bidding.")


def command(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_without_a_signed_checkpoint_nothing_is_cleared_until_the_receipt_comes(start_gateway):
    served = start_gateway()
    case, party = case_of(served)
    (integrator,) = [pid for pid in family([served.process.pid])[1:] if b"gateway.integrator" in command(pid)]
    os.kill(integrator, signal.SIGSTOP)
    try:
        found = case.cleared(party.uscc)
        assert (found.clearance, found.receipt) == (PENDING, b"")
        assert gaps(found) == {party.uscc: []}
    finally:
        os.kill(integrator, signal.SIGCONT)
    receipt = receipt_of(served, wanted(found.audit_position)).receipt
    assert verified(served, receipt).body["award"] == {"cleared": True}


def test_in_an_area_without_a_limit_nothing_is_cleared(start_gateway):
    served = start_gateway(changes={"bidding_days = 60\n": ""})
    case, party = case_of(served)
    refused = served.send(CLEAR, case.clearing(party.uscc))
    assert (refused.reason, refused.infos[0].metadata["why"]) == ("STATE", "NO_AGE_LIMIT")
