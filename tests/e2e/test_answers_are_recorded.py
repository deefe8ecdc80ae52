"""The promise: every answer has its entry, the entry says what was answered, and the auditor finds it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    CONFIRM,
    HRSS,
    RECORD,
    SEARCH,
    SUBMIT,
    award,
    body_of,
    new_party,
    question,
    today,
)
from google.protobuf import unknown_fields
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2, registry_pb2

from formats import canonical, merkle
from formats.civil import add_months, format_instant, midnight
from gateway.bootstrap.stores import open_vault
from gateway.cli import tour_story
from gateway.cli.local_city import SEED
from gateway.domain.vocabulary import DecisionPoint
from gateway.sample.city import make_city
from gateway.sample.records import complaint
from gateway.storage.audit_verify import flaw

pytestmark = pytest.mark.xdist_group("served")
EXAMPLES = [example.key for example in make_city(SEED, today()).examples]


def search(served, who=AUDITOR, **wanted):
    request = audit_pb2.SearchAccessRequest(searched_by="auditor-1", page_size=1000, **wanted)
    return list(served.callers.as_caller(who).search_access(request).entries)


def batch_of(requests, **parts):
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question(**parts), request_id="batch-1")
    for place, request in enumerate(requests):
        batch.items.add(item_id=f"bidder-{place}", enterprise=request.enterprise)
    return batch


def essence(decision):
    """What two answers about one enterprise must agree in: not the moments, which differ from call to call."""
    rules = [(measure.rule_id, measure.effect, measure.party_uscc, measure.record_id) for measure in decision.measures]
    return decision.verdict, rules, decision.grade.letter, decision.enterprise.match_quality


@pytest.mark.parametrize("point", DecisionPoint, ids=lambda point: point.name)
def test_invariant_1_an_enterprise_without_any_record_gets_a_recorded_answer_with_its_receipt(served, point):
    """The receipt of this version is the entry at the position in the answer."""
    request = tour_story.question(new_party().uscc, point, "NOBODY-1", today().isoformat())
    answer = served.callers.as_caller(HRSS).check(request)
    entry = served.entry(answer.audit_position)
    body = body_of(entry)

    assert answer.decision.verdict in {common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_CONDITIONAL}
    assert not answer.decision.enterprise.known
    assert answer.audit_position.leaf_hash
    assert (body["enterprises"], body["case"], body["outcome"]) == ([request.enterprise.uscc], "NOBODY-1", "OK")
    assert flaw(entry, with_lines=False) == ""


def test_a_deregistered_enterprise_says_since_when_and_what_to_do_in_both_languages(served):
    example = served.city.example("deregistered")
    (measure,) = served.callers.as_caller(BIDDING).check(award(example.uscc)).decision.measures

    assert (measure.trigger, measure.effect) == (common_pb2.TRIGGER_NOT_IN_BUSINESS, common_pb2.EFFECT_REVIEW)
    assert measure.party_uscc == example.uscc
    assert format_instant(measure.effective_from.ToDatetime(UTC)) == format_instant(midnight(add_months(today(), -2)))
    assert "市场监督管理部门确认" in measure.instruction.zh
    assert "Confirm with market regulation" in measure.instruction.en


def test_a_notice_of_a_publication_is_told_with_its_own_trigger_in_answer_and_record(served):
    example = served.city.example("published_notice")
    caller = served.callers.as_caller(BIDDING)
    (measure,) = caller.check(award(example.uscc)).decision.measures
    assert measure.effect == common_pb2.EFFECT_NOTICE
    assert measure.trigger == common_pb2.TRIGGER_PUBLISHED_VIOLATION_NOTICE

    request = credit_pb2.GetCreditRecordRequest(case_ref="R-1", officer="o", purpose="p")
    request.enterprise.uscc = example.uscc
    (fact,) = caller.credit_record(request).facts
    assert (fact.kind, fact.provenance) == ("PUBLISHED_VIOLATION_NOTICE", common_pb2.PROVENANCE_PUBLISHED_NOTICE)


@pytest.mark.parametrize("key", EXAMPLES)
def test_every_sample_enterprise_gets_the_verdict_that_it_stands_for(served, key):
    example = served.city.example(key)
    answer = served.callers.as_caller(BIDDING).check(award(example.uscc, case_ref=f"KEY-{key}"))

    assert common_pb2.Verdict.Name(answer.decision.verdict) == f"VERDICT_{example.expected.name}"
    assert answer.basis.policy_profile == "shiyan"
    assert not answer.decision.unverifiable_because
    entry = served.entry(answer.audit_position)
    assert entry.leaf == answer.audit_position.leaf_hash
    assert body_of(entry)["verdict"] == int(example.expected)
    found = search(served, case_ref=f"KEY-{key}", uscc=example.uscc)
    assert [row.position.number for row in found] == [answer.audit_position.number]
    assert (found[0].verdict, found[0].officer, list(found[0].usccs)) == (
        answer.decision.verdict,
        "officer-7",
        [example.uscc],
    )


def test_what_came_after_the_cutoff_is_reviewed_and_the_cutoff_is_on_record(served):
    code = served.city.example("listed").uscc
    plain = served.callers.as_caller(BIDDING).check(award(code))
    (measure,) = (each for each in plain.decision.measures if each.rule_id == "A-30/TR1/award")
    began = measure.effective_from.ToDatetime(tzinfo=UTC)
    found = []
    for instant in (began - timedelta(seconds=1), began, datetime(2099, 1, 1, tzinfo=UTC)):
        facts = question().case_facts
        facts.bidding.cutoff_rule = credit_pb2.CUTOFF_RULE_FIXED
        facts.bidding.cutoff_at.FromDatetime(instant)
        outcome, body = served.recorded_by(CHECK, award(code, case_facts=facts).SerializeToString(), BIDDING)
        assert outcome.ok
        assert (body["facts"]["cutoff_rule"], body["facts"]["cutoff_at"]) == (2, format_instant(instant))
        found.append(body["verdict"])
    verdicts = (common_pb2.VERDICT_CONDITIONAL, common_pb2.VERDICT_RESTRICTED, common_pb2.VERDICT_RESTRICTED)
    assert tuple(found) == verdicts


def test_a_repeated_check_is_a_new_question_with_an_entry_of_its_own(served):
    request = award(served.city.example("listed").uscc, case_ref="AGAIN-1")
    request.request_id = "the-same-id"
    first, second = (served.callers.as_caller(BIDDING).check(request) for _ in range(2))

    assert second.audit_position.number > first.audit_position.number
    assert second.audit_position.leaf_hash != first.audit_position.leaf_hash
    assert len(search(served, case_ref="AGAIN-1")) == 2


def test_a_batch_answers_what_single_questions_do_and_each_item_is_under_the_entrys_root(served):
    client = served.callers.as_caller(BIDDING)
    requests = [award(example.uscc) for example in served.city.examples]
    answer = client.batch(batch_of(requests, case_ref="BATCH-1"))

    assert [item.item_id for item in answer.items] == [f"bidder-{place}" for place in range(len(requests))]
    assert [essence(item.decision) for item in answer.items] == [essence(client.check(r).decision) for r in requests]
    entry = served.entry(answer.audit_position)
    assert [line.leaf for line in entry.lines] == [item.line_hash for item in answer.items]
    claimed = body_of(entry)["lines"]
    leaves = [item.line_hash for item in answer.items]
    assert claimed["count"] == len(leaves)
    for place, (item, line) in enumerate(zip(answer.items, entry.lines, strict=True)):
        path = merkle.inclusion_path(leaves, place)
        assert merkle.verify_inclusion(item.line_hash, place, len(leaves), path, bytes.fromhex(claimed["root"]))
        told = json.loads(line.content)
        assert (told["id"], told["verdict"]) == (item.item_id, item.decision.verdict)
        assert told["measures"] == [measure.rule_id for measure in item.decision.measures]
    rows = search(served, case_ref="BATCH-1")
    assert {row.item: list(row.usccs) for row in rows} == {i: [r.enterprise.uscc] for i, r in enumerate(requests)}


def calls(served):
    """One good call of every method: path, message, caller, how it is sent."""
    listed = served.city.example("listed").uscc
    record = complaint(new_party(), "RECORDED-1", today(), None)
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=new_party().uscc, feed="labour_inspection", officer="o", records=[record], last=True
    )
    confirmation = registry_pb2.ConfirmCurrentRequest(request_id=new_party().uscc, feed="wage_list", officer="o")
    confirmation.current_until.GetCurrentTime()
    read = credit_pb2.GetCreditRecordRequest(case_ref="R-1", officer="o")
    read.enterprise.uscc = listed
    return [
        (CHECK, award(listed), BIDDING, served.raw, credit_pb2.CheckEligibilityResponse),
        (BATCH, batch_of([award(listed)]), BIDDING, served.raw, credit_pb2.BatchCheckEligibilityResponse),
        (RECORD, read, BIDDING, served.raw, credit_pb2.GetCreditRecordResponse),
        (RECORD, read, HRSS, served.raw, credit_pb2.GetCreditRecordResponse),
        (
            SUBMIT,
            chunk,
            HRSS,
            lambda path, raw, who: served.raw_stream(path, [raw], who),
            registry_pb2.SubmitRecordsResponse,
        ),
        (CONFIRM, confirmation, HRSS, served.raw, registry_pb2.ConfirmCurrentResponse),
        (SEARCH, audit_pb2.SearchAccessRequest(searched_by="a"), AUDITOR, served.raw, audit_pb2.SearchAccessResponse),
    ]


@pytest.mark.parametrize("which", range(7))
def test_the_entry_holds_the_hashes_of_the_very_bytes_asked_and_answered(served, which):
    path, message, who, send, kind = calls(served)[which]
    sent = message.SerializeToString()
    outcome = send(path, sent, who)
    assert outcome.ok, outcome.text()
    answer = kind.FromString(outcome.answer)
    assert len(unknown_fields.UnknownFieldSet(answer)) == 0
    position = answer.audit_position
    entry = served.entry(position)
    bare = kind.FromString(outcome.answer)
    bare.ClearField("audit_position")
    for item in getattr(bare, "items", ()):
        item.ClearField("line_hash")
    body = body_of(entry)

    assert body["response"] == hashlib.sha256(bare.SerializeToString(deterministic=True)).hexdigest()
    plain = hashlib.sha256(sent).hexdigest()
    if path == SUBMIT:
        # There is a place for a person's number in it, so that the plain hash would let a reader guess one.
        vault = open_vault(served.config.settings, served._engine)
        assert body["request"]["keyed"] == vault.conceal(plain) != plain
    else:
        assert body["request"]["sha256"] == plain
    assert body["method"] == path.removeprefix("/jointsanctions.v1.")
    assert body["outcome"] == "OK"
    assert flaw(entry) == ""
    assert merkle.leaf_hash(entry.envelope) == position.leaf_hash
    assert canonical.decode(entry.envelope) == {
        "v": 1,
        "writer": position.writer,
        "n": position.number,
        "time": format_instant(position.recorded_at.ToDatetime(tzinfo=UTC)),
        "body": hashlib.sha256(entry.salt + entry.body).hexdigest(),
    }


def test_the_envelope_and_its_leaf_name_nobody(served):
    example = served.city.example("listed")
    answer = served.callers.as_caller(BIDDING).check(award(example.uscc, example.name, case_ref="SECRET-CASE"))
    entry = served.entry(answer.audit_position)

    named = [example.uscc, example.name, "SECRET-CASE", "officer-7", "public-resources-trading", "127.0.0.1"]
    assert all(word in entry.body.decode() for word in named)
    assert not [word for word in named if word in entry.envelope.decode()]
    assert len({len(each.envelope) for each in served.entries() if each.number >= 10}) <= 4


def test_the_caller_is_recorded_as_its_certificate_says_and_over_which_tls(served):
    answer = served.callers.as_caller(BIDDING).check(award(served.city.example("grade_a").uscc))
    caller = body_of(served.entry(answer.audit_position))["caller"]

    assert (caller["agency"], caller["role"]) == ("public-resources-trading", "asking-system")
    assert caller["identity"] == "spiffe://shiyan.example/agency/public-resources-trading/asking-system"
    assert caller["tls"] == "TLSv1.3"
    assert caller["group"]
    assert caller["peer"].startswith("ipv4:127.0.0.1:")


def test_twenty_members_with_long_names_still_fit_into_an_entry_and_into_a_line(served):
    name = '"' * 60
    facts = question().case_facts
    facts.bidding.form = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
    request = award(
        served.city.example("listed").uscc, name, case_facts=facts, case_ref='"' * 128, officer='"' * 64,
        purpose='"' * 256, authorization_ref='"' * 128,
    )  # fmt: skip
    request.question.case_facts.bidding.lot = '"' * 64
    for example in [e for e in served.city.examples if e.key != "listed"][:20]:
        request.consortium_members.add(uscc=example.uscc, name=name)
        request.related_parties.add(relation="shareholder").enterprise.CopyFrom(request.enterprise)
    request.request_id = '"' * 64
    batch = batch_of([request])
    batch.question.CopyFrom(request.question)
    batch.items[0].MergeFrom(
        credit_pb2.BatchItem(consortium_members=request.consortium_members, related_parties=request.related_parties)
    )
    client = served.callers.as_caller(BIDDING)
    single, together = client.check(request), client.batch(batch)

    assert len(single.decision.other_parties) == 40
    assert essence(single.decision) == essence(together.items[0].decision)
    (line,) = served.entry(together.audit_position).lines
    for told in (body_of(served.entry(single.audit_position)), json.loads(line.content)):
        assert len(told["names_sha256"]) == 64
        assert len(told["enterprises"]) == 41


def test_an_amount_beyond_what_json_can_hold_is_answered_and_recorded_as_text(served):
    facts = credit_pb2.GuaranteeFacts(
        security_kind=credit_pb2.SECURITY_KIND_PERFORMANCE_BOND, contract_amount_fen=2**62
    )
    request = award(
        served.city.example("listed").uscc,
        area=common_pb2.AREA_GUARANTEE,
        decision_point=common_pb2.DECISION_POINT_GUARANTEE_ISSUE,
        case_facts=credit_pb2.CaseFacts(guarantee=facts),
    )
    answer = served.callers.as_caller("hanjiang-bank.bank").check(request)

    assert body_of(served.entry(answer.audit_position))["facts"]["contract_amount_fen"] == str(2**62)
