"""Several nodes at the wire: calls go to those that serve, in turn; one that is gone or cannot record is left out."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from jointsanctions.v1 import common_pb2, credit_pb2
from test_adapters_peer import Clock, Peer, code, running, serving

from adapters.client import GatewayClient
from adapters.targets import target_of

ASKED = 12
PATIENCE = 30.0
CREDIT = "jointsanctions.v1.CreditService"
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


class Nodes:
    """Two peers, the second of which can be ended and started again, and a client that names both."""

    def __init__(self, stack, folder):
        self.first, settings = stack.enter_context(running(folder))
        self.second = Peer(Clock())
        self.health = health.HealthServicer()
        self.health.set(CREDIT, SERVING)
        self._files = (folder / "server.key", folder / "server.pem", settings.ca_file)
        self._port = 0
        self._stack = stack
        self._running = None
        self.start()
        target = f"{settings.target},127.0.0.1:{self._port}"
        self.settings = replace(settings, target=target, server_name="localhost", deadline_seconds=10.0)
        self.client = stack.enter_context(GatewayClient(self.settings))

    def start(self):
        add = partial(health_pb2_grpc.add_HealthServicer_to_server, self.health)
        self._running = self._stack.enter_context(ExitStack())
        _, self._port = self._running.enter_context(serving(self.second, self._files, self._port, add))

    def end(self):
        self._running.close()

    def ask(self):
        """Ask once; return whether the second was asked."""
        before = len(self.second.requests)
        request = credit_pb2.CheckEligibilityRequest(enterprise=common_pb2.EnterpriseRef(uscc=code(1)))
        assert self.client.check(request).decision.verdict == common_pb2.VERDICT_CLEAR
        return len(self.second.requests) > before

    def until_asked(self):
        """Ask until the second is asked; every call is answered meanwhile."""
        self._until(self.ask)

    def until_left_out(self):
        """Ask until the second is not asked any more, so many times in a row."""
        self._until(lambda: not any(self.ask() for _ in range(ASKED)))

    def _until(self, condition):
        ends = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < ends


@pytest.fixture
def nodes(tmp_path):
    with ExitStack() as stack:
        yield Nodes(stack, tmp_path)


def test_grpc_is_told_how_soon_to_try_again_and_when_one_is_frozen(nodes, monkeypatch):
    told = []
    honest = grpc.secure_channel

    def opened(*arguments, options):
        told.append(dict(options))
        return honest(*arguments, options=options)

    monkeypatch.setattr(grpc, "secure_channel", opened)
    with GatewayClient(nodes.settings):
        (options,) = told
        wanted = target_of(nodes.settings.target, nodes.settings.server_name)
    assert dict(wanted.options).items() <= options.items()


def test_both_are_asked_in_turn(nodes):
    nodes.until_asked()
    nodes.first.requests.clear()
    nodes.second.requests.clear()
    for _ in range(ASKED):
        nodes.ask()
    # A connection that is made anew meanwhile is passed over.
    assert min(len(nodes.first.requests), len(nodes.second.requests)) >= ASKED // 4


def test_one_that_is_gone_is_not_asked_and_is_again_when_it_is_back(nodes):
    nodes.until_asked()
    nodes.end()
    assert not any(nodes.ask() for _ in range(ASKED)), "every call is answered by the other"
    nodes.start()
    nodes.until_asked()


def test_one_that_says_that_it_does_not_serve_is_not_asked_until_it_says_that_it_does(nodes):
    nodes.until_asked()
    nodes.health.set(CREDIT, NOT_SERVING)
    nodes.until_left_out()
    nodes.health.set(CREDIT, SERVING)
    nodes.until_asked()
