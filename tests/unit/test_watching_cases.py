"""Following one's own cases: in order, without gaps, kept before anything else, acknowledged last, told as lines."""

from __future__ import annotations

import json
from dataclasses import replace

import grpc
import pytest
from batch_samples import NOW, Answering, code, rules_of
from jointsanctions.v1 import case_pb2 as pb
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Act
from adapters.enforcement import Enforcement
from adapters.errors import GatewayError, QuestionRefusedError
from adapters.event_lines import FileLines, event_line
from adapters.journal import Journal
from adapters.lending import RENEWAL, WAGE_ACCOUNT
from adapters.questions import Applicant, Case, Party
from adapters.registering import register
from adapters.watch_book import AnotherEventError
from adapters.watching import EventGapError, Watcher

BORROWER = code(7)


class Cases(Answering):
    """A gateway with cases: it opens them, streams what it was given, and takes acknowledgements."""

    def __init__(self, *stream):
        super().__init__()
        self.stream, self.opened, self.acknowledged, self.after = list(stream), [], [], []
        self.refusal = None

    def credit(self, rpc, request, answer):
        if self.refusal is not None:
            raise self.refusal
        if rpc == "OpenCase":
            self.opened.append(request)
            return credit_pb2.OpenCaseResponse(case=pb.RegisteredCase(case_id=f"case-{request.case_ref}"))
        self.acknowledged.append(request.sequence)
        return answer()

    def watch_case(self, request, _seconds=None):
        self.after.append(request.after_sequence)
        yield from self.stream


def heartbeat(sequence):
    return pb.WatchCaseResponse(heartbeat=pb.CaseHeartbeat(sequence=sequence))


def event(sequence, case="HT-1", **parts):
    whole = {"kind": pb.CASE_EVENT_KIND_BEGAN, "case_id": f"case-{case}", "case_ref": case, "uscc": BORROWER, **parts}
    sent = pb.CaseEvent(sequence=sequence, **whole)
    sent.seen_at.FromDatetime(NOW)
    return pb.WatchCaseResponse(event=sent)


def act(case="HT-1", officer="zhao.min"):
    return Act(Case(case, officer), RENEWAL, Applicant(Party(BORROWER)))


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


def watcher(cases, journal, tell):
    engine = Enforcement(cases, journal, rules_of("lending"), "enforce", lambda: NOW)
    register(cases, engine, act())
    return Watcher(cases, engine, "bank", tell)


def test_an_event_is_asked_about_told_and_then_acknowledged(journal):
    cases = Cases(heartbeat(0), event(1), event(2), heartbeat(2))
    told = []

    def tell(each):
        assert cases.acknowledged == [before.event.sequence for before in told]
        assert next(iter(journal.watched.open())).sequence == each.event.sequence
        told.append(each)

    watcher(cases, journal, tell).follow()

    assert [each.event.sequence for each in told] == cases.acknowledged == [1, 2]
    assert cases.asked == [BORROWER, BORROWER]
    assert list(journal.watched.open()) == []
    assert journal.last_answers("HT-1", RENEWAL)


def test_the_stream_is_taken_up_after_what_the_journal_has(journal):
    cases = Cases(heartbeat(0), event(1))
    following = watcher(cases, journal, lambda _: None)
    following.follow()
    cases.stream = [heartbeat(1), event(1), event(2)]

    following.follow()

    assert cases.after == [0, 1]
    assert cases.acknowledged == [1, 2], "what comes twice is done once"


@pytest.mark.parametrize("stream", [(heartbeat(0), event(2)), (heartbeat(0), event(1), event(3)), (heartbeat(5),)])
def test_an_event_that_is_left_out_stops_everything(journal, stream):
    cases, told = Cases(*stream), []

    with pytest.raises(EventGapError):
        watcher(cases, journal, told.append).follow()

    assert [each.event.sequence for each in told] == cases.acknowledged == ([1] if len(stream) > 2 else [])


def test_another_event_under_a_number_that_is_on_record_is_another_gateways(journal):
    following = watcher(Cases(heartbeat(0), event(1)), journal, lambda _: None)
    following.follow()
    other = Watcher(Cases(event(1, case="HT-2")), following._engine, "bank", lambda _: None)

    with pytest.raises(AnotherEventError, match="of HT-1"):
        other.follow()


def test_what_the_deciding_system_did_not_take_is_not_acknowledged_and_comes_again(journal):
    cases = Cases(heartbeat(0), event(1))

    def full(_told):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        watcher(cases, journal, full).follow()
    assert cases.acknowledged == []

    told = []
    watcher(Cases(heartbeat(1)), journal, told.append).follow()
    assert [each.event.sequence for each in told] == [1]


