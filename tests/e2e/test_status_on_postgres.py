"""The same over PostgreSQL: the clock is compared with the database's, whose disk is not this machine's to see."""

from __future__ import annotations

import json
import re

import pytest
from jointsanctions.v1 import status_pb2 as pb

from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served-postgres")


def jsg(served, *words):
    where = ["--config", str(served.place.config), "--state", str(served.place.state)]
    return main([*where, "--address", f"127.0.0.1:{served.port}", *words])


def test_a_gateway_over_postgres_tells_the_same_but_for_the_databases_disk(served_on_postgres):
    client = served_on_postgres.callers.as_caller("gateway-operations.operator")
    status = client.status(pb.GetStatusRequest(officer="operator-1"))

    assert status.healthy, status.complaints
    assert {disk.what for disk in status.disks} == {"state"}
    assert abs(status.freshness.clock_skew.ToTimedelta().total_seconds()) < 1
    assert status.record.entries == status.audit_position.number > 0


def test_the_doctor_compares_the_clock_with_the_databases(served_on_postgres, capsys):
    assert jsg(served_on_postgres, "doctor", "--erased", "--json") == 0
    found = {row["link"]: row["found"] for row in json.loads(capsys.readouterr().out)}

    assert "off the store's" in found["clock"]
    # The disk is this machine's, and may be filling up.
    assert re.fullmatch(r"nothing is in disorder|the disk fills up.*", found["gateway's status"])
    assert found["erased entries"] == "0, each as a recorded run ordered"
