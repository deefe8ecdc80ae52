"""Which officer a call is made by, and how that is known: asserted under a key of the agency, or declared.

An assertion says that the agency's own sign-on vouches for the officer and for this very request. It never widens
what the certificate allows; where it makes two persons of two officers is said in ``two_persons``. How one is
verified belongs to ``security``; where it stands on the wire, to ``rpc``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from gateway.domain.vocabulary import Word

KEY_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
"""Form of the name of an agency's key."""
NONCE: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")
"""Form of a nonce: 22 characters of base64url hold 128 bits."""
OFFICER_BYTES: Final = 64
"""What an officer's id may take in UTF-8."""


class OfficerKnown(Word):
    """How the officer of a call is known; the record says the name in small letters."""

    DECLARED = 1
    """The calling system names them; nothing but its certificate stands behind that."""
    ASSERTED = 2
    """A key that is registered for the agency has signed who asks, and what."""


class AssertionFault(StrEnum):
    """Why an assertion is not accepted; published as ``why`` of ``OFFICER_ASSERTION_REJECTED``."""

    MISSING = "MISSING"
    """The agency has a key, and the call names an officer without an assertion."""
    DUPLICATE = "DUPLICATE"
    """The metadata holds more than one."""
    OVERSIZE = "OVERSIZE"
    """It is longer than any that is well made."""
    MALFORMED = "MALFORMED"
    """It is no compact JWS: three parts of base64url without padding, of which two are flat JSON objects."""
    HEADER = "HEADER"
    """Its header holds something other than ``alg``, ``kid`` and ``typ`` "JWT"."""
    ALGORITHM = "ALGORITHM"
    """Its algorithm is not the one of the key."""
    KEY_UNKNOWN = "KEY_UNKNOWN"
    """No key of this name is registered for the agency."""
    SIGNATURE = "SIGNATURE"
    """The signature is not the key's over these bytes."""
    CLAIMS = "CLAIMS"
    """A claim is missing, unknown, or not of its form."""
    ISSUER = "ISSUER"
    """It speaks for another agency than the certificate."""
    AUDIENCE = "AUDIENCE"
    """It is for another gateway."""
    METHOD = "METHOD"
    """It is for another method."""
    REQUEST = "REQUEST"
    """It is for another request."""
    NOT_YET_VALID = "NOT_YET_VALID"
    """It was issued later than now."""
    EXPIRED = "EXPIRED"
    """Its time is over."""
    LIFE = "LIFE"
    """It would live longer than an assertion may, or not at all."""
    REPLAYED = "REPLAYED"
    """Its nonce was used before, or whether it was cannot be told any more."""
    NONCES_FULL = "NONCES_FULL"
    """The agency has used more nonces than are remembered at once."""
    OFFICER = "OFFICER"
    """The officer is not of the form of one, or not the one whom the request names."""


@dataclass(frozen=True, slots=True)
class OfficerKey:
    """A public key that speaks for the officers of an agency."""

    kid: str
    """Its name in assertions."""
    pem: bytes
    """The key, as PEM (SubjectPublicKeyInfo)."""


@dataclass(frozen=True, slots=True)
class AssertionLimits:
    """What is accepted of assertions."""

    tolerance: timedelta = timedelta(seconds=5)
    """How far the clock of who signs may be off ours."""
    longest_life: timedelta = timedelta(seconds=120)
    """From ``iat`` to ``exp``."""
    nonces: int = 120_000
    """How many of one agency a process remembers at once; more are refused."""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` naming the field for what no assertion could live with."""
        if self.tolerance < timedelta(0):
            raise ValueError("tolerance: must not be negative")
        if self.longest_life <= timedelta(0):
            raise ValueError("longest_life: must be greater than 0")
        if self.nonces < 1:
            raise ValueError("nonces: must be at least 1")


@dataclass(frozen=True, slots=True)
class AssertedOfficer:
    """An officer for whom an agency's key has spoken."""

    officer: str
    kid: str
    nonce: str