def test_an_acknowledgement_without_an_answer_is_made_later_and_nothing_is_told_twice(journal):
    cases, told = Cases(heartbeat(0), event(1)), []
    following = watcher(cases, journal, told.append)
    cases.refusal = GatewayError(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", {}, "away")
    with pytest.raises(GatewayError):
        following.follow()
    cases.refusal = None

    assert following.catch_up() == 1

    assert (len(told), cases.acknowledged) == (1, [1])


def test_with_once_it_ends_at_the_sign_of_life_after_everything_is_done(journal):
    cases, told = Cases(heartbeat(0), event(1), event(2), heartbeat(2), event(3)), []

    watcher(cases, journal, told.append).follow(once=True)

    assert [each.event.sequence for each in told] == [1, 2]


def test_no_answer_to_the_new_question_is_told_as_such(journal):
    cases, told = Cases(heartbeat(0), event(1)), []
    following = watcher(cases, journal, told.append)

    def away(_request):
        raise GatewayError(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", {}, "away")

    cases.failing = away
    following.follow()

    said = json.loads(event_line(told[0]))
    assert (said["check"]["verdict"], said["check"]["because"]) == ("UNVERIFIABLE", ["NO_ANSWER"])
    assert said["check"]["number"] is not None
    assert journal.pending.waiting() == 1


def test_what_is_asked_after_an_event_states_the_purpose_of_its_case_and_without_one_the_agencys(journal):
    stated = []
    cases = Cases(heartbeat(0), event(1), event(2, case="HT-2"))
    cases.failing = lambda request: stated.append(request.question.purpose)
    rules = replace(rules_of("lending"), purpose="贷前审查")
    engine = Enforcement(cases, journal, rules, "enforce", lambda: NOW)
    register(cases, engine, replace(act(), case=Case("HT-1", "zhao.min", purpose="展期")))
    register(cases, engine, act("HT-2"))

    Watcher(cases, engine, "bank", lambda _: None).follow()

    assert stated == ["展期", "贷前审查"]


def test_a_case_is_registered_once_and_its_call_has_one_id_for_one_content(journal, tmp_path):
    cases = Cases()
    engine = Enforcement(cases, journal, rules_of("lending"), "enforce", lambda: NOW)
    assert register(cases, engine, act())
    assert not register(cases, engine, act())
    with Journal(tmp_path / "lost.db") as lost:
        register(cases, Enforcement(cases, lost, engine.rules, "enforce", lambda: NOW), act())
        register(cases, Enforcement(cases, lost, engine.rules, "enforce", lambda: NOW), act("HT-2"))

    first, again, other = cases.opened
    assert first == again
    assert other.request_id != first.request_id
    assert first.terms.applicants[0].enterprise.uscc == BORROWER
    assert first.terms.decision_point == common_pb2.DECISION_POINT_LENDING_RENEWAL


def test_a_wage_account_is_no_case_to_follow(journal):
    cases = Cases()
    engine = Enforcement(cases, journal, rules_of("lending"), "enforce", lambda: NOW)

    with pytest.raises(QuestionRefusedError, match="X-20"):
        register(cases, engine, Act(Case("HT-1", "zhao.min"), WAGE_ACCOUNT, Applicant(Party(BORROWER))))
    assert cases.opened == []


def test_no_journal_keeps_a_residents_number_of_a_case(journal):
    cases = Cases()
    engine = Enforcement(cases, journal, rules_of("lending"), "enforce", lambda: NOW)

    with pytest.raises(QuestionRefusedError):
        register(cases, engine, act(officer="11010519491231002X"))
    assert journal.watched.registered(engine.rules.area, "HT-1", "") == ()


@pytest.mark.parametrize("left", [b"", b'{"sequence": 1}\n', b'{"sequence": 1}\n{"sequ', b"x" * 5000])
def test_half_a_line_is_taken_off_and_whole_ones_stay(journal, tmp_path, left):
    path = tmp_path / "events.jsonl"
    path.write_bytes(left)
    whole = left[: left.rfind(b"\n") + 1]
    with FileLines(path) as lines:
        watcher(Cases(heartbeat(0), event(1)), journal, lines).follow()

    found = path.read_bytes()
    assert found.startswith(whole)
    (line,) = found[len(whole) :].splitlines()
    assert json.loads(line)["caseRef"] == "HT-1"


def test_two_processes_do_not_write_one_file(tmp_path):
    with FileLines(tmp_path / "events.jsonl"), pytest.raises(BlockingIOError):
        FileLines(tmp_path / "events.jsonl")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM case_event",
        "UPDATE case_event SET uscc = 'x'",
        "DELETE FROM case_event_step",
        "UPDATE case_event_step SET step = 'TOLD'",
        "DELETE FROM watched_case",
        "UPDATE watched_case SET lead = 'x'",
    ],
)
def test_what_is_on_record_of_an_event_is_never_changed(journal, statement):
    watcher(Cases(heartbeat(0), event(1)), journal, lambda _: None).follow()

    with pytest.raises(Exception, match="append only"), journal._writing() as connection:
        connection.execute(statement)
