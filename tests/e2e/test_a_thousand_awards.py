"""Checked or not awarded, at size: of a thousand awards exactly those are named that no valid check covers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from e2e.reported import Listed, ago, submit
from e2e.served import AUDITOR, BATCH, CHECK, REGISTRAR, award, new_party, question
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import award_cover_pb2 as pb
from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.sample.records import profile

pytestmark = pytest.mark.xdist_group("served")
UNCOVERED = "/jointsanctions.v1.AuditService/ListUncoveredAwards"
AWARDS = 1_000
CASE = "THOUSAND-1"
KINDS = ("NEVER", "EARLIER_POINT", "OTHER_CASE", "RESTRICTED")
BARE = 37


def test_of_a_thousand_awards_exactly_the_thirty_seven_without_a_valid_check_are_named(served):
    parties = [new_party() for _ in range(AWARDS - 1)]
    revision = 0
    for start in range(0, len(parties), 500):
        records = [profile(party, ago(2000)) for party in parties[start : start + 500]]
        revision = submit(served, "market_regulation", *records, who=REGISTRAR)
    listed = Listed(served)
    codes = [party.uscc for party in parties] + [listed.uscc]
    # Spread over the whole list: every twenty-seventh, and the listed one.
    bare = {codes[place] for place in range(0, 36 * 27, 27)} | {listed.uscc}
    assert len(bare) == BARE
    batch = credit_pb2.BatchCheckEligibilityRequest(
        question=question(case_ref=CASE, at_least_as_fresh=max(revision, listed.revision)), request_id=CASE
    )
    for place, code in enumerate(codes):
        if code not in bare or code == listed.uscc:
            batch.items.add(item_id=f"i{place}").enterprise.uscc = code
    checked = served.send(BATCH, batch)
    assert checked.ok, checked.text()
    for place, code in enumerate(sorted(bare - {listed.uscc})):
        kind = KINDS[place % 3]
        if kind == "EARLIER_POINT":
            point = common_pb2.DECISION_POINT_BIDDING_REGISTRATION
            assert served.send(CHECK, award(code, case_ref=CASE, decision_point=point)).ok
        if kind == "OTHER_CASE":
            assert served.send(CHECK, award(code, case_ref="THOUSAND-2")).ok
    at = Timestamp()
    at.FromDatetime(datetime.now(UTC) + timedelta(seconds=1))
    rows = [
        pb.AwardRow(row_id=code, area=common_pb2.AREA_BIDDING, case_ref=CASE, uscc=code, awarded_at=at)
        for code in codes
    ]
    named = set()
    for start in range(0, AWARDS, 100):
        request = pb.ListUncoveredAwardsRequest(officer="o-1", rows=rows[start : start + 100])
        outcome = served.send(UNCOVERED, request, AUDITOR)
        assert outcome.ok, outcome.text()
        found = pb.ListUncoveredAwardsResponse.FromString(outcome.answer)
        assert found.looked_at == len(request.rows)
        named |= {each.row_id for each in found.awards}
    assert named == bare
