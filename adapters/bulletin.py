"""The signed bulletin on the adapter's side: fetched ahead, verified, kept in a file, and read while nobody answers.

A bulletin clears nobody (X-10). It adds that an enterprise is listed, and never that one is not: what is missing, past
its time, older than one that was here, or not as it was signed adds nothing and says why.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.message import DecodeError
from jointsanctions.v1 import bulletin_pb2, common_pb2

from adapters.errors import NotClearedError, SettingsError
from formats.bulletin import MOST_BYTES, Bulletin, BulletinError, key_name, read_bulletin
from formats.note import NoteError, parse_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from adapters.journal import Journal
    from formats.bulletin import ListedFacts
    from formats.note import VerificationKey

CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far the issuer's clock may be ahead of ours."""


class GivesBulletins(Protocol):
    """What is needed of a ``GatewayClient``."""

    def bulletin(self, request: bulletin_pb2.GetBulletinRequest) -> Iterator[bulletin_pb2.GetBulletinResponse]:
        """Receive a bulletin part by part; raises ``GatewayError``."""


class BulletinRefusedError(Exception):
    """A bulletin is not taken; the one that is held stays.

    Attributes:
        reason: ``BROKEN_OFF``, ``NOT_SIGNED``, ``OTHER_GATEWAY``, ``OTHER_AREA``, ``EXPIRED``, ``NOT_YET_VALID``,
            ``OLDER`` or ``NOT_KEPT``.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BulletinSource:
    """Whose bulletins are taken.

    Attributes:
        gateway: Name of the gateway, as its operator has told it.
        area: Which area.
        keys: Verification keys that the operator has handed over, on paper or in person; one must have signed.
    """

    gateway: str
    area: common_pb2.Area.ValueType
    keys: tuple[VerificationKey, ...]

    @property
    def area_name(self) -> str:
        """The area as bulletins name it, such as ``"BIDDING"``."""
        return common_pb2.Area.Name(self.area).removeprefix("AREA_")


def bulletin_source(gateway: str, area: common_pb2.Area.ValueType, keys: Iterable[str]) -> BulletinSource:
    """Return the source of published keys; raises ``SettingsError`` for none, and for one that is not of *gateway*."""
    try:
        parsed = tuple(parse_key(key.strip()) for key in keys)
    except NoteError as error:
        raise SettingsError(f"a key of bulletins: {error}") from error
    if not parsed or any(key.name != key_name(gateway) for key in parsed):
        raise SettingsError(f"bulletins need a key of {key_name(gateway)}, and of nobody else")
    return BulletinSource(gateway, area, parsed)


@dataclass(frozen=True, slots=True)
class Said:
    """What a bulletin adds to a question that nobody answered.

    Attributes:
        standing: ``VALID``, or why nothing can be taken from it.
        hold: A party is listed, and at the decision point that weighs.
        listings: What is said of the parties, whether or not it weighs there.
    """

    standing: str
    hold: bool = False
    listings: tuple[ListedFacts, ...] = ()


class BulletinShelf:
    """The file with the newest bulletin of one area. May be shared by threads, and the file by processes."""

    def __init__(self, path: Path, source: BulletinSource, journal: Journal) -> None:
        """Take the file, which need not exist, whose bulletins it is for, and where it is noted what was fetched."""
        self._path = path
        self._source = source
        self._journal = journal
        self._lock = Lock()
        self._read: tuple[tuple[int, int, int], Bulletin] | None = None

    def fetch(self, client: GivesBulletins, officer: str, now: datetime, purpose: str = "") -> Bulletin:
        """Fetch, verify and keep the present bulletin; call it at least twice in the life of one.

        Raises:
            GatewayError: There was no answer.
            BulletinRefusedError: What came is not taken; what is held stays.
            JournalUnavailableError: The journal cannot be read or written.
        """
        request = bulletin_pb2.GetBulletinRequest(area=self._source.area, officer=officer, purpose=purpose)
        data = received(client, request)
        bulletin = checked(data, self._source, self._present(now))
        if self._older(bulletin):
            raise BulletinRefusedError("OLDER", "an older bulletin than one that was here")
        keep(self._path, data)
        self._journal.pending.record_bulletin(bulletin.head, sha256(data).digest(), now)
        return bulletin

    def said(self, codes: Collection[str], point: str, now: datetime) -> Said:
        """Return what the bulletin says of enterprises with these codes at a decision point, by its name.

        It never raises: what cannot be read says nothing.
        """
        try:
            present = self._present(now)
            bulletin = self._held()
            if bulletin is None:
                return Said("MISSING")
            in_date(bulletin, present)
            if self._older(bulletin):
                return Said("OLDER")
        except BulletinRefusedError as error:
            return Said(error.reason)
        except NotClearedError as error:
            return Said(error.reason)
        listings = bulletin.of(codes, present)
        return Said("VALID", bool(listings) and point in bulletin.head.weighs_at, listings)

    def _present(self, now: datetime) -> datetime:
        """Return the present: never before what the journal has seen, so that a clock set back prolongs nothing."""
        latest = self._journal.pending.latest()
        return now if latest is None else max(now, latest)

    def _older(self, bulletin: Bulletin) -> bool:
        newest = self._journal.pending.newest_bulletin(self._source.gateway, self._source.area_name)
        if newest is None:
            return False
        return bulletin.head.revision < newest[0] or bulletin.head.issued_at < newest[1]

    def _held(self) -> Bulletin | None:
        """Return the bulletin of the file, verified anew whenever the file is another; None when there is none."""
        try:
            status = self._path.stat()
            stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
            with self._lock:
                if self._read is None or self._read[0] != stamp:
                    self._read = (stamp, verified(self._path.read_bytes(), self._source))
                return self._read[1]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BulletinRefusedError("UNREADABLE", f"{self._path}: {error.strerror}") from error


def received(client: GivesBulletins, request: bulletin_pb2.GetBulletinRequest) -> bytes:
    """Return the bytes of a bulletin as they came, whole.

    Raises:
        GatewayError: There was no answer, or it broke off.
        BulletinRefusedError: What came is not what its first part has announced.
    """
    parts, content = client.bulletin(request), bytearray()
    try:
        first = next(parts, None)
        if first is None or not 0 < first.size <= MOST_BYTES:
            raise BulletinRefusedError("BROKEN_OFF", "nothing that could be a bulletin was sent")
        for part in parts:
            content += part.content
            if len(content) > first.size:
                break
    except DecodeError as error:
        raise BulletinRefusedError("BROKEN_OFF", "what was sent is no part of a bulletin") from error
    data = bytes(content)
    if len(data) != first.size or sha256(data).digest() != first.sha256:
        raise BulletinRefusedError("BROKEN_OFF", "what was sent is not what was announced")
    return data


def verified(data: bytes, source: BulletinSource) -> Bulletin:
    """Return a bulletin of this source; its time is not looked at. Raises ``BulletinRefusedError``."""
    try:
        bulletin = read_bulletin(data, source.keys, holds)
    except BulletinError as error:
        raise BulletinRefusedError("NOT_SIGNED", str(error)) from error
    if bulletin.head.gateway != source.gateway:
        raise BulletinRefusedError("OTHER_GATEWAY", f"it is of the gateway {bulletin.head.gateway}")
    if bulletin.head.area != source.area_name:
        raise BulletinRefusedError("OTHER_AREA", f"it is of the area {bulletin.head.area}")
    return bulletin


def in_date(bulletin: Bulletin, now: datetime) -> None:
    """Refuse a bulletin at *now*, UTC, that is past its time or from the future; raises ``BulletinRefusedError``."""
    head = bulletin.head
    if now >= head.valid_until:
        raise BulletinRefusedError("EXPIRED", f"it was valid before {head.valid_until.isoformat()}")
    if now < head.issued_at - CLOCK_TOLERANCE:
        raise BulletinRefusedError("NOT_YET_VALID", f"it was issued {head.issued_at.isoformat()}: look at the clock")


def checked(data: bytes, source: BulletinSource, now: datetime) -> Bulletin:
    """Return a bulletin of this source that is in date; raises ``BulletinRefusedError``."""
    bulletin = verified(data, source)
    in_date(bulletin, now)
    return bulletin


def keep(path: Path, data: bytes) -> None:
    """Put a bulletin in place, whole and durable, readable by its owner; raises ``BulletinRefusedError``."""
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise BulletinRefusedError("NOT_KEPT", f"{path}: {error.strerror}") from error


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether an Ed25519 signature holds; what is no key or no signature holds nothing."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
