"""What the figures are and what they are to reach; nothing is measured here.

A figure is a ratio wherever it can be one: a number taken on one machine says something about that machine only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.bench.goal import Goal

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALL: Final = (
    Goal(
        "F1",
        "`CheckEligibility`, mTLS, durable audit, 64 in flight, registry of 3,326,789 records : bare `grpc.aio` mTLS "
        "echo of the same message sizes, calls/s",
        "gateway's calls/s : echo's",
        0.65,
        0.85,
        at_least=True,
        digits=3,
    ),
    Goal(
        "F2",
        "the same, server CPU of a call beyond the echo's, µs",
        "µs of server CPU a call beyond the echo's",
        250,
        80,
        at_least=False,
        digits=0,
    ),
    Goal(
        "F3",
        "`BatchCheckEligibility`, 1,000 enterprises a call, durable: decisions/s : F1's calls/s",
        "decisions/s in batches : calls/s one at a time",
        20,
        40,
        at_least=True,
        digits=1,
    ),
    Goal(
        "F4",
        "256 concurrent callers of one adapter: checks/s : bare echo calls/s",
        "adapter's checks/s : echo's calls/s",
        2,
        5,
        at_least=True,
        digits=2,
    ),
    Goal(
        "F5",
        "growth: F1 at 3.3 M records : F1 at 10 k records",
        "calls/s with the register : calls/s with 10,000 records",
        0.9,
        0.98,
        at_least=True,
        digits=3,
    ),
    Goal(
        "F6",
        "import of 3,326,789 records with full validation : the raw driver inserting the same rows, time",
        "time of the import : time of the raw driver",
        4,
        2.5,
        at_least=False,
        digits=2,
    ),
    Goal(
        "F6/memory",
        "the same, memory at its highest of client and gateway each, MiB",
        "MiB of client or gateway at its highest",
        600,
        600,
        at_least=False,
        digits=0,
    ),
    Goal(
        "F7",
        "a committed listing or repair weighs everywhere, one node, s, p99",
        "s until a commit weighs in all areas, p99",
        0.2,
        0.05,
        at_least=False,
        digits=3,
    ),
    Goal(
        "F7/nodes",
        "the same across nodes, s, p99",
        "s until a commit on another node weighs in all areas, p99",
        1,
        0.3,
        at_least=False,
        digits=3,
    ),
    Goal(
        "F8",
        "cold start to `SERVING` with that registry, s",
        "s from the command to the first answer",
        5,
        2,
        at_least=False,
        digits=2,
    ),
    Goal("F8/memory", "the same, memory of a worker, MiB", "MiB of a worker", 250, 150, at_least=False, digits=0),
    Goal(
        "F9",
        "the same check against an ordinary in-house FastAPI + SQLAlchemy service with one audit INSERT-and-commit per "
        "request, calls/s, 64 in flight",
        "gateway's calls/s : in-house service's",
        2,
        4,
        at_least=True,
        digits=2,
    ),
    Goal(
        "F10",
        "answered but unrecorded after kill −9: none, in so many kills",
        "kills after which nothing answered was unrecorded",
        1_000,
        10_000,
        at_least=True,
        digits=0,
    ),
    Goal(
        "F11",
        "signed checkpoint covers an answer after, s, p99",
        "s from an answer to the checkpoint that covers it, p99",
        1,
        0.3,
        at_least=False,
        digits=3,
    ),
    Goal(
        "F12",
        "offline verification of a 1 M-entry log, s",
        "s to verify a million entries offline",
        30,
        8,
        at_least=False,
        digits=2,
    ),
    Goal(
        "soak",
        "an hour at 70 % of the limit with the mixture of a day: what grew, was not on record, or did not verify",
        "in disorder or grown",
        0,
        0,
        at_least=False,
        digits=0,
    ),
)
GOALS: Final[Mapping[str, Goal]] = {each.name: each for each in _ALL}
"""Every figure by its name, in the order of the table."""
