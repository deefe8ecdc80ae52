"""Reviews over the wire: signed only of what lies under a checkpoint of the log, recorded as they are, and listed."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from e2e.served import AUDITOR, BIDDING, CHECK, award, body_of
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import credit_pb2, log_pb2, receipt_pb2
from jointsanctions.v1 import review_pb2 as pb

from formats.checkpoint import parse_checkpoint
from formats.note import decode_note
from gateway.cli.main import main

SIGN = "/jointsanctions.v1.AuditService/SignReview"
LIST = "/jointsanctions.v1.AuditService/ListReviews"
CHECKPOINT = "/jointsanctions.v1.AuditService/GetCheckpoint"
RECEIPT = "/jointsanctions.v1.CreditService/GetReceipt"
pytestmark = pytest.mark.xdist_group("served")
_numbers = itertools.count()


def asked(served):
    """Ask, wait until the log covers the answer, and return where it stands."""
    outcome = served.send(CHECK, award(served.city.example("listed").uscc))
    position = credit_pb2.CheckEligibilityResponse.FromString(outcome.answer).audit_position
    wanted = receipt_pb2.GetReceiptRequest(
        writer=position.writer, number=position.number, leaf_hash=position.leaf_hash, officer="o"
    )
    assert served.send(RECEIPT, wanted).ok
    return position


def note_of(served):
    found = served.send(CHECKPOINT, log_pb2.GetCheckpointRequest(officer="o"), AUDITOR)
    return log_pb2.GetCheckpointResponse.FromString(found.answer).checkpoint


def checkpoint_of(served):
    return parse_checkpoint(decode_note(note_of(served)).text)


def review(served, **parts):
    """Return a sound review of the first entries of the log, with *parts* replaced; None leaves one out."""
    checkpoint = checkpoint_of(served)
    whole = {
        "request_id": f"review-{next(_numbers)}",
        "officer": "auditor-3",
        "origin": checkpoint.origin,
        "first_index": 1,
        "last_index": 3,
        "checkpoint_size": checkpoint.size,
        "checkpoint_root": checkpoint.root,
        "findings": [pb.REVIEW_FINDING_NOTHING_FOUND],
    }
    return pb.SignReviewRequest(**{key: value for key, value in {**whole, **parts}.items() if value is not None})


def signed(served, request):
    outcome = served.send(SIGN, request, AUDITOR)
    assert outcome.ok, outcome.text()
    return pb.SignReviewResponse.FromString(outcome.answer)


def listed(served, size=2):
    found, token = [], ""
    while True:
        outcome = served.send(LIST, pb.ListReviewsRequest(officer="o", page_size=size, page_token=token), AUDITOR)
        page = pb.ListReviewsResponse.FromString(outcome.answer)
        found += page.reviews
        token = page.next_page_token
        if not token:
            return found


def instant(moment):
    sent = Timestamp()
    sent.FromDatetime(moment)
    return sent


def test_a_review_is_its_entry_and_is_listed_newest_first_with_those_that_overlap(served):
    asked(served)
    request = review(served, findings=[pb.REVIEW_FINDING_OTHER, pb.REVIEW_FINDING_UNDUE_ACCESS], text="夜间查询“异常”")
    first, second = signed(served, request), signed(served, review(served))
    found = [each for each in listed(served) if each.review_id in {first.review_id, second.review_id}]
    body = body_of(served.entry(first.audit_position))

    assert [each.review_id for each in found] == [second.review_id, first.review_id]
    shown = found[1]
    assert (shown.agency, shown.officer, shown.officer_asserted) == ("audit-bureau", "auditor-3", False)
    assert (shown.origin, shown.first_index, shown.last_index) == (request.origin, 1, 3)
    assert (shown.checkpoint_size, shown.checkpoint_root) == (request.checkpoint_size, request.checkpoint_root)
    assert set(shown.findings) == set(request.findings)
    assert shown.text == request.text
    assert not shown.HasField("since")
    assert shown.recorded == first.audit_position
    assert body["review"]["id"] == first.review_id
    assert body["review"]["text"] == request.text


def test_a_call_that_is_repeated_signs_the_same_review_and_another_content_is_another(served):
    request = review(served)
    ids = [signed(served, request).review_id for _ in range(2)]
    request.findings[0] = pb.REVIEW_FINDING_OTHER
    request.text = "x"

    assert ids[0] == ids[1] != signed(served, request).review_id


def test_a_time_is_reviewed_once_all_of_its_calls_stand_under_the_checkpoint(served):
    position = asked(served)
    until = position.recorded_at.ToDatetime(UTC) + timedelta(microseconds=1)
    span = {
        "first_index": None,
        "last_index": None,
        "since": instant(until - timedelta(days=1)),
        "until": instant(until),
    }
    found = signed(served, review(served, **span))
    (shown,) = [each for each in listed(served) if each.review_id == found.review_id]

    assert (shown.since, shown.until) == (span["since"], span["until"])
    assert not shown.HasField("first_index")


def test_a_time_with_a_call_beyond_the_checkpoint_is_refused(served):
    asked(served)
    early = checkpoint_of(served)
    position = asked(served)
    until = position.recorded_at.ToDatetime(UTC) + timedelta(microseconds=1)
    span = {
        "first_index": None,
        "last_index": None,
        "since": instant(until - timedelta(days=1)),
        "until": instant(until),
    }
    named = {"checkpoint_size": early.size, "checkpoint_root": early.root}
    outcome = served.send(SIGN, review(served, **span, **named), AUDITOR)

    assert outcome.reason == "STATE"
    assert served.send(SIGN, review(served, **span), AUDITOR).ok


def test_an_earlier_checkpoint_may_be_named_by_its_size_and_root(served):
    asked(served)
    early = checkpoint_of(served)
    asked(served)
    assert signed(served, review(served, checkpoint_size=early.size, checkpoint_root=early.root)).review_id


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"officer": ""}, "officer"),
        ({"request_id": ""}, "request_id"),
        ({"origin": ""}, "origin"),
        ({"checkpoint_root": b"\0" * 31}, "checkpoint_root"),
        ({"checkpoint_root": b"\0" * 32}, "checkpoint_root"),
        ({"checkpoint_size": 2**40}, "checkpoint_size"),
        ({"checkpoint_size": 2**60}, "checkpoint_size"),
        ({"checkpoint_size": 0}, "last_index"),
        ({"last_index": 0}, "last_index"),
        ({"last_index": 2**40}, "last_index"),
        ({"first_index": None}, "first_index"),
        ({"since": instant(datetime(2026, 1, 1, tzinfo=UTC))}, "first_index"),
        ({"findings": []}, "findings"),
        ({"findings": [1, 2], "text": "x"}, "findings"),
        ({"findings": [2, 2], "text": "x"}, "findings[1]"),
        ({"findings": [99]}, "findings[0]"),
        ({"findings": [2]}, "text"),
        ({"findings": [2], "text": "示" * 1366}, "text"),
        ({"findings": [2], "text": '"' * 2100}, "text"),
        ({"findings": [2], "text": "公民 110105194912310021"[:3] + "11010519491231002X"}, "text"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(served, parts, field):
    outcome = served.send(SIGN, review(served, **parts), AUDITOR)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [(timedelta(0), timedelta(0), "until"), (-timedelta(days=1), timedelta(days=1), "until")],
)
def test_a_time_that_is_none_or_lies_ahead_is_refused(served, since, until, field):
    now = datetime.now(UTC)
    span = {"first_index": None, "last_index": None, "since": instant(now + since), "until": instant(now + until)}
    outcome = served.send(SIGN, review(served, **span), AUDITOR)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_the_root_of_another_size_is_none_of_this_size(served):
    checkpoint = checkpoint_of(served)
    outcome = served.send(SIGN, review(served, checkpoint_size=checkpoint.size - 1), AUDITOR)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", "checkpoint_root")


def test_there_is_no_review_of_a_log_that_there_is_not(served):
    assert served.send(SIGN, review(served, origin="nobody/audit/2026"), AUDITOR).reason == "ENTERPRISE_NOT_FOUND"


def test_a_refused_review_is_recorded_and_not_listed(served):
    before = {each.review_id for each in listed(served, 100)}
    outcome, body = served.recorded_by(SIGN, review(served, checkpoint_root=b"\1" * 32).SerializeToString(), AUDITOR)

    assert (outcome.field, body["outcome"], body["review"]["checkpoint"]) == (
        "checkpoint_root",
        "MALFORMED_REQUEST",
        "01" * 32,
    )
    assert {each.review_id for each in listed(served, 100)} == before


@pytest.mark.parametrize(("parts", "field"), [({"page_size": 101}, "page_size"), ({"page_token": "x"}, "page_token")])
def test_a_malformed_list_names_its_field(served, parts, field):
    outcome = served.send(LIST, pb.ListReviewsRequest(officer="o", **parts), AUDITOR)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_nobody_but_an_auditor_signs_or_sees_reviews(served):
    for path, request in ((SIGN, review(served)), (LIST, pb.ListReviewsRequest(officer="o"))):
        assert served.send(path, request, BIDDING).reason == "ROLE_NOT_PERMITTED"


def test_the_commands_sign_and_list(served, tmp_path, capsys):
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    place += ["--address", f"127.0.0.1:{served.port}", "audit", "review"]
    asked(served)
    file = tmp_path / "checkpoint"
    file.write_bytes(note_of(served))
    sign = ["sign", "--checkpoint", str(file), "--first", "1", "--last", "2", "--officer", "auditor-4"]

    assert main([*place, *sign, "--finding", "other", "--text", "抽查"]) == 0
    named = capsys.readouterr().out.split()[2]
    assert main([*place, "list"]) == 0
    said = capsys.readouterr().out
    assert named in said
    assert "其他 OTHER" in said
    assert "抽查" in said
    file.write_text("no note")
    assert main([*place, *sign, "--finding", "other", "--text", "抽查"]) == 2
