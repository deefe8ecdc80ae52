"""What a question is for: the case's own purpose, or the agency's by configuration, in every way of asking."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from nine_areas import RULES as NINE
from plain_numbers import resident
from test_adapters_peer import CASE, RULES, Refusal, act, alone, at_the_wire, client, journal, peer, settings  # noqa: F401
from test_sidecar_faults import side  # noqa: F401

from adapters.awards import PUBLICITY, AwardsAdapter, Candidate, Honour
from adapters.enforcement import Enforcement
from adapters.errors import NoAnswerError, QuestionRefusedError
from adapters.http.areas import AREAS
from adapters.http.examples import examples
from adapters.http.settings import load
from adapters.http.sidecar import Sidecar
from adapters.pending import make_pending
from adapters.persons import NaturalPerson

OURS = "招标投标资格审查"
SAMPLE = Path(__file__).parents[2] / "config" / "adapter-bidding.toml"


@pytest.fixture
def stating(client, journal, peer):
    return Enforcement(client, journal, replace(RULES, purpose=OURS), "enforce", peer.clock)


def test_a_question_states_the_agencys_purpose_and_a_cases_own_goes_before(stating, peer):
    stating.require_clearance(act())
    stating.require_clearance(act(case=replace(CASE, purpose="复核")))
    stating.check_all(CASE, act().point, [alone(1), alone(2)])
    assert [request.question.purpose for request in peer.requests] == [OURS, "复核", OURS]


def test_without_a_configured_purpose_none_is_stated(client, journal, peer):
    Enforcement(client, journal, RULES, "enforce", peer.clock).require_clearance(act())
    assert peer.requests[0].question.purpose == ""


def test_a_question_about_a_person_states_it_too(client, journal, peer):
    engine = Enforcement(client, journal, replace(NINE["awards"][1], purpose=OURS), "enforce", peer.clock)
    person = Candidate("candidate-1", NaturalPerson("RESIDENT_ID", resident(90_001), "示例庚"))
    AwardsAdapter(engine, client).check_person(Honour("PX-2026-9"), PUBLICITY, person, "Li")
    assert peer.requests[0].question.purpose == OURS


def test_what_is_asked_again_is_for_the_same_purpose(stating, client, journal, peer):
    peer.refusals = [Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")]
    with pytest.raises(NoAnswerError):
        stating.require_clearance(act())
    assert make_pending(client, journal, peer.clock, rules=[RULES]) == 1
    assert [request.question.purpose for request in peer.requests] == [OURS, OURS]


def test_a_purpose_that_the_mandate_does_not_name_is_a_refusal_and_clears_nobody(stating, peer):
    said = {"field": "question.purpose"}
    peer.refusals = [Refusal(grpc.StatusCode.PERMISSION_DENIED, "PURPOSE_NOT_IN_MANDATE", said)]
    with pytest.raises(QuestionRefusedError) as caught:
        stating.require_clearance(act())
    assert (caught.value.reason, caught.value.field) == ("PURPOSE_NOT_IN_MANDATE", "question.purpose")


def test_a_purpose_longer_than_the_gateway_takes_is_no_configuration():
    longest = "途" * 85 + "x"
    assert replace(RULES, purpose=longest).stated(CASE) == longest
    for purpose in (longest + "x", "途" * 86):
        with pytest.raises(ValueError, match="purpose"):
            replace(RULES, purpose=purpose)


def test_a_side_car_states_the_purpose_of_its_file(settings, tmp_path):
    file, said = tmp_path / "adapter-bidding.toml", SAMPLE.read_text(encoding="utf-8")
    file.write_text(said.replace("[adapter]", f'[adapter]\npurpose = "{OURS}"', 1), encoding="utf-8")
    configured = replace(load(file, "bidding", tmp_path), client=settings, journal=tmp_path / "journal.sqlite")
    with Sidecar.of(configured) as sidecar:
        assert sidecar.engine.rules.purpose == OURS


def test_a_question_over_http_states_its_own_purpose_and_one_about_a_person_too(side, peer):
    with side("awards") as sidecar:
        bodies = examples(AREAS["awards"])
        for path, name in (("/v1/checks", "CheckRequest"), ("/v1/person-checks", "PersonCheckRequest")):
            for purpose in ({}, {"purpose": "复核"}):
                body = {**bodies[name], "question": {**bodies[name]["question"], **purpose}}
                assert sidecar.post(path, body).status == 200
    assert [each.question.purpose for each in peer.requests] == ["", "复核", "", "复核"]
