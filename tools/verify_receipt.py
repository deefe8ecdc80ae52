"""Verify receipts without the gateway and without its code: Python's standard library and ``cryptography`` only.

    python3 verify_receipt.py --key 'NAME+ID+KEY' [--key …] RECEIPT…

Written from the description in docs/receipts.md and from RFC 9162, C2SP signed-note and tlog-checkpoint, and sharing
nothing with the program that writes receipts, so that a mistake in one is not repeated in the other. Copy this file
alone to another machine.

A page that holds a receipt can be named as well. Then the receipt in it is verified; compare what is printed with what
the page shows.

Exit code 0: every receipt is proven. 1: one is not; the reason is printed. 2: usage.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MEMBERS = {"kind", "envelope", "salt", "body", "line", "proof", "key", "response"}


class Unproven(Exception):  # noqa: N818 - what it says of a receipt
    """A receipt proves nothing, and why."""


def require(holds: bool, why: str) -> None:  # noqa: FBT001 - the condition is what is required
    """Go on only if *holds*."""
    if not holds:
        raise Unproven(why)


def sha256(data: bytes) -> bytes:
    """Return the hash."""
    return hashlib.sha256(data).digest()


def unbase64(text: str) -> bytes:
    """Decode base64 that is written in the one way that it can be."""
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "base64 is not written as it must be")
    return data


def strict_object(text: str) -> dict[str, object]:
    """Read one JSON object that has no key twice and is written in its canonical form."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        require(len({key for key, _ in pairs}) == len(pairs), "a key stands twice")
        return dict(pairs)

    value: dict[str, object] = json.loads(text, object_pairs_hook=unique)
    require(isinstance(value, dict), "not an object")
    again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    require(again == text, "not in canonical form")
    return value


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that a path leads to (RFC 9162, 2.1.3.2), by recursion from the root down."""
    require(0 <= index < size, "the index lies outside the tree")
    if size == 1:
        require(not path, "the path is too long")
        return leaf
    require(bool(path), "the path is too short")
    left = 1
    while left * 2 < size:
        left *= 2
    *below, sibling = path
    if index < left:
        return sha256(b"\x01" + climb(leaf, index, left, below) + sibling)
    return sha256(b"\x01" + sibling + climb(leaf, index - left, size - left, below))


def read_key(text: str) -> tuple[str, bytes, bytes]:
    """Return name, key id and Ed25519 key of a published key of a log."""
    name, identifier, encoded = text.split("+", 2)
    content = unbase64(encoded)
    require(content[:1] == b"\x01" and len(content) == 33, "not the Ed25519 key of a log")
    key_id = sha256(name.encode() + b"\n" + content)[:4]
    require(key_id.hex() == identifier, "the id of the key is not its own")
    return name, key_id, content[1:]


def read_checkpoint(note: str, keys: list[tuple[str, bytes, bytes]]) -> tuple[str, int, bytes]:
    """Return origin, size and root of a checkpoint that one of the keys has signed under the log's own name."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    require(len(lines) == 4 and lines[3] == "", "a checkpoint has three lines")
    origin, size, root = lines[0], lines[1], unbase64(lines[2])
    require(size == str(int(size)) and int(size) >= 0 and len(root) == 32, "not a checkpoint")
    require(signatures.endswith("\n"), "the last signature does not end its line")
    signed = False
    for line in signatures[:-1].split("\n"):
        dash, who, value = line.split(" ")
        require(dash == "—", "not a line of a signature")
        content = unbase64(value)
        for name, key_id, key in keys:
            if who == name == origin and content[:4] == key_id:
                try:
                    Ed25519PublicKey.from_public_bytes(key).verify(content[4:], text.encode())
                except InvalidSignature:
                    raise Unproven(f"the signature of {name} does not hold") from None
                signed = True
    require(signed, f"no key at hand has signed the checkpoint of {origin}")
    return origin, int(size), root


