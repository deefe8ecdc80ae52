"""A gateway behind the edge: calls of every kind, who made them, and what happens when one of the two starts anew.

That everything else holds there too is what `make test-edge` shows: the tests of identity and promises, through it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import grpc
import pytest
from cryptography import x509
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    FINANCE,
    HRSS,
    SUBMIT,
    award,
    body_of,
    gateway_in,
    new_party,
    outcome_of,
    prepared,
    today,
)
from fault.test_health_abuse import code_of, shown_serial, watch
from grpc_health.v1 import health_pb2, health_pb2_grpc
from jointsanctions.v1 import changes_pb2, common_pb2, credit_pb2, registry_pb2

from gateway.cli import local_city
from gateway.cli.local_edge import edge_process
from gateway.rpc.health import CALLS_OF_ONE
from gateway.sample.records import complaint
from gateway.security.pki import issue_server

pytestmark = pytest.mark.xdist_group("edge")

PATIENCE = 20
OWN = 'id = "public-resources-trading"\n'


@pytest.fixture(scope="module")
def edged(tmp_path_factory):
    """A gateway behind the edge, at which the asking system may ask 50 times a second."""
    folder = tmp_path_factory.mktemp("edged")
    prepared(folder, {}, edge=True)
    file = folder / "config" / "agencies.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(OWN) == 1
    file.write_text(text.replace(OWN, OWN + "quota = { per_second = 50 }\n"), encoding="utf-8")
    with gateway_in(folder) as served:
        yield served


def test_a_check_is_answered_and_on_record_as_of_its_callers_own_connection(edged):
    outcome, body = edged.recorded_by(CHECK, award(edged.city.example("listed").uscc).SerializeToString())

    assert outcome.ok, outcome.text()
    answer = credit_pb2.CheckEligibilityResponse.FromString(outcome.answer)
    assert answer.decision.verdict == common_pb2.VERDICT_RESTRICTED
    assert body_of(edged.entry(answer.audit_position)) == body
    caller = body["caller"]
    assert (caller["tls"], caller["group"]) == ("TLSv1.3", "X25519MLKEM768")
    assert caller["peer"].startswith("ipv4:127.0.0.1:")


def test_batches_submissions_and_feeds_go_through_it_too(edged):
    batch = credit_pb2.BatchCheckEligibilityRequest(question=award("").question)
    for place in range(3):
        batch.items.add(item_id=str(place)).enterprise.uscc = new_party().uscc
    assert edged.send(BATCH, batch).ok
    record = complaint(new_party(), "edge-1", today(), None)
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id="edge-1", feed="labour_inspection", officer="o", records=[record], last=True
    )
    assert edged.raw_stream(SUBMIT, [chunk.SerializeToString()]).ok
    asked = changes_pb2.WatchChangesRequest(after_revision=0, officer="o").SerializeToString()
    feed = edged.channel(HRSS).unary_stream("/jointsanctions.v1.RegistryService/WatchChanges", None, None)(asked)
    assert next(feed)
    feed.cancel()


def test_health_is_told_and_an_unknown_path_is_refused_on_record(edged):
    stub = health_pb2_grpc.HealthStub(edged.channel())
    assert (
        stub.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE).status == health_pb2.HealthCheckResponse.SERVING
    )
    before = edged.next_number()
    outcome = edged.raw("/jointsanctions.v1.CreditService/Nothing", b"")
    assert outcome.code is grpc.StatusCode.UNIMPLEMENTED
    assert outcome.reason in {body_of(entry)["outcome"] for entry in edged.entries(before)}


def test_each_certificate_has_its_own_places_at_the_health_service(edged):
    with edged.new_channel(FINANCE) as greedy, edged.new_channel(HRSS) as other:
        watching = [watch(greedy) for _ in range(CALLS_OF_ONE)]
        assert {next(each).status for each in watching} == {health_pb2.HealthCheckResponse.SERVING}
        assert code_of(watch(greedy)) is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert code_of(watch(other)) is None


@pytest.mark.parametrize("path", [CHECK, BATCH])
def test_a_refusal_has_its_status_its_reason_and_its_field(edged, path):
    wrong = {CHECK: award("x"), BATCH: credit_pb2.BatchCheckEligibilityRequest(question=award("").question)}[path]
    outcome = edged.send(path, wrong)

    assert (outcome.code, outcome.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST")
    assert outcome.field
    assert edged.raw(path, b"", AUDITOR).reason == "ROLE_NOT_PERMITTED"


def test_over_the_quota_a_caller_is_told_when_to_come_back(edged):
    call = edged.channel().unary_unary(CHECK, None, None)
    raw = award(new_party().uscc).SerializeToString()
    calls = [call.future(raw, timeout=PATIENCE) for _ in range(200)]
    refused = [each.exception() for each in calls if each.exception()]

    assert {each.code() for each in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    for each in refused:
        trailers = dict(each.trailing_metadata())
        assert 1 <= int(trailers["grpc-retry-pushback-ms"]) <= 1001
        assert not [name for name in trailers if name.startswith("x-jsg")]


def test_a_deadline_ends_a_call_and_it_is_on_record(edged):
    before = edged.next_number()
    call = edged.channel().unary_unary(CHECK, None, None)
    outcome = outcome_of(call, award(new_party().uscc).SerializeToString(), timeout=0.001)
    assert outcome.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert edged.healthy()
    assert {body_of(entry)["outcome"] for entry in edged.entries(before)} <= {"OK", "CANCELLED", "DEADLINE_PASSED"}


def test_a_new_key_is_shown_within_seconds_and_open_connections_stay(edged):
    pki = edged.place.state / "pki"
    assert edged.healthy()
    issue_server(pki, [], 30, datetime.now(UTC), force=True)
    new = x509.load_pem_x509_certificate((pki / "server.pem").read_bytes()).serial_number
    until = time.monotonic() + PATIENCE
    while shown_serial(edged) != new:
        assert time.monotonic() < until
    assert edged.healthy()


def test_a_gateway_that_stops_answers_what_is_under_way_and_one_that_starts_is_found(tmp_path):
    place = prepared(tmp_path, {}, edge=True)
    jsg = local_city._jsg(place)
    with gateway_in(tmp_path, filled=False, edge=True) as first:
        raw = award(new_party().uscc).SerializeToString()
        edge = edge_process(jsg, place.state, "127.0.0.1:0", 1)
        with edge as (port, proxy), first.new_channel(BIDDING, port) as channel:
            call = channel.unary_unary(CHECK, None, None)
            assert outcome_of(call, raw).ok
            first.process.terminate()
            assert first.process.wait(PATIENCE) == 0
            assert outcome_of(call, raw).code is grpc.StatusCode.UNAVAILABLE
            with gateway_in(tmp_path, filled=False, edge=True):
                until = time.monotonic() + PATIENCE
                while not outcome_of(call, raw).ok:
                    assert time.monotonic() < until
                assert proxy.poll() is None


def workers_of(channel):
    """Ask by both sockets on one connection; return the writers that answered, which must be one."""
    raw = award(new_party().uscc).SerializeToString()
    batch = credit_pb2.BatchCheckEligibilityRequest(question=award("").question)
    batch.items.add(item_id="1").enterprise.uscc = new_party().uscc
    answers = []
    for _ in range(6):
        checked = outcome_of(channel.unary_unary(CHECK, None, None), raw)
        answers.append(credit_pb2.CheckEligibilityResponse.FromString(checked.answer))
        checked = outcome_of(channel.unary_unary(BATCH, None, None), batch.SerializeToString())
        answers.append(credit_pb2.BatchCheckEligibilityResponse.FromString(checked.answer))
    writers = {answer.audit_position.writer for answer in answers}
    assert len(writers) == 1
    return writers


def test_a_connection_stays_with_one_of_several_workers_on_both_sockets(tmp_path):
    with gateway_in(tmp_path, workers=2, edge=True) as gateway:
        served = set()
        until = time.monotonic() + PATIENCE
        while len(served) < 2:
            assert time.monotonic() < until
            with gateway.new_channel() as channel:
                served |= workers_of(channel)
