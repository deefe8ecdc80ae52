"""Calls are counted by what is recorded of them, once, and the record is not changed by it."""

from __future__ import annotations

import pytest

from gateway.domain.audit import Draft
from gateway.domain.errors import AuditUnavailableError
from gateway.services.count_calls import BOUNDS_US, CallCounts, CountedLog

CHECK = "CreditService/CheckEligibility"


class Log:
    """A queue that remembers what it was given, or is full."""

    writer = "w"
    failed = False

    def __init__(self, *, full=False):
        self.drafts = []
        self._full = full

    def record(self, draft):
        if self._full:
            raise AuditUnavailableError("full")
        self.drafts.append(draft)
        return "a position"


def counted(*bodies, log=None):
    counts = CallCounts()
    through = CountedLog(log or Log(), counts)
    for body in bodies:
        through.record(Draft(body))
    return counts


def call(outcome="OK", method=CHECK, **parts):
    return {"method": method, "outcome": outcome, **parts}


def test_what_passes_is_the_very_draft_and_what_comes_back_the_very_position():
    log, draft = Log(), Draft(call())

    assert CountedLog(log, CallCounts()).record(draft) == "a position"
    assert log.drafts == [draft]
    assert CountedLog(log, CallCounts()).writer == "w"


def test_calls_are_counted_by_method_and_outcome():
    counts = counted(call(), call(), call("MALFORMED_REQUEST"), call(method="X"))

    assert counts.calls == {(CHECK, "OK"): 2, (CHECK, "MALFORMED_REQUEST"): 1, ("X", "OK"): 1}


def test_an_entry_that_stands_for_many_refusals_counts_as_many():
    counts = counted(call("QUOTA_EXCEEDED"), call("QUOTA_EXCEEDED", "refused", counted={"number": 41}, latency_us=0))

    assert counts.refused(frozenset({"QUOTA_EXCEEDED"})) == {"QUOTA_EXCEEDED": 42}
    assert counts.refused(frozenset({"CALLER_UNKNOWN"})) == {}


def test_what_cannot_be_recorded_is_counted_by_that_and_not_as_answered():
    counts = CallCounts()
    with pytest.raises(AuditUnavailableError):
        CountedLog(Log(full=True), counts).record(Draft(call(latency_us=5)))

    assert counts.calls == {(CHECK, "AUDIT_UNAVAILABLE"): 1}
    assert counts.latencies == {}


@pytest.mark.parametrize("outcome", ["MALFORMED_REQUEST", "CANCELLED", "BEGUN"])
def test_only_answered_calls_have_a_latency(outcome):
    assert counted(call(outcome, latency_us=5)).latencies == {}


def test_a_latency_falls_into_the_first_bucket_whose_bound_it_does_not_pass():
    for place, bound in enumerate(BOUNDS_US):
        found = counted(call(latency_us=bound), call(latency_us=bound + 1)).latencies[CHECK]
        assert (found.buckets[place], found.buckets[place + 1]) == (1, 1)
        assert found.microseconds == 2 * bound + 1
    assert sum(counted(call(latency_us=10**12)).latencies[CHECK].buckets) == 1
