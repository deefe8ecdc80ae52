"""Kill −9 of a deciding system while nobody answers, and while it asks again: no pending check is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from adapters.journal import Journal
from adapters.pending import pending_results

ROOT = Path(__file__).parents[2]
PROCESS = """
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import grpc
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.bidding import REGISTRATION, bidding_rules
from adapters.enforcement import Enforcement
from adapters.errors import GatewayError
from adapters.journal import Journal
from adapters.pending import make_pending
from adapters.questions import Applicant, Case, Party


class Away:
    asserts_officers = False

    def check(self, request):
        raise GatewayError(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", {}, "away")


class Back:
    def check(self, request):
        print("asked", request.question.case_ref, flush=True)
        now = datetime.now(UTC)
        response = credit_pb2.CheckEligibilityResponse()
        response.decision.verdict = common_pb2.VERDICT_CLEAR
        response.decision.enterprise.uscc = request.enterprise.uscc
        response.decision.valid_until.FromDatetime(now + timedelta(hours=1))
        response.basis.as_of.FromDatetime(now)
        response.audit_position.writer = "w1"
        response.audit_position.leaf_hash = bytes(32)
        return response


what, path, first = sys.argv[1:]
rules = bidding_rules(timedelta(days=15), timedelta(days=30))
journal = Journal(Path(path))
print("ready", flush=True)
if what == "ask":
    asking = Enforcement(Away(), journal, rules, "enforce")
    for number in count(int(first)):
        case = Case(f"T-{number}", "li.wei")
        (error,) = asking.check_all(case, REGISTRATION, [Applicant(Party("91420399MA00K2UM2D"))]).results
        print("told", case.case_ref, error.pending, flush=True)
else:
    # Whoever was killed over a question left it without a word: here it counts as left behind at once.
    make_pending(Back(), journal, lambda: datetime.now(UTC), timedelta(0))
    print("done", flush=True)
"""
KILLS = 3


def lines_until_killed(what, path, first, chance):
    """Start a process, kill it after some of its words, and return them; all of them where it was done before."""
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS, what, str(path), str(first)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout.readline() == "ready\n"
        said = []
        for _ in range(chance.randint(1, 30)):
            line = process.stdout.readline().split()
            if line in ([], ["done"]):
                break
            said.append(line)
        os.kill(process.pid, signal.SIGKILL)
        said += [line.split() for line in process.stdout]
    return [line for line in said if line and line != ["done"]]


def test_every_check_that_anybody_was_told_of_is_pending_and_made_whoever_is_killed_when(tmp_path):
    chance, path = random.Random(11), tmp_path / "journal.db"  # noqa: S311 - when to kill is no secret
    told = []
    for _ in range(KILLS):
        told += lines_until_killed("ask", path, len(told), chance)
    asked = Counter()
    for _ in range(KILLS):
        asked.update(case for _, case, *_ in lines_until_killed("make", path, 0, chance))
    finished = subprocess.run(
        [sys.executable, "-c", PROCESS, "make", str(path), "0"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    asked.update(line.split()[1] for line in finished.stdout.splitlines() if line.startswith("asked"))

    with Journal(path) as journal:
        assert journal.pending.waiting() == 0
        results = list(pending_results(journal))
    settled = {result.settled.check.number: result.settled.check.case_ref for result in results}
    assert len(told) > KILLS
    assert {int(number): case for _, case, number in told} == {
        number: settled.get(number) for number in (int(number) for _, _, number in told)
    }
    # Who was killed over a question while it was asked again may have asked that one twice, and no other.
    assert sum(asked.values()) <= len(settled) + KILLS
