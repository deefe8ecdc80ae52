"""Metric families of the process itself: what runs, what it holds, and what it does for all nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import ProcessCollector
from prometheus_client.core import InfoMetricFamily

from gateway.rpc.families import by, counted, gauge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from gateway.domain.figures import ProcessFigures
    from gateway.domain.status import Status


def process_families(status: Status, figures: ProcessFigures) -> Iterator[Metric]:
    """Yield what is told of the process; the names of memory, processor and files are those of every exporter."""
    versions = status.versions
    said = {"version": versions.software, "profile": versions.profile, "policy": versions.policy_digest[:12]}
    yield InfoMetricFamily("jsg_build", "What answers: software, profile, and the policy's digest.", said)
    yield from ProcessCollector(registry=None).collect()
    yield by("jsg_store_connections", "In use.", "store", {name: pool.in_use for name, pool in figures.pools.items()})
    yield by(
        "jsg_store_connections_limit", "At most.", "store", {name: pool.limit for name, pool in figures.pools.items()}
    )
    if figures.traces is not None:
        traces = figures.traces
        fates = {("sent",): traces.sent, ("dropped",): traces.dropped, ("lost",): traces.lost}
        yield counted("jsg_traced_calls", "Traced calls, by what became of them.", ("fate",), fates.items())


def shared_families(status: Status, figures: ProcessFigures) -> Iterator[Metric]:
    """Yield what one process of all nodes does: leases, the log's checkpoints and witnesses, the nightly sample."""
    yield by("jsg_lease_held", "1 in the process that does it for all nodes.", "lease", figures.leases)
    if figures.checkpoint_at is not None:
        age = (status.now - figures.checkpoint_at).total_seconds()
        yield gauge("jsg_log_checkpoint_age_seconds", "Since this process signed the newest checkpoint.", age)
    cosigned = {name: each.cosigned for name, each in figures.witnesses.items()}
    yield by("jsg_witness_cosigned_entries", "Entries under what a witness cosigned last.", "witness", cosigned)
    refuses = {name: each.refuses for name, each in figures.witnesses.items()}
    yield by("jsg_witness_refuses", "1 when a witness was asked and did not cosign.", "witness", refuses)
    replay = status.replay
    if replay.at is not None:
        age = (status.now - replay.at).total_seconds()
        yield gauge("jsg_replay_age_seconds", "Since this process derived past decisions again.", age)
        yield gauge("jsg_replay_decisions", "So many of them.", replay.replayed)
        yield gauge("jsg_replay_different_decisions", "Of these, not what was recorded.", replay.different)
    waiting = status.log.day_to_index
    if waiting is not None:
        behind = max(0, (status.today - waiting).days)
        yield gauge("jsg_days_not_indexed", "Days that are over and have no index on record.", behind)
