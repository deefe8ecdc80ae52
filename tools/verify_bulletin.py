"""Verify bulletins without the gateway and without its code: Python's standard library and ``cryptography`` only.

    python3 verify_bulletin.py --key 'NAME+ID+KEY' [--key …] [--at INSTANT] BULLETIN…

Written from the description in docs/bulletin.md and from C2SP signed-note, and sharing nothing with the program that
writes bulletins. Copy this file alone to another machine. A bulletin clears nobody: who is not in it is as unverifiable
as who is.

Exit code 0: every bulletin is as it was signed, and in date. 1: one is not; the reason is printed. 2: usage.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NAMES = ["gateway", "area", "revision", "issued", "valid-until", "weighs-at", "listings", "sha256"]
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")

Key = tuple[str, bytes, bytes]


class Unproven(Exception):  # noqa: N818 - what it says of a bulletin
    """A bulletin may not be used, and why."""


def require(holds: bool, why: str) -> None:  # noqa: FBT001 - the condition is what is required
    """Go on only if *holds*."""
    if not holds:
        raise Unproven(why)


def unbase64(text: str) -> bytes:
    """Decode base64 that is written in the one way that it can be."""
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "base64 is not written as it must be")
    return data


def read_key(text: str) -> Key:
    """Return name, key id and Ed25519 key of a published key."""
    name, identifier, encoded = text.split("+", 2)
    content = unbase64(encoded)
    require(content[:1] == b"\x01" and len(content) == 33, "not an Ed25519 key")
    key_id = hashlib.sha256(name.encode() + b"\n" + content).digest()[:4]
    require(key_id.hex() == identifier, "the id of the key is not its own")
    return name, key_id, content[1:]


def instant(text: str) -> datetime:
    """Return an instant of the bulletin, UTC."""
    require(INSTANT.fullmatch(text) is not None, f"{text!r} is no instant")
    return datetime.fromisoformat(text)


def signed_head(data: bytes, keys: list[Key]) -> tuple[dict[str, str], bytes]:
    """Return what a head says that one of the keys has signed under the gateway's name, and what stands behind it."""
    text, gap, rest = data.partition(b"\n\n")
    signatures, second, lines = rest.partition(b"\n\n")
    require(bool(gap and second), "not a bulletin: a signed head, an empty line, listings")
    text += b"\n"
    first, *said = text.decode()[:-1].split("\n")
    require(first == "joint-sanctions-bulletin/v1", "not a bulletin of this version")
    require([line.split(" ", 1)[0] for line in said] == NAMES, "the head has other lines")
    head = dict(line.split(" ", 1) for line in said)
    proven = False
    for line in signatures.decode().split("\n"):
        dash, who, value = line.split(" ")
        require(dash == "—", "not a line of a signature")
        content = unbase64(value)
        for name, key_id, key in keys:
            if who == name == f"{head['gateway']}/bulletin" and content[:4] == key_id:
                try:
                    Ed25519PublicKey.from_public_bytes(key).verify(content[4:], text)
                except InvalidSignature:
                    raise Unproven(f"the signature of {name} does not hold") from None
                proven = True
    require(proven, f"no key at hand has signed the bulletin of {head['gateway']}")
    return head, lines


def verify(data: bytes, keys: list[Key], now: datetime) -> dict[str, str]:
    """Return what the head of a bulletin says; ``Unproven`` when it may not be used at *now*."""
    head, lines = signed_head(data, keys)
    require(hashlib.sha256(lines).hexdigest() == head["sha256"], "the listings are not those that were signed")
    rows = lines.decode().split("\n")
    require(rows.pop() == "" and str(len(rows)) == head["listings"], "not as many listings as the head says")
    for row in rows:
        values = json.loads(row)
        whole = isinstance(values, list) and len(values) == 6 and all(isinstance(value, str) for value in values)
        require(whole, "a line is no listing")
        date.fromisoformat(values[3])
        date.fromisoformat(values[4])
        instant(values[5])
    require(instant(head["issued"]) <= now, f"it is from the future: {head['issued']}")
    require(now < instant(head["valid-until"]), f"it is past its time: {head['valid-until']}")
    return head


def main(argv: list[str]) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", action="append", required=True, metavar="NAME+ID+KEY", help="key of the gateway")
    parser.add_argument("--at", default="", metavar="INSTANT", help="the instant at which it is to be used (now)")
    parser.add_argument("bulletins", nargs="+", type=Path, metavar="BULLETIN")
    arguments = parser.parse_args(argv)
    code = 0
    for file in arguments.bulletins:
        try:
            now = instant(arguments.at) if arguments.at else datetime.now(UTC)
            head = verify(file.read_bytes(), [read_key(each) for each in arguments.key], now)
            print(
                f"{file}: {head['area']} of {head['gateway']}, {head['listings']} listings, until {head['valid-until']}"
            )
        except (Unproven, OSError, ValueError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
