"""What was answered is on record, whichever system call of the audit queue fails, or is the last one of the process.

strace lets the n-th call on the queue's files fail, or kills the process there. After a kill, whatever had not been
synced is dropped, as a machine does that loses its power.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
import pytest
from e2e.served import BIDDING, CHECK, WRITER, award, gateway_in, new_party, outcome_of, prepared
from jointsanctions.v1 import credit_pb2
from launcher import Launcher

from gateway.storage.audit_verify import flaw

pytestmark = pytest.mark.timeout(900)
CLIENTS = 4
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "killed": "signal=KILL"}
EVERY = {"pwrite64": range(1, 17), "fdatasync": range(1, 5)}
"""Calls of the first commits, which are some ten writes and one sync each."""
LATER = {"pwrite64": range(17, 900), "fdatasync": range(5, 90)}
"""From these some are drawn. All come before the log is written from its beginning again."""
DRAWN = 2
GONE = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
"""What reaches a server after it has begun to stop is cancelled by gRPC itself."""
TRACEABLE = (
    "import ctypes, os; any_process = ctypes.c_ulong(-1); "
    "os.register_at_fork(after_in_child=lambda: ctypes.CDLL(None).prctl(0x59616D61, any_process, 0, 0, 0))\n"
)
"""PR_SET_PTRACER: strace is no parent of the gateway, and some kernels let only parents look."""
WRITTEN = re.compile(r"pwrite64\(\d+<[^>]*-wal>, .*, (\d+), (\d+)(?:\)| <unfinished)")
SYNCED = re.compile(r"fdatasync.*= 0$")


class Trials:
    """One queue that is served, disturbed and served again, and every answer that came of it."""

    def __init__(self, folder, launcher):
        self.folder, self.launcher = folder, launcher
        self.queue = prepared(folder, {}).state / "audit" / f"{WRITER}.sqlite"
        self.log = self.queue.with_name(f"{self.queue.name}-wal")
        self.trace = folder / "trace"
        self.answers = []

    def disturb(self, call, fault, number):
        """Serve and ask until the *number*-th *call* on the queue meets its *fault*."""
        with gateway_in(self.folder, filled=False, serve=self.launcher.serving) as gateway:
            synced = self.log.stat().st_size
            with self._traced(f"{call}:{FAULTS[fault]}:when={number}"), ThreadPoolExecutor(CLIENTS) as pool:
                for answers in pool.map(self._ask_until_refused, [gateway] * CLIENTS):
                    self.answers += answers
                assert gateway.process.wait() == (-9 if fault == "killed" else 1)
        met = self.trace.read_text(encoding="ascii")
        assert ("killed by SIGKILL" if fault == "killed" else f"{fault} ") in met
        if fault == "killed":
            os.truncate(self.log, last_synced(met.splitlines(), synced))

    @contextmanager
    def _traced(self, injected):
        files = ["-P", self.queue, "-P", self.log]
        how = ["-y", "-s", "0", "-o", self.trace, "-e", "trace=pwrite64,fdatasync", "-e", f"inject={injected}"]
        command = ["/usr/bin/strace", "-f", "-p", str(self.launcher.pid), *files, *how]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
            said = strace.stderr.readline()
            assert "attached" in said, said
            yield
            strace.communicate()

    @staticmethod
    def _ask_until_refused(gateway):
        answers = []
        with gateway.new_channel(BIDDING) as channel:
            while True:
                sent = award(new_party().uscc).SerializeToString()
                outcome = outcome_of(channel.unary_unary(CHECK, None, None), sent)
                if not outcome.ok:
                    assert outcome.code in GONE, outcome.text()
                    assert outcome.answer == b""
                    return answers
                answers.append(credit_pb2.CheckEligibilityResponse.FromString(outcome.answer).audit_position)

    def unrecorded(self):
        """Return the answers that are not on record, and how many entries there are."""
        with gateway_in(self.folder, filled=False, serve=self.launcher.serving) as gateway:
            entries = gateway.entries()
        assert [entry.number for entry in entries] == list(range(len(entries)))
        assert not [wrong for entry in entries if (wrong := flaw(entry))]
        leaves = dict(enumerate(entry.leaf for entry in entries))
        return [position for position in self.answers if leaves.get(position.number) != position.leaf_hash]


def last_synced(trace, size):
    """Return how long the log was when it was last synced; *size* when that was before the trace."""
    written = size
    for line in trace:
        if found := WRITTEN.search(line):
            written = max(written, sum(map(int, found.groups())))
        elif SYNCED.search(line):
            size = written
    return size


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", EVERY)
def test_no_answer_is_without_its_record_whichever_call_fails(tmp_path, call, fault):
    randomness = random.Random(f"{call} {fault}")  # noqa: S311 - where to fail is no secret
    numbers = [*EVERY[call], *randomness.sample(LATER[call], DRAWN)]
    log = prepared(tmp_path, {}).state / "gateway.log"
    with log.open("ab") as sink:
        launcher = Launcher(sink, TRACEABLE)
        trials = Trials(tmp_path, launcher)
        for number in numbers:
            trials.disturb(call, fault, number)
        assert trials.unrecorded() == []
        launcher.close()
    assert len(trials.answers) > len(numbers)
