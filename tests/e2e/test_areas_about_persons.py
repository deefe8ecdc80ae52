"""Persons and wages through the adapters: nobody is restricted by a machine, and no wages wait."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from e2e.asking_persons import EXAMS, list_person, submit
from e2e.served import award_known, body_of, today
from jointsanctions.v1 import common_pb2, listing_pb2
from kind_records import SAMPLES, record_of
from nine_areas import RULES, adapter_of
from plain_numbers import resident

from adapters.awards import CONFERRAL, NOMINATION, PUBLICITY, Candidate, Honour
from adapters.conditions import OfficerReview
from adapters.entries import OutcomeKind
from adapters.errors import GateClosedError, PersonConditionError, QuestionRefusedError, RestrictedError
from adapters.funding import FundApplication, Funds
from adapters.journal import Journal
from adapters.lending import Loan
from adapters.market_access import ESTABLISHMENT, REPRESENTATIVE_CHANGE, PersonStep, Registration
from adapters.participation import Enterprise
from adapters.persons import IdentityLooked, NaturalPerson, PersonClearance, PersonConditional, PersonFulfilment
from adapters.qualification import Asks, QualificationApplication

pytestmark = pytest.mark.xdist_group("served")
REFERENCE = "candidate-1"


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


@pytest.fixture
def adapter(served, journal):
    return lambda area: adapter_of(area, served.callers.as_caller(RULES[area][0]), journal)


def listed(served, serial):
    """List an invented person with an enterprise; return it as the adapter names it, and the enterprise."""
    number = resident(serial)
    ref = listing_pb2.PersonRef(name="示例戊", document_type="RESIDENT_ID", document_number=number)
    party, revision = list_person(served, ref)
    award_known(served, revision)
    return NaturalPerson("RESIDENT_ID", number, "示例戊"), party


def looked(*, same, review="looked at, and goes ahead"):
    now = datetime.now(UTC)
    return PersonFulfilment(OfficerReview("Wang", review, now), IdentityLooked("Wang", same, "note 7", now))


def test_a_listed_candidate_is_barred_only_once_an_officer_has_confirmed_it(served, adapter, journal):
    body, (person, _) = adapter("awards"), listed(served, 88_100)
    honour, candidate = Honour(f"PX-{uuid4().hex}"), Candidate(REFERENCE, person)

    first = body.check_person(honour, NOMINATION, candidate, "Li")
    assert type(first) is PersonConditional
    assert first.needs_confirmation
    with pytest.raises(PersonConditionError, match="confirmation"):
        body.persons.fulfil(first, looked(same=True))
    with pytest.raises(RestrictedError) as caught:
        body.persons.confirm(first, "Wang")
    assert {measure.effect for measure in caught.value.answer.measures} == {common_pb2.EFFECT_BLOCK}

    assert journal.last_answers(honour.case_ref, NOMINATION)[0].outcomes == {OutcomeKind.RESTRICTED}
    with pytest.raises(GateClosedError):
        body.confer_on_person(honour, candidate, "Li")


def test_a_candidate_whom_the_record_does_not_name_is_honoured(served, adapter):
    body, (person, _) = adapter("awards"), listed(served, 88_101)
    honour, candidate = Honour(f"PX-{uuid4().hex}"), Candidate(REFERENCE, person)
    published = body.check_person(honour, PUBLICITY, candidate, "Li")
    assert type(body.persons.fulfil(published, looked(same=False))) is PersonClearance

    with pytest.raises(PersonConditionError) as caught:
        body.confer_on_person(honour, candidate, "Li")
    reviewed = body.persons.fulfil(caught.value.conditional, looked(same=False))
    grant = body.confer_on_person(honour, candidate, "Li", reviewed)
    assert (grant.decision_point, grant.part, grant.parties) == (CONFERRAL, REFERENCE, frozenset())


def test_without_the_publicity_no_person_is_honoured(served, adapter):
    somebody = Candidate(REFERENCE, NaturalPerson("RESIDENT_ID", resident(88_102)))

    with pytest.raises(GateClosedError) as caught:
        adapter("awards").confer_on_person(Honour(f"PX-{uuid4().hex}"), somebody, "Li")
    assert caught.value.reason == "NO_EARLIER_ANSWER"


def test_nothing_of_a_person_is_in_the_journal_and_the_digest_is_that_of_the_gateway(
    served, adapter, journal, tmp_path
):
    body, (person, _) = adapter("awards"), listed(served, 88_103)
    asked = body.check_person(Honour(f"PX-{uuid4().hex}"), NOMINATION, Candidate(REFERENCE, person), "Li")
    last = "1" if person.document_number[-1] != "1" else "2"
    wrong = NaturalPerson("RESIDENT_ID", person.document_number[:-1] + last, "示例戊")
    with pytest.raises(QuestionRefusedError, match="document_number"):
        body.check_person(Honour("PX-1"), NOMINATION, Candidate(REFERENCE, wrong), "Li")

    entry = served.entry(asked.position)
    assert asked.answer_digest.hex() == body_of(entry)["response"]
    files = b"".join(file.read_bytes() for file in tmp_path.glob("journal.db*"))
    for number in (person.document_number, wrong.document_number):
        assert number.encode() not in files
        assert number not in repr((asked, asked.act, wrong))
    assert "示例戊".encode() not in files
    assert journal.outcomes_owed() == ()


def test_a_listed_representative_is_reviewed_and_never_bars_the_enterprise(served, adapter):
    office, (person, _) = adapter("market_access"), listed(served, 88_104)
    registration = Registration(f"ZC-{uuid4().hex}")
    step = PersonStep(registration, REPRESENTATIVE_CHANGE, "representative-1")
    enterprise = Enterprise(served.city.example("grade_a").uscc)

    with pytest.raises(PersonConditionError) as caught:
        office.representative(step, person, "Li")
    conditional = caught.value.conditional
    assert not conditional.needs_confirmation
    reviewed = office.persons.fulfil(conditional, PersonFulfilment(OfficerReview("Wang", "seen", datetime.now(UTC))))
    grant = office.representative(step, person, "Li", reviewed)

    assert office.change_representative(registration, grant, enterprise, "Li").stopped_by is None
    with pytest.raises(GateClosedError):
        office.establish(registration, grant, enterprise, "Li")
    with pytest.raises(GateClosedError):
        office.change_representative(Registration("ZC-2"), grant, enterprise, "Li")


def test_an_investor_who_is_a_person_is_asked_about_in_its_own_name(served, adapter):
    office, (person, _) = adapter("market_access"), listed(served, 88_105)
    registration = Registration(f"ZC-{uuid4().hex}")
    somebody = NaturalPerson("RESIDENT_ID", resident(88_106))
    representing = office.representative(PersonStep(registration, ESTABLISHMENT, "r-1"), somebody, "Li")
    step = PersonStep(registration, ESTABLISHMENT, "investor-1")

    assert office.establish_by_person(representing, step, somebody, "Li").part == "investor-1"
    with pytest.raises(PersonConditionError) as caught:
        office.establish_by_person(representing, step, person, "Li")
    assert {measure.effect for measure in caught.value.conditional.answer.measures} == {common_pb2.EFFECT_REVIEW}


def test_an_exam_record_is_looked_at_before_a_certificate_is_registered(served, adapter):
    number = resident(88_107)
    named = {"name": "示例己", "document_type": "RESIDENT_ID", "document_number": number}
    record = record_of(SAMPLES["exam_record"], named)
    record.uscc = record.name = ""
    office, person = adapter("qualification"), NaturalPerson("RESIDENT_ID", number, "示例己")
    application = QualificationApplication(f"ZZ-{uuid4().hex}", Asks.FIRST, today(), "holder-1")
    award_known(served, submit(served, EXAMS, "exam_records", [record]))

    accepted = office.accept_certificate(application, person, "Li")
    assert type(accepted) is PersonConditional
    office.persons.fulfil(accepted, PersonFulfilment(OfficerReview("Wang", "of another exam", datetime.now(UTC))))
    with pytest.raises(PersonConditionError) as caught:
        office.register_certificate(application, person, "Li")
    done = PersonFulfilment(OfficerReview("Wang", "of another exam", datetime.now(UTC)))
    reviewed = office.persons.fulfil(caught.value.conditional, done)
    assert office.register_certificate(application, person, "Li", reviewed).part == "holder-1"


def test_wages_of_a_listed_enterprise_go_and_the_officer_is_told(served, adapter, journal):
    party = Enterprise(served.city.example("listed").uscc)
    funds, bank = adapter("funding"), adapter("lending")

    paid = funds.pay_wages(FundApplication(f"ZJ-{uuid4().hex}", Funds.NEW_GRANT), party, "Li")
    account = bank.use_wage_account(Loan(f"XD-{uuid4().hex}"), party, "Li")

    for gone in (paid, account):
        assert gone.pending is None
        assert {measure.effect for measure in gone.told} == {common_pb2.EFFECT_NOTICE}
    assert (funds.check_pending_wages("Li"), bank.check_pending_accounts("Li")) == ((), ())
    owed = [(each.question, each.kind) for each in journal.outcomes_owed()]
    assert owed == [(paid.asked.number, OutcomeKind.GRANTED), (account.asked.number, OutcomeKind.GRANTED)]
    refused = funds.report_outcomes(served.callers.as_caller(RULES["funding"][0])).refused
    assert [each.owed.case_ref for each in refused] == [account.case_ref]
    assert bank.report_outcomes(served.callers.as_caller(RULES["lending"][0])).refused == ()
