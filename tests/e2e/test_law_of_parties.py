"""The law's table for several parties and for enterprises that changed since, over mutual TLS under both profiles."""

from __future__ import annotations

from datetime import datetime

import grpc
import pytest
from e2e.law_cases import cases_at
from e2e.law_table import POINTS
from e2e.served import BATCH, CHECK, HRSS, body_of
from jointsanctions.v1 import common_pb2, credit_pb2

from formats.civil import SHANGHAI

pytestmark = pytest.mark.xdist_group("law")
CONSORTIUM = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
OF_CONSORTIA = tuple(
    point for point in POINTS if point.startswith(("PROCUREMENT", "BIDDING")) and point != "BIDDING_REGISTRATION"
)
CLEAN, LISTED = "nothing", "listed"


def in_consortium(point):
    """Return the first case of a point, for a consortium."""
    facts = credit_pb2.CaseFacts()
    facts.CopyFrom(cases_at(point, datetime.now(SHANGHAI))[0].facts)
    getattr(facts, facts.WhichOneof("facts")).form = CONSORTIUM
    return facts


def consortium(lead, *members):
    item = lead.item()
    for member in members:
        item.consortium_members.add().CopyFrom(member.item().enterprise)
    return item


def asked(law, point, *consortia):
    """Return the answers about consortia, each a lead and its members, in order."""
    (case, *_) = cases_at(point, datetime.now(SHANGHAI))
    case = type(case)(case.words, in_consortium(point))
    return law.ask(point, [(parties[0], case, consortium(*parties)) for parties in consortia])


def told(answer):
    """Return what weighs, in order, without the instants: those of how a party was named are the question's own."""
    return [(m.rule_id, m.effect, m.party_uscc, m.relation, m.record_id) for m in answer.decision.measures]


def strongest(*alone):
    """Return the strongest effect of each trigger in several answers."""
    found = {}
    for one in alone:
        for trigger, effect in one.effects().items():
            found[trigger] = max(effect, found.get(trigger, 0))
    return found


@pytest.fixture(scope="module")
def parties(law):
    """Everybody who weighs by itself, by key."""
    return {one.key: one for one in law.subjects if one.related is None}


@pytest.mark.parametrize("point", OF_CONSORTIA)
def test_invariant_9_a_consortium_is_as_restricted_as_its_strongest_member_who_is_named(law, parties, point):
    others = [one for key, one in parties.items() if key != CLEAN]
    alone = {answer.subject.key: answer for answer in law.once_at(point, others)}
    clean = parties[CLEAN]
    for member, answer in zip(others, asked(law, point, *((clean, one) for one in others)), strict=True):
        assert (answer.effects(), answer.verdict) == (alone[member.key].effects(), alone[member.key].verdict), (
            member.key
        )
        named = {(measure.party_uscc, measure.relation) for measure in answer.decision.measures}
        assert named <= {(member.party.uscc, "CONSORTIUM_MEMBER")}, member.key
    for lead, answer in zip(others, asked(law, point, *((one, clean) for one in others)), strict=True):
        assert (answer.effects(), answer.verdict) == (alone[lead.key].effects(), alone[lead.key].verdict), lead.key


@pytest.mark.parametrize("point", OF_CONSORTIA)
def test_invariant_9_the_order_of_members_does_not_matter(law, parties, point):
    clean, listed = parties[CLEAN], parties[LISTED]
    others = [one for key, one in parties.items() if key not in {CLEAN, LISTED}]
    alone = {answer.subject.key: answer for answer in law.once_at(point, [listed, *others])}
    forth = asked(law, point, *((clean, listed, one) for one in others))
    back = asked(law, point, *((clean, one, listed) for one in others))
    for one, first, second in zip(others, forth, back, strict=True):
        assert told(first) == told(second), one.key
        assert first.verdict == second.verdict
        assert first.effects() == strongest(alone[LISTED], alone[one.key]), one.key


@pytest.mark.parametrize("point", OF_CONSORTIA)
def test_invariant_9_a_consortium_without_its_list_of_members_is_an_error(law, parties, point):
    question = law.question(point)
    question.case_facts.CopyFrom(in_consortium(point))
    single = credit_pb2.CheckEligibilityRequest(question=question)
    single.enterprise.uscc = parties[CLEAN].party.uscc
    several = credit_pb2.BatchCheckEligibilityRequest(question=question)
    several.items.add(item_id="1").enterprise.uscc = parties[CLEAN].party.uscc
    for path, request in ((CHECK, single), (BATCH, several)):
        outcome = law.served.send(path, request, HRSS)
        assert outcome.code is grpc.StatusCode.INVALID_ARGUMENT
        assert "consortium_members" in outcome.field


@pytest.mark.parametrize("point", POINTS)
def test_invariant_7_another_name_and_another_representative_change_no_effect(law, point):
    plain = {answer.subject.key: answer for answer in law.once_at(point, law.subjects)}
    changed = law.once_at(point, law.changed)
    assert len(changed) >= len(plain) // 2
    for answer in changed:
        before = plain[answer.subject.key]
        assert (answer.effects(), answer.verdict) == (before.effects(), before.verdict), answer.subject.key
        assert answer.decision.enterprise.name != answer.subject.party.name


@pytest.mark.parametrize("point", POINTS)
def test_invariant_8_the_name_of_another_is_no_restriction_and_another_name_is_no_way_out(law, point):
    answers = {answer.subject.key: answer for answer in law.once_at(point, law.subjects)}
    bears, misnamed, listed = (answers[key] for key in ("bears the name of a listed", "listed, another name", LISTED))
    assert bears.effects() == {}
    assert bears.verdict == "CLEAR"
    assert misnamed.effects()["LISTING"] == listed.effects()["LISTING"]
    for answer, quality in ((bears, "EXACT"), (listed, "EXACT"), (misnamed, "NAME_DIFFERS")):
        found = common_pb2.MatchQuality.Name(answer.decision.enterprise.match_quality)
        assert found == f"MATCH_QUALITY_{quality}", "found by its code, and told that the name is not its own"
    for key in ("same name WAGE_ARREARS_LISTING", "same name MAJOR_VIOLATION_PUBLICATION", "another name"):
        assert answers[key].verdict in {"CLEAR", "CONDITIONAL"}, key


@pytest.mark.parametrize("point", POINTS)
def test_invariant_10_a_question_without_a_case_number_is_refused_and_recorded_in_every_area(law, parties, point):
    request = credit_pb2.CheckEligibilityRequest(question=law.question(point))
    request.enterprise.uscc = parties[LISTED].party.uscc
    request.question.case_facts.CopyFrom(cases_at(point, datetime.now(SHANGHAI))[0].facts)
    request.question.case_ref = ""
    begin = law.served.next_number()
    outcome = law.served.send(CHECK, request, HRSS)
    assert (outcome.code, outcome.field) == (grpc.StatusCode.PERMISSION_DENIED, "question.case_ref")
    (entry,) = law.served.entries(begin)
    assert "decision" not in body_of(entry)
