"""Submissions of a chunk or more, and how long a listing takes to weigh once it is committed."""

from __future__ import annotations

import time
from datetime import timedelta

from e2e.served import BIDDING, HRSS, award, new_party, today
from jointsanctions.v1 import common_pb2, registry_pb2

from gateway.sample.records import listing


def chunk(records, feed="labour_inspection", request_id=None, **parts):
    """Return a chunk that is a submission by itself, with *parts* replaced."""
    whole = {"request_id": request_id or new_party().uscc, "officer": "o", "last": True, **parts}
    return registry_pb2.SubmitRecordsRequest(feed=feed, records=records, **whole)


def numbered(records):
    for row, record in enumerate(records, 1):
        record.row = row
    return records


def submit(served, *chunks, who=HRSS):
    return served.callers.as_caller(who).submit(iter(chunks))


def listings_of(parties):
    return [numbered(listing(party, f"{party.uscc}-L", today() - timedelta(days=30))) for party in parties]


def seconds_until_it_weighs(served, party, committed):
    while True:
        answer = served.callers.as_caller(BIDDING).check(award(party.uscc))
        if answer.decision.verdict == common_pb2.VERDICT_RESTRICTED:
            return time.monotonic() - committed
        assert time.monotonic() - committed < 10
