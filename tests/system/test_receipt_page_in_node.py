"""The code of the page that verifies receipts, run by Node: what it takes for proven is what our other verifiers do."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from unit.test_formats_receipt import (
    INDEX,
    KEY,
    KINDS,
    ORIGIN,
    OTHER,
    RESPONSE,
    SALT,
    SECRET,
    SIZE,
    proven_apart,
    proven_here,
    receipt,
)

from console.receipt.page import verifier_page
from formats import canonical
from formats.checkpoint import Checkpoint
from formats.merkle import inclusion_path, leaf_hash, root
from formats.note import Note, Signature, SignatureKind, VerificationKey, cosigned_message, decode_note, encode_note
from formats.receipt import encode_receipt
from formats.tlog_proof import TlogProof, decode_proof, encode_proof
from gateway.cli.receipt_page import page_of
from gateway.cli.verifier import NAMES

pytestmark = pytest.mark.xdist_group("receipt-page")

RUNNER = Path(__file__).with_name("verify_in_node.mjs")
WITNESS_SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
WITNESS = VerificationKey(
    "witness.example.org/w1", SignatureKind.COSIGNATURE, WITNESS_SECRET.public_key().public_bytes_raw()
)
KEYS = [str(KEY), str(WITNESS)]
SEEN_AT = 1_795_579_201


def witnessed(found):
    """Return a receipt whose checkpoint a witness has cosigned."""
    proof = decode_proof(found.proof)
    note = decode_note(proof.checkpoint)
    by = SEEN_AT.to_bytes(8, "big") + WITNESS_SECRET.sign(cosigned_message(note.text, SEEN_AT))
    both = (*note.signatures, Signature(WITNESS.name, WITNESS.key_id, by))
    return replace(found, proof=encode_proof(replace(proof, checkpoint=encode_note(Note(note.text, both)))))


def recorded(body, response=b""):
    """Return a receipt of a call of which just this is recorded."""
    first = receipt()
    envelope = {**canonical.decode(first.envelope), "body": hashlib.sha256(SALT + body).hexdigest()}
    leaves = [leaf_hash(str(place).encode()) for place in range(SIZE)]
    leaves[INDEX] = leaf_hash(canonical.encode(envelope))
    text = Checkpoint(ORIGIN, SIZE, root(leaves)).text
    note = encode_note(Note(text, (Signature(ORIGIN, KEY.key_id, SECRET.sign(text.encode())),)))
    proof = encode_proof(TlogProof(INDEX, tuple(inclusion_path(leaves, INDEX)), note))
    return replace(first, envelope=canonical.encode(envelope), body=body, proof=proof, response=response)


@contextmanager
def verifying(folder, *how):
    """Yield what asks the page's code about files, under the keys in the page unless others are named."""
    page = folder / "receipt.html"
    page.write_text(verifier_page(KEYS, NAMES), encoding="utf-8")
    process = subprocess.Popen(
        [shutil.which("node"), RUNNER, page, *how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(files, keys=KEYS):
        asked = {"keys": keys, "files": [base64.b64encode(file).decode() for file in files]}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        return [(proven, failing) for proven, failing in json.loads(process.stdout.readline())]

    try:
        with process.stdin, process.stdout:
            yield ask
    finally:
        assert process.wait(timeout=20) == 0


@pytest.fixture(scope="module", params=["its own Ed25519", "without-ed25519"])
def ask(request, tmp_path_factory):
    with verifying(tmp_path_factory.mktemp("page"), request.param) as asking:
        yield asking


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_is_proven_with_and_without_a_witness(ask, kind):
    contents = [encode_receipt(KINDS[kind]), encode_receipt(witnessed(KINDS[kind]))]
    assert ask(contents) == [(True, []), (True, [])]


@pytest.mark.parametrize("kind", KINDS)
def test_a_receipt_altered_in_any_byte_is_refused_by_a_part(ask, kind):
    content = encode_receipt(witnessed(KINDS[kind]))
    altered = [
        content[:at] + bytes([byte ^ bit]) + content[at + 1 :] for at, byte in enumerate(content) for bit in (1, 32)
    ]
    assert [at // 2 for at, (proven, failing) in enumerate(ask(altered)) if proven or not failing] == []
    cut = [content[:at] for at in range(0, len(content), 7)] + [content + b"\n", b" " + content, b""]
    assert not any(proven for proven, _ in ask(cut))


def test_the_part_that_fails_is_named(ask):
    content = encode_receipt(witnessed(receipt(batch=True)))

    def failing(old, new):
        assert content.count(old) == 1
        ((_, parts),) = ask([content.replace(old, new)])
        return parts

    said = canonical.decode(content)
    proof = said["proof"].encode()
    assert failing("项目-17".encode(), "项目-18".encode()) == ["entry"]
    assert failing(b"bidder-2", b"bidder-3") == ["line"]
    assert failing(b'\\"n\\":3', b'\\"n\\":4') == ["path"]
    assert failing(b"index 7", b"index 6") == ["path"]
    assert b"joint-sanctions-receipt/v1" in content
    assert failing(b"joint-sanctions-receipt/v1", b"joint-sanctions-receipt/v2") == ["form"]
    log, by = (line.rsplit(b" ", 1)[1] for line in proof.splitlines()[-2:])
    assert failing(log[:20], _flipped(log[:20])) == ["checkpoint"]
    assert failing(by[-20:], by[-20:].replace(by[-10:-9], b"B" if by[-10:-9] != b"B" else b"C", 1)) == ["witnesses"]
    answered = encode_receipt(receipt(response=b"\x0a\x02\x08\x04"))
    assert ask([answered.replace(base64.b64encode(b"\x0a\x02\x08\x04"), base64.b64encode(b"\x0a\x02\x08\x05"))]) == [
        (False, ["response"])
    ]


def _flipped(text):
    return text[:-1] + (b"B" if text[-1:] != b"B" else b"C")


def test_a_key_that_is_not_in_the_page_proves_nothing(ask):
    content = encode_receipt(receipt())
    assert ask([content], [str(OTHER)]) == [(False, ["checkpoint", "witnesses"])]
    assert ask([encode_receipt(witnessed(receipt()))], [str(KEY)]) == [(False, ["witnesses"])]
    assert ask([content], []) == [(False, ["checkpoint", "witnesses"])]


@pytest.mark.parametrize(
    "change", [lambda path: (bytes(32), *path), lambda path: (*path, bytes(32)), lambda path: path[1:]]
)
def test_a_path_of_another_length_leads_nowhere(ask, change):
    found = receipt()
    proof = decode_proof(found.proof)
    assert ask([encode_receipt(replace(found, proof=encode_proof(replace(proof, path=change(proof.path)))))]) == [
        (False, ["path"])
    ]


def test_an_item_belongs_to_a_batch_of_its_size_and_has_no_answer_of_its_own(ask):
    item = receipt(batch=True)
    larger = encode_receipt(replace(item, line=replace(item.line, count=item.line.count + 1)))
    answered = encode_receipt(replace(item, response=RESPONSE))
    assert ask([larger, answered]) == [(False, ["line"]), (False, ["response"])]


@pytest.mark.parametrize(
    "body", [b'{"a":1.5}', b'{"a":9007199254740993}', b'{"a":1,"a":1}', b'{"b":1,"a":1}', b'{"a": 1}', b"[]", b"1"]
)
def test_what_is_recorded_in_no_canonical_form_is_not_believed(ask, body):
    assert ask([encode_receipt(recorded(b'{"a":1}')), encode_receipt(recorded(body))]) == [
        (True, []),
        (False, ["entry"]),
    ]


def test_a_receipt_has_its_members_and_no_other(ask):
    said = canonical.decode(encode_receipt(receipt()))
    less = [{name: value for name, value in said.items() if name != left} for left in said]
    assert ask([canonical.encode(each) for each in ({**said, "more": ""}, *less)]) == [(False, ["form"])] * 9


def test_who_signs_with_another_key_under_the_logs_name_proves_nothing(ask):
    thief = Ed25519PrivateKey.from_private_bytes(bytes(32))
    found = receipt()
    proof = decode_proof(found.proof)
    text = decode_note(proof.checkpoint).text
    note = encode_note(Note(text, (Signature(KEY.name, KEY.key_id, thief.sign(text.encode())),)))
    forged = encode_receipt(replace(found, proof=encode_proof(replace(proof, checkpoint=note))))
    assert ask([forged]) == [(False, ["checkpoint"])]
    assert SECRET.sign(b"") != thief.sign(b"")


def test_the_key_of_another_log_speaks_for_that_log_alone(ask):
    other = VerificationKey("shiyan.example/audit/2027", SignatureKind.ED25519, WITNESS.public)
    found = receipt()
    named = encode_receipt(replace(found, key=str(other)))
    proof = decode_proof(found.proof)
    text = decode_note(proof.checkpoint).text
    by = Signature(other.name, other.key_id, WITNESS_SECRET.sign(text.encode()))
    signed = replace(proof, checkpoint=encode_note(Note(text, (by,))))
    both = [str(KEY), str(other)]
    assert ask([encode_receipt(found)], both) == [(True, [])]
    borrowed = encode_receipt(replace(found, proof=encode_proof(signed)))
    assert ask([named, borrowed], both) == [(False, ["checkpoint"])] * 2


def test_a_page_that_holds_a_receipt_is_read(ask):
    pages = [page_of(encode_receipt(found)).encode() for found in KINDS.values()]
    assert ask(pages) == [(True, [])] * len(pages)
    assert ask([pages[0].replace(b'<pre id="receipt">', b"<pre>"), pages[0] + pages[1]]) == [(False, ["form"])] * 2


def test_of_two_thousand_mixtures_it_takes_those_that_the_others_take(ask):
    """Parts of receipts put together at random, and strings within them cut, doubled and swapped."""
    draw = random.Random(20261130)  # noqa: S311 - an order that can be repeated
    whole = [canonical.decode(encode_receipt(found)) for found in KINDS.values()]
    mixtures = []
    for _ in range(2_000):
        mixed = {name: draw.choice(whole)[name] for name in whole[0]}
        if draw.random() < 0.5:
            name = draw.choice(["envelope", "salt", "body", "proof", "key", "response"])
            text = mixed[name]
            at = draw.randrange(len(text) + 1)
            mixed[name] = draw.choice(
                [text[:at], text + text[:at], text[at:], text.upper(), text.replace("\n", "\r\n")]
            )
        mixtures.append(canonical.encode(mixed))
    mixtures += [canonical.encode(each) for each in whole]
    mine = [proven for proven, _ in ask(mixtures)]
    assert mine == [proven_here(each) for each in mixtures]
    assert mine == [proven_apart(each) for each in mixtures]
    assert len(whole) <= sum(mine) < len(mixtures)
