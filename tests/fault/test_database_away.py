"""A node that loses the database says so within a second, clears nobody, and is back when the database is."""

from __future__ import annotations

import threading
import time

import grpc
import pytest
from e2e.nodes import nodes_in, supervised
from e2e.served import CHECK, award, new_party
from e2e.submissions import chunk, listings_of, submit
from grpc_health.v1 import health_pb2
from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.sample.records import profile

BOUND_SECONDS = 1.0
SLACK_SECONDS = 0.5
"""For a machine that others use: of the call itself, which is no part of the bound."""
LATEST_SECONDS = 10.0
"""For the few calls in the midst of which such a machine did something else; nobody told would wait twice as long."""
PATIENCE = 60.0
HEALTH = "/grpc.health.v1.Health/Check"
CLEAR, RESTRICTED = common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_RESTRICTED


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    """Two nodes, the second of which is started again whenever it ends."""
    with nodes_in(tmp_path_factory.mktemp("away")) as nodes:
        nodes.start()
        nodes.start(serve=supervised)
        yield nodes


class Asking:
    """Asks one node about one enterprise again and again, without retries: when, what came, how long it took."""

    def __init__(self, node, party):
        self.told = []
        self._node = node
        self._request = award(party.uscc)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()

    def _ask(self):
        while not self._ending.is_set():
            sent = time.monotonic()
            outcome = self._node.send(CHECK, self._request)
            verdict = None
            if outcome.ok:
                verdict = credit_pb2.CheckEligibilityResponse.FromString(outcome.answer).decision.verdict
            self.told.append((sent, time.monotonic() - sent, outcome.code, verdict))
            self._ending.wait(0.01)

    def since(self, moment):
        return [each for each in self.told if each[0] >= moment]

    def until(self, condition):
        ends = time.monotonic() + PATIENCE
        while not condition(self.told[-1:]):
            assert time.monotonic() < ends, self.told[-5:]
            time.sleep(0.01)


def known_party(nodes):
    """An enterprise with nothing against it, which both nodes clear."""
    party = new_party()
    record = profile(party, nodes.nodes[0].made_on)
    record.row = 1
    submit(nodes.nodes[0], chunk([record], "market_regulation"), who="market-regulation.producer")
    return party


def listed(node, party):
    (records,) = listings_of([party])
    submit(node, chunk(records, "wage_list"))


def serving(node):
    answer = node.raw(HEALTH, health_pb2.HealthCheckRequest().SerializeToString()).answer
    return health_pb2.HealthCheckResponse.FromString(answer).status == health_pb2.HealthCheckResponse.SERVING


def in_time(calls):
    """Nearly all were answered or refused within the bound, and none waited until its deadline."""
    took = [each[1] for each in calls]
    late = [each for each in took if each >= BOUND_SECONDS + SLACK_SECONDS]
    return len(late) <= max(1, len(took) // 20) and max(took) < LATEST_SECONDS


def is_verdict(wanted):
    return lambda newest: bool(newest) and newest[0][3] == wanted


def test_a_database_that_does_not_answer_is_told_within_a_second_and_nobody_is_cleared(nodes):
    near, far = nodes.nodes
    party = known_party(nodes)
    with Asking(far, party) as asking:
        asking.until(is_verdict(CLEAR))
        nodes.lines[1].freeze()
        frozen = time.monotonic()
        listed(near, party)
        asking.until(lambda newest: newest[0][2] is grpc.StatusCode.UNAVAILABLE)
        told_after = time.monotonic() - frozen
        while time.monotonic() < frozen + 3:
            assert not [each for each in asking.since(frozen) if each[3] is not None and each[0] > frozen + 0.1]
        assert not serving(far)
        assert near.healthy()
        nodes.lines[1].mend()
        asking.until(is_verdict(RESTRICTED))

    assert told_after < LATEST_SECONDS
    after = asking.since(frozen + 0.1)
    assert in_time(after)
    assert not [each for each in after if each[3] == CLEAR]
    assert far.process.exits == [], "a database that was slow ends no process"
    until = time.monotonic() + PATIENCE
    while not serving(far):
        assert time.monotonic() < until


def test_a_node_that_is_cut_off_ends_and_is_back_by_itself_when_the_line_is(nodes):
    near, far = nodes.nodes
    party = known_party(nodes)
    with Asking(far, party) as asking:
        asking.until(is_verdict(CLEAR))
        nodes.lines[1].cut()
        cut = time.monotonic()
        listed(near, party)
        asking.until(lambda newest: newest[0][2] is grpc.StatusCode.UNAVAILABLE)
        while time.monotonic() < cut + 3:
            assert near.healthy()
        nodes.lines[1].mend()
        asking.until(is_verdict(RESTRICTED))

    # Whoever was answered in the moment of the cut was answered under a commit that was made.
    after = asking.since(cut + 0.1)
    assert in_time(after)
    assert not [each for each in after if each[3] == CLEAR]
    assert set(far.process.exits) == {1}


def test_an_idle_node_that_is_cut_off_does_not_say_that_it_serves(nodes):
    _, far = nodes.nodes
    until = time.monotonic() + PATIENCE
    while not serving(far):
        assert time.monotonic() < until
    ended = len(far.process.exits)
    nodes.lines[1].cut()
    while len(far.process.exits) == ended:
        assert time.monotonic() < until
    nodes.lines[1].mend()
    assert far.raw(HEALTH, b"").code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.OK}
    while far.raw(HEALTH, b"").code is not grpc.StatusCode.OK:
        assert time.monotonic() < until
    assert serving(far)
