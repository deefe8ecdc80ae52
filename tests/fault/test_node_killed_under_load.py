"""A node of two is killed, and killed again, while callers ask and store through both: no write is lost or doubled."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from e2e.nodes import nodes_in, supervised
from e2e.served import BIDDING, HRSS, award, new_party, today
from e2e.submissions import chunk, numbered
from jointsanctions.v1 import common_pb2
from sqlalchemy import func, select

from adapters.client import ClientSettings, GatewayClient
from adapters.errors import GatewayError
from gateway.sample.records import listing
from gateway.storage import tables
from gateway.storage.engine import reading

KILLS = 3
PATIENCE = 90.0
BEFORE = timedelta(days=30)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    with nodes_in(tmp_path_factory.mktemp("killed")) as nodes:
        nodes.start(serve=supervised)
        nodes.start(serve=supervised)
        yield nodes


def client(nodes, who):
    """A channel of *who* to both nodes."""
    file = nodes.nodes[0].callers.file
    return GatewayClient(
        ClientSettings(
            target=",".join(f"127.0.0.1:{node.port}" for node in nodes.nodes),
            ca_file=file.ca_bundle,
            certificate_file=file.certificates / f"{who}.pem",
            key_file=file.certificates / f"{who}.key",
            server_name=file.server_name,
            deadline_seconds=20.0,
        )
    )


class Working:
    """Lists one enterprise after another, and asks about each at once; what failed is counted."""

    def __init__(self, asking, producing):
        self._asking, self._producing = asking, producing
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.listed = []
        self.writers = set()
        self.wrong = []
        self.failed = 0

    def start(self):
        self._thread.start()

    def stop(self):
        self._ending.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _work(self):
        while not self._ending.is_set():
            party = new_party()
            records = numbered(listing(party, f"{party.uscc}-L", today() - BEFORE))
            stored = self._store(chunk(records, "wage_list"))
            self.listed.append((party.uscc, stored))
            self._ask(party, stored)

    def _store(self, sent):
        """Send the same until it is answered, as whoever has no answer does; return the revision."""
        while True:
            try:
                answer = self._producing.submit(iter([sent]))
            except GatewayError:
                self.failed += 1
            else:
                self.writers.add(answer.audit_position.writer)
                return answer.data_revision

    def _ask(self, party, revision):
        request = award(party.uscc)
        request.question.at_least_as_fresh = revision
        try:
            answer = self._asking.check(request)
        except GatewayError:
            self.failed += 1
            return
        self.writers.add(answer.audit_position.writer)
        if answer.decision.verdict not in {common_pb2.VERDICT_RESTRICTED, common_pb2.VERDICT_UNVERIFIABLE}:
            self.wrong.append((party.uscc, answer.decision.verdict))


def acts_of(nodes, uscc):
    with reading(nodes.nodes[0]._engine) as connection:
        of_it = tables.listing_act.join(tables.listing, tables.listing_act.c.listing_id == tables.listing.c.listing_id)
        wanted = select(func.count()).select_from(of_it).where(tables.listing.c.uscc == uscc)
        return connection.execute(wanted).scalar_one()


def test_no_write_is_lost_or_doubled_and_no_answer_is_wrong(nodes):
    with ExitStack() as stack:
        working = [
            Working(stack.enter_context(client(nodes, BIDDING)), stack.enter_context(client(nodes, HRSS)))
            for _ in range(3)
        ]
        for each in working:
            each.start()
        for number in range(KILLS):
            kept = nodes.nodes[number % 2].process
            seen = [len(each.listed) for each in working]
            until = time.monotonic() + PATIENCE
            while any(len(each.listed) < before + 3 for each, before in zip(working, seen, strict=True)):
                assert time.monotonic() < until
                time.sleep(0.02)
            exits = len(kept.exits)
            os.kill(kept.process.pid, signal.SIGKILL)
            while len(kept.exits) == exits:
                time.sleep(0.02)
            nodes.wait_until_served(nodes.nodes[number % 2])
        for each in working:
            each.stop()

    listed = [found for each in working for found in each.listed]
    assert not [found for each in working for found in each.wrong]
    assert len({revision for _, revision in listed}) == len(listed), "each in a revision of its own"
    counts = {acts_of(nodes, uscc) for uscc, _ in listed}
    assert len(counts) == 1, "as many acts of each"
    assert {writer for each in working for writer in each.writers} == {"gw1-0", "gw2-0"}


def test_calls_are_spread_over_both_nodes_and_a_killed_one_is_asked_again_when_it_is_back(nodes):
    code = nodes.nodes[0].city.example("listed").uscc
    with client(nodes, BIDDING) as asking:

        def writers(calls):
            return {asking.check(award(code)).audit_position.writer for _ in range(calls)}

        until = time.monotonic() + PATIENCE
        while writers(4) != {"gw1-0", "gw2-0"}:
            assert time.monotonic() < until
        kept = nodes.nodes[1].process
        os.kill(kept.process.pid, signal.SIGKILL)
        for _ in range(20):
            assert asking.check(award(code)).decision.verdict == common_pb2.VERDICT_RESTRICTED
        while writers(4) != {"gw1-0", "gw2-0"}:
            assert time.monotonic() < until
