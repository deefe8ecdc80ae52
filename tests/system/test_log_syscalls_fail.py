"""What is signed is sound, whichever system call of a round of integration fails, or is the last one of the process.

strace lets the n-th call of a kind fail, or kills the process there, for every n that a round has. After a kill,
whatever of the log's database had not been synced is dropped, as a machine does that loses its power.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from audit_calls import BATCH, DRAFT, record
from victims import Victims
from whole_states import flaws_in, log_folder, make_state, site_in, verified

from formats.checkpoint import Checkpoint

pytestmark = pytest.mark.timeout(1800)
CALLS = ("pwrite64", "fdatasync", "fsync", "write", "rename", "openat")
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "killed": "signal=KILL"}
STEP = 5
"""Entries of each round: now and then a tile becomes full meanwhile."""
WRITTEN = re.compile(r"pwrite64\(\d+<[^>]*/log\.sqlite-wal>, .*, (\d+), (\d+)(?:\)| <unfinished)")
SYNCED = re.compile(r"fdatasync\(\d+<[^>]*/log\.sqlite-wal>.*= 0$")


class Rounds:
    """One log that grows in rounds, each of them disturbed, and every checkpoint that came of it."""

    def __init__(self, folder):
        self.state = folder / "state"
        make_state(self.state)
        self.victims = Victims(folder)
        self.trace = folder / "trace"
        self.log = self.state / "log.sqlite-wal"
        self.seen = {}
        self.disturbed = 0

    def round(self, injected=""):
        """Integrate what is new in a process of its own, and return its exit code and the lines of its trace."""
        with site_in(self.state) as site:
            record(site.place, *[DRAFT] * (STEP - 1), BATCH, writer="gw1-0")
        synced = self.log.stat().st_size if self.log.exists() else 0
        victim = self.victims.start("round", self.state, "stopped")
        self._trace(victim, injected)
        code = victim.wait()
        for size, root in victim.told:
            assert self.seen.setdefault(size, root) == root
        lines = self.trace.read_text(encoding="ascii", errors="replace").splitlines()
        if code == -signal.SIGKILL and self.log.exists():
            os.truncate(self.log, min(self.log.stat().st_size, last_synced(lines, synced)))
        return code, lines

    def _trace(self, victim, injected):
        how = ["-f", "-y", "-s", "0", "-o", self.trace, "-e", f"trace={','.join(CALLS)}"]
        how += ["-e", f"inject={injected}"] if injected else []
        while not stopped(victim.pid):
            assert not victim.ended()
        with subprocess.Popen(
            ["/usr/bin/strace", "-p", str(victim.pid), *how], stderr=subprocess.PIPE, text=True
        ) as strace:
            said = strace.stderr.readline()
            assert "attached" in said, said
            os.kill(victim.pid, signal.SIGCONT)
            strace.communicate(timeout=60)

    def check(self):
        """What is published is signed and sound, and nothing that was ever published is contradicted."""
        if not any((self.state / "log").glob("*/checkpoint")):
            return
        report = verified(log_folder(self.state))
        assert report.flaws == []
        assert self.seen.setdefault(report.checkpoint.size, report.checkpoint.root) == report.checkpoint.root


def stopped(pid):
    """Return whether a process stands still."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"


def last_synced(trace, size):
    """Return how long the database's log was when it was last synced; *size* when that was before the trace."""
    written = size
    for line in trace:
        if found := WRITTEN.search(line):
            written = max(written, sum(map(int, found.groups())))
        elif SYNCED.search(line):
            size = written
    return size


@pytest.mark.parametrize("call", CALLS)
def test_no_call_of_a_round_that_fails_or_is_the_last_makes_a_checkpoint_unsound(tmp_path, call):
    rounds = Rounds(tmp_path)
    assert rounds.round()[0] == 0
    code, lines = rounds.round()
    assert code == 0
    made = sum(bool(re.search(rf"\b{call}\(", line)) for line in lines)
    assert made > 0
    for said in FAULTS.values():
        for number in range(1, made + 1):
            code, lines = rounds.round(f"{call}:{said}:when={number}")
            rounds.check()
            rounds.disturbed += code != 0
    assert rounds.disturbed > made, "hardly anything was disturbed"
    code, _ = rounds.round()
    assert code == 0, rounds.victims.complaints()
    rounds.check()
    assert flaws_in(rounds.state) == []
    assert verified(log_folder(rounds.state)).checkpoint.size == max(rounds.seen)
    assert report_of_all(rounds) == []
    rounds.victims.close()


def report_of_all(rounds):
    """Return what contradicts any checkpoint that was ever told or published."""
    folder = log_folder(rounds.state)
    origin = verified(folder).checkpoint.origin
    return verified(folder, [Checkpoint(origin, size, root) for size, root in rounds.seen.items()]).flaws
