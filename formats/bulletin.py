"""The bulletin: published listings of one area, signed, for the hours in which the gateway cannot be asked (X-10).

Shared by who signs and who reads. The head is a signed note (``formats.note``) that names the SHA-256 of everything
behind it; behind it stand the listings, one a line, each a JSON array. What is signed is thereby every byte.

A bulletin clears nobody. An enterprise that is not in it is as unverifiable as one that is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.civil import format_instant, parse_date, parse_instant
from formats.note import NoteError, decode_note, verify_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from formats.note import VerificationKey, Verify

FIRST_LINE: Final = "joint-sanctions-bulletin/v1"
MOST_BYTES: Final = 64 * 1024 * 1024
"""What a reader need not look beyond: 50,000 listings with the longest texts are a third of it."""
_FIELDS: Final = ("gateway", "area", "revision", "issued", "valid-until", "weighs-at", "listings", "sha256")
_WORD: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_GAP: Final = b"\n\n"
_PARTS: Final = 6


class BulletinError(ValueError):
    """Not a bulletin, or not one that the keys at hand have signed."""


@dataclass(frozen=True, slots=True)
class ListedFacts:
    """What is published of one listing; no person, no amount, no name.

    Attributes:
        uscc: Unified social credit code of the enterprise.
        authority: Who decided.
        document_number: Number of the decision.
        decided_on: Civil date of the decision, Asia/Shanghai.
        published_on: Civil date of its publication.
        until: First instant at which it is in force no more, by time alone, UTC.
    """

    uscc: str
    authority: str
    document_number: str
    decided_on: date
    published_on: date
    until: datetime


@dataclass(frozen=True, slots=True)
class BulletinHead:
    """What a bulletin says of itself.

    Attributes:
        gateway: Name of the gateway that issued it.
        area: Name of the area, such as ``"BIDDING"``.
        revision: Data revision by which it was made.
        issued_at: When, UTC.
        valid_until: First instant at which it may not be used any more, UTC.
        weighs_at: Names of the area's decision points at which a listing weighs more than a notice, in order.
    """

    gateway: str
    area: str
    revision: int
    issued_at: datetime
    valid_until: datetime
    weighs_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin, read. Its listings stand in order of code, then document number."""

    head: BulletinHead
    listings: tuple[ListedFacts, ...]

    def of(self, codes: Iterable[str], at: datetime) -> tuple[ListedFacts, ...]:
        """Return what is in force at *at*, UTC, of enterprises with these codes; empty when nothing is."""
        wanted = set(codes)
        return tuple(each for each in self.listings if each.uscc in wanted and at < each.until)


def listing_lines(listings: Iterable[ListedFacts]) -> bytes:
    """Return the listings as they stand behind the head, in their order."""
    ordered = sorted(listings, key=lambda each: (each.uscc, each.document_number, each.decided_on))
    return b"".join(canonical.encode(_values(each)) + b"\n" for each in ordered)


def head_text(head: BulletinHead, lines: bytes) -> str:
    """Return the text to sign over a head and what stands behind it."""
    values = (
        head.gateway,
        head.area,
        str(head.revision),
        format_instant(head.issued_at),
        format_instant(head.valid_until),
        " ".join(head.weighs_at) or "-",
        str(lines.count(b"\n")),
        sha256(lines).hexdigest(),
    )
    told = "".join(f"{name} {value}\n" for name, value in zip(_FIELDS, values, strict=True))
    return f"{FIRST_LINE}\n{told}"


def joined(note: bytes, lines: bytes) -> bytes:
    """Return the whole bulletin of a signed head and its lines."""
    return note + b"\n" + lines


def read_bulletin(data: bytes, keys: Sequence[VerificationKey], verify: Verify) -> Bulletin:
    """Read a bulletin that one of *keys* has signed; whether it is in date is not looked at.

    Raises:
        BulletinError: It is none, was changed, or none of the keys has signed it.
    """
    if len(data) > MOST_BYTES:
        raise BulletinError(f"longer than {MOST_BYTES} bytes")
    end = data.find(_GAP, data.find(_GAP) + len(_GAP))
    if end < 0:
        raise BulletinError("not a bulletin: a signed head, an empty line, listings")
    note, lines = data[: end + 1], data[end + len(_GAP) :]
    try:
        read = decode_note(note)
        signed = verify_note(read, keys, verify)
    except NoteError as error:
        raise BulletinError(f"the head: {error}") from error
    if not signed:
        raise BulletinError("none of the keys at hand has signed it")
    head, count, digest = _head(read.text)
    if any(key.key.name != key_name(head.gateway) for key in signed):
        raise BulletinError("is signed by another gateway's key")
    if sha256(lines).hexdigest() != digest:
        raise BulletinError("the listings are not those that were signed")
    listings = tuple(_listing(line) for line in lines.split(b"\n")[:-1])
    if lines[-1:] not in {b"", b"\n"} or len(listings) != count:
        raise BulletinError("the listings are not as many as the head says")
    return Bulletin(head, listings)


def key_name(gateway: str) -> str:
    """Return the name under which a gateway signs bulletins."""
    return f"{gateway}/bulletin"


def _values(each: ListedFacts) -> list[str]:
    dates = (each.decided_on.isoformat(), each.published_on.isoformat(), format_instant(each.until))
    return [each.uscc, each.authority, each.document_number, *dates]


def _listing(line: bytes) -> ListedFacts:
    try:
        found = canonical.decode(line)
        if not isinstance(found, list) or len(found) != _PARTS or not all(isinstance(each, str) for each in found):
            raise BulletinError("a line is no listing")
        uscc, authority, number, decided_on, published_on, until = found
        facts = (parse_date(decided_on), parse_date(published_on), parse_instant(until))
    except ValueError as error:
        raise BulletinError(f"a line is no listing: {error}") from error
    return ListedFacts(uscc, authority, number, *facts)


def _head(text: str) -> tuple[BulletinHead, int, str]:
    first, *lines = text.removesuffix("\n").split("\n")
    if first != FIRST_LINE or [line.partition(" ")[0] for line in lines] != list(_FIELDS):
        raise BulletinError(f"the head is not one of {FIRST_LINE}")
    said = {name: value for name, _, value in (line.partition(" ") for line in lines)}
    points = () if said["weighs-at"] == "-" else tuple(said["weighs-at"].split(" "))
    if not _NUMBER.fullmatch(said["revision"]) or not _NUMBER.fullmatch(said["listings"]):
        raise BulletinError("the head: revision and listings are numbers")
    if not all(_WORD.fullmatch(word) for word in (said["area"], *points)):
        raise BulletinError("the head: area and decision points are words")
    try:
        issued_at, valid_until = parse_instant(said["issued"]), parse_instant(said["valid-until"])
    except ValueError as error:
        raise BulletinError(f"the head: {error}") from error
    head = BulletinHead(said["gateway"], said["area"], int(said["revision"]), issued_at, valid_until, points)
    return head, int(said["listings"]), said["sha256"]
