"""Runs of the conformance kit for tests: a prepared folder, and what became of every promise."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime

from conformance_server import serving_double

from gateway.conformance.areas import AREAS
from gateway.conformance.catalogue import promises_of
from gateway.conformance.folder import Prepared, prepare
from gateway.conformance.playing import Playing, play
from gateway.conformance.promises import Result

POST = "import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], b'{}'))"


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


PATIENT, HASTY = 30.0, 3.0
"""Deadlines, in seconds: where nothing is late a machine may be busy, where something is it must not take for ever."""
LATE = frozenset({"FC-TIMEOUT"})


def prepared_in(folder, area="bidding", deadline=PATIENT):
    """Return a folder that was prepared for an adapter of an area."""
    gateway = f"127.0.0.1:{free_port()}"
    found = Prepared(folder, AREAS[area], gateway, gateway, deadline)
    prepare(found, f"127.0.0.1:{free_port()}", (), datetime.now(UTC))
    return found


def restart_of(address):
    """Return the command that restarts a double."""
    return (sys.executable, "-c", POST, f"{address}/v1/restart")


def run_against(prepared, fault="", **how):
    """Play against a double with a fault: what is about time where the deadline is short, all else where it is long."""
    all_of_them = frozenset(each.id for each in promises_of(prepared.area))
    only = LATE if prepared.deadline_seconds < PATIENT else all_of_them - LATE
    with serving_double(prepared, fault, **how) as address:
        return play(prepared, address, Playing(restart_of(address), only))


def broken(run):
    """Return the ids of the promises that were not kept, and see that all others were."""
    assert all(each.result is not Result.NOT_TESTED for each in run.played), told(run)
    return {each.promise.id for each in run.played if each.result is Result.FAIL}


def told(run):
    """Return what was seen where a promise was not kept."""
    return [(each.promise.id, one) for each in run.played for one in each.seen if one.result is not Result.KEPT]
