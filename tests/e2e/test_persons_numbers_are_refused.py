"""A resident's number typed into any text of a call is refused, shown masked at most, and kept nowhere (I-22)."""

from __future__ import annotations

import grpc
import pytest
from e2e.served import AUDITOR, BATCH, BIDDING, CHECK, CONFIRM, HRSS, RECORD, SEARCH, SUBMIT, award, new_party, today
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2, record_pb2, registry_pb2

from gateway.sample.records import complaint

pytestmark = pytest.mark.xdist_group("served")

NUMBER = "11010519491231002X"
BIRTH = "19491231"
MASKED = "110***********002X"
TYPED = {
    "alone": NUMBER,
    "in lower case": NUMBER.lower(),
    "within words": f"查询{NUMBER}的工资",
    "after a year": f"2026-{NUMBER}",
    "with hyphens": "110105-19491231-002X",
    "in full width": "１１０１０５１９４９１２３１００２Ｘ",
}
CODE = "91420399MA00K2U7XJ"


def check():
    request = award(CODE, purpose="p", authorization_ref="a")
    request.related_parties.add(relation="shareholder").enterprise.uscc = new_party().uscc
    return request


def batch():
    request = credit_pb2.BatchCheckEligibilityRequest(question=check().question)
    request.items.add(item_id="1").enterprise.uscc = CODE
    return request


def read():
    return credit_pb2.GetCreditRecordRequest(
        enterprise=common_pb2.EnterpriseRef(uscc=CODE), case_ref="c", officer="o", purpose="p"
    )


def search():
    return audit_pb2.SearchAccessRequest(searched_by="s")


def confirm():
    request = registry_pb2.ConfirmCurrentRequest(request_id=new_party().uscc, feed="wage_list", officer="o")
    request.current_until.GetCurrentTime()
    return request


QUESTION = ("case_ref", "officer", "purpose", "authorization_ref", "case_facts.bidding.lot")
METHODS = {
    CHECK: (
        check,
        BIDDING,
        [f"question.{name}" for name in QUESTION]
        + ["request_id", "enterprise.name", "related_parties[0].relation", "related_parties[0].enterprise.name"],
    ),
    BATCH: (
        batch,
        BIDDING,
        [f"question.{name}" for name in QUESTION[:4]] + ["request_id", "items[0].item_id", "items[0].enterprise.name"],
    ),
    RECORD: (read, BIDDING, ["case_ref", "officer", "purpose", "enterprise.name"]),
    SEARCH: (search, AUDITOR, ["searched_by", "agency", "officer", "case_ref", "outcome"]),
    CONFIRM: (confirm, HRSS, ["request_id", "officer"]),
}
TEXTS = [(path, field) for path, (_, _, fields) in METHODS.items() for field in fields]


def put(message, field, value):
    *parents, last = field.replace("[0]", "").split(".")
    for name in parents:
        message = getattr(message, name)
        message = message[0] if hasattr(message, "add") else message
    setattr(message, last, value)


def kept(served, start):
    """Return all that was recorded from entry *start* on."""
    return "".join(
        part.decode()
        for entry in served.entries(start)
        for part in (entry.envelope, entry.body, *(line.content for line in entry.lines))
    )


@pytest.mark.parametrize(("path", "field"), TEXTS)
def test_it_is_refused_naming_the_field_masked_and_recorded_without_it(served, path, field):
    make, who, _ = METHODS[path]
    for typed in TYPED.values():
        request, start = make(), served.next_number()
        put(request, field, typed)
        outcome = served.send(path, request, who)

        assert (outcome.code, outcome.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST")
        assert outcome.field == field
        assert MASKED in outcome.text()
        assert BIRTH not in outcome.text()
        assert served.next_number() == start + 1
        assert BIRTH not in kept(served, start)
        assert typed not in kept(served, start)


@pytest.mark.parametrize("who", [BIDDING, "tourism.asking-system", HRSS])
def test_whatever_else_a_call_is_refused_for_its_record_holds_no_number(served, who):
    """What is told before the mandate is judged holds it no more than what is told after."""
    start = served.next_number()
    request = award(CODE, case_ref=f"c {NUMBER}", officer=NUMBER)
    request.question.known_at.seconds = 1_700_000_000
    assert not served.send(CHECK, request, who).ok
    outcome = served.raw(f"/jointsanctions.v1.CreditService/{NUMBER}", b"", who)
    assert outcome.reason == "METHOD_UNKNOWN"
    assert NUMBER not in outcome.text()
    assert NUMBER not in kept(served, start)


@pytest.mark.parametrize("field", ["request_id", "officer"])
def test_a_submission_under_a_persons_number_is_refused(served, field):
    start = served.next_number()
    request = registry_pb2.SubmitRecordsRequest(
        request_id=new_party().uscc,
        feed="labour_inspection",
        officer="o",
        last=True,
        records=[complaint(new_party(), "K", today(), today())],
    )
    put(request, field, f"工号{NUMBER}")
    outcome = served.raw_stream(SUBMIT, [request.SerializeToString()], HRSS)

    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)
    assert BIRTH not in outcome.text()
    assert BIRTH not in kept(served, start)


@pytest.mark.parametrize(
    "field", ["source_key", "name", "authority", "document_number", "complaint.payment_order_number"]
)
def test_a_row_with_a_persons_number_in_a_text_is_rejected(served, field):
    record = complaint(new_party(), "K", today(), today())
    put(record, field, f"张某{NUMBER}")
    request = registry_pb2.SubmitRecordsRequest(
        request_id=new_party().uscc, feed="labour_inspection", officer="o", records=[record], last=True
    )
    answer = served.callers.as_caller(HRSS).submit(iter([request]))
    (row,) = answer.rows

    assert (row.status, row.field) == (registry_pb2.ROW_STATUS_REJECTED, field)
    assert MASKED in row.why.en
    assert BIRTH not in str(answer)


def test_a_notice_with_a_persons_number_within_its_code_is_rejected_and_not_held(served):
    record = record_pb2.Record(row=1, source_key=new_party().uscc, uscc=f"身份证{NUMBER}", name="示例商行")
    record.authority = "示例局"
    record.published_notice.list = "WAGE_ARREARS_LISTING"
    record.published_notice.published_on = today().isoformat()
    feed = next(feed.name for feed in served.config.settings.feeds if "published_notice" in feed.kinds)
    request = registry_pb2.SubmitRecordsRequest(
        request_id=new_party().uscc, feed=feed, officer="o", records=[record], last=True
    )
    (row,) = served.callers.as_caller(served.callers.file.feeds[feed]).submit(iter([request])).rows

    assert (row.status, row.field) == (registry_pb2.ROW_STATUS_REJECTED, "uscc")
    assert MASKED in row.why.en


@pytest.mark.parametrize("text", ["420302202606150017", "420302202606150018", "91420300MA4X000124", "9" * 64])
def test_other_numbers_may_stand_in_a_text(served, text):
    assert served.send(CHECK, award(CODE, case_ref=text, officer=text)).ok
