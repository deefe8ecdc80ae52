"""The HTTP side-car beside a real gateway: what it answers is what the gateway recorded."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from e2e.served import BIDDING, body_of, today
from e2e.sidecars import about, question, sidecar_of
from jointsanctions.v1 import outcome_pb2

pytestmark = pytest.mark.xdist_group("served")
STANDINGS = {1: "CLEARED", 2: "CONDITIONAL", 3: "UNVERIFIABLE", 4: "RESTRICTED"}


@pytest.fixture(scope="module")
def sidecar(served, tmp_path_factory):
    with sidecar_of(served.place, tmp_path_factory.mktemp("side-car"), served.port, tls=True) as running:
        yield running


def fulfilled(sidecar, number, code):
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    done = {
        "officerReview": {"officer": "wang", "reason": "seen in the register", "decidedAt": now},
        "existence": {"usccs": [code], "source": "national register", "reference": "No. 7", "confirmedAt": now},
    }
    return sidecar.post(f"/v1/checks/{number}/fulfilment", done, uuid4().hex)


def test_every_kind_of_enterprise_gets_what_it_stands_for_and_the_gateway_has_it_on_record(served, sidecar):
    for example in (each for each in served.city.examples if each.key != "same_name"):
        said = sidecar.post("/v1/checks", about(example))
        assert (said.status, said.json["standing"]) == (200, STANDINGS[int(example.expected)]), example.key
        assert said.json["mayProceed"] == (said.json["standing"] == "CLEARED")
        assert said.headers["cache-control"] == "no-store"
        entry = served.entries(int(said.json["auditPosition"]["number"]))[0]
        assert body_of(entry)["response"] == said.json["answerDigest"]


def test_a_batch_answers_each_and_a_malformed_one_stops_itself_only(served, sidecar):
    good, listed = served.city.example("grade_a"), served.city.example("listed")
    wrong = good.uscc[:-1] + ("A" if good.uscc[-1] != "A" else "B")
    items = [{"itemId": str(i), "enterprise": {"uscc": code}} for i, code in enumerate((good.uscc, wrong, listed.uscc))]

    said = sidecar.post("/v1/check-batches", {"question": question("EVALUATION"), "items": items})

    assert said.status == 200
    first, second, third = said.json["items"]
    assert (first["answer"]["standing"], third["answer"]["standing"]) == ("CLEARED", "RESTRICTED")
    assert (second["problem"]["reason"], second["problem"]["field"]) == (
        "MALFORMED_REQUEST",
        "items[1].enterprise.uscc",
    )


def test_an_award_goes_from_publicity_to_the_contract_and_a_key_is_good_for_one_grant(served, sidecar):
    case, winner = f"T-{uuid4().hex}", served.city.example("grade_a")
    assert sidecar.post("/v1/grants", about(winner, case=case), uuid4().hex).reason == "NO_EARLIER_ANSWER"
    assert sidecar.post("/v1/checks", about(winner, "CANDIDATE_PUBLICITY", case)).json["mayProceed"]

    key = uuid4().hex
    first = sidecar.post("/v1/grants", about(winner, case=case), key)
    again = sidecar.post("/v1/grants", about(winner, case=case), key)

    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    other = sidecar.post("/v1/grants", about(winner, case=f"{case}-2"), key)
    assert (other.status, other.reason) == (409, "IDEMPOTENCY_KEY_REUSED")

    award = first.json["number"]
    without = sidecar.post("/v1/grants", about(winner, "CONTRACT", case), uuid4().hex)
    assert (without.status, without.json["field"]) == (422, "carriedBy")
    contract = sidecar.post("/v1/grants", about(winner, "CONTRACT", case, carriedBy=award), uuid4().hex)
    assert (contract.status, contract.json["parties"]) == (201, [winner.uscc])
    recorded = sidecar.get(f"/v1/checks/{award}").json
    assert [each["kind"] for each in recorded["outcomes"]] == ["GRANTED"]


def test_a_listed_winner_is_refused_with_the_recorded_answer(served, sidecar):
    listed, case = served.city.example("listed"), f"T-{uuid4().hex}"
    sidecar.post("/v1/checks", about(served.city.example("grade_a"), "CANDIDATE_PUBLICITY", case))

    refused = sidecar.post("/v1/checks", about(listed, case=case))
    assert (refused.status, refused.json["standing"], refused.json["mayProceed"]) == (200, "RESTRICTED", False)
    assert refused.json["measures"][0]["effect"] == "EFFECT_BLOCK"


def test_an_unknown_enterprise_is_awarded_once_its_conditions_are_met(served, sidecar):
    unknown, case = served.city.example("unknown"), f"T-{uuid4().hex}"
    assert sidecar.post("/v1/checks", about(unknown, "CANDIDATE_PUBLICITY", case)).json["standing"] == "CLEARED"
    refused = sidecar.post("/v1/grants", about(unknown, case=case), uuid4().hex)
    assert (refused.status, refused.reason) == (409, "CONDITION_NOT_MET")
    number = refused.json["answer"]["number"]
    assert any("exists" in each for each in refused.json["answer"]["missing"])
    lacking = sidecar.post(f"/v1/checks/{number}/fulfilment", {}, uuid4().hex)
    assert (lacking.status, lacking.reason) == (409, "CONDITION_NOT_MET")

    assert fulfilled(sidecar, number, unknown.uscc).status == 201
    granted = sidecar.post("/v1/grants", about(unknown, case=case, reviewed=number), uuid4().hex)

    assert granted.status == 201, granted.raw
    assert [each["kind"] for each in sidecar.get(f"/v1/checks/{granted.json['number']}").json["outcomes"]] == [
        "FULFILLED",
        "GRANTED",
    ]


def test_a_receipt_is_the_gateways_own_of_a_single_check_and_of_an_item(served, sidecar):
    grade_a, listed = served.city.example("grade_a"), served.city.example("listed")
    alone = sidecar.post("/v1/checks", about(grade_a)).json["number"]
    items = [{"itemId": each.key, "enterprise": {"uscc": each.uscc}} for each in (grade_a, listed)]
    batch = sidecar.post("/v1/check-batches", {"question": question(), "items": items}).json
    for number in (alone, batch["items"][1]["answer"]["number"]):
        said = sidecar.get(f"/v1/receipts/{number}?officer=li.wei")
        assert said.status == 200, said.raw
        assert said.json
    assert sidecar.get("/v1/receipts/999999?officer=li.wei").reason == "NOT_FOUND"
    assert sidecar.get(f"/v1/receipts/{alone}").json["field"] == "officer"


def test_what_was_done_is_reported_once_for_its_key(served, sidecar):
    number = sidecar.post("/v1/checks", about(served.city.example("grade_a"))).json["number"]
    said = {"officer": "li", "outcome": "OUTCOME_KIND_AWARDED_TO_OTHER", "decidedOn": today().isoformat()}
    done = {"check": number, **said}
    key = uuid4().hex

    first, again = sidecar.post("/v1/outcomes", done, key), sidecar.post("/v1/outcomes", done, key)

    assert first.status == 201, first.raw
    assert first.json == again.json


def test_two_hundred_enterprises_asked_about_at_once_each_get_their_own_answer(served, sidecar):
    examples = [each for each in served.city.examples if each.key != "same_name"]
    case = f"T-{uuid4().hex}"
    asked = [examples[i % len(examples)] for i in range(200)]

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda each: sidecar.post("/v1/checks", about(each, case=case)), asked))

    assert {said.status for said in answers} == {200}
    assert len({said.json["number"] for said in answers}) == 200
    for example, said in zip(asked, answers, strict=True):
        assert said.json["standing"] == STANDINGS[int(example.expected)]
        assert sidecar.get(f"/v1/checks/{said.json['number']}").json["enterprise"] == example.uscc


def test_it_is_ready_and_describes_itself(sidecar):
    health = sidecar.get("/v1/health")
    assert (health.status, health.json["ready"], health.json["area"]) == (200, True, "bidding")
    assert sidecar.get("/openapi.json").json["openapi"] == "3.1.0"


def test_an_ocds_release_comes_back_annotated_with_its_digits(served, sidecar):
    keys = ("grade_a", "listed")
    parties = ",".join(
        f'{{"id": "{key}", "identifier": {{"scheme": "CN-USCC", "id": "{served.city.example(key).uscc}"}}}}'
        for key in keys
    )
    release = (
        f'{{"ocid": "ocds-{uuid4().hex}", "value": 1.10, "parties": [{parties}],'
        f' "tender": {{"tenderers": [{{"id": "grade_a"}}, {{"id": "listed"}}]}}}}'
    )
    asked = str(question("EVALUATION")).replace("'", '"').replace("True", "true")

    said = sidecar.post("/v1/ocds/releases", raw=f'{{"question": {asked}, "release": {release}}}'.encode())

    assert said.status == 200, said.raw
    assert b"1.10" in said.raw
    assert [each["jointSanctions"]["verdict"] for each in said.json["parties"]] == ["CLEAR", "RESTRICTED"]


def test_what_it_did_is_reported_to_the_gateway_by_itself(served, tmp_path):
    often = {"upkeep_seconds = 600": "upkeep_seconds = 1"}
    with sidecar_of(served.place, tmp_path, served.port, changes=often) as sidecar:
        case = f"T-{uuid4().hex}"
        number = sidecar.post("/v1/checks", about(served.city.example("listed"), case=case)).json["number"]
        ends = time.monotonic() + 60
        while not sidecar.get(f"/v1/checks/{number}").json["outcomes"][0]["reported"]:
            assert time.monotonic() < ends, "it was not reported"
    bidding = served.callers.as_caller(BIDDING)
    listed = bidding.list_outcomes(outcome_pb2.ListOutcomesRequest(officer="o", case_ref=case)).outcomes
    assert [each.outcome for each in listed] == [outcome_pb2.OUTCOME_KIND_REFUSED]
