"""Past answers derived again over the wire: every kind of answer comes out as it was, and what does not is named."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    FINANCE,
    HRSS,
    REGISTRAR,
    WRITER,
    award,
    award_known,
    body_of,
    new_party,
    question,
    today,
)
from jointsanctions.v1 import common_pb2, credit_pb2, registry_pb2, replay_pb2

from gateway.bootstrap.archive import Archive
from gateway.cli.main import main
from gateway.sample.records import profile

REPLAY = "/jointsanctions.v1.AuditService/ReplayDecision"
SAMPLE = "/jointsanctions.v1.AuditService/ReplaySample"
pytestmark = pytest.mark.xdist_group("served")
_numbers = itertools.count()


def replayed(served, position, who=AUDITOR, **parts):
    request = replay_pb2.ReplayDecisionRequest(officer="o-1", writer=position.writer, number=position.number, **parts)
    outcome = served.send(REPLAY, request, who)
    assert outcome.ok, outcome.text()
    return replay_pb2.ReplayDecisionResponse.FromString(outcome.answer)


def asked(served, request, who=BIDDING):
    outcome = served.send(CHECK, request, who)
    assert outcome.ok, outcome.text()
    return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer)


def batch_of(served, names):
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question(), request_id=f"replay-{next(_numbers)}")
    for name in names:
        item = batch.items.add(item_id=name)
        item.enterprise.uscc = served.city.example(name).uscc
    outcome = served.send(BATCH, batch)
    assert outcome.ok, outcome.text()
    return credit_pb2.BatchCheckEligibilityResponse.FromString(outcome.answer)


def is_identical(found):
    """Return whether all of an answer was compared, and nothing differs."""
    same = found.result == replay_pb2.REPLAY_RESULT_IDENTICAL
    return same and not (found.differences or found.not_compared or found.inputs)


def test_every_example_of_the_city_comes_out_as_it_was_answered_to_the_byte(served):
    for example in served.city.examples:
        for explain in (False, True):
            answer = asked(served, award(example.uscc, example.name, explain=explain))
            assert is_identical(replayed(served, answer.audit_position)), (example.key, explain)


def test_a_consortium_with_related_parties_comes_out_as_it_was(served):
    request = award(served.city.example("grade_a").uscc)
    request.question.case_facts.bidding.form = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
    request.consortium_members.add(uscc=served.city.example("listed").uscc, name="不是它的名字有限公司")
    request.related_parties.add(relation="股东").enterprise.uscc = served.city.example("branch_of_listed").uscc

    assert is_identical(replayed(served, asked(served, request).audit_position))


def test_a_wage_deposit_a_moment_of_the_past_and_an_outlook_come_out_as_they_were(served):
    facts = credit_pb2.GuaranteeFacts(
        security_kind=credit_pb2.SECURITY_KIND_WAGE_DEPOSIT, contract_amount_fen=500_000_000, project_region="420302"
    )
    deposit = credit_pb2.CheckEligibilityRequest(
        question=credit_pb2.Question(
            area=common_pb2.AREA_GUARANTEE,
            decision_point=common_pb2.DECISION_POINT_GUARANTEE_ISSUE,
            case_ref="BZJ-2026-1",
            officer="officer-7",
            case_facts=credit_pb2.CaseFacts(guarantee=facts),
        )
    )
    deposit.enterprise.uscc = served.city.example("grade_a").uscc
    past, ahead = award(served.city.example("listed").uscc), award(served.city.example("listed").uscc, preview=True)
    past.question.as_of.FromDatetime(datetime.now(UTC) - timedelta(days=400))
    past.question.known_at.FromDatetime(datetime.now(UTC))
    ahead.question.as_of.FromDatetime(datetime.now(UTC) + timedelta(days=400))
    for request in (deposit, past, ahead):
        assert is_identical(replayed(served, asked(served, request, HRSS).audit_position)), request


def test_an_answer_is_derived_from_what_was_known_then_and_not_from_what_is_known_now(served):
    party = new_party()
    before = asked(served, award(party.uscc))
    record = profile(party, today() - timedelta(days=900))
    record.row = 1
    sent = registry_pb2.SubmitRecordsRequest(
        request_id=party.uscc, feed="market_regulation", officer="o", records=[record], last=True
    )
    award_known(served, served.callers.as_caller(REGISTRAR).submit(iter([sent])).data_revision)
    after = asked(served, award(party.uscc))

    assert after.decision.verdict != before.decision.verdict
    assert is_identical(replayed(served, before.audit_position))
    assert is_identical(replayed(served, after.audit_position))


def test_a_batch_comes_out_as_a_whole_and_item_by_item(served):
    position = batch_of(served, ["listed", "grade_a", "branch_of_listed"]).audit_position

    assert is_identical(replayed(served, position))
    for item in range(3):
        found = replayed(served, position, item=item)
        assert found.result == replay_pb2.REPLAY_RESULT_IDENTICAL
        assert list(found.not_compared) == [replay_pb2.REPLAY_FIELD_RESPONSE]


@pytest.mark.parametrize("who", [FINANCE, "market-regulation.producer"])
def test_whose_answer_it_is_not_learns_nothing_of_it(served, who):
    position = asked(served, award(served.city.example("listed").uscc)).audit_position
    there = replay_pb2.ReplayDecisionRequest(officer="o", writer=WRITER, number=position.number)
    nowhere = replay_pb2.ReplayDecisionRequest(officer="o", writer="nobody", number=position.number)
    outcomes = [served.send(REPLAY, each, who) for each in (there, nowhere)]

    assert [each.reason for each in outcomes] == ["ENTERPRISE_NOT_FOUND"] * 2
    assert outcomes[0].details == outcomes[1].details


def test_whose_answer_it_is_may_replay_it(served):
    assert is_identical(replayed(served, asked(served, award(new_party().uscc)).audit_position, BIDDING))


def test_what_decided_nothing_and_what_there_is_not_is_said(served):
    refused = served.next_number()
    assert not served.send(CHECK, award("no code")).ok
    at = common_pb2.AuditPosition(writer=WRITER, number=refused)
    beyond = replay_pb2.ReplayDecisionRequest(officer="o", writer=WRITER, number=2**53 - 1)
    batch = batch_of(served, ["listed"]).audit_position
    no_item = replay_pb2.ReplayDecisionRequest(officer="o", writer=WRITER, number=batch.number, item=1)

    assert replayed(served, at).result == replay_pb2.REPLAY_RESULT_NOT_A_DECISION
    assert served.send(REPLAY, beyond, AUDITOR).reason == "ENTERPRISE_NOT_FOUND"
    assert served.send(REPLAY, no_item, AUDITOR).reason == "ENTERPRISE_NOT_FOUND"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (replay_pb2.ReplayDecisionRequest(writer="w"), "officer"),
        (replay_pb2.ReplayDecisionRequest(officer="o"), "writer"),
        (replay_pb2.ReplayDecisionRequest(officer="o", writer="w", number=2**60), "number"),
    ],
)
def test_a_malformed_replay_names_its_field(served, request_, field):
    outcome = served.send(REPLAY, request_, AUDITOR)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_a_replay_is_recorded_with_its_position_and_result(served):
    position = asked(served, award(new_party().uscc)).audit_position
    body = body_of(served.entry(replayed(served, position).audit_position))

    assert body["replay"] == {"writer": WRITER, "number": position.number, "result": "IDENTICAL"}
    assert "verdict" not in body


def test_a_sample_is_of_decisions_and_each_is_as_it_was(start_gateway):
    served = start_gateway()
    asked(served, award(served.city.example("listed").uscc))
    outcome = served.send(SAMPLE, replay_pb2.ReplaySampleRequest(officer="o", size=5), AUDITOR)
    found = replay_pb2.ReplaySampleResponse.FromString(outcome.answer)

    assert {each.result for each in found.counts} == {replay_pb2.REPLAY_RESULT_IDENTICAL}
    assert 1 <= sum(each.count for each in found.counts) <= 5
    assert not found.named
    assert served.send(SAMPLE, replay_pb2.ReplaySampleRequest(officer="o", size=101), AUDITOR).field == "size"


def place_of(served):
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    return [*place, "--address", f"127.0.0.1:{served.port}"]


def test_the_command_replays_a_position_and_a_sample(start_gateway, capsys):
    served = start_gateway()
    number = asked(served, award(served.city.example("listed").uscc)).audit_position.number

    assert main([*place_of(served), "audit", "replay", f"{WRITER}/{number}"]) == 0
    assert "IDENTICAL" in capsys.readouterr().out
    assert main([*place_of(served), "audit", "replay", "--sample", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"][0]["result"] == "REPLAY_RESULT_IDENTICAL"
    assert main([*place_of(served), "audit", "replay", "nowhere"]) == 2
    assert main([*place_of(served), "audit", "replay"]) == 2


def tampered(served):
    """Take the delivery from every listing, as somebody with the database would; return how many acts changed."""
    with sqlite3.connect(served.place.state / "facts.sqlite", timeout=20) as store:
        return store.execute("UPDATE listing_act SET acted_on = '2099-01-01'").rowcount


def test_a_fact_that_was_changed_behind_the_gateways_back_is_named_and_not_told(start_gateway):
    served = start_gateway()
    own = asked(served, award(served.city.example("listed").uscc), HRSS)
    other = asked(served, award(served.city.example("listed").uscc))
    assert tampered(served)
    told, whole = replayed(served, other.audit_position), replayed(served, own.audit_position, HRSS)

    for found in (told, whole):
        assert found.result == replay_pb2.REPLAY_RESULT_DIFFERENT
        assert {each.field for each in found.differences} >= {
            replay_pb2.REPLAY_FIELD_VERDICT,
            replay_pb2.REPLAY_FIELD_MEASURES,
            replay_pb2.REPLAY_FIELD_RESPONSE,
        }
    assert not any(each.then or each.now for each in told.differences)
    by_field = {each.field: (each.then, each.now) for each in whole.differences}
    assert by_field[replay_pb2.REPLAY_FIELD_VERDICT][0] == str(int(own.decision.verdict))
    sample = served.send(SAMPLE, replay_pb2.ReplaySampleRequest(officer="o", size=100), AUDITOR)
    named = replay_pb2.ReplaySampleResponse.FromString(sample.answer).named
    assert other.audit_position.number in {each.number for each in named}
    place = f"{WRITER}/{other.audit_position.number}"
    assert main([*place_of(served), "audit", "replay", place]) == 3


def test_an_answer_by_an_earlier_policy_is_derived_by_that_and_named_where_it_is_not_kept(tmp_path):
    from e2e.served import gateway_in  # noqa: PLC0415 - it starts the same folder twice

    folder = tmp_path / "gateway"
    with gateway_in(folder) as served:
        position = asked(served, award(served.city.example("listed").uscc)).audit_position
        kept = Archive(served.config).loaded.digest
    policy = folder / "config" / "policy" / "shiyan.toml"
    policy.write_text(
        policy.read_text(encoding="utf-8").replace('version = "', 'version = "later-', 1), encoding="utf-8"
    )
    with gateway_in(folder, filled=False) as served:
        assert served.config.policy.digest != kept
        assert is_identical(replayed(served, position))
        shutil.rmtree(served.place.state / "archive" / "policy" / kept)
    with gateway_in(folder, filled=False) as served:
        found = replayed(served, position)
        assert found.result == replay_pb2.REPLAY_RESULT_DIFFERENT_INPUTS
        (missing,) = found.inputs
        assert (missing.input, missing.then) == (replay_pb2.REPLAY_INPUT_POLICY, kept)
        assert missing.now == served.config.policy.digest
