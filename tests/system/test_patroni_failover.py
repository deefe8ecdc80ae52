"""PostgreSQL's leader is lost under load, then its standbys: nothing acknowledged is lost, nobody wrongly cleared."""

from __future__ import annotations

import sys
import time

import pytest
from clustered import MEMBERS, cluster_running, nodes_over
from jointsanctions.v1 import common_pb2
from loaded import PATIENCE, loaded, longest_gap, told_between
from sqlalchemy import func, select

from gateway.storage import tables
from gateway.storage.engine import reading

pytestmark = pytest.mark.timeout(900)
"""Three servers, three of etcd and two nodes: on two processors they take their time."""
CALLS = 10
"""Of each worker before and after."""
LOOK_SECONDS = 1.0
ALONE_SECONDS = 15.0
"""How long the leader has no standby: longer than whoever had begun before would take."""
BEGUN_SECONDS = 5.0
"""What was on its way when the last standby was lost has been answered."""
RESTRICTED, UNVERIFIABLE = common_pb2.VERDICT_RESTRICTED, common_pb2.VERDICT_UNVERIFIABLE
_WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture(scope="module")
def cluster():
    with cluster_running() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def nodes(cluster, tmp_path_factory):
    with nodes_over(cluster, tmp_path_factory.mktemp("nodes")) as nodes:
        yield nodes


def until(condition, what):
    ends = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < ends, what
        time.sleep(LOOK_SECONDS)
    return found


def all_back(cluster):
    """Start whoever was killed, and wait until two follow the leader."""
    for member in MEMBERS:
        cluster.do("start", member)
    following = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
    until(lambda: cluster.named("standby") and cluster.sql(following) == "2", "a member does not come back")


def assert_kept(nodes, load):
    """Every acknowledged record is stored once, every answer is on record as it was told, and nobody was cleared."""
    node = nodes.nodes[0]
    for each in nodes.nodes:
        nodes.wait_until_served(each)
    recorded = {
        (writer, entry.number): entry.leaf
        for writer in {told.position.writer for told in load.told()}
        for entry in node.entries(writer=writer)
    }
    assert not [
        told
        for told in load.told()
        if recorded.get((told.position.writer, told.position.number)) != told.position.leaf_hash
    ]
    with reading(node._engine) as connection:
        of_it = tables.listing_act.join(tables.listing, tables.listing_act.c.listing_id == tables.listing.c.listing_id)
        acts = (
            select(tables.listing.c.uscc, func.count().label("acts")).select_from(of_it).group_by(tables.listing.c.uscc)
        )
        stored = {row.uscc: row.acts for row in connection.execute(acts)}
    assert len({stored.get(uscc) for uscc in load.acknowledged}) == 1, "as many acts of each"
    verdicts = {told.verdict for each in load.askers for told in each.told}
    assert RESTRICTED in verdicts
    assert verdicts <= {RESTRICTED, UNVERIFIABLE}, "every question is about whoever an acknowledged record lists"


def say(capsys, what, load):
    with capsys.disabled():
        told = f"{len(load.acknowledged)} records acknowledged, {sum(len(each.told) for each in load.askers)} answers"
        gaps = f"gap in writing {longest_gap(load.writers):.1f} s, in asking {longest_gap(load.askers):.1f} s"
        refused = f"{sum(each.failed for each in load.workers)} calls without an answer"
        sys.stderr.write(f"\n{what}: {told}, {refused}, {gaps}\n")


def test_a_leader_that_is_killed_takes_nothing_acknowledged_with_it(cluster, nodes, capsys):
    leader, standby = cluster.named("leader"), cluster.named("standby")
    with loaded(nodes) as load:
        load.until_further(CALLS)
        cluster.do("kill", leader)
        killed = time.monotonic()
        until(lambda: cluster.named("leader") not in {"", leader}, "no standby is promoted")
        promoted = time.monotonic() - killed
        load.until_further(CALLS)

    say(capsys, f"leader killed, another leads after {promoted:.1f} s", load)
    assert told_between(load.writers, killed, killed + PATIENCE)
    assert cluster.named("leader") == standby, "whoever had confirmed everything leads"
    assert_kept(nodes, load)
    all_back(cluster)


def test_a_leader_without_any_standby_acknowledges_nothing(cluster, nodes, capsys):
    leader = cluster.named("leader")
    with loaded(nodes) as load:
        load.until_further(CALLS)
        for each in sorted(MEMBERS - {leader}):
            cluster.do("kill", each)
        alone = time.monotonic()
        # Somebody who thinks that a statement hangs ends it: PostgreSQL then acknowledges it without a standby.
        until(lambda: cluster.sql(f"SELECT count(*) {_WAITING}") != "0", "nothing waits for a standby")
        assert "t" in cluster.sql(f"SELECT pg_cancel_backend(pid) {_WAITING}")
        time.sleep(max(0.0, alone + ALONE_SECONDS - time.monotonic()))
        back = time.monotonic()
        all_back(cluster)
        load.until_further(CALLS)

    say(capsys, f"standbys killed for {back - alone:.0f} s", load)
    assert not told_between(load.workers, alone + BEGUN_SECONDS, back)
    assert cluster.named("leader") == leader
    assert_kept(nodes, load)
