"""The load under which something evil is done: callers that store and ask without a pause, and keep all they were told.

Each caller lists one enterprise after another and asks about it, with the revision that the listing was stored under,
at every node. What was not answered is stored again under the same request id, at last at another node. Beside them a
watcher of each node asks it about an enterprise with nothing against it: by its answers the node is there or not.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

import grpc
from e2e.served import BIDDING, CHECK, HRSS, REGISTRAR, SUBMIT, award, new_party, today
from e2e.submissions import chunk, numbered
from jointsanctions.v1 import common_pb2, credit_pb2, listing_pb2, registry_pb2
from new_enemy import Told

from gateway.sample.records import act, listing, profile

CLEAR = common_pb2.VERDICT_CLEAR
ASK_SECONDS = 2.0
STORE_SECONDS = 5.0
PAUSE_SECONDS = 0.05
"""After what was not answered, and of a watcher between two questions."""
TRIES_AT_ONE = 2
PATIENCE = 120.0


class Asked(NamedTuple):
    """One question: during what, of which node, in which case, when it was sent and what it took, and what came."""

    during: str
    node: str
    case: str
    digest: str
    sent: float
    took: float
    code: grpc.StatusCode
    told: Told | None
    """None where nobody was answered."""
    position: tuple[str, int, str] | None
    """Writer, number and leaf of its entry."""


class Stored(NamedTuple):
    """One submission that was acknowledged: by which node, and since when it was tried, and which revision it took."""

    during: str
    node: str
    request_id: str
    uscc: str
    acts: int
    revision: int
    begun: float
    acknowledged: float
    position: tuple[str, int, str]


@dataclass
class Load:
    """Callers of all *nodes* and what they were told; ``during`` is what is being done meanwhile."""

    nodes: list
    during: str = "nothing"
    asked: list[Asked] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)
    failed: Counter = field(default_factory=Counter)
    """What was refused or failed: during what, at which node, by its status."""
    unanswered: Counter = field(default_factory=Counter)
    """Acts of an enterprise that were sent and, when all ended, not acknowledged."""
    faults: list = field(default_factory=list)
    """What ended a caller that should not have ended."""
    cases: itertools.count = field(default_factory=itertools.count)
    ending: threading.Event = field(default_factory=threading.Event)
    threads: list = field(default_factory=list)

    def start(self, callers):
        """Begin: a watcher of each node, then so many callers, of whom each stores at one node first."""
        clear = new_party()
        self._store(self.nodes[0], clear, REGISTRAR, [profile(clear, _before(90))])
        for node in self.nodes:
            self._run(self._watch, node, clear)
        for number in range(callers):
            self._run(self._live, number)

    def stop(self):
        """End, once what is under way is answered or was not."""
        self.ending.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        assert not self.faults, self.faults

    def wait(self, what, least):
        """Wait until *what* holds; it must before *least* seconds have passed."""
        until = time.monotonic() + least
        while not (found := what()):
            assert not self.faults, self.faults
            assert time.monotonic() < until, self.failed
            time.sleep(0.01)
        return found

    def answering_since(self, node, moment):
        """Return when a node first answered that somebody is clear who asked after *moment*; None when it has not."""
        recent = itertools.takewhile(lambda each: each.sent >= moment - STORE_SECONDS, reversed(list(self.asked)))
        ends = [
            each.sent + each.took
            for each in recent
            if each.node == node.name and each.sent >= moment and each.told and each.told.verdict == CLEAR
        ]
        return min(ends, default=None)

    def storing_since(self, node, moment):
        """Return when a node first acknowledged what was sent after *moment*; None when it has not."""
        ends = [each.acknowledged for each in self.stored if each.node == node.name and each.begun >= moment]
        return min(ends, default=None)

    def held_up_since(self, moment):
        """Return the longest time since *moment* in which nothing was acknowledged by any node."""
        ends = sorted(each.acknowledged for each in list(self.stored) if each.acknowledged > moment)
        return max(two - one for one, two in pairwise([moment, *ends, time.monotonic()]))

    def _run(self, what, *arguments):
        thread = threading.Thread(target=self._kept, args=(what, *arguments), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _kept(self, what, *arguments):
        try:
            while not self.ending.is_set():
                what(*arguments)
        except Exception as error:  # noqa: BLE001 - told by whoever waits
            self.faults.append(repr(error))

    def _watch(self, node, party):
        # A line of its own each time that nothing came: a new caller is who finds out whether a node is there.
        with node.new_channel(BIDDING) as channel:
            ask = channel.unary_unary(CHECK, None, None)
            while not self.ending.wait(PAUSE_SECONDS):
                if self._ask(node, party, "granted", 0, ask).told is None:
                    return

    def _live(self, number):
        party, home = new_party(), self.nodes[number % len(self.nodes)]
        key = f"{party.uscc}-L"
        repair = act(party, key, listing_pb2.LISTING_ACT_KIND_REPAIR, today())
        steps = (
            ("granted", REGISTRAR, [profile(party, _before(90))]),
            ("listed", HRSS, list(listing(party, key, _before(30)))),
            ("repaired", HRSS, [repair]),
        )
        for step, who, records in steps:
            token = self._store(home, party, who, records)
            for node in self.nodes:
                if token is None:
                    return
                self._ask(node, party, step, token)

    def _ask(self, node, party, step, token, ask=None):
        case = f"E-{next(self.cases)}"
        request = award(party.uscc, case_ref=case)
        request.question.at_least_as_fresh = token
        sent, during, begun = request.SerializeToString(), self.during, time.monotonic()
        code, answer = answer_of(ask or node.call(CHECK, BIDDING, "unary"), sent, ASK_SECONDS)
        told = position = None
        if answer is not None:
            whole = credit_pb2.CheckEligibilityResponse.FromString(answer)
            doubts, same_node = tuple(whole.decision.unverifiable_because), False
            told = Told(step, same_node, token, whole.basis.data_revision, whole.decision.verdict, doubts)
            position = _place(whole.audit_position)
        took, digest = time.monotonic() - begun, hashlib.sha256(sent).hexdigest()
        asked = Asked(during, node.name, case, digest, begun, took, code, told, position)
        self.asked.append(asked)
        if told is None:
            self._missed(during, node, code)
        return asked

    def _store(self, home, party, who, records):
        """Send the same until it is answered, as whoever has no answer does; return the revision, None at the end."""
        feed = "market_regulation" if who == REGISTRAR else "wage_list"
        sent = chunk(numbered(records), feed)
        acts = sum(1 for each in records if each.HasField("listing_act"))
        at = self.nodes.index(home)
        for tries in itertools.count():
            node = self.nodes[(at + tries // TRIES_AT_ONE) % len(self.nodes)]
            during, begun = self.during, time.monotonic()
            call = node.call(SUBMIT, who, "stream")
            code, answer = answer_of(call, iter([sent.SerializeToString()]), STORE_SECONDS)
            if answer is not None:
                whole = registry_pb2.SubmitRecordsResponse.FromString(answer)
                assert not whole.rejected, whole
                place, now = _place(whole.audit_position), time.monotonic()
                revision = whole.data_revision
                self.stored.append(
                    Stored(during, node.name, sent.request_id, party.uscc, acts, revision, begun, now, place)
                )
                return revision
            self._missed(during, node, code)
            if self.ending.is_set():
                self.unanswered[party.uscc] += acts
                break
        return None

    def _missed(self, during, node, code):
        self.failed[during, node.name, code.name] += 1
        self.ending.wait(PAUSE_SECONDS)


def answer_of(call, sent, seconds):
    """Return the status of a call and the answer's bytes, None where there is none."""
    try:
        return grpc.StatusCode.OK, call(sent, timeout=seconds)
    except grpc.RpcError as error:
        return error.code(), None


def _before(days):
    return today() - timedelta(days=days)


def _place(position):
    return position.writer, position.number, position.leaf_hash.hex()
