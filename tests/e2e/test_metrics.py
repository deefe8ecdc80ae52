"""Metrics of a real server, read over plain HTTP on this machine, by the parser of those who wrote the format."""

from __future__ import annotations

import json
import math
import re
import socket
import urllib.error
import urllib.request

import pytest
from e2e.served import BIDDING, TOURISM, WRITER, award, gateway_in, prepared
from prometheus_client.parser import text_string_to_metric_families

from gateway.cli.main import main

COMMENTED = '# [metrics]\n# listen = "127.0.0.1:9464" '
SWITCHED_ON = {COMMENTED: '[metrics]\nlisten = "127.0.0.1:0" '}
CHECK = "CreditService/CheckEligibility"


def port_of(served):
    (line,) = [line for line in served.log.splitlines() if "metrics are told" in line]
    return int(re.search(r"127\.0\.0\.1:(\d+)", line)[1])


def scraped(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = answer.read().decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return text, {(sample.name, *sorted(sample.labels.items())): sample.value for sample in samples}


def by(name, **labels):
    return (name, *sorted(labels.items()))


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("metrics"), changes=SWITCHED_ON) as served:
        listed = award(served.city.example("listed").uscc)
        for _ in range(3):
            served.callers.as_caller(BIDDING).check(listed)
        assert served.send("/jointsanctions.v1." + CHECK, listed, TOURISM).reason == "AREA_NOT_IN_MANDATE"
        yield served


def test_calls_are_counted_by_method_and_outcome_as_they_are_recorded(told):
    _, before = scraped(port_of(told))
    recorded = [json.loads(entry.body) for entry in told.entries()]

    for method, outcome in {(body["method"], body["outcome"]) for body in recorded}:
        number = sum((body["method"], body["outcome"]) == (method, outcome) for body in recorded)
        assert before[by("jsg_calls_total", method=method, outcome=outcome)] == number
    assert before[by("jsg_refusals_total", reason="AREA_NOT_IN_MANDATE")] == 1
    assert before[by("jsg_record_entries")] == told.next_number(WRITER) == len(recorded)
    assert before[by("jsg_record_committed_entries_total")] == len(recorded)


def test_the_histogram_holds_every_answered_call_once(told):
    _, found = scraped(port_of(told))
    answered = found[by("jsg_calls_total", method=CHECK, outcome="OK")]
    buckets = [found[key] for key in sorted(found) if key[0] == "jsg_call_seconds_bucket" and ("method", CHECK) in key]

    assert found[by("jsg_call_seconds_count", method=CHECK)] == answered == max(buckets)
    assert 0 < found[by("jsg_call_seconds_sum", method=CHECK)] < 60


def test_ends_ages_disk_and_lag_are_told(told):
    _, found = scraped(port_of(told))

    assert 80 * 86400 < found[by("jsg_expiry_seconds", what="certificate")] < 90 * 86400
    assert found[by("jsg_expiry_seconds", what="next_authority")] > 365 * 86400
    assert 0 <= found[by("jsg_revocations_age_seconds")] < 3600
    assert found[by("jsg_disk_free_bytes", what="audit")] > 0
    assert found[by("jsg_case_events_overdue")] == 0
    assert 0 <= found[by("jsg_case_events_oldest_seconds")] < 86_400
    assert 0 <= found[by("jsg_replica_lag_seconds")] < 1
    assert found[by("jsg_clock_skew_seconds")] == 0
    assert 0 <= found[by("jsg_source_age_seconds", feed="wage_list")] < 600
    assert found[by("jsg_healthy")] == 1
    assert found[by("jsg_open_streams")] == 0


def test_verdicts_are_counted_by_area_as_they_are_recorded(told):
    _, found = scraped(port_of(told))
    recorded = [json.loads(entry.body) for entry in told.entries()]
    number = sum(body["outcome"] == "OK" and "verdict" in body for body in recorded)

    assert found[by("jsg_verdicts_total", area="BIDDING", verdict="RESTRICTED")] >= 3
    assert sum(value for key, value in found.items() if key[0] == "jsg_verdicts_total") == number


