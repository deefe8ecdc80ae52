"""Refusals that cost nothing do not fill the disk, and none of them is lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain import errors
from gateway.domain.audit import Position, salts_needed, seal
from gateway.domain.call_record import CallerSeen
from gateway.rpc import refusals
from gateway.rpc.refusals import COUNTED, MOST_CALLERS, MOST_METHODS, Refusals

START = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
MANDATE = errors.AreaNotInMandateError("not covered", area="LENDING")
QUOTA = errors.QuotaExceededError("over", retry_after_ms="1")
NOISY = CallerSeen(
    agency="noisy", role="bank", identity="spiffe://x/noisy", certificate="c1", peer="ipv4:10.0.0.1:4711"
)


class Log:
    """The queue of entries as far as counting needs it; ``full`` entries are turned away first."""

    writer = "w"

    def __init__(self, full=0):
        self.failed = False
        self.full = full
        self.bodies = []
        self.came = asyncio.Event()

    def now(self):
        return START + timedelta(seconds=len(self.bodies))

    def record(self, draft):
        if self.full or self.failed:
            self.full -= 1
            raise errors.AuditUnavailableError("too many entries")
        seal(draft, "w", 0, START, bytes(salts_needed(draft)))
        self.bodies.append(draft.body)
        self.came.set()
        durable = asyncio.get_running_loop().create_future()
        durable.set_result(Position("w", 0, b"", None))
        return durable


def caller(number):
    return CallerSeen(peer=f"ipv4:10.0.{number // 250}.{number % 250}:4711")


def counted(log):
    return sum(body["counted"]["number"] for body in log.bodies)


def test_the_first_is_an_entry_and_the_others_are_one_entry_with_their_number_and_times():
    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        told = [refused.count(QUOTA, NOISY, f"Credit/{place % 3}") for place in range(10)]
        await refused.close()
        return told, log.bodies

    told, bodies = asyncio.run(run())
    assert told == [False] + [True] * 9
    (body,) = bodies
    assert (body["method"], body["outcome"]) == ("refused", "QUOTA_EXCEEDED")
    assert body["caller"]["agency"] == "noisy"
    instant = "2026-11-25T04:00:00.000000Z"
    methods = ["Credit/1", "Credit/2", "Credit/0"]
    assert body["counted"] == {"number": 9, "first": instant, "last": instant, "methods": methods}


def test_whoever_goes_on_gets_one_entry_a_second_and_who_stops_is_forgotten(monkeypatch):
    monkeypatch.setattr(refusals, "SECONDS", 0.01)

    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        assert not refused.count(MANDATE, NOISY, "m")
        for _ in range(3):
            log.came.clear()
            for _ in range(5):
                assert refused.count(MANDATE, NOISY, "m")
            await log.came.wait()
        while refused._tallies:  # noqa: ASYNC110 - nothing tells of a caller that is forgotten
            await asyncio.sleep(0)
        assert not refused.count(MANDATE, NOISY, "m")
        return [body["counted"]["number"] for body in log.bodies]

    assert asyncio.run(run()) == [5, 5, 5]


def test_another_reason_another_caller_and_another_certificate_begin_with_an_entry():
    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        assert not refused.count(MANDATE, NOISY, "m")
        assert not refused.count(QUOTA, NOISY, "m")
        assert not refused.count(MANDATE, CallerSeen(agency="noisy", role="bank", certificate="c2"), "m")
        assert refused.count(MANDATE, NOISY, "m")

    asyncio.run(run())


def test_one_rejected_certificate_is_not_counted_as_another_of_the_same_address():
    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        error = errors.CertificateRejectedError("revoked")
        return [refused.count(error, CallerSeen(peer="ipv4:10.0.0.9:1", certificate=each), "m") for each in "ababc"]

    assert asyncio.run(run()) == [False, False, True, True, False]


def test_who_shows_no_certificate_at_all_is_counted_by_its_address_whatever_the_port():
    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        error = errors.CertificateRejectedError("revoked")
        told = [refused.count(error, CallerSeen(peer=f"ipv4:10.0.0.9:{port}"), "m") for port in range(100)]
        other = refused.count(error, CallerSeen(peer="ipv4:10.0.0.10:1"), "m")
        return told, other

    assert asyncio.run(run()) == ([False] + [True] * 99, False)


def test_many_callers_take_no_more_memory_than_a_few_and_all_are_counted():
    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        error = errors.CertificateRejectedError("revoked")
        entries = sum(not refused.count(error, caller(number), "m") for number in range(5_000))
        assert len(refused._tallies) <= MOST_CALLERS + len(COUNTED)
        await refused.close()
        return entries, log

    entries, log = asyncio.run(run())
    assert entries + counted(log) == 5_000
    assert [body["caller"] for body in log.bodies] == [{}]


def test_of_many_methods_a_few_are_named():
    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        for place in range(100):
            refused.count(MANDATE, NOISY, f"Service/Method{place}" * 4)
        await refused.close()
        return log.bodies[0]["counted"]["methods"]

    assert len(asyncio.run(run())) == MOST_METHODS


def test_a_full_queue_at_the_end_loses_nothing():
    async def run():
        log = Log(full=3)
        refused = Refusals(log, log, 1)
        for number in range(6):
            refused.count(MANDATE, caller(number % 2), "m")
        await refused.close()
        return counted(log)

    assert asyncio.run(run()) == 4


def test_a_queue_that_is_full_for_a_moment_is_given_the_count_later(monkeypatch):
    monkeypatch.setattr(refusals, "SECONDS", 0.01)

    async def run():
        log = Log(full=2)
        refused = Refusals(log, log, 1)
        for _ in range(4):
            refused.count(MANDATE, NOISY, "m")
        await log.came.wait()
        return counted(log)

    assert asyncio.run(run()) == 3


def test_when_nothing_can_be_recorded_any_more_nothing_is_counted():
    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        refused.count(MANDATE, NOISY, "m")
        assert refused.count(MANDATE, NOISY, "m")
        log.failed = True
        assert not refused.count(MANDATE, NOISY, "m")
        await refused.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "error",
    [
        errors.AuthorizationMissingError("question.case_ref", "needed"),
        errors.MalformedRequestError("x", "y"),
        errors.MethodUnknownError("none"),
        errors.StoreUnavailableError("away"),
        errors.SecondPersonRequiredError("another"),
    ],
    ids=lambda error: error.reason,
)
def test_whatever_is_no_mere_refusal_is_always_an_entry(error):
    async def run():
        log = Log()
        refused = Refusals(log, log, 1)
        return [refused.count(error, NOISY, "m") for _ in range(5)]

    assert asyncio.run(run()) == [False] * 5


CALLS = st.lists(st.tuples(st.sampled_from([MANDATE, QUOTA]), st.integers(0, 4)), max_size=200)


@settings(max_examples=50, deadline=None)
@given(CALLS, st.integers(1, 4))
def test_entries_and_counts_together_are_all_refusals(calls, in_full):
    async def run():
        log = Log()
        refused = Refusals(log, log, in_full)
        entries = sum(not refused.count(error, caller(number), "m") for error, number in calls)
        await refused.close()
        return entries + counted(log)

    assert asyncio.run(run()) == len(calls)
