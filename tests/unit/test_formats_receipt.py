"""Receipts: what they prove, and that no changed byte is accepted, by our verifier and by the one that stands alone."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from formats import canonical
from formats.checkpoint import Checkpoint
from formats.merkle import inclusion_path, leaf_hash, root
from formats.note import Note, Signature, SignatureKind, VerificationKey, encode_note
from formats.receipt import (
    Receipt,
    ReceiptError,
    ReceiptLine,
    decode_receipt,
    encode_receipt,
    verify_receipt,
    with_response,
)
from formats.tlog_proof import TlogProof, encode_proof
from gateway.security.log_keys import holds

ALONE = Path(__file__).parents[2] / "tools" / "verify_receipt.py"
_SPEC = importlib.util.spec_from_file_location("verify_receipt", ALONE)
apart = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(apart)

ORIGIN = "shiyan.example/audit/2026"
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerificationKey(ORIGIN, SignatureKind.ED25519, SECRET.public_key().public_bytes_raw())
OTHER = VerificationKey(ORIGIN, SignatureKind.ED25519, bytes(31) + b"\x01")
RESPONSE = b"\x0a\x02\x08\x04"
SALT = bytes(range(16))
LINES = [canonical.encode({"item": item, "enterprises": [f"bidder-{item}"], "verdict": 1}) for item in range(5)]
LEAVES = [leaf_hash(SALT + line) for line in LINES]
SIZE, INDEX = 11, 7


def receipt(*, batch=False, shown=True, response=b""):
    """Return a receipt of the eighth of eleven entries."""
    content = {"method": "CreditService/CheckEligibility", "outcome": "OK", "case": "项目-17", "verdict": 4}
    content["response"] = hashlib.sha256(RESPONSE).hexdigest()
    if batch:
        content["lines"] = {"count": len(LINES), "root": root(LEAVES).hex()}
    body = canonical.encode(content)
    envelope = canonical.encode(
        {
            "v": 1,
            "writer": "gw1-0",
            "n": 3,
            "time": "2026-11-24T04:00:00.000000Z",
            "body": hashlib.sha256(SALT + body).hexdigest(),
        }
    )
    leaves = [leaf_hash(str(place).encode()) for place in range(SIZE)]
    leaves[INDEX] = leaf_hash(envelope)
    text = Checkpoint(ORIGIN, SIZE, root(leaves)).text
    note = encode_note(Note(text, (Signature(ORIGIN, KEY.key_id, SECRET.sign(text.encode())),)))
    proof = encode_proof(TlogProof(INDEX, tuple(inclusion_path(leaves, INDEX)), note))
    line = ReceiptLine(2, len(LINES), SALT, LINES[2], tuple(inclusion_path(LEAVES, 2))) if batch else None
    return Receipt(envelope, SALT if shown else b"", body if shown else b"", line, proof, str(KEY), response)


KINDS = {
    "single": receipt(),
    "with its response": receipt(response=RESPONSE),
    "one of a batch": receipt(batch=True),
    "without its body": receipt(shown=False),
}


def proven_here(content):
    """Tell whether the gateway's code takes the content for proven."""
    try:
        verify_receipt(decode_receipt(content), [KEY], holds)
    except ReceiptError:
        return False
    return True


def proven_apart(content):
    """Tell whether the independent verifier does."""
    try:
        apart.verify(content, [apart.read_key(str(KEY))])
    except (apart.Unproven, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_both_verifiers_take_a_receipt_for_proven(kind):
    content = encode_receipt(KINDS[kind])

    assert decode_receipt(content) == KINDS[kind]
    assert proven_here(content)
    assert proven_apart(content)


@pytest.mark.parametrize("bit", [0x01, 0x20])
@pytest.mark.parametrize("kind", KINDS)
def test_neither_takes_one_with_a_changed_byte(kind, bit):
    content = encode_receipt(KINDS[kind])
    changed = [content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :] for at in range(len(content))]

    assert [at for at, each in enumerate(changed) if proven_here(each)] == []
    assert [at for at, each in enumerate(changed) if proven_apart(each)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_neither_takes_one_that_is_cut_off_or_longer(kind):
    content = encode_receipt(KINDS[kind])
    for each in (content[:-1], content[1:], content + b"\n", b" " + content, b"", b"{}", b"[]", b"null"):
        assert not proven_here(each)
        assert not proven_apart(each)


def test_what_it_proves_is_told():
    verified = verify_receipt(receipt(batch=True), [KEY], holds)

    assert (verified.index, verified.checkpoint.size) == (INDEX, SIZE)
    assert verified.body["case"] == "项目-17"
    assert verified.line == {"item": 2, "enterprises": ["bidder-2"], "verdict": 1}
    assert [each.key for each in verified.signed] == [KEY]
    assert not verified.response_shown


def test_a_receipt_of_one_item_shows_nothing_of_the_others():
    content = encode_receipt(receipt(batch=True)).decode()

    assert "bidder-2" in content
    assert [item for item in range(5) if f"bidder-{item}" in content] == [2]


@pytest.mark.parametrize("keys", [[], [OTHER]])
def test_a_key_that_only_the_receipt_names_is_not_trusted(keys):
    with pytest.raises(ReceiptError, match="not signed by a key that is trusted"):
        verify_receipt(receipt(), keys, holds)


def test_a_key_of_another_log_signs_nothing_of_this_one():
    elsewhere = VerificationKey("elsewhere.example/audit/2026", SignatureKind.ED25519, KEY.public)

    with pytest.raises(ReceiptError, match="not signed by a key that is trusted"):
        verify_receipt(replace(receipt(), key=str(elsewhere)), [elsewhere], holds)


def test_parts_of_two_receipts_do_not_make_a_third():
    one, batch = receipt(), receipt(batch=True)
    for mixed in (
        replace(one, body=batch.body),
        replace(one, envelope=batch.envelope),
        replace(one, line=batch.line),
        replace(batch, line=replace(batch.line, item=1)),
        replace(batch, line=replace(batch.line, content=LINES[1])),
        replace(batch, salt=b""),
        replace(one, response=b"another"),
        replace(batch, response=RESPONSE),
    ):
        assert not proven_here(encode_receipt(mixed))
        assert not proven_apart(encode_receipt(mixed))


def test_only_the_recorded_response_can_be_put_in():
    assert with_response(receipt(), RESPONSE) == receipt(response=RESPONSE)
    for unfit in (receipt(batch=True), receipt(shown=False)):
        with pytest.raises(ReceiptError, match="not the one that was recorded"):
            with_response(unfit, RESPONSE)
    with pytest.raises(ReceiptError, match="not the one that was recorded"):
        with_response(receipt(), b"another")


def test_the_verifier_apart_runs_alone(tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(encode_receipt(receipt()))
    bad.write_bytes(encode_receipt(replace(receipt(), body=b"{}")))
    script = tmp_path / "verify_receipt.py"
    script.write_bytes(ALONE.read_bytes())

    def run(*files):
        words = [sys.executable, "-I", script, "--key", str(KEY), *files]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    proven, failed = run(good), run(good, bad)
    assert (proven.returncode, failed.returncode) == (0, 1)
    assert json.loads(proven.stdout.partition(": proven: ")[2])["index"] == INDEX
    assert "NOT PROVEN: salt and body are not the envelope's" in failed.stdout
