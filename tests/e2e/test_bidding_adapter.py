"""The tender platform's adapter against a real gateway: from registration to the consent to a subcontractor."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from e2e.served import AUDITOR, BIDDING, FINANCE, HRSS, REGISTRAR, STRANGER, award_known, body_of, new_party, today
from jointsanctions.v1 import audit_pb2, common_pb2, outcome_pb2, registry_pb2

from adapters.bidding import (
    AWARD,
    CANDIDATE_PUBLICITY,
    CONTRACT,
    EVALUATION,
    QUALIFICATION_REVIEW,
    REGISTRATION,
    SUBCONTRACT_CONSENT,
    BiddingAdapter,
    bidding_rules,
)
from adapters.bidding_ocds import annotate_tender
from adapters.clearance import Clearance, ConditionalClearance
from adapters.conditions import ExistenceConfirmed, OfficerReview
from adapters.enforcement import Enforcement
from adapters.entries import OutcomeKind
from adapters.errors import (
    ConditionNotMetError,
    MembersChangedError,
    QuestionRefusedError,
    RestrictedError,
)
from adapters.journal import Journal
from adapters.participation import Cutoff, Form
from adapters.questions import Party
from adapters.tenders import Bidder, OcdsBids, Project
from gateway.sample.records import listing, profile

pytestmark = pytest.mark.xdist_group("served")
RULES = bidding_rules(timedelta(days=15), timedelta(days=30))
GETS = {1: Clearance, 2: ConditionalClearance, 4: RestrictedError}


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


@pytest.fixture
def platform(served, journal):
    return adapter(served, journal)


@pytest.fixture
def project():
    return Project(f"T-{uuid4().hex}", "420302", must_be_tendered=True, state_funds=True, cutoff=Cutoff.not_fixed())


def adapter(served, journal, who=BIDDING, mode="enforce"):
    return BiddingAdapter(Enforcement(served.callers.as_caller(who), journal, RULES, mode))


def single(party):
    return Bidder(party.uscc, party.name, Form.SINGLE)


def consortium(lead, *members):
    return Bidder(lead.uscc, lead.name, Form.CONSORTIUM, tuple(Party(each.uscc, each.name) for each in members))


def submit(served, who, feed, records):
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=uuid4().hex, feed=feed, records=records, officer="officer-7", last=True
    )
    answer = served.callers.as_caller(who).submit([chunk])
    assert answer.stored == len(records), answer
    award_known(served, answer.data_revision)


def answered(platform, project, point, bidder):
    """Check one bidder at a point where it is cleared, perhaps on conditions."""
    (result,) = platform.check_all(project, point, [bidder], "Li").results
    assert result.error is None
    return result.standing


def recorded(served, project):
    request = audit_pb2.SearchAccessRequest(case_ref=project.case_ref, searched_by="auditor-1", page_size=1000)
    return served.callers.as_caller(AUDITOR).search_access(request).entries[::-1]


def test_every_kind_of_enterprise_gets_in_one_batch_what_it_stands_for(served, platform, project):
    examples = [example for example in served.city.examples if example.key != "same_name"]

    outcome = platform.check_all(project, AWARD, [single(example) for example in examples], "Li")

    assert [(each.key, type(found.result)) for each, found in zip(examples, outcome.results, strict=True)] == [
        (each.key, GETS[int(each.expected)]) for each in examples
    ]
    assert outcome.one_revision
    (standing,) = {
        found.standing.position.number: found.standing for found in outcome.results if found.error is None
    }.values()
    entry = served.entries(standing.position.number)[0]
    assert standing.answer_digest.hex() == body_of(entry)["response"]


def test_a_clean_consortium_goes_all_the_way_and_every_step_is_on_the_gateways_record(served, platform, project):
    winner = consortium(*(served.city.example(key) for key in ("grade_a", "nonlocal", "nonconforming_code")))
    for point in (REGISTRATION, QUALIFICATION_REVIEW, EVALUATION, CANDIDATE_PUBLICITY):
        (result,) = platform.check_all(project, point, [winner], "Li").results
        assert type(result.standing) is Clearance
    award = platform.award(project, winner, "Li")
    contract = platform.contract(project, award, winner, "Li")
    consent = platform.consent_subcontract(project, contract, single(served.city.example("red_listed")), "Li")

    entries = recorded(served, project)
    assert [entry.decision_point for entry in entries] == [
        REGISTRATION,
        QUALIFICATION_REVIEW,
        EVALUATION,
        CANDIDATE_PUBLICITY,
        AWARD,
        CONTRACT,
        SUBCONTRACT_CONSENT,
    ]
    for grant, entry in zip((award, contract, consent), entries[4:], strict=True):
        assert (grant.position.number, grant.position.leaf_hash) == (entry.position.number, entry.position.leaf_hash)
        told = body_of(served.entries(grant.position.number)[0])
        assert grant.answer_digest.hex() == told["response"]


def test_clean_at_publicity_and_listed_at_award_is_not_awarded(served, platform, project, journal):
    lead, member = new_party(), new_party()
    submit(served, REGISTRAR, "market_regulation", [profile(each, today() - timedelta(900)) for each in (lead, member)])
    bid = consortium(lead, member)
    answered(platform, project, CANDIDATE_PUBLICITY, bid)
    decision = listing(member, uuid4().hex, today() - timedelta(days=9))
    submit(served, HRSS, "wage_list", decision)

    with pytest.raises(RestrictedError) as caught:
        platform.award(project, bid, "Li")

    blocks = [each for each in caught.value.answer.measures if each.effect == common_pb2.EFFECT_BLOCK]
    assert {each.party_uscc for each in blocks} == {member.uscc}
    assert decision[0].document_number in {each.document_number for each in blocks}
    assert [owed.kind for owed in journal.outcomes_owed()] == [OutcomeKind.RESTRICTED]


def test_members_changed_after_the_review_are_refused_without_a_question(served, platform, project):
    lead, member, other = (served.city.example(key) for key in ("grade_a", "nonlocal", "repaired"))
    answered(platform, project, QUALIFICATION_REVIEW, consortium(lead, member))
    answered(platform, project, CANDIDATE_PUBLICITY, consortium(member, lead))

    with pytest.raises(MembersChangedError):
        platform.award(project, consortium(lead, other), "Li")
    assert len(recorded(served, project)) == 2


def test_an_unknown_enterprise_is_awarded_once_its_existence_is_confirmed(served, platform, project):
    unknown = single(served.city.example("unknown"))
    answered(platform, project, CANDIDATE_PUBLICITY, unknown)
    with pytest.raises(ConditionNotMetError, match="exists") as caught:
        platform.award(project, unknown, "Li")

    now = datetime.now(UTC)
    clearance = caught.value.conditional.fulfil(
        officer_review=OfficerReview("Wang", "seen in the register", now),
        existence=ExistenceConfirmed((unknown.uscc,), "national register", "No. 7", now),
    )

    assert platform.award(project, unknown, "Li", clearance).parties == {unknown.uscc}

    bidding = served.callers.as_caller(BIDDING)
    found = platform.report_outcomes(bidding)
    assert (len(found.taken), found.refused) == (3, ())
    listed = bidding.list_outcomes(outcome_pb2.ListOutcomesRequest(officer="o", case_ref=project.case_ref)).outcomes
    assert [each.outcome for each in listed] == [
        outcome_pb2.OUTCOME_KIND_CONDITIONS_FULFILLED,
        outcome_pb2.OUTCOME_KIND_CONDITIONS_FULFILLED,
        outcome_pb2.OUTCOME_KIND_GRANTED_WITH_CONDITIONS,
    ]
    assert {each.text for each in listed[-1].conditions} == {"seen in the register", "national register No. 7"}
    assert platform.report_outcomes(bidding).taken == ()


def test_observe_mode_lets_a_listed_bidder_through_and_says_so(served, journal, project):
    watching = adapter(served, journal, mode="observe")
    listed = single(served.city.example("listed"))

    grant = watching.award(project, listed, "Li")

    assert grant.stopped_by.reason == "NO_EARLIER_ANSWER"
    (owed,) = journal.outcomes_owed()
    assert owed.details["reason"] == "RESTRICTED", "that one answer did not stop is told once, by its own reason"


@pytest.mark.parametrize(("who", "reason"), [(STRANGER, "CALLER_UNKNOWN"), (FINANCE, "AREA_NOT_IN_MANDATE")])
def test_a_caller_without_a_mandate_for_bidding_clears_nobody(served, journal, project, who, reason):
    served.credentials(who)

    (result,) = (
        adapter(served, journal, who)
        .check_all(project, EVALUATION, [single(served.city.example("grade_a"))], "Li")
        .results
    )

    assert (type(result.error), result.error.reason) == (QuestionRefusedError, reason)


def test_a_bidder_whose_code_nobody_knows_stops_itself_only(served, platform, project):
    good = served.city.example("grade_a")
    wrong = good.uscc[:-1] + ("A" if good.uscc[-1] != "A" else "B")

    outcome = platform.check_all(project, EVALUATION, [Bidder(wrong, "", Form.SINGLE), single(good)], "Li")

    assert [type(each.result) for each in outcome.results] == [QuestionRefusedError, Clearance]
    assert outcome.results[0].error.field == "items[0].enterprise.uscc"


def test_an_ocds_release_comes_back_with_what_the_gateway_said(served, platform, project):
    keys = ("grade_a", "listed", "unknown")
    parties = [{"id": key, "identifier": {"scheme": "CN-USCC", "id": served.city.example(key).uscc}} for key in keys]
    document = {
        "ocid": f"ocds-{uuid4().hex}",
        "parties": [*parties, {"id": "abroad", "identifier": {"scheme": "GB-COH", "id": "11111111"}}],
        "tender": {"tenderers": [{"id": key} for key in (*keys, "abroad")]},
    }

    text = annotate_tender(json.dumps(document), platform, project, AWARD, OcdsBids("Li", {}))

    found = {each["id"]: each["jointSanctions"] for each in json.loads(text)["parties"]}
    assert [found[key]["verdict"] for key in (*keys, "abroad")] == [
        "CLEAR",
        "RESTRICTED",
        "CONDITIONAL",
        "UNVERIFIABLE",
    ]
    assert found["listed"]["measures"][0]["documentNumber"].startswith("示人社")
