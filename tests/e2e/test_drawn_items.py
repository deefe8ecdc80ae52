"""Batches of any make-up: what is shared stands in the question, or in the items, and each item is what it is alone."""

from __future__ import annotations

import json
import random

import pytest
from e2e.reported import read
from e2e.served import BATCH, BIDDING, CHECK, award, body_of, new_party, question
from e2e.test_replaying import is_identical, replayed
from jointsanctions.v1 import credit_pb2

from gateway.domain.call_record import body_of_item

pytestmark = pytest.mark.xdist_group("served")

FIELDS = {"case_ref": "case", "officer": "officer", "purpose": "purpose"}
OF_ALL = (
    "caller",
    "area",
    "point",
    "case",
    "officer",
    "officer_by",
    "purpose",
    "policy",
    "rules",
    "revision",
    "mandate",
)
OF_ITEM = ("enterprises", "names", "relations", "facts", "verdict", "measures", "grounds", "grade")
BATCHES = 30


def drawn(chance, codes, number):
    """Return a batch and, of each item, the single question that asks the same."""
    request = credit_pb2.BatchCheckEligibilityRequest(question=question(), request_id=f"drawn-{number}")
    size = chance.randint(1, 6)
    said = {name: [f"{name} {number}-{chance.randrange(3)}" for _ in range(size)] for name in FIELDS}
    for name, values in said.items():
        where = chance.choice(("question", "items", "both"))
        if where != "items":
            values[:] = values[:1] * size
            setattr(request.question, name, values[0])
        else:
            request.question.ClearField(name)
        said[name] = (where, values)
    singles = []
    for place in range(size):
        item = request.items.add(item_id=f"i{place}")
        code, named = chance.choice(codes), chance.choice(("", "样例有限公司"))
        item.enterprise.uscc, item.enterprise.name = code, named
        single = award(code, named)
        for name, (where, values) in said.items():
            if where == "items" or (where == "both" and chance.random() < 0.5):
                setattr(item, name, values[place])
            setattr(single.question, name, values[place])
        if chance.random() < 0.4:
            item.case_facts.CopyFrom(request.question.case_facts)
            item.case_facts.bidding.lot = f"{place}"
            single.question.case_facts.CopyFrom(item.case_facts)
        singles.append(single)
    return request, singles


def test_a_batch_answers_and_records_of_each_item_what_a_single_call_would(served):
    chance = random.Random(20261130)  # noqa: S311 - a repeatable sample
    codes = [each.uscc for each in served.city.examples] + [new_party().uscc]
    for number in range(BATCHES):
        request, singles = drawn(chance, codes, number)
        answer = read(served, BATCH, request, credit_pb2.BatchCheckEligibilityResponse, BIDDING)
        entry = served.entry(answer.audit_position)
        body = body_of(entry)
        for single, item, stored in zip(singles, answer.items, entry.lines, strict=True):
            line = json.loads(stored.content)
            told = read(served, CHECK, single, credit_pb2.CheckEligibilityResponse, BIDDING)
            alone = body_of(served.entry(told.audit_position))
            whole = body_of_item(body, line)
            assert {key: whole.get(key) for key in OF_ALL} == {key: alone.get(key) for key in OF_ALL}
            assert {key: line.get(key) for key in OF_ITEM} == {key: alone.get(key) for key in OF_ITEM}
            assert not [key for key in FIELDS.values() if key in line and key in body], "said in one place"
            for decision in (item.decision, told.decision):
                decision.ClearField("valid_until")
                for measure in decision.measures:
                    measure.ClearField("effective_from")
            assert item.decision == told.decision
        assert is_identical(replayed(served, answer.audit_position)), number
