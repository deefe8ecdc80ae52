"""Two nodes over one PostgreSQL: what is committed through one weighs in the other, and one log holds all."""

from __future__ import annotations

import time

import pytest
from e2e.nodes import nodes_in
from e2e.served import BIDDING, award, gateway_in, new_party
from e2e.submissions import chunk, listings_of, seconds_until_it_weighs, submit
from jointsanctions.v1 import receipt_pb2
from postgres import DURABLE, running_postgres
from sqlalchemy import text

from gateway.storage.audit_verify import flaw
from gateway.storage.engine import open_engine, reading

ACROSS_SECONDS = 1.0
"""F7: the 99th of a hundred between nodes."""
COMMITS = 20
PATIENCE = 60.0


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two nodes; the first has filled the store with the sample city."""
    with nodes_in(tmp_path_factory.mktemp("nodes")) as nodes:
        nodes.start()
        nodes.start()
        yield nodes


def receipt_of(node, position):
    """Return the receipt of an answer, once the signed log holds it."""
    named = {"writer": position.writer, "number": position.number, "leaf_hash": position.leaf_hash}
    return node.callers.as_caller(BIDDING).receipt(receipt_pb2.GetReceiptRequest(officer="officer-7", **named))


def test_what_is_committed_through_one_node_weighs_in_the_other_within_the_bar(two):
    first, second = two.nodes
    parties = [new_party() for _ in range(COMMITS)]
    waited = []
    for number, (party, records) in enumerate(zip(parties, listings_of(parties), strict=True)):
        taking, asking = (first, second) if number % 2 else (second, first)
        submit(taking, chunk(records, "wage_list"))
        waited.append(seconds_until_it_weighs(asking, party, time.monotonic()))
    assert max(waited) <= ACROSS_SECONDS


def test_each_node_writes_its_own_queue_and_one_log_holds_both(two):
    first, second = two.nodes
    code = first.city.example("listed").uscc
    positions = [node.callers.as_caller(BIDDING).check(award(code)).audit_position for node in (first, second)]

    assert [position.writer for position in positions] == ["gw1-0", "gw2-0"]
    for node, position in zip((first, second), positions, strict=True):
        assert flaw(node.entry(position)) == ""
    # Of either node's answer either node gives the receipt: there is one log.
    receipts = [receipt_of(node, position) for node, position in zip((second, first), positions, strict=True)]
    assert len({receipt.origin for receipt in receipts}) == 1
    assert len({receipt.index for receipt in receipts}) == 2


def leases(engine):
    """Return which leases are held, by the row's time, and the time of each."""
    with reading(engine) as connection:
        return {row.name: row.ends_us for row in connection.execute(text("SELECT name, ends_us FROM lease"))}


def test_a_node_that_is_drained_leaves_nothing_for_others_to_wait_for(tmp_path):
    with running_postgres(lambda _: None, DURABLE) as server:
        url = server.url(server.new_database())
        engine = open_engine(url)
        with gateway_in(tmp_path, url=url, filled=False):
            until = time.monotonic() + PATIENCE
            while not all(leases(engine).values()):
                assert time.monotonic() < until, leases(engine)
                time.sleep(0.05)
        assert leases(engine) == {"integrator": 0, "timers": 0}
        engine.dispose()
