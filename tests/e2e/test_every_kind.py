"""Every kind of fact over the wire: stored, shown to HRSS, unchanged when sent again; persons' shown to nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from e2e.served import BIDDING, HRSS, award, award_known, new_party
from jointsanctions.v1 import credit_pb2, registry_pb2
from kind_records import PERSON, SAMPLES, record_of

from gateway.domain import kinds
from gateway.domain.authorities import DECIDED_BY_SENDER
from gateway.domain.kinds.fact import PersonFact

pytestmark = pytest.mark.xdist_group("served")
OF_PERSONS = [name for name, kind in kinds.KINDS.items() if issubclass(kind, PersonFact)]
OF_ENTERPRISES = [name for name in kinds.KINDS if name not in OF_PERSONS]


def carried(served, kind):
    """Return the first feed that carries *kind*, and its producer."""
    feed = next(feed.name for feed in served.config.settings.feeds if kind in feed.kinds)
    return feed, served.callers.file.feeds[feed]


def send(served, record):
    feed, who = carried(served, record.WhichOneof("fact"))
    own = served.config.agencies.find(*who.split(".")).authorities
    if record.WhichOneof("fact") in DECIDED_BY_SENDER and own:
        (record.authority,) = own
    request = registry_pb2.SubmitRecordsRequest(
        request_id=new_party().uscc, feed=feed, records=[record], officer="o", last=True
    )
    return served.callers.as_caller(who).submit(iter([request]))


def of(party, fact):
    record = record_of(fact)
    record.uscc, record.name, record.source_key = party.uscc, party.name, f"{party.uscc}/{fact.wire_name}"
    return record


def of_a_person(kind, key):
    record = record_of(SAMPLES[kind])
    record.uscc, record.name, record.source_key = "", "", key
    return record


def on_record(served, party, revision):
    award_known(served, revision)
    request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o")
    request.enterprise.uscc = party.uscc
    return served.callers.as_caller(HRSS).credit_record(request)


def ids_of(served, party, revision):
    """Return the ids of a party's facts by the name of their class."""
    return {fact.kind: fact.record_id for fact in on_record(served, party, revision).facts}


def test_every_kind_is_stored_shown_to_hrss_and_unchanged_when_sent_again(served):
    party = new_party()
    samples = {name: SAMPLES[name] for name in OF_ENTERPRISES}
    for name in ("enterprise", "complaint", "arrears", "publication"):
        revision = send(served, of(party, samples[name])).data_revision
    known = ids_of(served, party, revision)
    complaint, arrears = known["Complaint"], known["ArrearsFinding"]
    samples["publication_objection"] = replace(samples["publication_objection"], publication_id=known["Publication"])
    samples["malicious_claim"] = replace(samples["malicious_claim"], complaint_record_id=complaint)
    samples["incident_act"] = replace(samples["incident_act"], concerned_record_id=complaint, joined_record_id=arrears)
    answers = {name: send(served, of(party, samples[name])) for name in OF_ENTERPRISES}
    again = {name: send(served, of(party, samples[name])) for name in OF_ENTERPRISES}

    first = {"enterprise", "complaint", "arrears", "publication"}
    assert {name for name, answer in answers.items() if answer.stored == 1} == set(OF_ENTERPRISES) - first
    assert {name for name, answer in again.items() if answer.unchanged == 1} == set(OF_ENTERPRISES)
    shown = on_record(served, party, answers[OF_ENTERPRISES[-1]].data_revision)
    wanted = {kinds.KINDS[name].__name__ for name in OF_ENTERPRISES if name != "enterprise"}
    assert {fact.kind for fact in shown.facts} == wanted
    assert PERSON["document_number"] not in str(shown)


@pytest.mark.parametrize("who", ["market-regulation.producer", "provincial-exam-authority.producer"])
def test_a_producer_without_the_grant_is_told_what_weighs_and_nothing_else(served, who):
    party = new_party()
    for name in ("enterprise", "post", "complaint", "penalty"):
        revision = send(served, of(party, SAMPLES[name])).data_revision
    whole = on_record(served, party, revision)
    request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o")
    request.enterprise.uscc = party.uscc
    told = served.callers.as_caller(who).credit_record(request)
    assert {fact.kind for fact in whole.facts} == {"Post", "Complaint", "Penalty"}
    assert {fact.kind for fact in told.facts} == {"PENALTY"}
    assert whole.grade.facts
    assert not told.grade.facts


def seen(served, party, revision):
    """Return what deciding systems and HRSS are told of *party*, without the revision itself."""
    decision = served.callers.as_caller(BIDDING).check(award(party.uscc, at_least_as_fresh=revision)).decision
    record = on_record(served, party, revision)
    return decision.verdict, list(decision.measures), record.grade, list(record.facts), list(record.listings)


def test_no_answer_changes_with_records_of_the_person_who_represents_the_enterprise(served):
    party = new_party()
    profile = of(party, SAMPLES["enterprise"])
    assert profile.enterprise.legal_representative.document_number == PERSON["document_number"]
    before = seen(served, party, send(served, profile).data_revision)
    for kind in OF_PERSONS:
        record = of_a_person(kind, f"{party.uscc}/{kind}")
        answer = send(served, record)
        assert (answer.stored, answer.rejected) == (1, 0)
        assert seen(served, party, answer.data_revision) == before
        assert send(served, record).unchanged == 1


@pytest.mark.parametrize("kind", OF_PERSONS)
@pytest.mark.parametrize("field", ["uscc", "name"])
def test_a_persons_record_that_names_an_enterprise_is_rejected(served, kind, field):
    record = of_a_person(kind, f"{kind}/{field}")
    setattr(record, field, getattr(new_party(), field))
    assert [row.field for row in send(served, record).rows] == [field]


def test_an_entry_of_the_severe_list_is_a_persons_or_an_employers(served):
    party = new_party()
    record = of(party, replace(SAMPLES["insurance_severe_listing"], person=None))
    answer = send(served, record)
    assert answer.stored == 1
    assert set(ids_of(served, party, answer.data_revision)) == {"InsuranceSevereListing"}
    record.uscc = ""
    assert [row.field for row in send(served, record).rows] == ["uscc"]


def test_a_malicious_claim_about_a_complaint_that_is_not_on_record_is_rejected(served):
    (row,) = send(served, of(new_party(), SAMPLES["malicious_claim"])).rows
    assert row.field == "malicious_claim.complaint_record_id"
    assert row.why.zh
