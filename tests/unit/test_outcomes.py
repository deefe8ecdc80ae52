"""Outcomes: what fits together in one, which answer it rests on, and which decision was taken on what never weighed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import USCC
from outcome_samples import ANSWER, NOW, OUTCOME, TODAY, outcome

from formats.civil import format_instant
from gateway.domain.audit import Draft, salts_needed, seal
from gateway.domain.endings import Ending, KnownEnding
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError
from gateway.domain.outcomes import Fulfilled, FulfilmentKind, OutcomeKind, decided_on_it, faults
from gateway.domain.vocabulary import Area, DecisionPoint, EndingKind, Verdict
from gateway.services.ports.outcomes import NumberedOutcome, RecordedCall
from gateway.services.relied_answer import AnswerPlace, ReliedAnswer
from gateway.services.report_outcome import OutcomeReport, ReportOutcome

OTHER = "91420300MA10009992"


def fields(**changes):
    return [fault.field for fault in faults(outcome(**changes), TODAY)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"decided_on": TODAY + timedelta(days=1)}, ["decided_on"]),
        ({"decided_on": TODAY - timedelta(days=1)}, ["decided_on"]),
        ({"kind": OutcomeKind.GRANTED_WITH_CONDITIONS, "conditions": ()}, ["conditions"]),
        ({"kind": OutcomeKind.CONDITIONS_FULFILLED, "conditions": ()}, ["conditions"]),
        ({"kind": OutcomeKind.SECURITY_RAISED, "conditions": ()}, ["conditions"]),
        ({"kind": OutcomeKind.SECURITY_RAISED}, ["conditions"]),
        (
            {"kind": OutcomeKind.SECURITY_RAISED, "conditions": (Fulfilled(FulfilmentKind.SECURITY_RAISED, "5"),)},
            [],
        ),
        ({"kind": OutcomeKind.GRANTED_WITH_CONDITIONS}, []),
        ({"kind": OutcomeKind.OVERRIDDEN}, ["note"]),
        ({"kind": OutcomeKind.OVERRIDDEN, "note": "工期紧"}, []),
        ({"kind": OutcomeKind.OVERRIDDEN, "note": "工期紧", "answer_verdict": Verdict.CONDITIONAL}, []),
        ({"kind": OutcomeKind.OVERRIDDEN, "note": "工期紧", "answer_verdict": Verdict.UNVERIFIABLE}, ["outcome"]),
        ({"kind": OutcomeKind.OVERRIDDEN, "note": "工期紧", "answer_verdict": Verdict.CLEAR}, ["outcome"]),
        ({"kind": OutcomeKind.GRANTED, "conditions": ()}, []),
    ],
)
def test_what_does_not_fit_together_is_named(changes, expected):
    assert fields(**changes) == expected


def test_the_day_of_an_answer_is_that_on_which_it_was_asked_for_in_this_time_zone():
    """Asked a second before midnight and recorded after it, it may carry a decision of either day."""
    asked = datetime(2026, 3, 5, 15, 59, 59, tzinfo=UTC)
    late = {"answer_as_of": asked, "answer_answered_at": asked + timedelta(seconds=2)}
    assert fields(decided_on=date(2026, 3, 5), **late) == []
    assert fields(decided_on=date(2026, 3, 4), **late) == ["decided_on"]


def known(kind=EndingKind.VOID_FROM_START, **changes):
    ending = Ending(kind, "L-1", "listing", USCC, "示例市人社局", "示1号", NOW - timedelta(days=400))
    return replace(KnownEnding(ending, 9, NOW + timedelta(days=1)), **changes)


def test_a_decision_taken_on_an_answer_that_told_of_a_void_record_is_on_its_list():
    assert decided_on_it(known(), OUTCOME)


@pytest.mark.parametrize("kind", sorted(set(EndingKind) - {EndingKind.VOID_FROM_START, EndingKind.RECALLED}))
def test_a_decision_stands_where_the_record_had_weighed(kind):
    assert not decided_on_it(known(kind), OUTCOME)


def test_a_decision_is_on_no_list_of_what_its_answer_did_not_tell_of_or_knew_to_be_void():
    assert not decided_on_it(known(), outcome(answer_grounds=("L-2",)))
    after = {"answer_revision": 9, "answer_as_of": NOW}
    assert not decided_on_it(known(), outcome(**after))
    assert decided_on_it(known(), outcome(**{**after, "answer_revision": 8}))


def test_what_was_recalled_about_one_enterprise_concerns_decisions_on_answers_about_it_alone():
    recalled = known(EndingKind.RECALLED, about=OTHER)
    assert not decided_on_it(recalled, OUTCOME)
    assert decided_on_it(recalled, outcome(answer_enterprises=(USCC, OTHER)))


def test_a_decision_that_was_examined_again_stays_on_the_list_whatever_it_rests_on_now():
    ending = known()
    again = outcome(answer_grounds=(), answer_revision=20, reexamined=(ending.ending.ending_id,))
    assert decided_on_it(ending, again)
    assert not decided_on_it(known(about=""), outcome(answer_grounds=(), reexamined=("ending-other",)))


class Kept:
    """A store that holds one outcome, which is to be corrected."""

    def __init__(self, before):
        self._before = before

    def reported(self, _submission):
        return None

    def record(self, _submission, _within, decide):
        return 1, decide(NumberedOutcome(1, self._before, ""), [self._before])


@dataclass(frozen=True)
class Around:
    """The answer that is relied upon, the endings that are known, and the present."""

    endings: tuple

    def find(self, _agency, _report):
        return replace(ANSWER, grounds=())

    def known(self):
        return list(self.endings)

    def now(self):
        return NOW


def test_a_decision_on_two_records_that_never_weighed_is_examined_again_on_account_of_both():
    first = known()
    second = replace(first, ending=replace(first.ending, record_id="L-2"))
    ids = (first.ending.ending_id, second.ending.ending_id)
    before = outcome(answer_grounds=("L-1", "L-2"), reexamined=ids[:1])
    around = Around((first, second))
    report = OutcomeReport(
        **{each: getattr(OUTCOME, each) for each in ("area", "point", "case_ref", "uscc", "officer", "kind", "note")},
        **{each: getattr(OUTCOME, each) for each in ("decided_on", "document_number", "conditions")},
        request_id="r",
        digest="d",
        answer=AnswerPlace("gw1-0", 17, bytes(32), b""),
        supersedes=before.outcome_id,
        reexamined_ending=ids[1],
    )
    assert len(set(ids)) == 2
    _, kept = ReportOutcome(Kept(before), around, around, around, "w")._report("bidding", report)
    assert kept.reexamined == ids
    assert decided_on_it(first, kept)
    assert decided_on_it(second, kept)


@dataclass(frozen=True)
class Report:
    answer: AnswerPlace
    area: Area = Area.BIDDING
    point: DecisionPoint = DecisionPoint.BIDDING_AWARD
    case_ref: str = "T-1"
    uscc: str = USCC
    part: str = ""


BODY = {
    "method": "CreditService/CheckEligibility",
    "outcome": "OK",
    "caller": {"agency": "bidding"},
    "area": int(Area.BIDDING),
    "point": int(DecisionPoint.BIDDING_AWARD),
    "case": "T-1",
    "enterprises": [OTHER, USCC, "X"],
    "relations": ["CONSORTIUM_MEMBER", "SELF", "RELATED_PARTY"],
    "verdict": int(Verdict.RESTRICTED),
    "grounds": ["L-1"],
    "revision": 7,
    "as_of": format_instant(NOW),
}
LINE = bytes(range(32))


class Calls:
    """A record of calls that holds one entry."""

    def __init__(self, body, lines=None):
        draft = Draft({"method": "x"})
        self.entry = seal(draft, "gw1-0", 17, NOW, bytes(salts_needed(draft)))
        self._call = RecordedCall(self.entry, body, lines or {})

    def call_at(self, writer, number):
        return self._call if (writer, number) == ("gw1-0", 17) else None


class Past:
    """What weighed: of each enterprise a record that bears its code."""

    def records(self, uscc, revision, as_of):
        assert (revision, as_of) == (7, NOW)
        return (f"R-{uscc}",)


def found(body=BODY, lines=None, agency="bidding", line=b"", leaf=None, number=17, **changes):
    calls = Calls(body, lines)
    place = AnswerPlace("gw1-0", number, calls.entry.leaf if leaf is None else leaf, line)
    return ReliedAnswer(calls, Past()).find(agency, replace(Report(place), **changes))


def test_an_answer_is_found_with_all_that_is_needed_when_a_record_ends():
    answer = found()
    assert (answer.revision, answer.as_of, answer.verdict) == (7, NOW, Verdict.RESTRICTED)
    assert (answer.enterprises, answer.grounds) == ((OTHER, USCC, "X"), ("L-1",))


@pytest.mark.parametrize(
    "attack",
    [
        {"agency": "finance"},
        {"leaf": hashlib.sha256(b"forged").digest()},
        {"number": 18},
        {"body": {**BODY, "method": "CreditService/GetCreditRecord"}},
        {"body": {**BODY, "outcome": "UNEXPECTED"}},
        {"body": {**BODY, "caller": {}}},
    ],
)
def test_what_is_no_answer_to_the_caller_is_not_there(attack):
    with pytest.raises(EnterpriseNotFoundError) as caught:
        found(**attack)
    assert set(caught.value.metadata) == {"writer", "number"}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("area", {"area": Area.PROCUREMENT}),
        ("decision_point", {"point": DecisionPoint.BIDDING_CONTRACT}),
        ("case_ref", {"case_ref": "T-2"}),
        ("uscc", {"uscc": OTHER}),
        ("uscc", {"uscc": "X"}),
        ("answer", {"body": {**BODY, "preview": True}}),
        ("answer.line_hash", {"line": LINE}),
    ],
)
def test_what_does_not_fit_an_answer_of_ones_own_is_named(field, changes):
    with pytest.raises(MalformedRequestError) as caught:
        found(**changes)
    assert caught.value.field == field


GATE = {**BODY, "method": "CreditService/ClearAward", "part": "2"}
BY_TWO = {"cleared": True, "emergency": {"reason": "抢险", "document": "示1号", "writer": "gw1-0", "number": "9"}}


@pytest.mark.parametrize(
    ("award", "emergency"),
    [
        (BY_TWO, True),
        ({**BY_TWO, "cleared": False}, False),
        ({"cleared": True, "emergency": {"reason": "抢险", "document": "示1号"}}, False),
        ({"cleared": True, "override": {"reason": "工期紧", "document": ""}}, False),
        ({"cleared": True}, False),
    ],
)
def test_an_award_gone_over_by_two_persons_is_one_that_the_second_word_cleared(award, emergency):
    assert found({**GATE, "award": award}).emergency is emergency
    assert not found().emergency


def test_of_the_award_gate_an_answer_is_about_one_part_and_other_answers_about_any():
    assert found(GATE, part="2").number == found(GATE).number == found(part="instalment 3").number
    with pytest.raises(MalformedRequestError) as caught:
        found(GATE, part="1")
    assert caught.value.field == "part"


def test_of_a_batch_the_item_counts_and_nothing_of_its_neighbours():
    said = ("enterprises", "relations", "verdict", "grounds")
    batch = {key: value for key, value in BODY.items() if key not in said}
    batch["method"] = "CreditService/BatchCheckEligibility"
    item = {"enterprises": [USCC], "relations": ["SELF"], "verdict": int(Verdict.CLEAR), "grounds": []}
    answer = found(batch, {LINE: item}, line=LINE)
    assert (answer.verdict, answer.grounds, answer.line) == (Verdict.CLEAR, (), LINE.hex())
    for line in (b"", bytes(32)):
        with pytest.raises(MalformedRequestError, match="line_hash"):
            found(batch, {LINE: item}, line=line)


def test_where_an_entry_had_no_room_for_all_records_every_one_that_weighed_is_taken():
    """Rather one decision too many is examined again than one too few."""
    answer = found({**BODY, "grounds": ["L-1", "+2"]})
    assert answer.grounds == ("L-1", f"R-{OTHER}", f"R-{USCC}", "R-X")


def test_an_answer_from_before_records_and_relations_were_recorded_counts_for_all_that_weighed():
    old = {key: value for key, value in BODY.items() if key not in {"grounds", "relations"}}
    answer = found({**old, "enterprises": [USCC, OTHER]})
    assert answer.grounds == (f"R-{USCC}", f"R-{OTHER}")
    with pytest.raises(MalformedRequestError, match="uscc"):
        found({**old, "enterprises": [USCC, OTHER]}, uscc=OTHER)
