"""Whatever becomes of a collector of traces, calls are answered, recorded and drained as without it."""

from __future__ import annotations

import pytest
from e2e.served import BIDDING, award, gateway_in
from otlp_receiver import receiving

COMMENTED = "# [trace]\n"
CALLS = 40


def section(port):
    return f'[trace]\nendpoint = "http://127.0.0.1:{port}"\nsample_ratio = 1\ntimeout_seconds = 2\n'


def asked(served):
    """Ask, again and again, and return how many answers are on record with what they say."""
    before = len(served.entries())
    caller, request = served.callers.as_caller(BIDDING), award(served.city.example("listed").uscc)
    answers = [caller.check(request) for _ in range(CALLS)]
    assert len({answer.audit_position.number for answer in answers}) == CALLS
    return len(served.entries()) - before


@pytest.mark.parametrize("sort", ["never answers", "is not there", "refuses"])
def test_a_collector_holds_nobody_up(tmp_path, sort):
    with receiving() as collector:
        port = collector.port
        if sort == "never answers":
            collector.held.clear()
        collector.status = 500
        if sort == "is not there":
            with receiving() as gone:
                port = gone.port
        with gateway_in(tmp_path / "held", changes={COMMENTED: section(port)}) as served:
            assert asked(served) == CALLS
            assert served.healthy()
            assert served.process.poll() is None
        assert served.process.wait(200) == 0
        assert served.log.count("traces are lost") == 1
        assert served.log.count('"ended_well": true') == 1
        assert ("/v1/traces" in collector.paths) == (sort != "is not there")
