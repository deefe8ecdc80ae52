"""The log in the auditor's console: an entry's way drawn and judged, and whether the log only grew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from console_audit import ORIGIN, Auditing, Log, access, link
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import audit_pb2, award_cover_pb2, log_pb2

from console.log_drawing import drawing_of
from console.log_proof import checkpoint_of, follows, proof_of

PROOF = log_pb2.GetInclusionProofRequest


def proven(log, index):
    return proof_of(log.proof(PROOF(origin=log.origin, index=index)))


@given(st.integers(0, 70).flatmap(lambda entries: st.tuples(st.just(entries), st.integers(0, entries))))
def test_every_way_leads_to_the_root_over_all_entries(which):
    entries, index = which
    proof = proven(Log(entries), index)

    assert proof.holds
    top = proof.steps[-1] if proof.steps else None
    assert (top.parent if top else proof.leaf) == proof.checkpoint.root
    covered = {index}
    for step in proof.steps:
        beside = set(range(step.beside[0], step.beside[1] + 1))
        assert not beside & covered
        covered |= beside
        assert covered == set(range(step.over[0], step.over[1] + 1))
        assert step.left is (step.beside[0] == step.over[0])
    assert covered == set(range(entries + 1))


@given(st.integers(2, 40), st.data())
def test_a_way_with_anything_changed_does_not_hold(entries, data):
    log = Log(entries)
    index = data.draw(st.integers(0, entries))
    answer = log.proof(PROOF(origin=ORIGIN, index=index))
    what = data.draw(st.sampled_from(["envelope", "index", "origin", "path", "root"]))
    if what == "envelope":
        answer.envelope += b" "
    elif what == "index":
        answer.index ^= 1
    elif what == "origin":
        answer.origin += "2"
    elif what == "path":
        lines = answer.proof.split(b"\n")
        assert lines[2]
        lines[2] = b"A" * 43 + b"="
        answer.proof = b"\n".join(lines)
    else:
        log.envelopes[index ^ 1 if (index ^ 1) <= entries else 0] += b" "
        answer.proof = answer.proof.split(b"\n\n")[0] + b"\n\n" + log.note()

    assert not proof_of(answer).holds


@given(st.integers(0, 70).flatmap(lambda entries: st.tuples(st.just(entries), st.integers(0, entries))))
def test_no_two_boxes_of_a_drawing_lie_upon_each_other_and_none_outside(which):
    entries, index = which
    proof = proven(Log(entries), index)
    drawing = drawing_of(proof)
    places = [(node.x, node.y) for node in drawing.nodes]

    assert len(set(places)) == len(places) == 1 + 2 * len(proof.steps)
    assert all(0 < y < drawing.height and 0 < x < drawing.width for x, y in places)
    assert len(drawing.lines) == 2 * len(proof.steps)


def shown(auditing, number=17, **parts):
    """Search, open the entry found and its proof."""
    found = access(number, auditing.gateway.log, **parts)
    auditing.gateway.pages[0] = audit_pb2.SearchAccessResponse(entries=[found])
    page = auditing.browser.get(link(auditing.get("/accesses"), '/accesses/[^"?]+'))
    return auditing.browser.get(link(page, "/proof"))


def test_the_way_of_an_entry_is_drawn_with_the_table_beside_it():
    auditing = Auditing()
    page = shown(auditing)
    proof = proven(auditing.gateway.log, 18)

    assert "证明成立" in page.words
    assert page.text.count("<rect ") == 1 + 2 * len(proof.steps)
    for step in proof.steps:
        assert step.sibling.hex() in page.text
        assert step.parent.hex() in page.text
        first, last = step.beside
        assert f">{first}–{last}<" in page.text if first < last else f">{first}<" in page.text
    assert f"18（检查点共 {auditing.gateway.log.signed} 条）" in page.words
    assert "<style" not in page.text
    assert " style=" not in page.text


def test_a_proof_of_another_entry_proves_nothing_of_this_one():
    auditing = Auditing()
    log = auditing.gateway.log
    log._index = lambda _number: 5
    page = shown(auditing)

    assert "证明不成立" in page.words
    assert "证明成立" not in page.words


def test_an_entry_that_is_not_what_the_search_said_is_not_proven():
    auditing = Auditing()
    other = access(17, auditing.gateway.log).position
    other.leaf_hash = b"\x09" * 32

    assert "证明不成立" in shown(auditing, position=other).words


def test_a_proof_that_cannot_be_read_is_said_so():
    auditing = Auditing()
    auditing.gateway.log.proof = lambda _request: log_pb2.GetInclusionProofResponse(proof=b"x", envelope=b"{}")

    assert "什么也没有证明" in shown(auditing).words


def test_a_log_in_order_is_said_to_be():
    auditing = Auditing()
    auditing.gateway.log.cosigned = 12
    page = auditing.get("/log")

    assert ORIGIN in page.words
    assert "警报" not in page.words
    assert "比本次查看早 1 秒" in page.words
    assert "witness.example.org/w1" in page.words
    assert "2026-11-30 12:00:00 会签了 12 条，现有 21 条" in page.words


def test_an_old_checkpoint_and_a_log_without_witnesses_are_worth_a_look():
    auditing = Auditing()
    auditing.gateway.now += timedelta(minutes=2)
    page = auditing.get("/log")

    assert "或者日志停止签名" in page.words
    assert "没有见证机关会签" in page.words
    assert "正常" not in page.words


def test_a_second_look_proves_that_the_log_grew_and_that_the_first_stands_in_it():
    auditing = Auditing()
    first = auditing.get("/log")
    auditing.gateway.log.signed = len(auditing.gateway.log.envelopes)
    page = auditing.browser.get(link(first, r"/log\?since=[^\"]+"))

    assert "原来的 21 条仍在原处" in page.words
    assert "已入账，哈希与当时所示一致" in page.words
    assert "警报" not in page.words


@pytest.mark.parametrize(("seconds", "said"), [(59, "不到一分钟"), (61, "超过一分钟仍未入账")])
def test_a_log_that_is_signed_no_more_is_an_alarm_after_a_minute(seconds, said):
    auditing = Auditing()
    first = auditing.get("/log")
    auditing.gateway.now += timedelta(seconds=seconds)
    page = auditing.browser.get(link(first, r"/log\?since=[^\"]+"))

    assert said in page.words
    assert ("警报" in page.words) is (seconds > 60)


@pytest.mark.parametrize(
    ("changed", "said"), [("shorter", "少于原来的 21 条"), ("rewritten", "原来的 21 条已与检查点不符")]
)
def test_a_log_that_is_shorter_or_rewritten_is_an_alarm(changed, said):
    auditing = Auditing()
    first = auditing.get("/log")
    log = auditing.gateway.log
    if changed == "shorter":
        log.signed = 15
    else:
        log.envelopes[3] += b" "
        log.signed = len(log.envelopes)
    page = auditing.browser.get(link(first, r"/log\?since=[^\"]+"))

    assert said in page.words
    assert "警报" in page.words


def test_a_look_that_stands_in_the_log_by_another_hash_is_an_alarm():
    auditing = Auditing()
    first = auditing.get("/log")
    log = auditing.gateway.log
    log.envelopes[-1] += b" "
    log.signed = len(log.envelopes)
    page = auditing.browser.get(link(first, r"/log\?since=[^\"]+"))

    assert "警报" in page.words
    assert "已入账，哈希与当时所示一致" not in page.words


def test_an_answer_of_another_log_is_no_growth_of_this_one():
    log, other = Log(20), Log(20, origin="shiyan/audit/2027")
    other.envelopes = log.envelopes
    answer = other.consistency(log_pb2.GetConsistencyProofRequest(old_size=9))

    assert follows(checkpoint_of(log.note(9)), log.consistency(log_pb2.GetConsistencyProofRequest(old_size=9)))
    assert not follows(checkpoint_of(log.note(9)), answer)


def test_that_another_log_goes_on_is_told_from_growth():
    auditing = Auditing()
    auditing.get("/log")
    kept = auditing.gateway.log.note(9).decode()
    opened, own = Log(2, origin="shiyan/audit/2027"), auditing.gateway._GetCheckpoint

    def checkpoint(request):
        if request.origin:
            return own(request)
        return log_pb2.GetCheckpointResponse(checkpoint=opened.note(), origin=opened.origin, size=opened.signed)

    assert "日志只增不改" in auditing.post("/log", {"checkpoint": kept}).words
    auditing.gateway._GetCheckpoint = checkpoint
    assert "由另一份日志接续" in auditing.post("/log", {"checkpoint": kept}).words


def test_a_place_without_a_known_hash_is_still_proven_by_queue_and_number():
    auditing = Auditing()
    auditing.gateway.log._index = lambda _number: 5
    nearest = award_cover_pb2.NearestAnswer(writer="gw1-0", number=17)
    auditing.gateway.awards[0].awards.append(award_cover_pb2.UncoveredAward(nearest=nearest))

    assert "证明不成立" in auditing.browser.get(link(auditing.get("/uncovered"), '/proofs/[^"]+')).words


def test_the_log_is_compared_with_a_checkpoint_that_was_kept():
    auditing = Auditing()
    log = auditing.gateway.log
    auditing.get("/log")
    kept = log.note(9, cosigned=True).decode().replace("\n", "\r\n")

    assert "原来的 9 条仍在原处" in auditing.post("/log", {"checkpoint": kept}).words
    log.envelopes[2] += b" "
    page = auditing.post("/log", {"checkpoint": kept})
    assert "已与检查点不符" in page.words
    assert "警报" in page.words


@pytest.mark.parametrize("said", ["", "x", f"{ORIGIN}\n0\n{'A' * 43}=\n\n— x AAAAAAAA\n"])
def test_what_is_no_checkpoint_is_compared_with_nothing(said):
    auditing = Auditing()
    auditing.get("/officer")

    assert auditing.post("/log", {"checkpoint": said}).status == 422
    assert auditing.gateway.asked == []


def test_a_look_that_is_not_kept_is_not_compared_with_another():
    assert Auditing().get("/log?since=x").status == 404
