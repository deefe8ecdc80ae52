"""Traces on their way out: gathered, counted, dropped and lost, and never anybody's to wait for."""

from __future__ import annotations

import logging
import time

import pytest
from otlp_receiver import receiving, said

from gateway.domain.figures import TraceFigures
from gateway.rpc.trace_export import WAITING, Collector, TraceExport
from gateway.rpc.traces import EndedCall

EPOCH = 1_700_000_000_000_000_000


def call(number=1):
    began = time.perf_counter_ns()
    attributes = {"rpc.method": f"X/Y{number}"}
    return EndedCall(
        number.to_bytes(16), None, f"X/Y{number}", "OK", attributes, began, began + 5_000, [("decide", began + 3_000)]
    )


def export(port, timeout=20.0):
    collector = Collector(f"http://127.0.0.1:{port}", None, timeout)
    return TraceExport(collector, {"service.name": "n"}, lambda: EPOCH + time.perf_counter_ns())


def until(so):
    """Return once *so* says yes; it follows at once what has arrived already."""
    deadline = time.monotonic() + 60
    while not so():
        assert time.monotonic() < deadline


@pytest.fixture
def collector():
    with receiving() as found:
        yield found


def test_calls_arrive_as_they_ended_under_the_present(collector):
    sending = export(collector.port)
    sending.start()
    ended = call()
    sending.put(ended)
    collector.wait_for(lambda each: len(each.spans()) == 2)
    sending.close()
    whole, part = collector.spans()

    assert (whole.name, part.name, said(whole)) == ("X/Y1", "decide", {"rpc.method": "X/Y1"})
    assert abs(whole.start_time_unix_nano - EPOCH - ended.started) < 10**9
    assert whole.end_time_unix_nano - whole.start_time_unix_nano == 5_000
    assert sending.figures() == TraceFigures(sent=1)


def test_what_waits_at_the_end_is_sent(collector):
    sending = export(collector.port)
    for number in range(1, 701):
        sending.put(call(number))
    sending.start()
    sending.close()

    assert sending.figures() == TraceFigures(sent=700)
    assert [each.trace_id for each in collector.calls()] == [number.to_bytes(16) for number in range(1, 701)]
    assert len(collector.bodies) == 3, "they go together, and not all at once"


def test_what_finds_no_room_is_dropped_and_counted():
    sending = export(1)
    for number in range(1, WAITING + 8):
        sending.put(call(number))

    assert sending.figures() == TraceFigures(dropped=7)


def test_a_collector_that_refuses_is_told_of_once_and_so_is_that_it_takes_them_again(collector, caplog):
    sending = export(collector.port)
    collector.status = 503
    with caplog.at_level(logging.INFO):
        sending.start()
        for number in (1, 2):
            sending.put(call(number))
            collector.wait_for(lambda each, number=number: len(each.calls()) == number)
        until(lambda: sending.figures().lost == 2)
        collector.status = 200
        sending.put(call(3))
        until(lambda: sending.figures().sent == 1)
        sending.close()

    assert sending.figures() == TraceFigures(sent=1, lost=2)
    said_of = [record.getMessage() for record in caplog.records]
    assert said_of == [
        "traces are lost: the collector does not take them (status 503)",
        "the collector takes traces again",
    ]


def test_one_that_is_not_there_loses_them(caplog):
    with receiving() as gone:
        pass
    sending = export(gone.port)
    sending.put(call())
    sending.start()
    sending.close()

    assert sending.figures() == TraceFigures(lost=1)
    assert "ConnectionRefusedError" in caplog.text


def test_one_that_never_answers_holds_up_neither_who_puts_nor_the_end(collector):
    collector.held.clear()
    sending = export(collector.port, timeout=0.2)
    sending.start()
    sending.put(call(1))
    collector.wait_for(lambda each: each.bodies)
    for number in range(2, 300):
        sending.put(call(number))
    sending.close()

    assert sending.figures().sent == 0


def test_an_answer_without_end_is_not_read_to_its_end(collector):
    collector.content = b"x" * 1_000_000
    sending = export(collector.port)
    sending.put(call())
    sending.start()
    sending.close()

    assert sending.figures() == TraceFigures(sent=1)
