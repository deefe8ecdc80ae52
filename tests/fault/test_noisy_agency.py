"""A noisy agency does not slow another, and is told when to come back."""

# ruff: noqa: T201 - what was measured is printed

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from e2e.served import (
    AUDITOR,
    BATCH,
    CHECK,
    FINANCE,
    TOURISM,
    award,
    body_of,
    gateway_in,
    new_party,
    outcome_of,
    prepared,
    question,
)
from flood import flooding
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2

pytestmark = pytest.mark.xdist_group("noisy")

ASKED = 200
FLOOD = 256
BATCHES = 16
SHARE = 3
"""A quiet agency waits less than a third of what a flood's calls take (docs/load.md has what was measured)."""
OWN = 'id = "finance"\n'
IN_FULL = {"refusals_in_full = 1 ": "refusals_in_full = 1 "}


def procurement(code):
    facts = credit_pb2.ProcurementFacts(
        tender_document_names_list=True,
        form=credit_pb2.PARTICIPATION_FORM_SINGLE,
        cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED,
    )
    return award(
        code,
        area=common_pb2.AREA_PROCUREMENT,
        decision_point=common_pb2.DECISION_POINT_PROCUREMENT_RESULT,
        case_facts=credit_pb2.CaseFacts(procurement=facts),
    )


def batch_of(code, items):
    batch = credit_pb2.BatchCheckEligibilityRequest(question=procurement(code).question)
    for place in range(items):
        batch.items.add(item_id=str(place)).enterprise.uscc = code
    return batch


def latencies(gateway, calls=ASKED):
    """Ask one after another as a quiet agency; return the milliseconds of each, in order of size."""
    raw = award(gateway.city.example("listed").uscc).SerializeToString()
    took = []
    for _ in range(calls):
        begun = time.perf_counter()
        outcome = gateway.raw(CHECK, raw)
        took.append((time.perf_counter() - begun) * 1000)
        assert outcome.ok, outcome.text()
    return sorted(took)


def beside_flood(gateway, end):
    """Return the latencies of a quiet agency, and the milliseconds that as many calls as the flood has at once take."""
    begun = time.perf_counter()
    took = latencies(gateway)
    seen = end()
    return took, (time.perf_counter() - begun) * 1000 * FLOOD / sum(seen.values())


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("noisy"), changes=IN_FULL) as served:
        yield served


def shown(name, took):
    return f"{name}: p50 {took[len(took) // 2]:.1f} ms, p99 {took[int(len(took) * 0.99)]:.1f} ms"


