"""The outcome duty: what was done with an answer is reported from the journal, once, whatever happens in between."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from jointsanctions.v1 import outcome_pb2 as pb
from test_adapters_bidding import PROJECT, WINNER, platform  # noqa: F401
from test_adapters_journal import ANSWER, QUESTION, answered
from test_adapters_peer import CONDITIONAL, REVIEW, at_the_wire, client, code, engine, journal, peer, reviewed  # noqa: F401
from test_adapters_reviewed_award import conditional_award

from adapters.entries import Outcome, OutcomeKind
from adapters.errors import GatewayError
from adapters.journal import Journal
from adapters.outcomes import part_of, report_of, report_outcomes

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Gateway:
    """Takes outcomes; fails or refuses those whose place is named."""

    def __init__(self, **errors):
        self.taken = []
        self._errors = errors

    def report_outcome(self, request):
        code, reason = self._errors.pop(f"at_{len(self.taken)}", (None, ""))
        if code is not None:
            raise GatewayError(code, reason, {}, "no")
        self.taken.append(request)
        return pb.ReportOutcomeResponse()


def done(journal, *kinds, **details):
    """Record an answered question and what was done with its answer."""
    number = answered(journal)
    journal.record_outcomes([Outcome(number, NOW, kind, "Li", details) for kind in kinds])
    return number


def owed(journal):
    return [each.outcome.kind for each in journal.outcomes_to_report()]


def test_what_was_done_is_reported_with_the_position_of_its_answer(journal):
    done(journal, OutcomeKind.RESTRICTED, reason="RESTRICTED")
    (sent,) = [report_of(each) for each in journal.outcomes_to_report()]
    assert (sent.area, sent.decision_point) == (QUESTION.area, QUESTION.decision_point)
    assert (sent.case_ref, sent.officer, sent.uscc) == ("T-1", "Li", "B")
    position = ANSWER.position
    assert sent.answer == pb.AnswerPosition(
        writer=position.writer, number=position.number, leaf_hash=position.leaf_hash, line_hash=position.line_hash
    )
    assert (sent.outcome, sent.decided_on, sent.note) == (
        pb.OUTCOME_KIND_REFUSED,
        "2026-11-24",
        "reason: RESTRICTED",
    )


def test_each_is_reported_once_in_order(journal):
    done(journal, OutcomeKind.FULFILLED, OutcomeKind.GRANTED, review_reason="seen")
    gateway = Gateway()
    assert len(report_outcomes(gateway, journal).taken) == 2
    assert [each.outcome for each in gateway.taken] == [
        pb.OUTCOME_KIND_CONDITIONS_FULFILLED,
        pb.OUTCOME_KIND_GRANTED,
    ]
    assert report_outcomes(gateway, journal).taken == ()
    assert journal.outcomes_owed() == ()


def test_that_one_answer_did_not_stop_is_told_once_however_many_reasons_there_were(journal):
    done(journal, OutcomeKind.OBSERVED, OutcomeKind.OBSERVED, reason="RESTRICTED")
    done(journal, OutcomeKind.OBSERVED)
    gateway = Gateway()
    report_outcomes(gateway, journal)
    assert [each.outcome for each in gateway.taken] == [pb.OUTCOME_KIND_NOT_STOPPED] * 2
    assert owed(journal) == []
    assert journal.outcomes_owed() == ()


def test_a_part_is_sent_as_it_is_and_a_long_one_as_its_hash(journal):
    long = ["第一标段" * 8, "第一标段" * 8 + "之二"]
    assert part_of("第二期") == "第二期"
    assert len({part_of(each) for each in long} | {part_of("a\nb"), part_of("a b")}) == 4
    assert all(len(part_of(each).encode()) <= 64 for each in long)


def test_each_part_is_reported_as_its_own(journal):
    parts = ["", "第二期", "第一标段" * 8]
    for part in parts:
        number = answered(journal, question=QUESTION._replace(part=part))
        journal.record_outcomes([Outcome(number, NOW, OutcomeKind.GRANTED, "Li", {})])
    gateway = Gateway()
    report_outcomes(gateway, journal)
    assert [each.part for each in gateway.taken] == [part_of(each) for each in parts]


def test_what_was_decided_about_a_person_is_kept_and_never_owed(journal):
    number = answered(journal, question=QUESTION._replace(lead="", parties=frozenset()))
    journal.record_outcomes([Outcome(number, NOW, OutcomeKind.GRANTED, "Li", {})])
    assert OutcomeKind.GRANTED in journal.answer_to(number).outcomes
    assert (journal.outcomes_owed(), journal.outcomes_to_report()) == ((), ())


def test_a_gateway_that_is_away_is_asked_again_with_the_very_same_report(journal):
    done(journal, OutcomeKind.RESTRICTED, OutcomeKind.OBSERVED)
    away = Gateway(at_1=(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER"))
    before = [report_of(each) for each in journal.outcomes_to_report()]
    with pytest.raises(GatewayError):
        report_outcomes(away, journal)
    assert owed(journal) == [OutcomeKind.OBSERVED]
    done(journal, OutcomeKind.FULFILLED, review_reason="later")
    gateway = Gateway()
    report_outcomes(gateway, journal)
    assert gateway.taken[0] == before[1]


def test_a_fulfilment_that_comes_later_does_not_change_what_is_reported_of_an_earlier_one(journal):
    number = done(journal, OutcomeKind.FULFILLED, review_reason="first")
    before = report_of(journal.outcomes_to_report()[0])
    journal.record_outcomes([Outcome(number, NOW, OutcomeKind.FULFILLED, "Li", {"review_reason": "second"})])
    first, second = (report_of(each) for each in journal.outcomes_to_report())
    assert first == before
    assert [each.conditions[0].text for each in (first, second)] == ["first", "second"]


def test_a_report_that_is_refused_stays_owed_and_holds_up_no_other(journal):
    done(journal, OutcomeKind.RESTRICTED)
    done(journal, OutcomeKind.OBSERVED)
    found = report_outcomes(Gateway(at_0=(grpc.StatusCode.NOT_FOUND, "ENTERPRISE_NOT_FOUND")), journal)
    assert [each.error.reason for each in found.refused] == ["ENTERPRISE_NOT_FOUND"]
    assert [each.outcome.kind for each in found.taken] == [OutcomeKind.OBSERVED]
    assert owed(journal) == [OutcomeKind.RESTRICTED]


def test_a_status_that_somebody_else_sent_is_no_refusal(journal):
    done(journal, OutcomeKind.RESTRICTED)
    with pytest.raises(GatewayError):
        report_outcomes(Gateway(at_0=(grpc.StatusCode.NOT_FOUND, "NO_ANSWER")), journal)
    assert owed(journal) == [OutcomeKind.RESTRICTED]


def test_a_conditional_award_is_reported_with_the_conditions_of_the_review_that_served(platform, peer, journal):
    clearance = conditional_award(platform, peer).fulfil(officer_review=reviewed())
    platform.award(PROJECT, WINNER, "Li", clearance)
    gateway = Gateway()
    report_outcomes(gateway, journal)
    granted = gateway.taken[-1]
    assert granted.outcome == pb.OUTCOME_KIND_GRANTED_WITH_CONDITIONS
    (condition,) = granted.conditions
    assert (condition.kind, condition.text) == (pb.FULFILMENT_KIND_OFFICER_REVIEW, reviewed().reason)
    assert len({each.request_id for each in gateway.taken}) == len(gateway.taken)


def test_no_decision_is_reported_before_its_answer_where_our_clock_is_behind_at_midnight(journal):
    midnight = datetime(2026, 11, 24, 16, tzinfo=UTC)
    number = answered(journal, answer=ANSWER._replace(as_of=midnight))
    late = midnight - timedelta(seconds=30)
    journal.record_outcomes([Outcome(number, late, OutcomeKind.GRANTED, "Li", {})])
    assert report_of(journal.outcomes_to_report()[0]).decided_on == "2026-11-25"


def test_a_long_reason_is_cut_to_what_the_gateway_takes(journal):
    done(journal, OutcomeKind.FULFILLED, review_reason="已核实\n" * 60)
    (condition,) = report_of(journal.outcomes_to_report()[0]).conditions
    assert len(condition.text.encode()) <= 256
    assert condition.text.isprintable()
    assert condition.text.endswith("…")


KILLED = """
import os, signal, sys
from pathlib import Path
from jointsanctions.v1 import outcome_pb2 as pb
from adapters.journal import Journal
from adapters.outcomes import report_outcomes

class Gateway:
    def report_outcome(self, request):
        with open(sys.argv[2], "ab") as taken:
            taken.write(request.SerializeToString(deterministic=True).hex().encode() + b"\\n")
        os.kill(os.getpid(), signal.SIGKILL)

report_outcomes(Gateway(), Journal(Path(sys.argv[1])))
"""


def test_whoever_is_killed_between_the_report_and_its_mark_reports_the_same_again(tmp_path):
    path, taken = tmp_path / "journal.db", tmp_path / "taken"
    with Journal(path) as journal:
        done(journal, OutcomeKind.GRANTED)
    for _ in range(2):
        killed = subprocess.run([sys.executable, "-c", KILLED, path, taken], check=False, env=dict(os.environ))
        assert killed.returncode == -signal.SIGKILL
    first, second = taken.read_text(encoding="ascii").splitlines()
    assert first == second
    with Journal(Path(path)) as journal:
        gateway = Gateway()
        assert len(report_outcomes(gateway, journal).taken) == 1
    assert gateway.taken[0] == pb.ReportOutcomeRequest.FromString(bytes.fromhex(first))
