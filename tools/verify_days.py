"""Verify proofs of days without the gateway and without its code; needs ``verify_receipt.py`` beside it.

    python3 verify_days.py --key 'NAME+ID+KEY' [--key …] PROOF…

Written from the description in docs/day-index.md: that the calls which are named are all that the gateway's index of
each day has for the enterprise, on the sides that are shown. Copy the two files to another machine.

Exit code 0: every proof holds. 1: one does not; the reason is printed. 2: usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from verify_receipt import Unproven, read_key, require, sha256, strict_object, verify

Keys = list[tuple[str, bytes, bytes]]
Value = dict[str, Any]
"""What was read; every part of it is required to be what it must be before it counts."""
SIDES = {"ordinary", "investigation"}


def canonical(value: object) -> str:
    """Write a value in its canonical form."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unhex(text: object) -> bytes:
    """Decode lower-case hexadecimal."""
    data = bytes.fromhex(str(text))
    require(data.hex() == text, "hexadecimal is not written as it must be")
    return data


def table(value: object, names: set[str], what: str) -> Value:
    """Return an object that has exactly these members."""
    require(isinstance(value, dict) and value.keys() == names, f"not {what}")
    return cast("Value", value)


def index_of(receipt: str, keys: Keys) -> Value:
    """Return what the entry of a receipt says of an index."""
    verify(receipt.encode(), keys)
    body = strict_object(str(strict_object(receipt)["body"]))
    require((body.get("method"), body.get("outcome")) == ("AuditService", "DAY_INDEXED"), "not the entry of an index")
    said = body["day_index"]
    require(isinstance(said, dict), "not an index")
    return cast("Value", said)


def follows(last: Value, said: Value) -> None:
    """Require that one index is the next behind another."""
    day, before = date.fromisoformat(str(said["day"])), date.fromisoformat(str(last["day"]))
    require(day - before == timedelta(days=1), f"{day}: a day is left out before it")
    require(int(str(said["number"])) - int(str(last["number"])) == 1, f"{day}: an index is left out before it")
    require(said["before"] == sha256(canonical(last).encode()).hex(), f"{day}: follows from another index")
    ended = {each["writer"]: each["end"] for each in list(last["covers"])}
    for each in list(said["covers"]):
        require(ended.get(each["writer"], each["first"]) == each["first"], f"{day}: entries are left out")


def entries_of(uscc: str, said: Value, side: str, spot: object) -> list[Any]:
    """Return what one side of an index has for the enterprise; empty where it has nothing."""
    parts = table(spot, {"salt", "content", "path"}, "a place")
    salt, content = unhex(parts["salt"]), str(parts["content"])
    path = [unhex(each) for each in list(parts["path"])]
    require(len(salt) == 32 and all(len(each) == 32 for each in path), "a hash has 32 bytes")
    committed = table(
        {k: v for k, v in dict(said[side]).items() if k in {"root", "depth"}}, {"root", "depth"}, "a side"
    )
    depth = int(str(committed["depth"]))
    require(len(path) == depth if content else 6 <= len(path) <= depth, "the path has another length")
    place = sha256(f"joint-sanctions day index\n{said['day']}\n{side}\n{uscc}\n".encode())
    bits = "".join(f"{byte:08b}" for byte in place)[: len(path)]
    above = sha256(b"\x00" + salt + content.encode()) if content else sha256(b"\x02" + salt)
    for bit, beside in zip(reversed(bits), path, strict=True):
        above = sha256(b"\x01" + beside + above) if bit == "1" else sha256(b"\x01" + above + beside)
    require(above.hex() == committed["root"], f"{said['day']}: the {side} index has something else there")
    if not content:
        return []
    named = table(strict_object(content), {"uscc", "entries"}, "what an index says of an enterprise")
    require(named["uscc"] == uscc and bool(named["entries"]), "the place is another enterprise's")
    return list(named["entries"])


def verify_days(content: bytes, keys: Keys) -> Value:
    """Return what a proof of days proves; ``Unproven`` when it does not."""
    proof = table(strict_object(content.decode()), {"kind", "uscc", "days"}, "a proof of days")
    require(proof["kind"] == "joint-sanctions-day-proof/v1" and bool(proof["days"]), "not a proof of days")
    uscc = str(proof["uscc"])
    last: Value = {}
    sides: set[str] = set()
    told: Value = {"uscc": uscc}
    for each in list(proof["days"]):
        day = table(each, {"receipt", "spots"}, "a day")
        said = index_of(str(day["receipt"]), keys)
        spots = dict(day["spots"])
        if last:
            follows(last, said)
        else:
            told["from"], sides = said["day"], set(spots)
        require(set(spots) == sides and bool(sides) and sides <= SIDES, "other sides of the index are shown")
        for side in sorted(spots):
            told.setdefault(side, []).extend(entries_of(uscc, said, side, spots[side]))
        last = said
    return told | {"until": last["day"]}


def main(arguments: list[str] | None = None) -> int:
    """Verify each proof that the command line names."""
    parser = argparse.ArgumentParser(description="verify proofs of days of the joint-sanctions gateway")
    parser.add_argument("--key", action="append", required=True, help="public key of the log, had from its operator")
    parser.add_argument("proofs", nargs="+", type=Path)
    asked = parser.parse_args(arguments)
    keys, failed = [read_key(text) for text in asked.key], False
    for file in asked.proofs:
        try:
            told = verify_days(file.read_bytes(), keys)
        except (Unproven, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
            failed = True
            print(f"{file}: NOT PROVEN: {error}")
        else:
            print(f"{file}: proven: {json.dumps(told, ensure_ascii=False)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
