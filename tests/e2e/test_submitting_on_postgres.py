"""Submitting over PostgreSQL: facts and audit queue in one database."""

from __future__ import annotations

import time

import pytest
from e2e.served import AUDITOR, BIDDING, award, new_party
from e2e.submissions import chunk, listings_of, seconds_until_it_weighs, submit
from jointsanctions.v1 import audit_pb2

from gateway.storage.audit_verify import flaw

pytestmark = pytest.mark.xdist_group("served-postgres")


def test_all_of_it_holds_on_postgresql(served_on_postgres):
    """The sample city's answers, a listing that weighs at once, and a submission that is repeated."""
    served = served_on_postgres
    for example in served.city.examples:
        answer = served.callers.as_caller(BIDDING).check(award(example.uscc))
        assert answer.decision.verdict == int(example.expected), example.key
        entry = served.entry(answer.audit_position)
        assert (entry.leaf, flaw(entry)) == (answer.audit_position.leaf_hash, "")
    parties = [new_party() for _ in range(10)]
    waited = []
    for party, records in zip(parties, listings_of(parties), strict=True):
        sent = chunk(records, "wage_list")
        first = submit(served, sent)
        waited.append(seconds_until_it_weighs(served, party, time.monotonic()))
        assert submit(served, sent).data_revision == first.data_revision
    assert sorted(waited)[8] <= 0.2
    search = audit_pb2.SearchAccessRequest(searched_by="a", uscc=parties[0].uscc)
    assert served.callers.as_caller(AUDITOR).search_access(search).entries
    assert [entry.number for entry in served.entries()] == list(range(served.next_number()))
