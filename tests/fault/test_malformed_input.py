"""Bytes that nobody should send: each is refused naming the field, recorded, stores nothing, and harms nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    CONFIRM,
    HRSS,
    RECORD,
    SEARCH,
    SUBMIT,
    award,
    new_party,
    question,
    today,
)
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2, registry_pb2, subject_pb2

from gateway.domain.vocabulary import Area, DecisionPoint
from gateway.sample.records import complaint

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")

INVALID = grpc.StatusCode.INVALID_ARGUMENT
BIDDING_FACTS = "question.case_facts.bidding"
RESIDENT_ID = "11010519491231002X"
CODE = new_party().uscc
TOMORROW = Timestamp(seconds=int((datetime.now(UTC) + timedelta(days=1)).timestamp()))


def good_batch(items=2, **parts):
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question(**parts))
    for place in range(items):
        batch.items.add(item_id=f"i{place}").enterprise.uscc = CODE
    return batch


def good_record_request():
    request = credit_pb2.GetCreditRecordRequest(case_ref="c", officer="o", purpose="p")
    request.enterprise.uscc = CODE
    return request


def full_check():
    """A good question with every text of it set."""
    request = award(CODE, "名称", purpose="p", authorization_ref="a")
    request.request_id = "r"
    related = request.related_parties.add(relation="shareholder")
    related.enterprise.uscc = new_party().uscc
    related.enterprise.name = "名"
    return request


def consortium(*members):
    facts = question().case_facts
    facts.bidding.form = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
    request = award(CODE, case_facts=facts)
    for member in members:
        request.consortium_members.add(uscc=member)
    return request


def cut_off(rule, **instant):
    """Facts of a tender with this rule, and, where one is given, this instant."""
    facts = question().case_facts
    facts.bidding.cutoff_rule = rule
    if instant:
        facts.bidding.cutoff_at.CopyFrom(Timestamp(**instant))
    return facts


def without(fact):
    facts = question().case_facts
    facts.bidding.ClearField(fact)
    return facts


def refused(served, path, content, who=BIDDING):
    """Send what must be refused; return the field that is named. Also checks what holds for every refusal."""
    raw = content if isinstance(content, bytes) else content.SerializeToString()
    outcome, body = served.recorded_by(path, raw, who)
    assert (outcome.code, outcome.reason) == (INVALID, "MALFORMED_REQUEST"), outcome.text()
    assert body["outcome"] == "MALFORMED_REQUEST"
    assert body["field"] == outcome.field
    assert set(body["request"]) - {"id"} == {"keyed"}
    assert "verdict" not in body
    assert "response" not in body
    return outcome.field


# What is wrong with a single question, and the field that must be named.
MALFORMED = {
    "nothing at all": (credit_pb2.CheckEligibilityRequest(), "question.area"),
    "no area": (award(CODE, area=0), "question.area"),
    "no decision point": (award(CODE, decision_point=0), "question.decision_point"),
    "an area that there is not": (award(CODE, area=77), "question.area"),
    "a negative area": (award(CODE, area=-1), "question.area"),
    "a point that there is not": (award(CODE, decision_point=999), "question.decision_point"),
    "an area decided elsewhere": (award(CODE, area=common_pb2.AREA_TRAVEL), "question.area"),
    "no officer": (award(CODE, officer=""), "question.officer"),
    "an officer of blanks": (award(CODE, officer=" \u3000 "), "question.officer"),
    "a form that there is not": (
        award(CODE, case_facts=credit_pb2.CaseFacts(bidding=credit_pb2.BiddingFacts(form=9))),
        "question.case_facts.bidding.form",
    ),
    "facts of another area": (
        award(CODE, case_facts=credit_pb2.CaseFacts(funding=credit_pb2.FundingFacts(fund_kind=1))),
        "question.case_facts.funding",
    ),
    "a region that is none": (
        award(CODE, case_facts=credit_pb2.CaseFacts(bidding=credit_pb2.BiddingFacts(project_region="4203"))),
        "question.case_facts.bidding.project_region",
    ),
    "a fixed cut-off without its instant": (award(CODE, case_facts=cut_off(2)), f"{BIDDING_FACTS}.cutoff_at"),
    "a cut-off of none with an instant": (award(CODE, case_facts=cut_off(1, seconds=1)), f"{BIDDING_FACTS}.cutoff_at"),
    "an instant without its rule": (award(CODE, case_facts=cut_off(0, seconds=10**9)), f"{BIDDING_FACTS}.cutoff_rule"),
    "a rule that there is not": (award(CODE, case_facts=cut_off(3)), f"{BIDDING_FACTS}.cutoff_rule"),
    "a cut-off beyond all time": (award(CODE, case_facts=cut_off(2, seconds=2**62)), f"{BIDDING_FACTS}.cutoff_at"),
    "a cut-off in 1999": (award(CODE, case_facts=cut_off(2, seconds=946_684_799)), f"{BIDDING_FACTS}.cutoff_at"),
    "half a cut-off where none is needed": (
        award(CODE, decision_point=common_pb2.DECISION_POINT_BIDDING_CONTRACT, case_facts=cut_off(2)),
        f"{BIDDING_FACTS}.cutoff_at",
    ),
    "no enterprise": (award(""), "enterprise.uscc"),
    "a name of blanks": (award(CODE, "  "), "enterprise.name"),
    "a code too short": (award(CODE[:-1]), "enterprise.uscc"),
    "a code with a wrong check character": (award("91420399MA00K2U7XK"), "enterprise.uscc"),
    "a code of another script": (award("９" * 30), "enterprise.uscc"),
    "a consortium without members": (consortium(), "consortium_members"),
    "a member named twice": (
        consortium("91420399MA00K2U7XJ", "91420399MA00K2U7XJ"),
        "consortium_members[1].uscc",
    ),
    "the leader as its own member": (consortium(CODE), "consortium_members[0].uscc"),
    "21 members": (consortium(*(new_party().uscc for _ in range(21))), "consortium_members"),
    "a revision below zero": (award(CODE, at_least_as_fresh=-1), "question.at_least_as_fresh"),
    "a preview of no moment": (award(CODE, preview=True), "question.as_of"),
    "the future without preview": (award(CODE, as_of=TOMORROW), "question.preview"),
    "a blank name": (award(CODE, "  "), "enterprise.name"),
    "the year 2100": (award(CODE, preview=True, as_of=Timestamp(seconds=4_102_444_800)), "question.as_of"),
    "seconds beyond all time": (award(CODE, as_of=Timestamp(seconds=2**62)), "question.as_of"),
    "nanoseconds of more than a second": (
        award(CODE, as_of=Timestamp(seconds=2**32, nanos=2**31 - 1)),
        "question.as_of",
    ),
}
# The same of other moments, which only who may ask about them is told.
MALFORMED_MOMENTS = {
    "a preview of the past": (award(CODE, preview=True, as_of=Timestamp(seconds=1_700_000_000)), "question.as_of"),
    "the year 1999": (award(CODE, as_of=Timestamp(seconds=946_684_799)), "question.as_of"),
    "nanoseconds below zero": (award(CODE, as_of=Timestamp(nanos=-1)), "question.as_of"),
    "known in a year beyond all time": (award(CODE, known_at=Timestamp(seconds=-(2**62))), "question.known_at"),
    "known tomorrow": (award(CODE, known_at=TOMORROW), "question.known_at"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_question_is_refused_naming_the_field(served, what):
    request, field = MALFORMED[what]
    assert refused(served, CHECK, request) == field


@pytest.mark.parametrize("what", MALFORMED_MOMENTS)
def test_a_malformed_moment_is_refused_to_whom_it_was_granted_naming_the_field(served, what):
    request, field = MALFORMED_MOMENTS[what]
    assert refused(served, CHECK, request, HRSS) == field


def test_a_name_of_blanks_is_refused_wherever_an_enterprise_is_named(served):
    record = good_record_request()
    record.enterprise.name = " "
    assert refused(served, RECORD, record) == "enterprise.name"
    own = subject_pb2.GetOwnGradeRequest(case_ref="c", officer="o")
    own.enterprise.uscc, own.enterprise.name = CODE, " "
    path = "/jointsanctions.v1.SubjectService/GetOwnGrade"
    assert refused(served, path, own, "hrss-window.subject") == "enterprise.name"


def test_half_a_cutoff_of_a_procurement_names_the_field_of_that_area(served):
    facts = credit_pb2.ProcurementFacts(tender_document_names_list=True, form=credit_pb2.PARTICIPATION_FORM_SINGLE)
    asked = {"area": common_pb2.AREA_PROCUREMENT, "decision_point": common_pb2.DECISION_POINT_PROCUREMENT_RESULT}
    named = []
    for rule in (0, 2):
        facts.cutoff_rule = rule
        request = award(CODE, **asked, case_facts=credit_pb2.CaseFacts(procurement=facts))
        named.append(refused(served, CHECK, request, served.callers.file.areas[Area.PROCUREMENT]))
    assert named == [f"question.case_facts.procurement.{name}" for name in ("cutoff_rule", "cutoff_at")]


BIDDING_POINTS = [point for point in DecisionPoint if point.area is Area.BIDDING]


@pytest.mark.parametrize("point", BIDDING_POINTS, ids=lambda point: point.name)
def test_every_fact_that_a_point_needs_must_be_sent_and_no_other(served, point):
    """Whatever is on record: what an unknown enterprise is refused for, a listed one is too."""
    needed = set()
    for fact in ("project_region", "must_be_tendered", "state_funds", "form", "lot", "cutoff_rule"):
        for code in (CODE, served.city.example("listed").uscc):
            request = award(code, decision_point=int(point), case_facts=without(fact))
            outcome = served.send(CHECK, request)
            if not outcome.ok:
                assert (outcome.code, outcome.field) == (INVALID, f"question.case_facts.bidding.{fact}")
                needed.add((fact, code))
    early = point is DecisionPoint.BIDDING_REGISTRATION
    blocking = point < DecisionPoint.BIDDING_CONTRACT
    facts = () if early else ("project_region", "must_be_tendered", "state_funds", "form")
    facts += ("cutoff_rule",) if blocking and not early else ()
    assert needed == {(fact, code) for fact in facts for code in (CODE, served.city.example("listed").uscc)}


# Texts, by path, and the bytes that each may have.
LIMITS = {
    "question.case_ref": 128,
    "question.officer": 64,
    "question.purpose": 256,
    "question.authorization_ref": 128,
    "question.case_facts.bidding.lot": 64,
    "enterprise.name": 300,
    "request_id": 64,
    "related_parties[0].relation": 64,
    "related_parties[0].enterprise.name": 300,
}


def put(request, path, value):
    *parents, last = path.replace("[0]", "").split(".")
    holder = request
    for name in parents:
        holder = getattr(holder, name)
        holder = holder[0] if name == "related_parties" else holder
    setattr(holder, last, value)
    return request


@pytest.mark.parametrize("path", LIMITS)
def test_a_text_may_be_as_long_as_its_limit_in_bytes_and_no_longer(served, path):
    limit = LIMITS[path]
    assert served.send(CHECK, put(full_check(), path, "x" * limit)).ok
    assert served.send(CHECK, put(full_check(), path, "字" * (limit // 3))).ok
    assert refused(served, CHECK, put(full_check(), path, "x" * (limit + 1))) == path
    assert refused(served, CHECK, put(full_check(), path, "字" * (limit // 3 + 1))) == path


@pytest.mark.parametrize("path", LIMITS)
@pytest.mark.parametrize("character", ["\0", "\n", "\x1b", "\u202e", "\u2028", "\ufeff"])
def test_a_control_character_is_refused_wherever_it_stands(served, path, character):
    assert refused(served, CHECK, put(full_check(), path, f"a{character}b")) == path


def string_paths(message, path=""):
    """Paths of every text that is set, as protobuf spells them."""
    for field, value in message.ListFields():
        here = f"{path}{field.name}"
        if field.type == FieldDescriptor.TYPE_STRING:
            yield here
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            for each in value if field.is_repeated else [value]:
                yield from string_paths(each, f"{here}.")


def with_invalid_text(message, path):
    """Return the message's bytes with the text at *path* no longer UTF-8: the marker's last byte is broken."""
    marker = "MARKER-é"
    *parents, last = path.split(".")
    holder = message
    for name in parents:
        holder = getattr(holder, name)
        holder = holder[0] if hasattr(holder, "add") else holder
    setattr(holder, last, marker)
    raw = message.SerializeToString()
    assert raw.count(marker.encode()) == 1
    return raw.replace(marker.encode(), b"MARKER-\xc3\x28")


def full_batch():
    batch = good_batch(1)
    batch.request_id = "r"
    batch.items[0].enterprise.name = "n"
    return batch


def full_search():
    return audit_pb2.SearchAccessRequest(
        searched_by="s", uscc=CODE, agency="a", officer="o", case_ref="c", outcome="OK", page_token="t"
    )


def full_chunk():
    record = complaint(new_party(), "K", today(), today())
    record.complaint.payment_order_number = "i"
    return registry_pb2.SubmitRecordsRequest(
        request_id=new_party().uscc, feed="labour_inspection", officer="o", records=[record], last=True
    )


METHODS = {
    CHECK: (full_check, BIDDING),
    BATCH: (full_batch, BIDDING),
    RECORD: (good_record_request, BIDDING),
    SEARCH: (full_search, AUDITOR),
    SUBMIT: (full_chunk, HRSS),
}


@pytest.mark.parametrize("path", METHODS)
def test_a_text_that_is_not_utf8_is_refused_naming_its_field(served, path):
    make, who = METHODS[path]
    for field in set(string_paths(make())):
        assert refused(served, path, with_invalid_text(make(), field), who) == field


@pytest.mark.parametrize("path", [*METHODS, CONFIRM])
@pytest.mark.parametrize(
    "content", [b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x00", b"\x0b\x0c", b"\xf8\x07\x01", b"\x80" * 11]
)
def test_bytes_that_are_no_message_are_refused(served, path, content):
    refused(served, path, content, METHODS.get(path, (None, HRSS))[1])


@pytest.mark.parametrize("path", METHODS)
def test_a_field_that_this_version_does_not_know_is_refused_and_not_ignored(served, path):
    make, who = METHODS[path]
    field = refused(served, path, make().SerializeToString() + b"\x92\x4e\x03abc", who)
    assert field == "request"


def test_an_unknown_field_within_a_message_names_the_message(served):
    inside = question().SerializeToString() + b"\x92\x4e\x03abc"
    enterprise = credit_pb2.CheckEligibilityRequest(enterprise=common_pb2.EnterpriseRef(uscc=CODE)).SerializeToString()
    raw = b"\x0a" + bytes([len(inside)]) + inside + enterprise
    assert len(inside) < 128
    assert refused(served, CHECK, raw) == "question"


def test_a_field_sent_as_another_type_is_refused_naming_it(served):
    assert refused(served, CHECK, full_check().SerializeToString() + b"\x28\x05") == "request_id"


def test_every_message_cut_short_is_refused_or_is_a_shorter_good_one(served):
    whole = full_check().SerializeToString()
    outcomes = [served.raw(CHECK, whole[:length]) for length in range(len(whole))]

    assert {o.code for o in outcomes} <= {INVALID, grpc.StatusCode.OK}
    assert all(o.field for o in outcomes if not o.ok)
    assert sum(o.ok for o in outcomes) < 6


# What is wrong with a batch.
BATCHES = {
    "no items": (good_batch(0), "items"),
    "1,001 items": (good_batch(1001), "items"),
    "an item without id": (
        credit_pb2.BatchCheckEligibilityRequest(question=question(), items=[{}]),
        "items[0].item_id",
    ),
    "the same id twice": (
        credit_pb2.BatchCheckEligibilityRequest(
            question=question(), items=[{"item_id": "a", "enterprise": {"uscc": CODE}}] * 2
        ),
        "items[1].item_id",
    ),
    "one bad code among good ones": (
        credit_pb2.BatchCheckEligibilityRequest(
            question=question(), items=[*good_batch(3).items, {"item_id": "x", "enterprise": {"uscc": "1"}}]
        ),
        "items[3].enterprise.uscc",
    ),
    "own facts that lack one": (
        credit_pb2.BatchCheckEligibilityRequest(
            question=question(),
            items=[{"item_id": "x", "enterprise": {"uscc": CODE}, "case_facts": without("state_funds")}],
        ),
        "items[0].case_facts.bidding.state_funds",
    ),
    "shared facts that lack one": (good_batch(case_facts=without("form")), "question.case_facts.bidding.form"),
}


@pytest.mark.parametrize("what", BATCHES)
def test_a_malformed_batch_is_refused_as_a_whole(served, what):
    batch, field = BATCHES[what]
    assert refused(served, BATCH, batch) == field


def test_a_thousand_items_are_answered(served):
    answer = served.callers.as_caller(BIDDING).batch(good_batch(1000))
    assert len(answer.items) == 1000
    assert len(served.entry(answer.audit_position).lines) == 1000


@pytest.mark.parametrize("path", ["enterprise", "consortium_members", "related_parties", "record", "search"])
@pytest.mark.parametrize("spelling", [RESIDENT_ID, "1101 0519 4912 3100 2x", "１１０１０５１９４９１２３１００２Ｘ"])
def test_a_residents_number_in_the_place_of_a_code_is_masked_everywhere(served, path, spelling):
    method, request, who = CHECK, consortium(new_party().uscc), BIDDING
    if path == "enterprise":
        request.enterprise.uscc = spelling
    elif path == "consortium_members":
        request.consortium_members[0].uscc = spelling
    elif path == "related_parties":
        request.related_parties.add(relation="x").enterprise.uscc = spelling
    elif path == "record":
        method, request = RECORD, good_record_request()
        request.enterprise.uscc = spelling
    else:
        method, request, who = SEARCH, audit_pb2.SearchAccessRequest(searched_by="s", uscc=spelling), AUDITOR
    outcome, body = served.recorded_by(method, request.SerializeToString(), who)

    assert (outcome.code, outcome.reason) == (INVALID, "MALFORMED_REQUEST")
    assert "110***********002X" in outcome.details
    birthday = "19491231"
    for shown in (outcome.text(), json.dumps(body, ensure_ascii=False), served.log):
        assert birthday not in shown
        assert spelling not in shown


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (audit_pb2.SearchAccessRequest(), "searched_by"),
        (audit_pb2.SearchAccessRequest(searched_by="s", page_size=1001), "page_size"),
        (audit_pb2.SearchAccessRequest(searched_by="s", page_token="no token"), "page_token"),
        (audit_pb2.SearchAccessRequest(searched_by="s", area=99), "area"),
        (audit_pb2.SearchAccessRequest(searched_by="s", verdict=99), "verdict"),
        (audit_pb2.SearchAccessRequest(searched_by="s", uscc="1"), "uscc"),
        (audit_pb2.SearchAccessRequest(searched_by="s", until=Timestamp(seconds=2**62)), "until"),
    ],
)
def test_a_malformed_search_is_refused_naming_the_field(served, request_, field):
    assert refused(served, SEARCH, request_, AUDITOR) == field


def test_a_feed_cannot_be_confirmed_for_the_future(served):
    request = registry_pb2.ConfirmCurrentRequest(request_id="f", feed="wage_list", officer="o", current_until=TOMORROW)
    assert refused(served, CONFIRM, request, HRSS) == "current_until"
    request.ClearField("current_until")
    assert refused(served, CONFIRM, request, HRSS) == "current_until"


def send_and_look(served, content, path=CHECK, who=BIDDING):
    before = served.next_number()
    outcome = served.raw(path, content, who)
    assert outcome.code in {INVALID, grpc.StatusCode.OK, grpc.StatusCode.PERMISSION_DENIED}, outcome.text()
    (entry,) = served.entries(before)
    assert outcome.ok == (json.loads(entry.body)["outcome"] == "OK")


@given(st.binary(max_size=200))
@settings(max_examples=60)
def test_random_bytes_are_an_error_of_the_callers_and_one_entry(served, content):
    send_and_look(served, content)


@st.composite
def mutated(draw, whole):
    """The bytes of a good request with some replaced, removed, doubled or put in."""
    raw = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(raw)))
        what = draw(st.sampled_from(["flip", "cut", "insert", "repeat"]))
        if what == "flip" and place < len(raw):
            raw[place] ^= draw(st.integers(1, 255))
        elif what == "cut":
            del raw[place : place + draw(st.integers(1, 8))]
        elif what == "insert":
            raw[place:place] = draw(st.binary(min_size=1, max_size=8))
        else:
            raw[place:place] = raw[max(0, place - 12) : place]
    return bytes(raw)


@given(mutated(full_check().SerializeToString()))
@settings(max_examples=100)
def test_a_mutated_question_is_answered_or_refused_and_one_entry(served, content):
    send_and_look(served, content)


@given(mutated(full_batch().SerializeToString()))
@settings(max_examples=40)
def test_a_mutated_batch_is_answered_or_refused_and_one_entry(served, content):
    send_and_look(served, content, BATCH)


@given(mutated(full_search().SerializeToString()))
@settings(max_examples=40)
def test_a_mutated_search_is_answered_or_refused_and_one_entry(served, content):
    send_and_look(served, content, SEARCH, AUDITOR)


def test_after_all_of_this_the_server_is_healthy_and_logged_no_fault(served):
    assert served.healthy()
    assert not [line for line in served.log.splitlines() if '"level": "error"' in line or "Traceback" in line]