@pytest.mark.slow
def test_beside_a_flood_of_256_in_flight_a_quiet_agency_is_answered_as_promised(gateway, capsys):
    idle = latencies(gateway)
    code = gateway.city.example("listed").uscc
    with flooding(gateway, FINANCE, CHECK, procurement(code), FLOOD) as end:
        beside, behind_all = beside_flood(gateway, end)
    with capsys.disabled():
        print(f"\n{shown('idle', idle)}; {shown('beside a flood', beside)}; behind all of it {behind_all:.0f} ms")
    assert beside[ASKED // 2] < behind_all / SHARE


@pytest.mark.slow
def test_beside_a_flood_of_refusals_too(gateway, capsys):
    code = gateway.city.example("listed").uscc
    with flooding(gateway, TOURISM, CHECK, award(code), FLOOD) as end:
        beside, behind_all = beside_flood(gateway, end)
    with capsys.disabled():
        print(f"\n{shown('beside refusals', beside)}; behind all of them {behind_all:.0f} ms")
    assert beside[ASKED // 2] < behind_all / SHARE


@pytest.mark.slow
def test_beside_large_batches_too(gateway, capsys):
    code = gateway.city.example("listed").uscc
    with flooding(gateway, FINANCE, BATCH, batch_of(code, 300), BATCHES) as end:
        begun = time.perf_counter()
        beside = latencies(gateway, 60)
        batches = end()["OK"]
        each = (time.perf_counter() - begun) / batches * 1000
    with capsys.disabled():
        print(f"\n{shown('beside batches', beside)}; a batch took {each:.0f} ms")
    assert beside[30] < each * BATCHES / SHARE


@pytest.fixture(scope="module")
def tight(tmp_path_factory):
    """A gateway at which the finance bureau may ask twice at once, and five times a second."""
    folder = tmp_path_factory.mktemp("tight")
    prepared(folder, {})
    file = folder / "config" / "agencies.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(OWN) == 1
    file.write_text(text.replace(OWN, OWN + "quota = { in_flight = 2, per_second = 5 }\n"), encoding="utf-8")
    with gateway_in(folder) as served:
        yield served


def test_over_the_quota_a_caller_is_refused_with_the_time_to_come_back_and_others_are_not(tight):
    raw = procurement(new_party().uscc).SerializeToString()
    outcomes = [tight.raw(CHECK, raw, FINANCE) for _ in range(20)]
    refused = [outcome for outcome in outcomes if not outcome.ok]
    assert len(refused) >= 10
    for outcome in refused:
        assert (outcome.code, outcome.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED")
        (info,) = outcome.infos
        assert (info.metadata["quota"], info.metadata["limit"]) == ("per_second", "5")
        assert 1 <= int(info.metadata["retry_after_ms"]) <= 201
        assert dict(outcome.trailers)["grpc-retry-pushback-ms"] == info.metadata["retry_after_ms"]
    assert all(tight.send(CHECK, award(new_party().uscc)).ok for _ in range(20))


def test_our_client_waits_as_it_is_told_and_is_answered(tight):
    client = tight.callers.as_caller(FINANCE)
    begun = time.monotonic()
    for _ in range(12):
        assert client.check(procurement(new_party().uscc)).decision.verdict
    assert time.monotonic() - begun >= 1


def test_grpcs_own_retries_wait_as_they_are_told(tight):
    policy = {
        "maxAttempts": 5,
        "initialBackoff": "60s",
        "maxBackoff": "60s",
        "backoffMultiplier": 1,
        "retryableStatusCodes": ["RESOURCE_EXHAUSTED"],
    }
    config = {"methodConfig": [{"name": [{}], "retryPolicy": policy}]}
    options = [("grpc.ssl_target_name_override", "localhost"), ("grpc.service_config", json.dumps(config))]
    raw = procurement(new_party().uscc).SerializeToString()
    with grpc.secure_channel(f"127.0.0.1:{tight.port}", tight.credentials(FINANCE), options) as channel:
        call = channel.unary_unary(CHECK, None, None)
        assert all(outcome_of(call, raw).ok for _ in range(10))


def test_calls_at_once_over_the_quota_are_refused(tight):
    raw = procurement(new_party().uscc).SerializeToString()
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda _: tight.raw(CHECK, raw, FINANCE), range(64)))
    assert {outcome.reason for outcome in outcomes if not outcome.ok} == {"QUOTA_EXCEEDED"}


def test_hundreds_of_refusals_are_a_few_entries_and_none_is_lost_when_the_process_drains(tmp_path):
    with gateway_in(tmp_path, changes=IN_FULL, filled=False) as served:
        before = served.next_number()
        raw = award(new_party().uscc).SerializeToString()
        outcomes = [served.raw(CHECK, raw, TOURISM) for _ in range(300)]
        assert {outcome.reason for outcome in outcomes} == {"AREA_NOT_IN_MANDATE"}
    with gateway_in(tmp_path, filled=False) as served:
        bodies = [body_of(entry) for entry in served.entries(before)]
        counts = [body["counted"] for body in bodies if "counted" in body]
        assert len(bodies) - len(counts) == 1
        assert {(body["outcome"], body["caller"]["agency"]) for body in bodies} == {("AREA_NOT_IN_MANDATE", "tourism")}
        assert 1 + sum(each["number"] for each in counts) == 300
        assert {name for each in counts for name in each["methods"]} == {"CreditService/CheckEligibility"}
        assert all(each["first"] <= each["last"] for each in counts)
        search = audit_pb2.SearchAccessRequest(searched_by="o", agency="tourism", page_size=10)
        found = served.send("/jointsanctions.v1.AuditService/SearchAccess", search, AUDITOR)
        assert found.ok, found.text()


def test_a_missing_case_number_is_an_entry_each_time(gateway):
    before = gateway.next_number()
    raw = award(new_party().uscc, case_ref=" ").SerializeToString()
    outcomes = [gateway.raw(CHECK, raw) for _ in range(5)]
    assert {outcome.reason for outcome in outcomes} == {"AUTHORIZATION_MISSING"}
    own = [body_of(entry) for entry in gateway.entries(before)]
    assert [body["outcome"] for body in own].count("AUTHORIZATION_MISSING") == 5
    assert question().case_ref
