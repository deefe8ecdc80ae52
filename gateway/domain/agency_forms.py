"""Which form an entry of who may call has, key by key. What it may grant together is for ``agencies``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.domain.agencies import Agency

AGENCY_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Form of an agency's id, at most 64 characters; it is a segment of the certificate's name."""
FEED_NAME: Final = re.compile(r"[a-z]+(?:_[a-z]+)*")
TERRITORY: Final = re.compile(r"[1-9][0-9]{5}")
PURPOSE_LIMIT: Final = 256
"""Bytes of a purpose, as questions take it."""
BASIS_LIMIT: Final = 500
"""Bytes of a legal basis."""


class MandateError(ValueError):
    """Entries that must not be: which key of which entry, and why."""

    def __init__(self, entry: int, key: str, reason: str) -> None:
        super().__init__(f"entry {entry}: {key}: {reason}")
        self.entry = entry
        self.key = key
        self.reason = reason


def check_form(place: int, entry: Agency) -> None:
    """Raise ``MandateError`` for the first key of *entry*, the one at *place*, that has not the form it must have."""
    if len(entry.agency_id) > 64 or not AGENCY_ID.fullmatch(entry.agency_id):
        raise MandateError(place, "id", "must be 1 to 64 small letters and digits, in parts joined by hyphens")
    for key, name in (("name_zh", entry.name_zh), ("name_en", entry.name_en)):
        if not name.strip():
            raise MandateError(place, key, "must not be empty")
    if not TERRITORY.fullmatch(entry.territory):
        raise MandateError(place, "territory", "must be a division code of 6 digits")
    _check_names(place, entry)
    _check_validity(place, entry)


def division_prefix(territory: str) -> str:
    """Return the digits with which every division code within *territory* begins: 420300 is all of 4203.."""
    return re.sub(r"(?:00){1,2}$", "", territory)


def _check_names(place: int, entry: Agency) -> None:
    for feed in sorted(entry.feeds):
        if not FEED_NAME.fullmatch(feed):
            raise MandateError(place, "feeds", f"{feed!r} is not a feed's name")
    for name in sorted(entry.authorities):
        if not name or name != name.strip():
            raise MandateError(place, "authorities", f"{name!r} is no name as it stands in a document")
    for purpose in sorted(entry.purposes):
        if not purpose or purpose != purpose.strip() or len(purpose.encode()) > PURPOSE_LIMIT:
            raise MandateError(place, "purposes", f"{purpose!r} is no purpose of 1 to {PURPOSE_LIMIT} bytes")


def _check_validity(place: int, entry: Agency) -> None:
    if len(entry.legal_basis.encode()) > BASIS_LIMIT:
        raise MandateError(place, "legal_basis", f"is over {BASIS_LIMIT} bytes")
    if entry.valid_until < entry.valid_from:
        raise MandateError(place, "valid_until", "lies before valid_from")
