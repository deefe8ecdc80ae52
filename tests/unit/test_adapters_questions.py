"""What is asked: as the case has it, and refused beforehand where it is malformed."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace

import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from test_adapters_peer import (  # noqa: F401
    CASE,
    CLEAR,
    act,
    alone,
    at_the_wire,
    client,
    code,
    engine,
    facts,
    journal,
    peer,
    together,
)

from adapters.acts import Act
from adapters.bidding import EVALUATION
from adapters.errors import QuestionRefusedError
from adapters.questions import Applicant, Case, Party, Related


def test_the_question_carries_what_the_case_has(engine, peer):
    case = Case("T-2026-17", "Li", purpose="review")
    related = (Related(Party(code(5), "某某"), "controlling shareholder"),)
    engine.require_clearance(Act(case, EVALUATION, replace(together(1, 2, 3), related=related)))

    (request,) = peer.requests
    assert (request.question.case_ref, request.question.officer, request.question.purpose) == (
        "T-2026-17",
        "Li",
        "review",
    )
    assert (request.question.area, request.question.decision_point) == (common_pb2.AREA_BIDDING, EVALUATION)
    assert request.question.case_facts.bidding.project_region == "420302"
    assert {member.uscc for member in request.consortium_members} == {code(2), code(3)}
    assert [each.relation for each in request.related_parties] == ["controlling shareholder"]
    assert not request.question.HasField("as_of")


@pytest.mark.parametrize("asked", ["91420300 ma0000001", "９１４２０３００-MA-0000001"])
def test_a_code_is_asked_about_in_its_normal_form(engine, peer, asked):
    clearance = engine.require_clearance(act(Applicant(Party(asked + code(1)[-1]), facts=facts())))

    assert clearance.parties == {code(1)}


@pytest.mark.parametrize(
    ("case", "applicant", "field"),
    [
        (Case("", "Li"), alone(), "question.case_ref"),
        (Case("十" * 43, "Li"), alone(), "question.case_ref"),
        (Case("T", " "), alone(), "question.officer"),
        (Case("T", "\ud800"), alone(), "question.officer"),
        (Case("T", "L" * 65), alone(), "question.officer"),
        (Case("T", "L", part="p" * 65), alone(), "part"),
        (Case("T", "L", purpose="p" * 257), alone(), "question.purpose"),
        (CASE, Applicant(Party("123"), facts=facts()), "enterprise.uscc"),
        (CASE, Applicant(Party(code(1), "名" * 101), facts=facts()), "enterprise.name"),
        (CASE, replace(together(1, 2), members=()), "consortium_members"),
        (CASE, replace(together(1, 2), consortium=False), "consortium_members"),
        (CASE, together(1, 2, 2), "consortium_members"),
        (CASE, together(1, 1), "consortium_members"),
        (CASE, together(*range(22)), "consortium_members"),
        (CASE, replace(alone(), related=(Related(Party(code(2)), ""),)), "related_parties[0].relation"),
        (CASE, replace(alone(), related=(Related(Party("x"), "owner"),)), "related_parties[0].uscc"),
        (CASE, Applicant(Party(code(1))), "case_facts.bidding.project_region"),
        (CASE, Applicant(Party(code(1)), facts=credit_pb2.CaseFacts()), "case_facts.bidding.project_region"),
        (CASE, replace(alone(), facts=facts(form=0)), "case_facts.bidding.form"),
    ],
)
def test_a_malformed_question_is_refused_before_anything_is_written(engine, peer, journal, case, applicant, field):
    with pytest.raises(QuestionRefusedError) as caught:
        engine.require_clearance(Act(case, EVALUATION, applicant))

    assert (caught.value.reason, caught.value.field) == ("MALFORMED_REQUEST", field)
    assert peer.requests == []
    assert journal._read("SELECT * FROM question", ()) == []


def test_a_persons_number_typed_as_a_code_goes_nowhere(engine, peer, journal):
    with pytest.raises(QuestionRefusedError, match="resident identity number") as caught:
        engine.require_clearance(act(Applicant(Party("11010519491231002X"), facts=facts())))

    assert "19491231" not in str(caught.value)
    assert journal._read("SELECT * FROM question", ()) == []


def test_a_point_of_another_area_is_refused(engine, peer):
    with pytest.raises(QuestionRefusedError, match="LENDING_APPROVAL"):
        engine.require_clearance(act(point=common_pb2.DECISION_POINT_LENDING_APPROVAL))
    assert peer.requests == []


def test_a_fact_that_is_false_is_a_fact(engine):
    assert engine.require_clearance(act()).verdict == CLEAR


NUMBER = "11010519491231002X"


def lot(name):
    """Return complete facts of a bid for a lot."""
    complete = facts()
    complete.bidding.lot = name
    return complete


@pytest.mark.parametrize(
    ("case", "applicant", "field"),
    [
        (Case(f"T {NUMBER}", "Li"), alone(), "question.case_ref"),
        (Case("T-1", NUMBER), alone(), "question.officer"),
        (Case("T-1", "Li", part=NUMBER), alone(), "part"),
        (Case("T-1", "Li", purpose=f"查{NUMBER.lower()}"), alone(), "question.purpose"),
        (CASE, replace(alone(), lead=Party(code(1), f"示例{NUMBER}")), "enterprise.name"),
        (CASE, replace(alone(), related=(Related(Party(code(5)), NUMBER),)), "related_parties[0].relation"),
        (CASE, replace(alone(), facts=lot(NUMBER)), "question.case_facts.bidding.lot"),
    ],
)
def test_a_residents_number_is_refused_before_it_is_written_or_sent(engine, peer, journal, case, applicant, field):
    with pytest.raises(QuestionRefusedError) as caught:
        engine.require_clearance(Act(case, EVALUATION, applicant))

    assert caught.value.field == field
    assert "110***********002X" in str(caught.value)
    assert NUMBER not in str(caught.value)
    assert peer.requests == []
    assert journal.answer_to(1) is None


def test_of_several_only_the_one_with_a_number_is_refused(engine, peer):
    named = replace(alone(2), lead=Party(code(2), f"示例{NUMBER}"))
    results = engine.check_all(CASE, EVALUATION, [alone(1), named, alone(3)]).results

    assert [isinstance(each, QuestionRefusedError) for each in results] == [False, True, False]
    (request,) = peer.requests
    assert [item.enterprise.uscc for item in request.items] == [code(1), code(3)]
