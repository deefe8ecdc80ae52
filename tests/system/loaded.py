"""Load on two nodes that remembers what it was told: each acknowledged record, each answer, and when they came."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from e2e.served import BIDDING, HRSS, REGISTRAR, award, new_party, today
from e2e.submissions import chunk, numbered, submit
from jointsanctions.v1 import common_pb2

from adapters.client import ClientSettings, GatewayClient
from adapters.errors import GatewayError
from gateway.sample.records import listing, profile

PATIENCE = 120.0
BEFORE = timedelta(days=30)
ENTERPRISES = 900
"""With nothing against them at first: whoever of them is not listed is cleared."""
PAUSE = 0.1
"""Between two calls of one worker: the machine has other things to do, and so has whatever is killed."""


class Told(NamedTuple):
    """An answer that came: when (monotonic), about whom, where it is on record, and its verdict; None of a record."""

    at: float
    uscc: str
    position: common_pb2.AuditPosition
    verdict: int | None


class Worker(threading.Thread):
    """Does *work*, which returns what was told, again and again; what got no answer is counted."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self._work = work
        self._ending = threading.Event()
        self.told: list[Told] = []
        self.failed = 0
        self.broke = None

    def run(self):
        try:
            while not self._ending.wait(PAUSE):
                try:
                    self.told.append(self._work())
                except GatewayError:
                    self.failed += 1
        except Exception as error:  # noqa: BLE001 - the test that joins it fails of it
            self.broke = error

    def stop(self):
        self._ending.set()
        self.join(PATIENCE)
        assert not self.is_alive()
        assert self.broke is None, repr(self.broke)


class Load:
    """Two workers that store and two that ask about what was acknowledged, through both nodes."""

    def __init__(self, storing, asking, parties):
        self._storing, self._asking = storing, asking
        self._parties = iter(parties)
        self.acknowledged = {}
        """Each enterprise that is listed by an acknowledged record, with its revision."""
        self._repeated = threading.local()
        self.writers = [Worker(self._store) for _ in range(2)]
        self.askers = [Worker(self._ask) for _ in range(2)]

    @property
    def workers(self):
        return [*self.writers, *self.askers]

    def _store(self):
        # What got no answer is sent again as it was, as whoever has no answer does.
        waiting = getattr(self._repeated, "sent", None)
        if waiting is None:
            party = next(self._parties)
            waiting = party.uscc, chunk(numbered(listing(party, f"{party.uscc}-L", today() - BEFORE)), "wage_list")
            self._repeated.sent = waiting
        uscc, sent = waiting
        answer = self._storing.submit(iter([sent]))
        self._repeated.sent = None
        self.acknowledged[uscc] = answer.data_revision
        return Told(time.monotonic(), uscc, answer.audit_position, None)

    def _ask(self):
        uscc, revision = random.choice(list(self.acknowledged.items()))  # noqa: S311 - no secret
        request = award(uscc)
        request.question.at_least_as_fresh = revision
        answer = self._asking.check(request)
        return Told(time.monotonic(), uscc, answer.audit_position, answer.decision.verdict)

    def until_further(self, calls=3):
        """Wait until each worker has been told *calls* things more."""
        before = [len(each.told) for each in self.workers]
        until = time.monotonic() + PATIENCE
        while any(len(each.told) < seen + calls for each, seen in zip(self.workers, before, strict=True)):
            assert time.monotonic() < until, [(len(each.told), each.failed, each.broke) for each in self.workers]
            time.sleep(0.02)

    def told(self):
        return [told for each in self.workers for told in each.told]


def longest_gap(workers):
    """Return the longest time (seconds) in which none of *workers* was told anything."""
    moments = sorted(told.at for each in workers for told in each.told)
    return max(later - earlier for earlier, later in pairwise(moments))


def told_between(workers, begin, end):
    """Return what *workers* were told from *begin* to *end* (monotonic)."""
    return [told for each in workers for told in each.told if begin <= told.at <= end]


def _registered(nodes):
    """Return enterprises that are registered now, the last of which is cleared."""
    parties = [new_party() for _ in range(ENTERPRISES)]
    records = numbered([profile(party, today()) for party in parties])
    node = nodes.nodes[0]
    stored = submit(node, chunk(records, "market_regulation"), who=REGISTRAR)
    request = award(parties.pop().uscc)
    request.question.at_least_as_fresh = stored.data_revision
    until = time.monotonic() + PATIENCE
    while (decision := node.callers.as_caller(BIDDING).check(request).decision).verdict != common_pb2.VERDICT_CLEAR:
        assert time.monotonic() < until, decision
    return parties


def _client(nodes, who):
    first = nodes.nodes[0]
    first.credentials(who)
    file = first.callers.file
    return GatewayClient(
        ClientSettings(
            target=",".join(f"127.0.0.1:{node.port}" for node in nodes.nodes),
            ca_file=file.ca_bundle,
            certificate_file=file.certificates / f"{who}.pem",
            key_file=file.certificates / f"{who}.key",
            server_name=file.server_name,
            deadline_seconds=5.0,
        )
    )


@contextmanager
def loaded(nodes):
    """Give a load on *nodes* that goes on until the end, or until an error."""
    with _client(nodes, HRSS) as storing, _client(nodes, BIDDING) as asking:
        load = Load(storing, asking, _registered(nodes))
        load._store()
        for each in load.workers:
            each.start()
        try:
            yield load
        finally:
            for each in load.workers:
                each.stop()
