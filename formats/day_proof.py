"""The proof of a span of days: that these are all calls which the indexes of the days name for one enterprise.

Canonical JSON: for each day the receipt of the entry that holds its index, and what stands at the enterprise's place,
proven against the root in that entry. The indexes of a gateway are one chain: each names its number, the hash of the
one before, and which entries of which queue it covers, so that no day and no entry lies between two of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.day_index import Spot, position_of, root_from
from formats.receipt import ReceiptError, decode_receipt, verify_receipt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from formats.note import VerificationKey, Verify

KIND: Final = "joint-sanctions-day-proof/v1"
ORDINARY: Final = "ordinary"
INVESTIGATION: Final = "investigation"
SIDES: Final = (ORDINARY, INVESTIGATION)
METHOD, OUTCOME, STATEMENT = "AuditService", "DAY_INDEXED", "day_index"
"""Which entries hold an index, and the key of their body under which it stands."""
PROOF_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of a proof."""
_MEMBERS: Final = {"kind", "uscc", "days"}
_DAY: Final = {"receipt", "spots"}
_SPOT: Final = {"salt", "content", "path"}


class DayProofError(ValueError):
    """A proof of days proves nothing; the message says which part does not hold."""


@dataclass(frozen=True, slots=True)
class DaySpots:
    """One day: the receipt of its index, and for each side that is shown what stands at the enterprise's place."""

    receipt: bytes
    spots: Mapping[str, Spot]


@dataclass(frozen=True, slots=True)
class ProvenDay:
    """What is proven of one day: for each side that is shown, the entries of its index, in the order of the log."""

    day: date
    number: int
    log: str
    index: int
    """Where the index itself stands."""
    entries: Mapping[str, Sequence[Mapping[str, object]]]


def before_of(statement: Mapping[str, object]) -> str:
    """Return what the next index names as the one before it: the SHA-256 of this one's statement, hexadecimal."""
    return hashlib.sha256(canonical.encode(statement)).hexdigest()


def encode_day_proof(uscc: str, days: Sequence[DaySpots]) -> bytes:
    """Return the bytes of a proof for the enterprise with this code."""
    shown = [
        {
            "receipt": day.receipt.decode(),
            "spots": {
                side: {
                    "salt": spot.salt.hex(),
                    "content": spot.content.decode(),
                    "path": [each.hex() for each in spot.path],
                }
                for side, spot in day.spots.items()
            },
        }
        for day in days
    ]
    return canonical.encode({"kind": KIND, "uscc": uscc, "days": shown})


def is_day_proof(data: bytes) -> bool:
    """Return whether a file says to be one."""
    return data.startswith(b'{"days":')


def decode_day_proof(data: bytes) -> tuple[str, list[DaySpots]]:
    """Return code and days of a proof; what it proves is not looked at.

    Raises:
        DayProofError: It is none.
    """
    try:
        content: Any = canonical.decode(data) if len(data) <= PROOF_LIMIT else None
        if not isinstance(content, dict) or content.keys() != _MEMBERS or content["kind"] != KIND:
            raise DayProofError(f"not a proof of the kind {KIND}")
        days = [_day(each) for each in content["days"]]
        if encode_day_proof(content["uscc"], days) != data:
            raise DayProofError("not a proof of days: a part is not written as it must be")
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise error if isinstance(error, DayProofError) else DayProofError(f"not a proof of days: {error}") from error
    return content["uscc"], days


def verify_day_proof(data: bytes, keys: Sequence[VerificationKey], verify: Verify) -> tuple[str, list[ProvenDay]]:
    """Return whom a proof is about, and what it proves to somebody who trusts *keys*.

    Args:
        data: Of which nothing is believed.
        keys: Of the logs; had from somewhere else than the proof.
        verify: Checks an Ed25519 signature.

    Raises:
        DayProofError: Some part does not hold, days are missing between two, or another side is shown on some of them.
    """
    uscc, days = decode_day_proof(data)
    if not days:
        raise DayProofError("it names no day")
    proven: list[ProvenDay] = []
    last: Mapping[str, Any] = {}
    for shown in days:
        statement, log, index = _statement(shown.receipt, keys, verify)
        try:
            _follow(last, statement)
            day = date.fromisoformat(statement["day"])
            entries = {side: _entries(uscc, statement, side, spot) for side, spot in shown.spots.items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise DayProofError(f"the index of a day is not complete: {error}") from error
        if not entries or shown.spots.keys() != days[0].spots.keys() or not entries.keys() <= set(SIDES):
            raise DayProofError(f"{day}: shows other sides of the index")
        proven.append(ProvenDay(day, statement["number"], log, index, entries))
        last = statement
    return uscc, proven


def _statement(receipt: bytes, keys: Sequence[VerificationKey], verify: Verify) -> tuple[Mapping[str, Any], str, int]:
    try:
        verified = verify_receipt(decode_receipt(receipt), keys, verify)
    except ReceiptError as error:
        raise DayProofError(f"the receipt of an index: {error}") from error
    body = verified.body or {}
    statement = body.get(STATEMENT)
    if (body.get("method"), body.get("outcome")) != (METHOD, OUTCOME) or not isinstance(statement, dict):
        raise DayProofError("a receipt is not that of an index")
    return statement, verified.checkpoint.origin, verified.index


def _follow(last: Mapping[str, Any], statement: Mapping[str, Any]) -> None:
    """Look whether an index is the next one behind *last*: number, day, hash, and the entries that it covers."""
    if not last:
        return
    day = date.fromisoformat(statement["day"])
    if date.fromisoformat(last["day"]) + timedelta(days=1) != day or last["number"] + 1 != statement["number"]:
        raise DayProofError(f"{day}: is not the day behind the one before it")
    if statement["before"] != before_of(last):
        raise DayProofError(f"{day}: follows from another index than the one before it")
    reached = {each["writer"]: each["end"] for each in last["covers"]}
    for each in statement["covers"]:
        if reached.get(each["writer"], each["first"]) != each["first"]:
            raise DayProofError(f"{day}: leaves out entries of {each['writer']}")


def _entries(uscc: str, statement: Mapping[str, Any], side: str, spot: Spot) -> Sequence[Mapping[str, object]]:
    committed = statement[side]
    position = position_of(statement["day"], side, uscc)
    if root_from(position, committed["depth"], spot) != bytes.fromhex(committed["root"]):
        raise DayProofError(f"{statement['day']}: what is shown is not what the {side} index has of it")
    if not spot.content:
        return ()
    try:
        content: Any = canonical.decode(spot.content)
    except ValueError as error:
        raise DayProofError(f"{statement['day']}: {error}") from error
    if content["uscc"] != uscc or not content["entries"]:
        raise DayProofError(f"{statement['day']}: the place is another enterprise's")
    return list(content["entries"])


def _day(content: Any) -> DaySpots:  # noqa: ANN401 - decoded JSON
    if content.keys() != _DAY:
        raise DayProofError("not a proof of days: a day")
    spots = {}
    for side, spot in content["spots"].items():
        if spot.keys() != _SPOT:
            raise DayProofError("not a proof of days: a place")
        path = tuple(bytes.fromhex(each) for each in spot["path"])
        spots[side] = Spot(bytes.fromhex(spot["salt"]), spot["content"].encode(), path)
    return DaySpots(content["receipt"].encode(), spots)
