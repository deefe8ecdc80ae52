"""Every metric that there is, as a look at a whole gateway would tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sound_status import NOW, SOUND

from gateway.domain.figures import PoolFigures, ProcessFigures, TraceFigures, WitnessFigures
from gateway.domain.status import Load
from gateway.domain.vocabulary import Area, Verdict
from gateway.rpc.exposition import families
from gateway.services.count_calls import CallCounts

FIGURES = ProcessFigures(
    leases={"integrator": True, "timers": False},
    checkpoint_at=NOW - timedelta(seconds=3),
    witnesses={"w1+ab": WitnessFigures(7), "w2+cd": WitnessFigures(0, refuses=True)},
    pools={"facts": PoolFigures(2, 15)},
    traces=TraceFigures(5, 2, 1),
)
BUSY = replace(SOUND, lag=2 * SOUND.lag, load=Load(0, 0, {"QUOTA_EXCEEDED": 3}))
"""Something is in disorder, and somebody was refused."""


def counts():
    found = CallCounts()
    found.add("CreditService/CheckEligibility", "OK")
    found.answered("CreditService/CheckEligibility", 900)
    found.decided(int(Area.BIDDING), [{"verdict": int(Verdict.CLEAR)}])
    return found


def told():
    return families(BUSY, counts(), FIGURES)


def exported():
    """Return the names as a scrape has them, with their labels; a histogram under its own name."""
    found = {}
    for family in told():
        for sample in family.samples:
            name = family.name if family.type == "histogram" else sample.name
            labels = set() if family.type == "info" else set(sample.labels) - {"le"}
            assert found.setdefault(name, labels) == labels
    return found
