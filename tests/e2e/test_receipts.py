"""Receipts and proofs over the wire: who gets which, what they prove, and that nobody learns what is not theirs."""

from __future__ import annotations

import hashlib
import json

import grpc
import pytest
from e2e.served import AUDITOR, BATCH, BIDDING, CHECK, FINANCE, HRSS, WRITER, award, body_of, question
from jointsanctions.v1 import credit_pb2, log_pb2, receipt_pb2
from log_folders import logs_begun

from formats.checkpoint import parse_checkpoint
from formats.merkle import leaf_hash, verify_consistency, verify_inclusion
from formats.note import decode_note, parse_key, verify_note
from formats.receipt import decode_receipt, verify_receipt
from formats.tlog_proof import decode_proof
from gateway.cli.main import main
from gateway.security.log_keys import holds

WHO = "o-1"
prove, see = log_pb2.GetInclusionProofRequest, log_pb2.GetCheckpointRequest
follow = log_pb2.GetConsistencyProofRequest
RECEIPT = "/jointsanctions.v1.CreditService/GetReceipt"
CHECKPOINT = "/jointsanctions.v1.AuditService/GetCheckpoint"
INCLUSION = "/jointsanctions.v1.AuditService/GetInclusionProof"
CONSISTENCY = "/jointsanctions.v1.AuditService/GetConsistencyProof"


def asked(served, path=CHECK, request=None):
    """Ask as the bidding platform, and return the answer."""
    outcome = served.send(path, request or award(served.city.example("listed").uscc))
    assert outcome.ok
    return (
        credit_pb2.BatchCheckEligibilityResponse if path == BATCH else credit_pb2.CheckEligibilityResponse
    ).FromString(outcome.answer)


def wanted(position, **parts):
    named = {"writer": position.writer, "number": position.number, "leaf_hash": position.leaf_hash, "officer": "o-1"}
    return receipt_pb2.GetReceiptRequest(**{**named, **parts})


def receipt_of(served, request, who=BIDDING):
    outcome = served.send(RECEIPT, request, who)
    assert outcome.ok, outcome.details
    return receipt_pb2.GetReceiptResponse.FromString(outcome.answer)


def key_of(served):
    year = logs_begun(served.place.state)[0]
    return parse_key((year / "vkey").read_text(encoding="utf-8").strip())


def verified(served, content):
    return verify_receipt(decode_receipt(content), [key_of(served)], holds)


def checkpoint_of(served, who=BIDDING):
    found = log_pb2.GetCheckpointResponse.FromString(served.send(CHECKPOINT, see(officer=WHO), who).answer)
    note = decode_note(found.checkpoint)
    assert verify_note(note, [key_of(served)], holds)
    return found, parse_checkpoint(note.text)


def test_whoever_asked_has_a_receipt_that_proves_what_was_asked_and_answered(served):
    answer = asked(served)
    found = receipt_of(served, wanted(answer.audit_position))
    proven = verified(served, found.receipt)

    assert proven.body == body_of(served.entry(answer.audit_position))
    assert (proven.body["case"], proven.body["verdict"]) == ("JSGC-2026-17", answer.decision.verdict)
    assert (proven.index, proven.checkpoint.origin) == (found.index, found.origin)
    answer.ClearField("audit_position")
    assert proven.body["response"] == hashlib.sha256(answer.SerializeToString(deterministic=True)).hexdigest()


def test_a_receipt_for_one_bidder_shows_nothing_of_the_others(served):
    codes = [served.city.example(name).uscc for name in ("listed", "grade_a", "branch_of_listed")]
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question(), request_id="receipts-1")
    for code in codes:
        batch.items.add(item_id=code).enterprise.uscc = code
    answer = asked(served, BATCH, batch)
    for item, code in enumerate(codes):
        content = receipt_of(served, wanted(answer.audit_position, item=item)).receipt
        proven = verified(served, content)

        assert proven.line["enterprises"][0] == code
        assert (
            leaf_hash(decode_receipt(content).line.salt + decode_receipt(content).line.content)
            == answer.items[item].line_hash
        )
        assert [other for other in codes if other.encode() in content] == [code]


def test_an_auditor_has_the_proof_without_what_stands_in_the_body(served):
    position = asked(served).audit_position
    receipt = decode_receipt(receipt_of(served, wanted(position), AUDITOR).receipt)

    assert (receipt.salt, receipt.body, receipt.line) == (b"", b"", None)
    assert verify_receipt(receipt, [key_of(served)], holds).body is None


@pytest.mark.parametrize("who", [FINANCE, HRSS])
def test_nobody_else_learns_whether_an_answer_stands_there(served, who):
    position = asked(served).audit_position
    theirs = served.send(RECEIPT, wanted(position), who)
    nothing = served.send(RECEIPT, wanted(position, number=10**9), who)

    assert theirs.reason == nothing.reason == "ENTERPRISE_NOT_FOUND"
    assert theirs.details == nothing.details
    assert theirs.code is nothing.code is grpc.StatusCode.NOT_FOUND