def verify(content: bytes, keys: list[tuple[str, bytes, bytes]]) -> dict[str, object]:
    """Return what a receipt proves; ``Unproven`` when it does not."""
    receipt = strict_object(content.decode())
    require(receipt.keys() == MEMBERS and receipt["kind"] == "joint-sanctions-receipt/v1", "not a receipt")
    envelope = strict_object(str(receipt["envelope"]))
    salt, body = bytes.fromhex(str(receipt["salt"])), str(receipt["body"])
    require(receipt["salt"] == salt.hex(), "the salt is not written as it must be")
    shown: dict[str, object] = {}
    if salt or body:
        require(sha256(salt + body.encode()).hex() == envelope["body"], "salt and body are not the envelope's")
        shown = strict_object(body)
    head, _, checkpoint = str(receipt["proof"]).partition("\n\n")
    first, place, *path = head.split("\n")
    require(first == "c2sp.org/tlog-proof@v1" and place.startswith("index "), "not a proof of an entry")
    index = int(place[6:])
    require(place == f"index {index}", "the index is not written as it must be")
    require(read_key(str(receipt["key"])) in keys, "the key that the receipt names is not at hand")
    origin, size, root = read_checkpoint(checkpoint, keys)
    require(str(receipt["key"]).split("+", 1)[0] == origin, "the key that the receipt names is that of another log")
    leaf = sha256(b"\x00" + str(receipt["envelope"]).encode())
    require(climb(leaf, index, size, [unbase64(each) for each in path]) == root, "the entry is not in the log")
    told = {"log": origin, "index": index, "size": size, "recorded_at": envelope["time"], **line_of(receipt, shown)}
    response = unbase64(str(receipt["response"]))
    if response:
        require(receipt["line"] is None and sha256(response).hex() == shown["response"], "another answer was recorded")
    for name in ("method", "outcome", "case", "officer", "enterprises", "verdict"):
        if name in shown and name not in told:
            told[name] = shown[name]
    return told


def receipt_in(content: bytes) -> bytes:
    """Return the receipt that a page holds, or the file itself where it is none. What a page shows is not looked at."""
    if not content.startswith(b"<"):
        return content
    held = re.findall(rb'<pre id="receipt">([A-Za-z0-9+/=\n]*)</pre>', content)
    require(len(held) == 1, "not a page with one receipt in it")
    return unbase64(held[0].replace(b"\n", b"").decode())


def line_of(receipt: dict[str, object], body: dict[str, object]) -> dict[str, object]:
    """Return what the shown line of a batch says; nothing where there is none."""
    line = receipt["line"]
    if line is None:
        return {}
    require(isinstance(line, dict) and line.keys() == {"item", "count", "salt", "content", "path"}, "not a line")
    assert isinstance(line, dict)  # noqa: S101 - required above
    salt = bytes.fromhex(line["salt"])
    path = [bytes.fromhex(each) for each in line["path"]]
    require(line["salt"] == salt.hex() and line["path"] == [each.hex() for each in path], "a line written otherwise")
    lines = body.get("lines")
    require(isinstance(lines, dict) and lines.get("count") == line["count"], "the body counts other lines")
    assert isinstance(lines, dict)  # noqa: S101 - required above
    leaf = sha256(b"\x00" + salt + line["content"].encode())
    require(climb(leaf, line["item"], line["count"], path).hex() == lines["root"], "the line is not the body's")
    content = strict_object(line["content"])
    return {name: content[name] for name in ("item", "case", "officer", "enterprises", "verdict") if name in content}


def main(arguments: list[str] | None = None) -> int:
    """Verify each receipt that the command line names."""
    parser = argparse.ArgumentParser(description="verify receipts of the joint-sanctions gateway")
    parser.add_argument("--key", action="append", required=True, help="public key of the log, had from its operator")
    parser.add_argument("receipts", nargs="+", type=Path)
    asked = parser.parse_args(arguments)
    keys, failed = [read_key(text) for text in asked.key], False
    for file in asked.receipts:
        try:
            told = verify(receipt_in(file.read_bytes()), keys)
        except (Unproven, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
            failed = True
            print(f"{file}: NOT PROVEN: {error}")
        else:
            print(f"{file}: proven: {json.dumps(told, ensure_ascii=False)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
