"""What is compared of a past answer, and which recorded questions can be asked again: nothing is ever supplied."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import FULL_FACTS, NOW, policy
from store_samples import code

from formats import canonical
from formats.civil import format_instant
from gateway.domain.agencies import Agency, Role
from gateway.domain.audit import Draft, salts_needed, seal
from gateway.domain.case_facts import CaseFacts
from gateway.domain.eligibility import Question
from gateway.domain.errors import EnterpriseNotFoundError
from gateway.domain.records import RelationKind
from gateway.domain.replay import (
    Difference,
    ReplayField,
    ReplayHindrance,
    ReplayInput,
    ReplayResult,
    compare,
    is_cut,
    not_recorded,
)
from gateway.domain.vocabulary import Area, CutoffRule, DecisionPoint
from gateway.rpc.questions import told_facts, told_of
from gateway.rpc.replayed_answers import ReplayedAnswers
from gateway.services.check_eligibility import Item
from gateway.services.identify import NamedParty
from gateway.services.recorded_question import NotReplayableError, read_question
from gateway.services.replay_decision import ReplayDecision
from gateway.services.replay_inputs import Past, mandate_differences

THEN = {
    "verdict": 4,
    "measures": ["A-30/TR1/award"],
    "grounds": ["L-1"],
    "grade": "A",
    "valid_until": "2026-11-24T08:00:00.000000Z",
}


def fields_of(then, now):
    return [each.field for each in compare(None, then, now)]


@pytest.mark.parametrize(
    ("key", "other", "field"),
    [
        ("verdict", 1, ReplayField.VERDICT),
        ("measures", [], ReplayField.MEASURES),
        ("grounds", ["L-2"], ReplayField.GROUNDS),
        ("grade", "C", ReplayField.GRADE),
        ("valid_until", "2026-11-24T09:00:00.000000Z", ReplayField.VALID_UNTIL),
        ("doubts", ["STALE_SOURCE: wage_list"], ReplayField.DOUBTS),
    ],
)
def test_each_part_that_differs_is_named_alone_with_both_values(key, other, field):
    (difference,) = compare(3, THEN, THEN | {key: other})
    assert (difference.field, difference.item) == (field, 3)
    assert difference.then != difference.now
    assert fields_of(THEN, THEN) == []


def test_values_of_lists_are_told_as_texts():
    (difference,) = compare(None, THEN, THEN | {"measures": ["a", "b"]})
    assert difference == Difference(ReplayField.MEASURES, None, "A-30/TR1/award", "a, b")


@pytest.mark.parametrize(("key", "field"), [("grounds", ReplayField.GROUNDS), ("valid_until", ReplayField.VALID_UNTIL)])
def test_what_was_not_recorded_yet_is_not_compared_and_doubts_that_there_were_none_of_are(key, field):
    then = {name: value for name, value in THEN.items() if name != key}
    assert not_recorded(then) == {field}
    assert fields_of(then, THEN) == []
    assert ReplayField.DOUBTS not in not_recorded(THEN)
    assert fields_of(THEN, THEN | {"doubts": ["x"]}) == [ReplayField.DOUBTS]


def test_doubts_that_were_cut_are_seen_to_be():
    assert is_cut({"doubts": ["x", "+3"]})
    assert not is_cut({"doubts": ["x"]})
    assert not is_cut({})


USCC = code(1)
PARTIES = (
    NamedParty(USCC, "示例一号公司", RelationKind.SELF, conforming=True, field="enterprise"),
    NamedParty("91420300MA0000002X", "", RelationKind.RELATED_PARTY, conforming=False, field="enterprise"),
)
FACTS = CaseFacts(**FULL_FACTS | {"cutoff_rule": CutoffRule.FIXED, "cutoff_at": NOW, "contract_amount_fen": 2**53 + 1})
ITEM = Item(Question(DecisionPoint.BIDDING_AWARD, FACTS, explain=True), PARTIES)


def body(**changes):
    """Return the body of an answered check; None takes a key away."""
    told = {
        "method": "CreditService/CheckEligibility",
        "outcome": "OK",
        "caller": {"agency": "bidding", "role": "asking-system"},
        "area": int(Area.BIDDING),
        "point": int(DecisionPoint.BIDDING_AWARD),
        "case": "T-1",
        "policy": {"profile": "shiyan", "version": policy().version, "digest": policy().digest},
        "rules": "r" * 64,
        "revision": 7,
        "as_of": format_instant(NOW),
        "explain": True,
        "freshness": {
            "lag_us": 1500,
            "until": format_instant(NOW + timedelta(hours=4)),
            "feeds": [["wage_list", 60_000_000, 93_600_000_000], ["publications", None, 1]],
        },
        "mandate": 3,
        "response": "0" * 64,
        **told_of(ITEM),
        "facts": told_facts(FACTS),
        **THEN,
    }
    told = json.loads(canonical.encode({**told, **{k: v for k, v in changes.items() if v is not None}}))
    return {key: value for key, value in told.items() if key not in changes or changes[key] is not None}


def test_a_question_is_read_back_as_it_was_asked():
    told = body(authorization="示1号")
    question = read_question(told, [told], batch=False)

    assert question.items == (ITEM,)
    assert (question.area, question.ids, question.consent) == (Area.BIDDING, ("",), True)
    assert (question.asked.as_of, question.asked.known_at, question.asked.preview) == (NOW, None, False)
    assert question.freshness.lag == timedelta(microseconds=1500)
    assert [(each.feed, each.age, each.fresh) for each in question.freshness.ages] == [
        ("wage_list", timedelta(minutes=1), True),
        ("publications", None, False),
    ]
    assert question.freshness.complete


def test_what_decisions_doubt_of_themselves_is_left_for_them_to_doubt_again():
    told = body(doubts=["INCOMPLETE_RECORD: L-1: end", "STALE_SOURCE: wage_list", "+2"])
    assert read_question(told, [told], batch=False).freshness.doubts == ("STALE_SOURCE: wage_list",)


def test_an_entry_from_before_freshness_was_recorded_says_so():
    told = body(freshness=None)
    assert not read_question(told, [told], batch=False).freshness.complete


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"names_sha256": "a" * 64}, ReplayHindrance.NAMES_NOT_RECORDED),
        ({"names": ["sha256:" + "a" * 32, ""]}, ReplayHindrance.NAMES_NOT_RECORDED),
        ({"relations": None}, ReplayHindrance.RELATIONS_NOT_RECORDED),
        ({"relations": ["SELF"]}, ReplayHindrance.UNREADABLE),
        ({"relations": ["SELF", "FRIEND"]}, ReplayHindrance.UNREADABLE),
        ({"facts": {"colour": 1}}, ReplayHindrance.UNREADABLE),
        ({"facts": {"form": 99}}, ReplayHindrance.UNREADABLE),
        ({"point": 999}, ReplayHindrance.UNREADABLE),
        ({"as_of": None}, ReplayHindrance.UNREADABLE),
        ({"freshness": {"lag_us": 1}}, ReplayHindrance.UNREADABLE),
    ],
)
def test_what_cannot_be_asked_again_is_no_question(changes, why):
    told = body(**changes)
    with pytest.raises(NotReplayableError) as caught:
        read_question(told, [told], batch=False)
    assert caught.value.why is why


def test_one_party_alone_is_who_goes_ahead_also_before_relations_were_recorded():
    told = body(relations=None, enterprises=[USCC], names=None)
    (item,) = read_question(told, [told], batch=False).items
    assert [each.relation for each in item.parties] == [RelationKind.SELF]


class World:
    """Everything that an answer rests on, as a test wants it."""

    def __init__(self, told, *, erased=False, found=True, mandate=3, head=7):
        draft = Draft(told)
        entry = seal(draft, "gw1-0", 5, datetime(2026, 11, 24, 2, tzinfo=UTC), bytes(range(salts_needed(draft))))
        self.entry = replace(entry, salt=b"") if erased else entry
        self.loaded = policy()
        self._found, self._mandate, self._head = found, mandate, head

    def find(self, *named):
        """The entry of a position, or the policy of a digest: the two are told apart by what they are asked for."""
        if len(named) == 2:
            return self.entry if named == ("gw1-0", 5) else None
        return self.loaded if self._found and named[1] == self.loaded.digest else None

    def version(self, number):
        return ASKER if number == self._mandate else None

    def standing(self, agency, role, at):
        return ASKER if (agency, role, at) == ("bidding", "asking-system", self.entry.time) else None

    def head(self):
        return self._head

    def replay(self, agency=None):
        past = Past(policies=self, mandates=self, facts=self, history=None, rules="r" * 64)
        return ReplayDecision(self, past, ReplayedAnswers())(agency or AUDITOR, "gw1-0", 5, None)


ASKER = Agency(
    agency_id="bidding", name_zh="a", name_en="a", role=Role.ASKING_SYSTEM, territory="420300",
    areas=frozenset({Area.BIDDING}), points=frozenset({DecisionPoint.BIDDING_AWARD}),
)  # fmt: skip
AUDITOR = Agency(agency_id="audit", name_zh="a", name_en="a", role=Role.AUDITOR, territory="420300")


def test_what_was_erased_is_said_to_the_auditor_and_to_nobody_else():
    world = World(body(), erased=True)
    assert world.replay().result is ReplayResult.ERASED
    with pytest.raises(EnterpriseNotFoundError):
        world.replay(ASKER)


def test_a_person_cannot_be_asked_about_again():
    found = World(body(method="CreditService/CheckPerson")).replay()
    assert (found.result, found.hindrance) == (ReplayResult.NOT_REPLAYABLE, ReplayHindrance.PERSON)


@pytest.mark.parametrize(
    "changes",
    [{"outcome": "STATE"}, {"method": "CreditService/GetCreditRecord"}, {"method": "AuditService/SignReview"}],
)
def test_what_decided_nothing_is_no_decision(changes):
    assert World(body(**changes)).replay().result is ReplayResult.NOT_A_DECISION


@pytest.mark.parametrize(
    ("told", "world", "missing", "then"),
    [
        ({}, {"found": False}, ReplayInput.POLICY, policy().digest),
        ({}, {"mandate": 4}, ReplayInput.MANDATE, "3"),
        ({}, {"head": 6}, ReplayInput.DATA, "7"),
        ({"caller": {"agency": "bank", "role": "asking-system"}}, {}, ReplayInput.MANDATE, "3"),
    ],
)
def test_what_an_answer_rested_on_and_is_not_at_hand_is_named_and_never_guessed(told, world, missing, then):
    found = World(body(**told), **world).replay()
    assert found.result is ReplayResult.DIFFERENT_INPUTS
    assert [(each.input, each.then) for each in found.inputs] == [(missing, then)]


def test_an_answer_of_other_rules_says_which_would_be_needed():
    found = World(body(rules="q" * 64), mandate=4).replay()
    assert (found.inputs[0].input, found.inputs[0].then) == (ReplayInput.RULES, "q" * 64)


def test_a_mandate_that_was_not_numbered_is_found_by_the_time_of_the_call():
    found = World(body(mandate=None, names_sha256="a" * 64), mandate=None).replay()
    assert (found.result, found.hindrance) == (ReplayResult.NOT_REPLAYABLE, ReplayHindrance.NAMES_NOT_RECORDED)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"points": frozenset()}, "AREA_NOT_IN_MANDATE"),
        ({"valid_until": NOW}, "MANDATE_NOT_IN_FORCE"),
        ({"purposes": frozenset({"招标"})}, "PURPOSE_NOT_IN_MANDATE"),
        ({"bound_to_territory": True, "territory": "420600"}, "TERRITORY_NOT_IN_MANDATE"),
        ({"bound_to_territory": True, "territory": "420300"}, None),
    ],
)
def test_a_mandate_of_then_that_does_not_cover_the_question_is_a_difference(changes, reason):
    told = body()
    question = read_question(told, [told], batch=False)
    found = list(mandate_differences(replace(ASKER, **changes), question, told, NOW))
    expected = [] if reason is None else [Difference(ReplayField.MANDATE, None, "OK", reason)]
    assert found == expected


def test_a_mandate_of_then_is_held_against_the_purpose_of_each_item():
    told = body()
    told.pop("purpose", None)
    lines = [{**told, "purpose": "招标"}, {**told, "purpose": "别的"}]
    for said, reasons in ((lines[:1], []), (lines, ["PURPOSE_NOT_IN_MANDATE"]), ([told], ["PURPOSE_NOT_IN_MANDATE"])):
        question = read_question(told, said, batch=True)
        found = mandate_differences(replace(ASKER, purposes=frozenset({"招标"})), question, told, NOW)
        assert [each.now for each in found] == reasons


def test_a_mandate_is_judged_by_when_the_call_arrived_and_not_by_the_moment_asked_about():
    told = body(as_of=format_instant(NOW - timedelta(days=400)), latency_us=2_000)
    question = read_question(told, [told], batch=False)
    began, ended = NOW - timedelta(microseconds=2_000), NOW - timedelta(microseconds=1_999)
    assert not list(mandate_differences(replace(ASKER, valid_from=began, valid_until=ended), question, told, NOW))
    (late,) = mandate_differences(replace(ASKER, valid_until=began), question, told, NOW)
    assert late.now == "MANDATE_NOT_IN_FORCE"


def test_a_moment_of_knowledge_needs_its_grant():
    told = body(known_at=format_instant(NOW))
    (difference,) = mandate_differences(ASKER, read_question(told, [told], batch=False), told, NOW)
    assert (difference.field, difference.now) == (ReplayField.MANDATE, "FIELD_NOT_IN_MANDATE")


def test_other_rules_are_named_and_keep_nobody_from_deriving():
    found = World(body(rules="q" * 64, names_sha256="a" * 64)).replay()
    assert found.result is ReplayResult.NOT_REPLAYABLE
    assert [each.input for each in found.inputs] == [ReplayInput.RULES]