def test_a_place_is_not_enough_without_the_leaf_hash(served):
    position = asked(served).audit_position

    assert served.send(RECEIPT, wanted(position, leaf_hash=bytes(32))).reason == "ENTERPRISE_NOT_FOUND"
    assert served.send(RECEIPT, wanted(position, leaf_hash=bytes(32)), AUDITOR).reason == "ENTERPRISE_NOT_FOUND"
    assert served.send(RECEIPT, wanted(position, item=0)).reason == "ENTERPRISE_NOT_FOUND"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"officer": ""}, "officer"),
        ({"writer": ""}, "writer"),
        ({"leaf_hash": b"short"}, "leaf_hash"),
        ({"number": 2**60}, "number"),
    ],
)
def test_a_malformed_question_names_its_field(served, parts, field):
    outcome = served.send(RECEIPT, wanted(asked(served).audit_position, **parts))

    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_a_receipt_is_itself_recorded(served):
    position = asked(served).audit_position
    answer = receipt_of(served, wanted(position))
    body = body_of(served.entry(answer.audit_position))

    assert body["method"] == "CreditService/GetReceipt"
    assert body["proof"] == {"writer": position.writer, "number": position.number}
    assert body["officer"] == "o-1"


@pytest.mark.parametrize("who", [BIDDING, AUDITOR])
def test_the_log_only_grows(served, who):
    _, before = checkpoint_of(served, who)
    position = asked(served).audit_position
    receipt_of(served, wanted(position))
    answer = served.send(CONSISTENCY, follow(old_size=before.size, officer=WHO), who)
    proof = log_pb2.GetConsistencyProofResponse.FromString(answer.answer)
    after = parse_checkpoint(decode_note(proof.checkpoint).text)

    assert after.size > before.size
    assert verify_consistency(before.size, after.size, list(proof.hashes), before.root, after.root)


def test_an_entry_is_proven_by_its_place_and_by_its_index(served):
    position = asked(served).audit_position
    index = receipt_of(served, wanted(position)).index
    _, checkpoint = checkpoint_of(served)
    for request in (
        prove(writer=WRITER, number=position.number, officer=WHO),
        prove(origin=checkpoint.origin, index=index, officer=WHO),
    ):
        found = log_pb2.GetInclusionProofResponse.FromString(served.send(INCLUSION, request, AUDITOR).answer)
        proof = decode_proof(found.proof)
        of = parse_checkpoint(decode_note(proof.checkpoint).text)

        assert leaf_hash(found.envelope) == position.leaf_hash
        assert (found.index, proof.index) == (index, index)
        assert verify_inclusion(position.leaf_hash, index, of.size, proof.path, of.root)


@pytest.mark.parametrize(
    ("path", "request_", "reason", "field"),
    [
        (INCLUSION, prove(officer=WHO), "MALFORMED_REQUEST", "writer"),
        (
            INCLUSION,
            prove(writer=WRITER, origin="x", officer=WHO),
            "MALFORMED_REQUEST",
            "writer",
        ),
        (
            INCLUSION,
            prove(origin="x", index=2**60, officer=WHO),
            "MALFORMED_REQUEST",
            "index",
        ),
        (INCLUSION, prove(origin="x", officer=WHO), "ENTERPRISE_NOT_FOUND", ""),
        (INCLUSION, prove(writer="nobody", officer=WHO), "ENTERPRISE_NOT_FOUND", ""),
        (CHECKPOINT, see(origin="nobody", officer=WHO), "ENTERPRISE_NOT_FOUND", ""),
        (CHECKPOINT, see(), "MALFORMED_REQUEST", "officer"),
        (INCLUSION, prove(origin="x"), "MALFORMED_REQUEST", "officer"),
        (CONSISTENCY, follow(old_size=1), "MALFORMED_REQUEST", "officer"),
        (CONSISTENCY, follow(officer=WHO), "MALFORMED_REQUEST", "old_size"),
        (
            CONSISTENCY,
            follow(old_size=2**40, officer=WHO),
            "MALFORMED_REQUEST",
            "old_size",
        ),
    ],
)
def test_what_cannot_be_proven_is_refused_by_name(served, path, request_, reason, field):
    outcome = served.send(path, request_, AUDITOR)

    assert (outcome.reason, outcome.field) == (reason, field)


def test_the_commands_fetch_verify_and_refuse(served, tmp_path, capsys):
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    place += ["--address", f"127.0.0.1:{served.port}"]
    answer = asked(served)
    plain = credit_pb2.CheckEligibilityResponse()
    plain.CopyFrom(answer)
    plain.ClearField("audit_position")
    (tmp_path / "answer").write_bytes(plain.SerializeToString(deterministic=True))
    position, file = answer.audit_position, tmp_path / "receipt.json"
    fetch = ["audit", "receipt", f"{position.writer}/{position.number}", position.leaf_hash.hex(), "--out", str(file)]

    assert main([*place, "--as", BIDDING, *fetch, "--response", str(tmp_path / "answer")]) == 0
    capsys.readouterr()
    assert main([*place, "audit", "verify", "--json", str(file)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["valid"], told["response_shown"], told["verdict"]) == (True, True, "RESTRICTED")
    file.write_bytes(file.read_bytes().replace(b"JSGC-2026-17", b"JSGC-2026-18"))
    assert main([*place, "audit", "verify", str(file)]) == 1
    assert "salt and body are not those that the envelope names" in capsys.readouterr().out
    assert main([*place, "audit", "verify", str(tmp_path / "none")]) == 1
    assert main([*place, "audit", "checkpoint"]) == 0
    assert "验签 verified by" in capsys.readouterr().out
    assert main([*place, "audit", "fsck", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sound"] is True
