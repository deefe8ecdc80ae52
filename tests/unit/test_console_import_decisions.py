"""Imports decided on in the console: approved as shown, discarded, revoked, and by whom."""

from __future__ import annotations

import re

import grpc
import pytest
from console_bureau import Bureau
from console_desk import stamp
from jointsanctions.v1 import import_batch_pb2 as pb

from adapters.errors import GatewayError

STATES = {
    pb.IMPORT_STATE_STAGED: {"discard"},
    pb.IMPORT_STATE_COMPLETE: {"approve", "discard"},
    pb.IMPORT_STATE_APPROVED: set(),
    pb.IMPORT_STATE_APPLIED: {"revoke"},
    pb.IMPORT_STATE_DISCARDED: set(),
    pb.IMPORT_STATE_REVOKED: set(),
}
"""What may be decided by how an import stands."""
REVOKED = {"revoke_reason": "错误文件", "revoke_document": "撤〔2026〕1号"}


def looked(bureau, state=pb.IMPORT_STATE_COMPLETE, digest="d-1", **difference):
    """Look at an import, and return its address without what every address begins with, and its page."""
    batch = pb.ImportBatch(batch="b-1", feed="wage_list", state=state, staged=True, rows=9, begun_at=stamp())
    bureau.gateway.batch = pb.GetImportResponse(batch=batch)
    if state == pb.IMPORT_STATE_COMPLETE:
        bureau.gateway.batch.difference.CopyFrom(pb.ImportDifference(digest=digest, **difference))
    reply = bureau.post("/imports", {"batch": "b-1"})
    return reply.location.removeprefix(bureau.console.base), bureau.browser.follow(reply)


def refuses(bureau, reason, status=grpc.StatusCode.FAILED_PRECONDITION, **told):
    bureau.gateway.error = GatewayError(status, reason, told, "not so")


@pytest.mark.parametrize("state", STATES)
def test_what_may_be_decided_is_offered_and_nothing_else(state):
    bureau = Bureau()
    path, page = looked(bureau, state)

    assert set(re.findall(rf'action="[^"]*{path}/([a-z]+)"', page.text)) == STATES[state]


def test_what_was_shown_is_approved_once_and_the_import_is_read_anew():
    bureau = Bureau()
    path, _ = looked(bureau)
    reply = bureau.post(f"{path}/approve")
    bureau.post(f"{path}/approve")
    first, second = (each for each in bureau.gateway.asked if isinstance(each, pb.ApproveImportRequest))
    page = bureau.browser.follow(reply)

    assert first == second
    assert (first.batch, first.digest, first.officer) == ("b-1", "d-1", "officer-7")
    assert "b-1" not in reply.location
    assert "已批准" in page.words
    other, _ = looked(bureau, digest="d-2")
    bureau.post(f"{other}/approve")
    assert bureau.gateway.asked[-1].request_id != first.request_id


def test_where_the_register_has_moved_nothing_is_approved_and_the_new_difference_is_shown():
    bureau = Bureau()
    path, _ = looked(bureau)
    refuses(bureau, "DIFFERENCE_CHANGED")
    reply = bureau.post(f"{path}/approve")
    bureau.gateway.error = None
    bureau.gateway.batch.difference.new_records = 77
    page = bureau.browser.follow(reply)

    assert "没有批准" in page.words
    assert "77" in page.words


@pytest.mark.parametrize(("what", "fields"), [("approve", {}), ("revoke", REVOKED)])
def test_where_another_person_has_to_agree_nothing_is_said_to_be_done(what, fields):
    bureau = Bureau()
    path, _ = looked(bureau, pb.IMPORT_STATE_COMPLETE if what == "approve" else pb.IMPORT_STATE_APPLIED)
    bureau.gateway.waits = {f"{what.title()}Import": {"waits_for_second_person": True}}
    page = bureau.browser.follow(bureau.post(f"{path}/{what}", fields))

    assert "须由另一人同意后才生效" in page.words
    assert "已批准" not in page.words
    assert "已撤销，" not in page.words


@pytest.mark.parametrize(("why", "said"), [("SAME_PERSON", "须由另一人决定"), ("NO_HOLDER", "此证书未载明个人")])
def test_why_it_is_not_this_persons_word_is_said(why, said):
    bureau = Bureau()
    path, _ = looked(bureau)
    refuses(bureau, "SECOND_PERSON_REQUIRED", grpc.StatusCode.PERMISSION_DENIED, why=why)
    page = bureau.post(f"{path}/approve")

    assert page.status == 422
    assert said in page.words


def test_before_a_second_person_is_needed_it_is_said_and_that_this_certificate_names_none():
    _, page = looked(Bureau(), second_person=True)

    assert "须由第二人同意" in page.words
    assert "此证书未载明个人" in page.words
    assert "此证书未载明个人" not in looked(Bureau())[1].words


def test_it_is_discarded_and_revoked_with_a_reason_and_a_document_and_not_without():
    bureau = Bureau()
    path, _ = looked(bureau)
    before = len(bureau.gateway.asked)

    assert 'href="#discard_reason"' in bureau.post(f"{path}/discard").text
    for lacking in REVOKED:
        page = bureau.post(f"{path}/revoke", {**REVOKED, lacking: ""})
        assert (page.status, f'href="#{lacking}"' in page.text) == (422, True)
    assert 'href="#revoke_reason"' in bureau.post(f"{path}/revoke", {**REVOKED, "revoke_reason": "长" * 700}).text
    assert len(bureau.gateway.asked) == before
    bureau.post(f"{path}/discard", {"discard_reason": "错误\r\n文件"})
    assert (bureau.gateway.asked[-1].reason, bureau.gateway.asked[-1].batch) == ("错误 文件", "b-1")
    bureau.post(f"{path}/revoke", REVOKED)
    sent = bureau.gateway.asked[-1]
    assert (sent.reason, sent.document_number, sent.officer) == ("错误文件", "撤〔2026〕1号", "officer-7")


def test_what_was_decided_is_said_even_where_the_import_cannot_be_read_then():
    bureau = Bureau()
    path, _ = looked(bureau)
    reply = bureau.post(f"{path}/discard", {"discard_reason": "错误文件"})
    refuses(bureau, "UNAVAILABLE", grpc.StatusCode.UNAVAILABLE)
    page = bureau.browser.follow(reply)

    assert page.status == 502
    assert "已放弃" in page.words


def test_what_is_no_decision_is_not_there():
    bureau = Bureau()
    path, _ = looked(bureau)

    assert bureau.post(f"{path}/apply").status == 404
    assert bureau.post("/imports/none/approve").status == 404
