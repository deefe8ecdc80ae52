"""What two persons change of a mandate holds within a second in every process on the store, for open streams too."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    WRITER,
    award,
    body_of,
    gateway_in,
    new_party,
    outcome_of,
    question,
)
from jointsanctions.v1 import audit_pb2, credit_pb2
from mandate_calls import WITHIN, changed, end_of, seen, wanted

from gateway.domain.agencies import Role

pytestmark = pytest.mark.xdist_group("processes")
CONNECTIONS = 24
"""Of which the kernel gives each worker some: that one gets none has a chance of two in 2^24."""
CONNECTOR = "credit-platform.connector"
WATCH = "/jointsanctions.v1.RegistryService/WatchChanges"


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("mandates"), workers=2, filled=False) as gateway:
        yield gateway


def asker(channel, **parts):
    """Return a function that asks on a channel and returns the reason of the refusal, or OK."""

    def ask():
        sent = award(new_party().uscc, **parts).SerializeToString()
        outcome = outcome_of(channel.unary_unary(CHECK, None, None), sent)
        return "OK" if outcome.ok else outcome.reason

    return ask


@pytest.fixture
def of_each_worker(two_workers):
    """A channel of the bidding centre to each of the workers."""
    with ExitStack() as stack:
        found = {}
        for _ in range(CONNECTIONS):
            channel = stack.enter_context(two_workers.new_channel(BIDDING))
            sent = award(new_party().uscc).SerializeToString()
            answer = outcome_of(channel.unary_unary(CHECK, None, None), sent).answer
            found[credit_pb2.CheckEligibilityResponse.FromString(answer).audit_position.writer] = channel
        assert set(found) == {"gw1-0", "gw1-1"}
        yield found


@pytest.fixture
def own(two_workers, of_each_worker):
    """The mandate of the bidding centre as it was begun; it stands again when the test ends."""
    entry = two_workers.config.agencies.find(*BIDDING.split("."))
    yield entry
    at = changed(two_workers, wanted(entry))
    for channel in of_each_worker.values():
        seen(asker(channel), "OK", at)


def test_a_mandate_that_is_ended_and_granted_again_is_so_within_a_second_with_every_worker(
    two_workers, own, of_each_worker
):
    at = changed(two_workers, end_of(BIDDING))
    took = {worker: seen(asker(channel), "MANDATE_NOT_IN_FORCE", at) for worker, channel in of_each_worker.items()}
    assert max(took.values()) < WITHIN, took

    at = changed(two_workers, wanted(own))
    took = {worker: seen(asker(channel), "OK", at) for worker, channel in of_each_worker.items()}
    assert max(took.values()) < WITHIN, took


def test_purposes_that_are_granted_are_demanded_within_a_second_with_every_worker(two_workers, own, of_each_worker):
    request = wanted(own)
    request.mandate.purposes.extend(["TENDER-REVIEW", "AWARD"])
    at = changed(two_workers, request)
    for channel in of_each_worker.values():
        assert seen(asker(channel), "PURPOSE_NOT_IN_MANDATE", at) < WITHIN
        assert asker(channel, purpose="AWARD")() == "OK"
        assert asker(channel, purpose="award")() == "PURPOSE_NOT_IN_MANDATE"
        assert asker(channel, purpose="", case_ref="")() == "PURPOSE_NOT_IN_MANDATE", "the mandate comes before format"
        for stated, refused in ((("AWARD", "TENDER-REVIEW"), ""), (("AWARD", "award"), "1"), (("", "AWARD"), "0")):
            batch = credit_pb2.BatchCheckEligibilityRequest(question=question(purpose="", case_ref=""))
            for place, purpose in enumerate(stated):
                item = batch.items.add(item_id=str(place), purpose=purpose, case_ref="" if refused else f"P-{place}")
                item.enterprise.uscc = new_party().uscc
            outcome = outcome_of(channel.unary_unary(BATCH, None, None), batch.SerializeToString())
            found = (outcome.reason, outcome.field) if outcome.infos else ()
            expected = ("PURPOSE_NOT_IN_MANDATE", f"items[{refused}].purpose")
            assert found == (expected if refused else ()), "that of each item, and before any format"


def test_a_mandate_bound_to_its_territory_asks_about_projects_within_it_alone(two_workers, own, of_each_worker):
    """The sample questions are about a project in 420302."""
    request = wanted(own)
    request.mandate.bound_to_territory = True
    request.mandate.territory = "420500"
    at = changed(two_workers, request)
    for channel in of_each_worker.values():
        assert seen(asker(channel), "TERRITORY_NOT_IN_MANDATE", at) < WITHIN
        assert asker(channel, case_ref="")() == "TERRITORY_NOT_IN_MANDATE", "the mandate comes before format"
        batch = credit_pb2.BatchCheckEligibilityRequest(question=question())
        batch.question.ClearField("case_facts")
        batch.items.add().case_facts.CopyFrom(question().case_facts)
        refused = outcome_of(channel.unary_unary(BATCH, None, None), batch.SerializeToString())
        assert refused.field == "items[0].case_facts.bidding.project_region"
    request = wanted(own)
    request.mandate.bound_to_territory = True
    at = changed(two_workers, request)
    for channel in of_each_worker.values():
        assert seen(asker(channel), "OK", at) < WITHIN


def test_a_mandate_ends_by_time_alone_at_its_instant(two_workers, own, of_each_worker):
    ends = datetime.now(UTC) + timedelta(seconds=4)
    changed(two_workers, wanted(own, valid_until=ends))
    asks = [asker(channel) for channel in of_each_worker.values()]
    assert [ask() for ask in asks] == ["OK", "OK"]
    for ask in asks:
        seen(ask, "MANDATE_NOT_IN_FORCE", time.monotonic())
        assert ends <= datetime.now(UTC)


def test_a_mandate_that_has_not_begun_lets_nobody_in_and_says_from_when(two_workers, own):
    begins = datetime.now(UTC) + timedelta(days=1)
    at = changed(two_workers, wanted(own, valid_from=begins))
    with two_workers.new_channel(BIDDING) as channel:
        assert seen(asker(channel), "MANDATE_NOT_IN_FORCE", at) < WITHIN
        outcome = outcome_of(channel.unary_unary(CHECK, None, None), b"\xff no message")
    (info,) = outcome.infos
    assert outcome.code is grpc.StatusCode.PERMISSION_DENIED
    assert dict(info.metadata) == {
        "why": "NOT_YET_VALID",
        "valid_from": begins.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def test_open_streams_of_a_caller_whose_mandate_ended_are_cut_with_every_worker_and_that_is_recorded(two_workers):
    with ExitStack() as stack:
        calls = []
        for _ in range(CONNECTIONS // 2):
            channel = stack.enter_context(two_workers.new_channel(CONNECTOR))
            calls.append(channel.unary_stream(WATCH, None, None)(b"\x12\x01o", timeout=60))
            next(calls[-1])
        numbers = {worker: two_workers.next_number(worker) for worker in ("gw1-0", "gw1-1")}
        at = changed(two_workers, end_of(CONNECTOR))
        for call in calls:
            with pytest.raises(grpc.RpcError) as caught:
                list(call)
            assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        assert time.monotonic() - at < WITHIN + 0.5, "seen within a second, and judged twice in one"
    for worker, number in numbers.items():
        outcomes = [body_of(entry)["outcome"] for entry in two_workers.entries(number, worker)]
        assert "MANDATE_NOT_IN_FORCE" in outcomes, worker


def test_a_newcomer_is_let_in_and_may_then_do_what_was_granted_and_nothing_else(two_workers):
    newcomer = two_workers.config.agencies.find(*BIDDING.split("."))
    request = wanted(newcomer)
    request.mandate.agency = "newcomer"
    with two_workers.new_channel("newcomer.asking-system") as channel:
        ask = asker(channel)
        assert ask() == "CALLER_UNKNOWN"
        at = changed(two_workers, request)
        assert seen(ask, "OK", at) < WITHIN
    other = two_workers.send(CHECK, award(new_party().uscc), f"newcomer.{Role.BANK}")
    assert other.reason == "CALLER_UNKNOWN"


def test_what_was_refused_for_want_of_a_mandate_in_force_is_found_by_the_auditor(two_workers):
    search = audit_pb2.SearchAccessRequest(searched_by="a", page_size=1000)
    found = two_workers.callers.as_caller(AUDITOR).search_access(search).entries
    assert {"AdminService/ProposeMandate", "AdminService/ApproveMandate"} <= {entry.method for entry in found}
    assert WRITER in {entry.position.writer for entry in found}
