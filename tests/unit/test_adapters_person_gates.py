"""What a person is granted: on an answer of that moment, after a review of this step, and never for another."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from nine_areas import adapter_of
from plain_numbers import resident
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    REVIEW,
    at_the_wire,
    client,
    code,
    journal,
    peer,
    reviewed,
)
from test_adapters_persons import CONFIRMS, HONOUR, NUMBER, SOMEBODY, body, published, says  # noqa: F401

from adapters.awards import CONFERRAL, PUBLICITY, PersonConferralGrant
from adapters.clearance import Observed
from adapters.entries import OutcomeKind
from adapters.errors import ClearanceExpiredError, GateClosedError, PersonConditionError, UnverifiableError
from adapters.market_access import ESTABLISHMENT, REPRESENTATIVE_CHANGE, PersonStep, Registration
from adapters.participation import Enterprise
from adapters.persons import NaturalPerson, PersonClearance, PersonConditional, PersonFulfilment


def test_a_clear_candidate_is_honoured_on_an_answer_of_that_moment(body, peer, journal):
    assert type(published(body)) is PersonClearance
    grant = body.confer_on_person(HONOUR, SOMEBODY, "Li")

    assert (type(grant), grant.case_ref, grant.part, grant.parties) == (
        PersonConferralGrant,
        "PX-2026-9",
        "candidate-1",
        frozenset(),
    )
    assert [request.question.decision_point for request in peer.requests] == [PUBLICITY, CONFERRAL]
    assert {request.capacity for request in peer.requests} == {credit_pb2.PERSON_CAPACITY_OWN_NAME}
    assert peer.requests[0].person.document_number == NUMBER
    assert journal.answer_to(grant.number).outcomes == {OutcomeKind.GRANTED}
    assert journal.outcomes_owed() == ()
    assert journal.outcomes_to_report() == ()


def conferring(body, peer):
    """Bring a conditional candidate to the conferral; return what has to be met there."""
    says(peer, CONDITIONAL, REVIEW)
    body.persons.fulfil(published(body), PersonFulfilment(reviewed()))
    with pytest.raises(PersonConditionError) as caught:
        body.confer_on_person(HONOUR, SOMEBODY, "Li")
    return caught.value.conditional


def test_a_review_at_the_conferral_serves_while_nothing_is_added(body, peer, journal):
    ok = body.persons.fulfil(conferring(body, peer), PersonFulfilment(reviewed()))
    assert body.confer_on_person(HONOUR, SOMEBODY, "Li", ok).stopped_by is None
    says(peer, CONDITIONAL, REVIEW, common_pb2.Measure(rule_id="X", effect=common_pb2.EFFECT_REVIEW))

    with pytest.raises(PersonConditionError, match="added"):
        body.confer_on_person(HONOUR, SOMEBODY, "Li", ok)
    says(peer, CONDITIONAL, REVIEW, kinds=[CONFIRMS])
    with pytest.raises(PersonConditionError, match="added"):
        body.confer_on_person(HONOUR, SOMEBODY, "Li", ok)


@pytest.mark.parametrize(
    "other",
    [
        replace(SOMEBODY, reference="candidate-2"),
        replace(SOMEBODY, person=NaturalPerson("RESIDENT_ID", resident(90_002), "示例庚")),
    ],
)
def test_the_review_of_somebody_else_lets_nobody_be_honoured(body, peer, other):
    ok = body.persons.fulfil(conferring(body, peer), PersonFulfilment(reviewed()))
    body.persons.fulfil(published(body, other), PersonFulfilment(reviewed()))

    with pytest.raises(GateClosedError) as caught:
        body.confer_on_person(HONOUR, other, "Li", ok)
    assert caught.value.reason == "NOT_IN_JOURNAL"


def test_a_review_made_by_hand_or_over_lets_nobody_be_honoured(body, peer):
    conditional = conferring(body, peer)
    by_hand = PersonClearance(conditional.number, conditional.question, conditional.answer, conditional.act)
    with pytest.raises(GateClosedError):
        body.confer_on_person(HONOUR, SOMEBODY, "Li", by_hand)
    ok = body.persons.fulfil(conditional, PersonFulfilment(reviewed()))
    peer.clock.now = NOW + timedelta(hours=2)

    with pytest.raises(ClearanceExpiredError):
        body.persons.fulfil(conditional, PersonFulfilment(reviewed()))
    with pytest.raises(ClearanceExpiredError):
        body.confer_on_person(HONOUR, SOMEBODY, "Li", ok)


def test_without_the_publicity_of_this_candidate_nothing_is_conferred(body, peer):
    published(body, replace(SOMEBODY, reference="candidate-2"))

    with pytest.raises(GateClosedError) as caught:
        body.confer_on_person(HONOUR, SOMEBODY, "Li")
    assert (caught.value.reason, len(peer.requests)) == ("NO_EARLIER_ANSWER", 1)


def test_observe_mode_stops_nobody_and_says_what_it_would_have(client, journal, peer):
    watching = adapter_of("awards", client, journal, "observe", peer.clock)
    clear = published(watching)
    assert (type(clear), clear.stopped_by) == (Observed, None)
    granted = watching.confer_on_person(HONOUR, SOMEBODY, "Li")
    says(peer, CONDITIONAL, REVIEW, kinds=[CONFIRMS])
    waiting = published(watching)
    closed = watching.confer_on_person(HONOUR, SOMEBODY, "Li")
    malformed = watching.confer_on_person(HONOUR, replace(SOMEBODY, reference=""), "Li")

    assert (granted.stopped_by, waiting.stopped_by.reason) == (None, "CONDITION_NOT_MET")
    assert (closed.stopped_by.reason, malformed.stopped_by.reason) == ("EARLIER_NOT_CLEARED", "MALFORMED_REQUEST")
    assert journal.answer_to(granted.number).outcomes == {OutcomeKind.GRANTED}
    assert journal.answer_to(waiting.asked.number).outcomes == {OutcomeKind.OBSERVED}
    assert isinstance(waiting.stopped_by.conditional, PersonConditional)


def test_nobody_is_barred_for_the_person_that_acts_for_it(client, journal, peer):
    office = adapter_of("market_access", client, journal, clock=peer.clock)
    step = PersonStep(Registration("ZC-1"), ESTABLISHMENT, "representative-1")
    says(peer, CONDITIONAL, REVIEW, kinds=[CONFIRMS])
    with pytest.raises(PersonConditionError) as caught:
        office.representative(step, SOMEBODY.person, "Li")
    basis = common_pb2.LegalBasis(document="R724", article="48", level="ADMIN_REG")
    says(peer, RESTRICTED, common_pb2.Measure(effect=common_pb2.EFFECT_BLOCK, legal_basis=[basis]))

    with pytest.raises(UnverifiableError) as beyond:
        office.persons.confirm(caught.value.conditional, "Wang")
    assert beyond.value.reason == "BEYOND_BOUND"
    assert peer.requests[0].capacity == credit_pb2.PERSON_CAPACITY_FOR_ENTERPRISE


def test_no_enterprise_is_registered_without_its_representatives_grant(client, journal, peer):
    office = adapter_of("market_access", client, journal, clock=peer.clock)
    registration, who = Registration("ZC-1"), Enterprise(code(1))
    grant = office.representative(PersonStep(registration, ESTABLISHMENT, "r-1"), SOMEBODY.person, "Li")
    assert office.establish(registration, grant, who, "Li").parties == {code(1)}

    for other in (
        replace(grant, part="r-2"),
        replace(grant, number=99),
        replace(grant, case_ref="ZC-2"),
        replace(grant, decision_point=REPRESENTATIVE_CHANGE),
    ):
        with pytest.raises(GateClosedError):
            office.establish(registration, other, who, "Li")
        with pytest.raises(GateClosedError):
            office.establish_by_person(other, PersonStep(registration, ESTABLISHMENT, "i-1"), SOMEBODY.person, "Li")
    with pytest.raises(GateClosedError):
        office.change_representative(registration, grant, who, "Li")
