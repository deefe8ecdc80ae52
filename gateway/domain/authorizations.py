"""The document by which a caller may ask what its role alone does not let it ask: a demand, a consent (I-60, R-04).

Police, procuratorate and courts ask outside a referral under a document of their own approval procedure; a bank asks
about a natural person under that person's written consent, for the purpose agreed (I-61). Only the form and the dates
are judged here: the paper itself is looked at by whoever audits the record, which holds its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.resident_ids import find_resident_id
from gateway.domain.errors import AuthorizationMissingError, MalformedRequestError

if TYPE_CHECKING:
    from datetime import date

NUMBER_LIMIT: Final = 128
"""Bytes of a document number in UTF-8."""
PURPOSE_LIMIT: Final = 256
"""Bytes of a purpose in UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """One document, as the caller names it. Dates are civil days in UTC+8."""

    document_number: str
    signed_on: date
    purpose: str
    """What it is given for, in words; asking for anything else is not covered (CRR art. 20)."""
    expires_on: date | None = None
    """Last day on which it holds; None where the document names none."""

    def require_form(self, field: str) -> None:
        """Raise ``MalformedRequestError`` for a text that is blank, too long, or holds a resident's number (I-22).

        *field* is the path on the wire of the authorisation, such as ``authorization_ref``.
        """
        texts = (
            ("document_number", self.document_number, NUMBER_LIMIT),
            ("purpose", self.purpose, PURPOSE_LIMIT),
        )
        for name, value, limit in texts:
            if not value.strip():
                raise MalformedRequestError(f"{field}.{name}", "is required")
            if len(value.encode()) > limit:
                raise MalformedRequestError(f"{field}.{name}", f"is over {limit} bytes")
            if not value.isprintable():
                raise MalformedRequestError(f"{field}.{name}", "has a control or unprintable character")
            if find_resident_id(value) is not None:
                raise MalformedRequestError(f"{field}.{name}", "holds a resident identity number")
        if self.expires_on is not None and self.expires_on < self.signed_on:
            raise MalformedRequestError(f"{field}.expires_on", "lies before the day of signing")

    def require_in_force(self, today: date, field: str, *, with_expiry: bool = False) -> None:
        """Raise ``AuthorizationMissingError`` unless the document holds on *today*: what does not hold is none.

        Args:
            today: The civil day of the call, UTC+8.
            field: Path on the wire of the authorisation.
            with_expiry: It must name its last day, as a consent does (R-04).
        """
        if self.signed_on > today:
            raise AuthorizationMissingError(f"{field}.signed_on", "the document is not signed yet")
        if self.expires_on is None and with_expiry:
            raise AuthorizationMissingError(f"{field}.expires_on", "the document must name its last day")
        if self.expires_on is not None and self.expires_on < today:
            raise AuthorizationMissingError(f"{field}.expires_on", "the document has expired")

    def terms(self) -> dict[str, str]:
        """Return what is recorded of it beside its number; dates as ``YYYY-MM-DD``."""
        terms = {"signed_on": self.signed_on.isoformat(), "purpose": self.purpose}
        return terms if self.expires_on is None else {**terms, "expires_on": self.expires_on.isoformat()}
