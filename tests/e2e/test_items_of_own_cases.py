"""A batch whose items have cases, officers and purposes of their own: each is what a single question would be."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from e2e.reported import LIST, REPORT, read
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    SEARCH,
    award,
    body_of,
    question,
    today,
)
from e2e.test_receipts import receipt_of, verified, wanted
from e2e.test_replaying import is_identical, replayed
from jointsanctions.v1 import audit_pb2, award_cover_pb2, common_pb2, credit_pb2, outcome_pb2
from log_folders import logs_begun

from formats import canonical
from gateway.cli.receipt_page import page_of
from gateway.cli.verify import _told
from gateway.domain.call_record import body_of_item

pytestmark = pytest.mark.xdist_group("served")

ALONE = Path(__file__).parents[2] / "tools" / "verify_receipt.py"
NAMES = ("listed", "grade_a", "branch_of_listed", "deregistered")
OWN = ("case", "officer", "officer_by", "purpose")
MISSING = "/jointsanctions.v1.CreditService/ListMissingOutcomes"
UNCOVERED = "/jointsanctions.v1.AuditService/ListUncoveredAwards"
_runs = itertools.count()


class Batch:
    """One batch with four items: each of a case, by an officer and for a purpose of its own."""

    def __init__(self, served):
        run = next(_runs)
        self.served = served
        self.codes = [served.city.example(name).uscc for name in NAMES]
        self.cases = [f"OWN-{run}-{place}" for place in range(4)]
        self.officers = [f"own-{run}-{place}" for place in range(4)]
        self.request = credit_pb2.BatchCheckEligibilityRequest(question=question(), request_id=f"own-{run}")
        for field in ("case_ref", "officer", "purpose"):
            self.request.question.ClearField(field)
        for place, code in enumerate(self.codes):
            own = {"case_ref": self.cases[place], "officer": self.officers[place], "purpose": f"lot {place}"}
            self.request.items.add(item_id=f"i{place}", **own).enterprise.uscc = code

    def answered(self):
        """Send it and return the answer."""
        return read(self.served, BATCH, self.request, credit_pb2.BatchCheckEligibilityResponse, BIDDING)

    def refused(self):
        """Send it; return why it was refused, which field was at fault, and the body of its entry."""
        outcome, body = self.served.recorded_by(BATCH, self.request.SerializeToString(), BIDDING)
        assert not outcome.ok
        return outcome.reason, outcome.field, body


def searched(served, **filters):
    request = audit_pb2.SearchAccessRequest(searched_by="auditor-1", page_size=100, **filters)
    found = read(served, SEARCH, request, audit_pb2.SearchAccessResponse, AUDITOR)
    return [(row.position.number, row.item if row.HasField("item") else None, row.officer) for row in found.entries]


def report_of(batch, answer, place, **parts):
    position = answer.audit_position
    report = {
        "request_id": f"own-report-{next(_runs)}",
        "area": common_pb2.AREA_BIDDING,
        "decision_point": common_pb2.DECISION_POINT_BIDDING_AWARD,
        "case_ref": batch.cases[place],
        "officer": "o-1",
        "uscc": batch.codes[place],
        "outcome": outcome_pb2.OUTCOME_KIND_REFUSED,
        "decided_on": today().isoformat(),
        "document_number": "示交易〔2026〕7号",
    }
    request = outcome_pb2.ReportOutcomeRequest(**{**report, **parts})
    request.answer.writer, request.answer.number = position.writer, position.number
    request.answer.leaf_hash, request.answer.line_hash = position.leaf_hash, answer.items[place].line_hash
    return request


def test_each_item_is_answered_and_recorded_as_a_question_of_its_own_would_be(served):
    batch = Batch(served)
    answer = batch.answered()
    entry = served.entry(answer.audit_position)
    body, lines = body_of(entry), [json.loads(line.content) for line in entry.lines]

    assert not set(OWN) & set(body)
    for place, (line, item) in enumerate(zip(lines, answer.items, strict=True)):
        code, case = batch.codes[place], batch.cases[place]
        asked = award(code, case_ref=case, officer=batch.officers[place], purpose=f"lot {place}")
        single = read(served, CHECK, asked, credit_pb2.CheckEligibilityResponse, BIDDING)
        alone = body_of(served.entry(single.audit_position))
        as_one = {**body_of_item(body, line), **line}
        for moment in (
            "valid_until",
            "latency_us",
            "request",
            "response",
            "as_of",
            "freshness",
            "lines",
            "item",
            "id",
            "method",
        ):
            as_one.pop(moment, None)
            alone.pop(moment, None)
        assert {key: alone[key] for key in OWN} == {key: line[key] for key in OWN}
        assert as_one == alone
        assert item.decision.verdict == single.decision.verdict
        assert [each.rule_id for each in item.decision.measures] == [each.rule_id for each in single.decision.measures]


def test_a_search_by_case_or_officer_finds_the_item_and_not_its_neighbours(served):
    batch = Batch(served)
    number = batch.answered().audit_position.number

    for place in range(4):
        mine = [(number, place, batch.officers[place])]
        assert searched(served, case_ref=batch.cases[place]) == mine
        assert searched(served, officer=batch.officers[place]) == mine
        assert searched(served, case_ref=batch.cases[place], officer=batch.officers[place - 1]) == []
        assert searched(served, case_ref=batch.cases[place], uscc=batch.codes[place - 1]) == []


def test_a_receipt_shows_case_officer_and_purpose_of_its_own_item_and_of_no_other(served):
    batch = Batch(served)
    position = batch.answered().audit_position

    for place in range(4):
        content = receipt_of(served, wanted(position, item=place)).receipt
        proven = verified(served, content)
        told = _told(proven)
        assert (told["case"], told["officer"], told["purpose"]) == (
            batch.cases[place],
            batch.officers[place],
            f"lot {place}",
        )
        shown = canonical.encode(dict(proven.body)) + canonical.encode(dict(proven.line))
        for others in (batch.cases, batch.officers, batch.codes):
            assert [each for each in others if each.encode() in shown] == [others[place]]
        assert [n for n in range(4) if f"lot {n}".encode() in shown] == [place]


def test_the_page_and_whoever_verifies_apart_name_the_case_of_the_item(served, tmp_path):
    batch = Batch(served)
    content = receipt_of(served, wanted(batch.answered().audit_position, item=3)).receipt
    receipt = tmp_path / "item.json"
    receipt.write_bytes(content)

    page = page_of(content)
    key = logs_begun(served.place.state)[0] / "vkey"
    apart = [sys.executable, str(ALONE), "--key", key.read_text(encoding="utf-8").strip(), str(receipt)]
    told = subprocess.run(apart, capture_output=True, text=True, check=True).stdout
    for text in (page, told):
        assert [each for each in batch.cases if each in text] == [batch.cases[3]]
        assert [each for each in batch.officers if each in text] == [batch.officers[3]]
    assert "lot 3" in page


def test_an_outcome_is_of_the_case_of_its_item_and_of_no_other(served):
    batch = Batch(served)
    answer = batch.answered()

    for other in (batch.cases[1], "JSGC-2026-17"):
        refused = served.send(REPORT, report_of(batch, answer, 0, case_ref=other))
        assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", "case_ref")
    assert served.send(REPORT, report_of(batch, answer, 0)).ok
    asked = outcome_pb2.ListOutcomesRequest(officer="o-1", case_ref=batch.cases[0])
    (told,) = read(served, LIST, asked, outcome_pb2.ListOutcomesResponse, BIDDING).outcomes
    assert (told.case_ref, told.uscc) == (batch.cases[0], batch.codes[0])


def test_what_is_without_outcome_is_told_by_the_case_of_each_item(served):
    batch = Batch(served)
    answer = batch.answered()
    assert served.send(REPORT, report_of(batch, answer, 2)).ok

    asked = outcome_pb2.ListMissingOutcomesRequest(
        officer="o-1", area=common_pb2.AREA_BIDDING, since_on=today().isoformat(), page_size=50
    )
    found = read(served, MISSING, asked, outcome_pb2.ListMissingOutcomesResponse, BIDDING).missing
    mine = {(each.case_ref, each.uscc) for each in found if each.case_ref in batch.cases}
    assert mine == {(batch.cases[n], batch.codes[n]) for n in (0, 1, 3)}


def test_an_award_is_covered_by_the_item_of_its_own_case_only(served):
    batch = Batch(served)
    batch.answered()

    def reason(case_ref):
        row = award_cover_pb2.AwardRow(row_id="r", area=common_pb2.AREA_BIDDING, case_ref=case_ref, uscc=batch.codes[1])
        row.awarded_on = today().isoformat()
        asked = award_cover_pb2.ListUncoveredAwardsRequest(officer="o-1", rows=[row])
        found = read(served, UNCOVERED, asked, award_cover_pb2.ListUncoveredAwardsResponse, AUDITOR).awards
        return [each.reason for each in found]

    assert reason(batch.cases[1]) == []
    assert reason(batch.cases[0]) == [award_cover_pb2.UNCOVERED_REASON_OTHER_CASE]


def test_it_is_derived_again_to_the_byte(served):
    position = Batch(served).answered().audit_position

    assert is_identical(replayed(served, position))
    assert replayed(served, position, item=2).result == replayed(served, position, item=3).result


def test_what_stands_in_question_and_item_must_agree_and_is_then_recorded_once(served):
    for field, key in (("case_ref", "case"), ("officer", "officer"), ("purpose", "purpose")):
        batch = Batch(served)
        shared = getattr(batch.request.items[0], field)
        setattr(batch.request.question, field, shared)
        reason, at, body = batch.refused()
        assert (reason, at) == ("MALFORMED_REQUEST", f"items[1].{field}")
        assert body.get(key, shared) == shared

        for item in batch.request.items:
            setattr(item, field, shared)
        batch.request.items[3].ClearField(field)
        entry = served.entry(batch.answered().audit_position)
        assert body_of(entry)[key] == shared
        assert not [line for line in entry.lines if key in json.loads(line.content)]


def test_an_item_without_what_the_question_leaves_to_it_is_refused_by_name_and_found_by_its_own(served):
    for field, reason in (("case_ref", "AUTHORIZATION_MISSING"), ("officer", "MALFORMED_REQUEST")):
        batch = Batch(served)
        batch.request.items[2].ClearField(field)
        said, at, body = batch.refused()
        assert (said, at) == (reason, f"items[2].{field}")
        known = {"case": batch.cases[2], "officer": batch.officers[2]}
        known.pop("case" if field == "case_ref" else field)
        assert {key: body[key] for key in ("case", "officer") if key in body} == known


def test_the_form_of_an_items_own_is_held_to_as_that_of_a_question(served):
    for field, value in (
        ("case_ref", "x" * 129),
        ("case_ref", "11010519491231002X"),
        ("officer", "o" * 65),
        ("purpose", "\n"),
    ):
        batch = Batch(served)
        setattr(batch.request.items[1], field, value)
        reason, at, body = batch.refused()
        assert (reason, at) == ("MALFORMED_REQUEST", f"items[1].{field}")
        assert value not in json.dumps(body)


def test_without_a_case_anywhere_it_is_the_question_that_lacks_one(served):
    batch = Batch(served)
    for item in batch.request.items:
        item.ClearField("case_ref")
    assert batch.refused()[:2] == ("AUTHORIZATION_MISSING", "question.case_ref")


def test_an_authorisation_is_of_one_case(served):
    batch = Batch(served)
    batch.request.question.authorization_ref = "SQ-2026-1"
    assert batch.refused()[:2] == ("MALFORMED_REQUEST", "question.authorization_ref")


def test_a_call_that_is_refused_before_its_items_is_found_by_the_first(served):
    batch = Batch(served)
    batch.request.question.area = common_pb2.AREA_FUNDING
    batch.request.question.decision_point = common_pb2.DECISION_POINT_FUNDING_APPROVAL
    reason, _, body = batch.refused()
    assert reason == "AREA_NOT_IN_MANDATE"
    assert (body["case"], body["officer"]) == (batch.cases[0], batch.officers[0])
