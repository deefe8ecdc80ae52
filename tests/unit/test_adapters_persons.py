"""Persons through the adapters: fail closed, restricted by an officer's word alone, nothing of the document kept."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import grpc
import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from nine_areas import adapter_of
from plain_numbers import resident
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CLEAR,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    REVIEW,
    UNVERIFIABLE,
    Refusal,
    at_the_wire,
    client,
    code,
    journal,
    peer,
    reviewed,
)

from adapters.awards import NOMINATION, PUBLICITY, Candidate, Honour
from adapters.conditions import PartyHeard
from adapters.entries import OutcomeKind
from adapters.errors import (
    JournalUnavailableError,
    NoAnswerError,
    PersonConditionError,
    QuestionRefusedError,
    RestrictedError,
    UnverifiableError,
)
from adapters.persons import IdentityLooked, NaturalPerson, PersonClearance, PersonConditional, PersonFulfilment

HONOUR = Honour("PX-2026-9")
NUMBER = resident(90_001)
SOMEBODY = Candidate("candidate-1", NaturalPerson("RESIDENT_ID", NUMBER, "示例庚"))
EXACT, PROBABLE = credit_pb2.PERSON_MATCH_EXACT, credit_pb2.PERSON_MATCH_PROBABLE
CONFIRMS = credit_pb2.PERSON_CONDITION_KIND_OFFICER_CONFIRMS
IDENTITY = credit_pb2.PERSON_CONDITION_KIND_CONFIRM_IDENTITY


@pytest.fixture
def body(client, journal, peer):
    return adapter_of("awards", client, journal, clock=peer.clock)


def says(peer, verdict, *measures, kinds=(), match=EXACT, **fields):
    conditions = [credit_pb2.PersonCondition(kind=kind) for kind in kinds]
    peer.person = credit_pb2.PersonDecision(
        verdict=verdict, match_quality=match, measures=measures, conditions=conditions, **fields
    )


def looked(*, same, at=NOW, reference="note 7", officer="Wang"):
    return IdentityLooked(officer, same, reference, at)


def published(body, candidate=SOMEBODY):
    return body.check_person(HONOUR, PUBLICITY, candidate, "Li")


def test_a_block_waits_for_an_officer_whose_word_restricts(body, peer, journal):
    says(peer, CONDITIONAL, REVIEW, kinds=[CONFIRMS])
    first = body.check_person(HONOUR, NOMINATION, SOMEBODY, "Li")
    assert type(first) is PersonConditional
    peer.clock.now = NOW + timedelta(minutes=5)
    says(peer, RESTRICTED, BLOCK)

    with pytest.raises(RestrictedError):
        body.persons.confirm(first, "Wang")

    sent = peer.requests[1].confirmation
    assert (sent.officer, sent.position.number, sent.position.leaf_hash) == ("Wang", 0, first.position.leaf_hash)
    assert sent.confirmed_at.ToDatetime(tzinfo=UTC) == NOW + timedelta(minutes=5)
    (answer, _) = journal.last_answers("PX-2026-9", NOMINATION)
    assert answer.outcomes == {OutcomeKind.RESTRICTED}


def test_a_confirmation_comes_after_the_answer_on_the_gateways_clock_though_ours_is_behind(body, peer):
    says(peer, CONDITIONAL, REVIEW, kinds=[CONFIRMS])
    first = body.check_person(HONOUR, NOMINATION, SOMEBODY, "Li")
    ahead = replace(first, recorded_at=NOW + timedelta(seconds=40))

    assert ahead.on_the_gateways_clock(NOW + timedelta(seconds=3)) == NOW + timedelta(seconds=43)
    assert ahead.on_the_gateways_clock(NOW - timedelta(seconds=3)) == NOW + timedelta(seconds=40)


@pytest.mark.parametrize("match", [EXACT, PROBABLE])
def test_a_restriction_that_nobody_confirmed_is_a_fault_of_the_answer(body, peer, journal, match):
    says(peer, RESTRICTED, BLOCK, match=match)

    with pytest.raises(UnverifiableError) as caught:
        published(body)
    assert caught.value.reason == "UNCONFIRMED"
    assert journal.last_answers("PX-2026-9", PUBLICITY)[0].outcomes == frozenset()


@pytest.mark.parametrize("match", [PROBABLE, credit_pb2.PERSON_MATCH_NONE, 9])
def test_no_confirmation_restricts_whom_the_record_may_not_name(body, peer, match):
    says(peer, CONDITIONAL, REVIEW, kinds=[CONFIRMS])
    first = published(body)
    says(peer, RESTRICTED, BLOCK, match=match)

    with pytest.raises(UnverifiableError) as caught:
        body.persons.confirm(first, "Wang")
    assert caught.value.reason == "UNCONFIRMED"


@pytest.mark.parametrize(
    ("kinds", "done", "enough"),
    [
        ((), {}, True),
        ((), {"review": None}, False),
        ([IDENTITY], {}, False),
        ([IDENTITY], {"identity": looked(same=True)}, True),
        ([IDENTITY], {"identity": looked(same=False)}, True),
        ([IDENTITY], {"identity": looked(same=False, reference=" ")}, False),
        ([IDENTITY], {"identity": looked(same=False, officer="")}, False),
        ([IDENTITY], {"identity": looked(same=False, at=NOW - timedelta(seconds=1))}, False),
        ([IDENTITY], {"identity": looked(same=False, at=NOW + timedelta(seconds=1))}, False),
        ([CONFIRMS], {}, False),
        ([CONFIRMS], {"identity": looked(same=True)}, False),
        ([CONFIRMS], {"identity": looked(same=False)}, True),
        ([CONFIRMS, IDENTITY], {"identity": looked(same=True)}, False),
        ([CONFIRMS, IDENTITY], {"identity": looked(same=False)}, True),
    ],
)
def test_what_lets_a_person_go_ahead(body, peer, journal, kinds, done, enough):
    says(peer, CONDITIONAL, REVIEW, kinds=kinds)
    conditional = published(body)
    fulfilment = PersonFulfilment(**{"review": reviewed(), **done})

    if enough:
        assert type(body.persons.fulfil(conditional, fulfilment)) is PersonClearance
        assert journal.answer_to(conditional.number).outcomes == {OutcomeKind.FULFILLED}
    else:
        with pytest.raises(PersonConditionError) as caught:
            body.persons.fulfil(conditional, fulfilment)
        assert caught.value.missing
        assert journal.answer_to(conditional.number).outcomes == frozenset()


def test_a_disputed_fact_needs_the_hearing(body, peer):
    disputed = common_pb2.Measure(rule_id="R", effect=common_pb2.EFFECT_REVIEW, disputed=True)
    says(peer, CONDITIONAL, disputed)
    conditional = published(body)

    with pytest.raises(PersonConditionError, match="hearing"):
        body.persons.fulfil(conditional, PersonFulfilment(reviewed()))
    body.persons.fulfil(conditional, PersonFulfilment(reviewed(), heard=PartyHeard("Wang", "H-1", NOW)))


@pytest.mark.parametrize(
    ("person", "reference", "field"),
    [
        (NaturalPerson("", NUMBER), "c", "person.document_type"),
        (NaturalPerson("RESIDENT_ID", " "), "c", "person.document_number"),
        (NaturalPerson("PASSPORT", "E" * 33, "示例"), "c", "person.document_number"),
        (NaturalPerson("PASSPORT", "E1"), "c", "person.name"),
        (NaturalPerson("RESIDENT_ID", NUMBER, "示" * 41), "c", "person.name"),
        (SOMEBODY.person, "", "part"),
        (SOMEBODY.person, "c" * 65, "part"),
        (SOMEBODY.person, NUMBER, "part"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(body, peer, person, reference, field):
    with pytest.raises(QuestionRefusedError) as caught:
        published(body, Candidate(reference, person))
    assert caught.value.field == field
    assert NUMBER not in str(caught.value)
    assert peer.requests == []


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (Refusal(grpc.StatusCode.PERMISSION_DENIED, "FIELD_NOT_IN_MANDATE", {"field": "person"}), QuestionRefusedError),
        (Refusal(grpc.StatusCode.INTERNAL, f"about {NUMBER}"), NoAnswerError),
    ],
)
def test_no_answer_is_no_clearance_and_nothing_of_the_person_is_kept(body, peer, tmp_path, refusal, error):
    peer.refusals = [refusal]

    with pytest.raises(error):
        published(body)
    says(peer, CONDITIONAL, REVIEW)
    asked = published(body)
    files = b"".join(file.read_bytes() for file in tmp_path.glob("journal.db*"))
    assert "示例庚".encode() not in files
    assert NUMBER.encode() not in files
    assert NUMBER not in repr((asked, asked.act, SOMEBODY))


def test_the_digest_of_a_request_is_the_same_whoever_is_asked_about(body, journal, peer, monkeypatch):
    monkeypatch.setattr("adapters.person_asking.uuid4", lambda: type("Id", (), {"hex": "one"}))
    published(body)
    published(body, replace(SOMEBODY, person=NaturalPerson("RESIDENT_ID", resident(90_003), "示例辛")))

    digests = journal._connection.execute("SELECT DISTINCT request_digest FROM question").fetchall()
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("twist", "reason"),
    [
        (lambda response: response.ClearField("audit_position"), "NOT_RECORDED"),
        (lambda response: response.basis.as_of.FromDatetime(NOW - timedelta(minutes=3)), "NOT_PRESENT"),
        (lambda response: response.decision.valid_until.FromDatetime(NOW), "EXPIRED"),
        (lambda response: response.decision.measures.add(effect=common_pb2.EFFECT_BLOCK), "INCOHERENT"),
    ],
)
def test_an_answer_that_may_not_be_relied_upon_clears_nobody(body, peer, twist, reason):
    def twisted(response):
        twist(response)
        return response

    peer.twist = twisted
    with pytest.raises(UnverifiableError) as caught:
        published(body)
    assert caught.value.reason == reason


@pytest.mark.parametrize("verdict", [UNVERIFIABLE, 9])
def test_what_could_not_be_said_clears_nobody(body, peer, verdict):
    says(peer, verdict, match=credit_pb2.PERSON_MATCH_NONE)

    with pytest.raises(UnverifiableError):
        published(body)


def test_what_cannot_be_recorded_clears_nobody(body, journal):
    journal.close()

    with pytest.raises(JournalUnavailableError):
        published(body)


def test_a_clear_person_needs_no_confirmation_and_a_repaired_one_has_none(body, peer):
    says(peer, CONDITIONAL, REVIEW, kinds=[CONFIRMS])
    first = published(body)
    says(peer, CLEAR, match=credit_pb2.PERSON_MATCH_NONE)

    assert type(body.persons.confirm(first, "Wang")) is PersonClearance
    with pytest.raises(QuestionRefusedError):
        body.persons.confirm(first, " ")
