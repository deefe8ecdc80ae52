"""The receipt: one recorded call with everything that it takes to verify it offline.

It is canonical JSON, and stands for itself: the public envelope, the body behind it where the reader may see it, one
line of a batch with its path where there is one, the proof that the envelope stands in the log, the checkpoint, and the
key that signed that. The answer as its caller had it can be put in; it must be the one that was recorded. A receipt of
one item of a batch shows nothing of the others.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.checkpoint import Checkpoint, parse_checkpoint
from formats.merkle import leaf_hash, verify_inclusion
from formats.note import NoteError, VerificationKey, decode_note, parse_key, verify_note
from formats.tlog_proof import decode_proof

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from formats.note import Signed, Verify

KIND: Final = "joint-sanctions-receipt/v1"
RECEIPT_LIMIT: Final = 1_000_000
"""Bytes of a receipt."""
_MEMBERS: Final = {"kind", "envelope", "salt", "body", "line", "proof", "key", "response"}
_LINE_MEMBERS: Final = {"item", "count", "salt", "content", "path"}


class ReceiptError(ValueError):
    """A receipt proves nothing; the message says which part does not hold."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One item of a batch, and the path from it to the root that the body names."""

    item: int
    count: int
    salt: bytes
    content: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt's parts; empty bytes for what it does not show."""

    envelope: bytes
    salt: bytes
    body: bytes
    line: ReceiptLine | None
    proof: bytes
    key: str
    response: bytes = b""
    """The answer, serialised deterministically without its audit position."""


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt has proven."""

    envelope: Mapping[str, object]
    body: Mapping[str, object] | None
    """None where it is not shown."""
    line: Mapping[str, object] | None
    index: int
    checkpoint: Checkpoint
    signed: Sequence[Signed]
    """By the log, and by the witnesses whose keys were at hand."""
    response_shown: bool


def with_response(receipt: Receipt, response: bytes) -> Receipt:
    """Return the receipt with the answer in it.

    Raises:
        ReceiptError: The receipt does not show the body, is that of one item, or the answer is not the one recorded.
    """
    filled = replace(receipt, response=response)
    _check_response(filled, _content(receipt.body, "body") if receipt.body else {})
    return filled


def encode_receipt(receipt: Receipt) -> bytes:
    """Return the bytes of a receipt."""
    line = receipt.line
    shown_line = line and {
        "item": line.item,
        "count": line.count,
        "salt": line.salt.hex(),
        "content": line.content.decode(),
        "path": [each.hex() for each in line.path],
    }
    return canonical.encode(
        {
            "kind": KIND,
            "envelope": receipt.envelope.decode(),
            "salt": receipt.salt.hex(),
            "body": receipt.body.decode(),
            "line": shown_line,
            "proof": receipt.proof.decode(),
            "key": receipt.key,
            "response": base64.b64encode(receipt.response).decode(),
        }
    )


def decode_receipt(data: bytes) -> Receipt:
    """Read a receipt; what it proves is not looked at.

    Raises:
        ReceiptError: It is none.
    """
    try:
        content = canonical.decode(data) if len(data) <= RECEIPT_LIMIT else None
        if not isinstance(content, dict) or content.keys() != _MEMBERS or content["kind"] != KIND:
            raise ReceiptError(f"not a receipt of the kind {KIND}")
        receipt = Receipt(
            content["envelope"].encode(),
            bytes.fromhex(content["salt"]),
            content["body"].encode(),
            None if content["line"] is None else _line(content["line"]),
            content["proof"].encode(),
            str(content["key"]),
            base64.b64decode(content["response"], validate=True),
        )
        if encode_receipt(receipt) != data:
            raise ReceiptError("not a receipt: a part is not written as it must be")
    except (ValueError, TypeError, AttributeError, KeyError, binascii.Error) as error:
        raise error if isinstance(error, ReceiptError) else ReceiptError(f"not a receipt: {error}") from error
    return receipt


def verify_receipt(receipt: Receipt, keys: Sequence[VerificationKey], verify: Verify) -> VerifiedReceipt:
    """Return what a receipt proves to somebody who trusts *keys*.

    Args:
        receipt: Of which no part is believed.
        keys: Of the logs, and of witnesses; had from somewhere else than the receipt.
        verify: Checks an Ed25519 signature.

    Raises:
        ReceiptError: Some part does not hold; the message says which.
    """
    envelope = _content(receipt.envelope, "envelope")
    body = _body(receipt, envelope)
    line = _verified_line(receipt.line, body)
    index, checkpoint, signed = _in_log(receipt, keys, verify)
    if receipt.response:
        _check_response(receipt, body or {})
    return VerifiedReceipt(envelope, body, line, index, checkpoint, signed, bool(receipt.response))


def _in_log(
    receipt: Receipt, keys: Sequence[VerificationKey], verify: Verify
) -> tuple[int, Checkpoint, Sequence[Signed]]:
    try:
        named = parse_key(receipt.key)
        proof = decode_proof(receipt.proof)
        note = decode_note(proof.checkpoint)
        signed = verify_note(note, keys, verify)
        checkpoint = parse_checkpoint(note.text)
    except NoteError as error:
        raise ReceiptError(f"the proof: {error}") from error
    if named not in [each.key for each in signed] or named.name != checkpoint.origin:
        raise ReceiptError(f"the checkpoint of {checkpoint.origin} is not signed by a key that is trusted for it")
    if not verify_inclusion(leaf_hash(receipt.envelope), proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise ReceiptError("the envelope does not stand in the log where the proof says")
    return proof.index, checkpoint, signed


def _body(receipt: Receipt, envelope: Mapping[str, object]) -> Mapping[str, object] | None:
    if not receipt.body and not receipt.salt:
        return None
    if hashlib.sha256(receipt.salt + receipt.body).hexdigest() != envelope.get("body"):
        raise ReceiptError("salt and body are not those that the envelope names")
    return _content(receipt.body, "body")


def _verified_line(line: ReceiptLine | None, body: Mapping[str, object] | None) -> Mapping[str, object] | None:
    if line is None:
        return None
    named = (body or {}).get("lines")
    root = named.get("root") if isinstance(named, dict) and named.get("count") == line.count else None
    if not isinstance(root, str) or not verify_inclusion(
        leaf_hash(line.salt + line.content), line.item, line.count, line.path, bytes.fromhex(root)
    ):
        raise ReceiptError("the line is not one of those that the body names")
    return _content(line.content, "line")


def _check_response(receipt: Receipt, body: Mapping[str, object]) -> None:
    if receipt.line is not None or hashlib.sha256(receipt.response).hexdigest() != body.get("response"):
        raise ReceiptError("the response is not the one that was recorded")


def _content(data: bytes, part: str) -> dict[str, object]:
    try:
        content = canonical.decode(data)
    except ValueError as error:
        raise ReceiptError(f"the {part}: {error}") from error
    if not isinstance(content, dict):
        raise ReceiptError(f"the {part} is not an object")
    return content


def _line(content: object) -> ReceiptLine:
    if not isinstance(content, dict) or content.keys() != _LINE_MEMBERS:
        raise ReceiptError("not a receipt: line")
    item, count = content["item"], content["count"]
    if type(item) is not int or type(count) is not int:
        raise ReceiptError("not a receipt: line")
    path = tuple(bytes.fromhex(each) for each in content["path"])
    return ReceiptLine(item, count, bytes.fromhex(content["salt"]), content["content"].encode(), path)
