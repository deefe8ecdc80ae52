"""The promise: every answer has its entry, the entry says what was answered, and the auditor finds it."""

from __future__ import annotations

import hashlib
import json

import pytest
from e2e.served import AUDITOR, BATCH, BIDDING, CHECK, HRSS, SEARCH, WRITER, award, body_of, new_party, question
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2

from formats import merkle
from gateway.domain.vocabulary import Verdict
from gateway.sample.examples import Maker
from gateway.sample.city import make_city
from gateway.cli.local_city import SEED
from gateway.storage.audit_verify import flaw

pytestmark = pytest.mark.xdist_group("served")
KEYS = [example.key for example in make_city(SEED, __import__("datetime").date(2026, 1, 1)).examples]


@pytest.mark.parametrize("key", KEYS)
def test_every_sample_enterprise_gets_the_verdict_that_it_stands_for(served, key):
    example = served.city.example(key)
    answer = served.callers.as_caller(BIDDING).check(award(example.uscc, case_ref=f"KEY-{key}"))

    assert common_pb2.Verdict.Name(answer.decision.verdict) == f"VERDICT_{example.expected.name}"
    assert answer.basis.policy_profile == "shiyan"
    assert not answer.decision.unverifiable_because
    entry = served.entry(answer.audit_position)
    assert entry.leaf == answer.audit_position.leaf_hash
    assert body_of(entry)["verdict"] == int(example.expected)
    found = search(served, case_ref=f"KEY-{key}", uscc=example.uscc)
    assert [row.position.number for row in found] == [answer.audit_position.number]
    assert found[0].verdict == answer.decision.verdict


def search(served, who=AUDITOR, **wanted):
    request = audit_pb2.SearchAccessRequest(searched_by="auditor-1", page_size=1000, **wanted)
    return list(served.callers.as_caller(who).search_access(request).entries)