def test_the_process_tells_what_it_does_for_all_and_what_it_holds(told):
    found = {}
    while found.get(by("jsg_lease_held", lease="integrator")) != 1:
        _, found = scraped(port_of(told))

    assert found[by("jsg_lease_held", lease="timers")] == 1
    assert 0 <= found[by("jsg_log_checkpoint_age_seconds")] < 600
    for store in ("facts", "log"):
        limit = found[by("jsg_store_connections_limit", store=store)]
        assert 0 <= found[by("jsg_store_connections", store=store)] <= limit
        assert limit >= 5
    assert 10 < found[by("process_open_fds")] < found[by("process_max_fds")]
    assert found[by("process_resident_memory_bytes")] > 20_000_000
    assert not [key for key in found if key[0] == "jsg_traced_calls_total"], "nothing is traced"


def test_no_label_and_no_value_tells_of_anybody(told):
    text, found = scraped(port_of(told))
    labels = {value for key in found for _, value in key[1:]}

    assert re.findall(r"[0-9A-HJ-NPQRTUWXY]{18}", text) == []
    assert not [agency.agency_id for agency in told.config.agencies if agency.agency_id in text]
    assert all(math.isfinite(value) for value in found.values())
    assert all(re.fullmatch(r"[\w/.+]+", label) for label in labels)


def test_a_scrape_is_no_call_and_makes_no_entry(told):
    before = told.next_number(WRITER)
    scraped(port_of(told))

    assert told.next_number(WRITER) == before


@pytest.mark.parametrize(
    ("request_line", "status"),
    [(b"GET / HTTP/1.1", b"404"), (b"POST /metrics HTTP/1.1", b"405"), (b"GET /metrics?x=1 HTTP/1.1", b"200")],
)
def test_only_metrics_are_told(told, request_line, status):
    assert raw(port_of(told), request_line + b"\r\nHost: localhost\r\n\r\n").split()[1] == status


@pytest.mark.parametrize("sent", [b"\x16\x03\x01" + bytes(9_000), b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 20_000])
def test_what_is_no_request_is_cut_off_and_the_next_is_answered(told, sent):
    assert raw(port_of(told), sent) == b""
    scraped(port_of(told))


def test_more_connections_than_fit_are_cut_off_and_the_port_recovers(told):
    port = port_of(told)
    held = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(8)]
    try:
        for connection in held:
            connection.sendall(b"GET")
        assert raw(port, b"GET /metrics HTTP/1.1\r\n\r\n") == b""
        assert told.healthy()
    finally:
        for connection in held:
            connection.close()
    while True:
        try:
            scraped(port)
        except (OSError, urllib.error.URLError):
            continue
        break


def test_a_gateway_without_the_section_opens_no_port(served):
    assert "metrics are told" not in served.log


def test_every_worker_has_a_port_of_its_own(start_gateway):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        first = free.getsockname()[1]
    changes = {COMMENTED: f'[metrics]\nlisten = "127.0.0.1:{first}" '}
    served = start_gateway(changes=changes, workers=2, filled=False)

    assert served.log.count("metrics are told") == 2
    for worker in range(2):
        _, found = scraped(first + worker)
        assert found[by("jsg_source_age_seconds", feed="wage_list")] == math.inf, "it was never confirmed"
        assert found[by("jsg_healthy")] == 0
        assert found[by("jsg_complaints", trouble="SOURCE_STALE", broken="true")] > 1
        if worker:
            assert found[by("jsg_lease_held", lease="timers")] == found[by("jsg_lease_held", lease="integrator")] == 0


def test_an_address_that_is_taken_stops_the_start_and_says_which(tmp_path, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        changes = {COMMENTED: f'[metrics]\nlisten = "127.0.0.1:{port}" '}
        place = prepared(tmp_path / "taken", changes)
        code = main(["--config", str(place.config), "--state", str(place.state), "serve", "--listen", "127.0.0.1:0"])

    assert code == 1
    assert f"cannot tell metrics on 127.0.0.1:{port}" in capsys.readouterr().err


def raw(port, content):
    """Send bytes and return what came back; what is cut off is nothing."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(content)
            found = b""
            while part := connection.recv(65_536):
                found += part
        except ConnectionError:
            return b""
        return found
