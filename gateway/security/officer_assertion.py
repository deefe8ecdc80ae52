"""Verifies what an agency's sign-on says of its officer: a compact JWS (RFC 7515) about one request.

A closed profile and no general JOSE: the header says the name of a registered key and its algorithm, and whatever else
it could say (another key, a place to fetch one, an extension) is refused. Claims are read after the signature.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Final, NoReturn

from gateway.domain.errors import OfficerAssertionRejectedError
from gateway.domain.officers import KEY_ID, NONCE, OFFICER_BYTES, AssertedOfficer, AssertionFault, AssertionLimits
from gateway.security.nonces import UsedNonces
from gateway.security.officer_keys import OfficerKeyError, read_officer_key

if TYPE_CHECKING:
    from gateway.security.officer_keys import VerifyingKey
    from gateway.services.ports.identity import SignedCall

MOST_CHARACTERS: Final = 4_096
"""A signature by RSA of 8192 bits takes 1,366; one by ECDSA with its claims some 600 altogether."""
PART: Final = re.compile(r"[A-Za-z0-9_-]*")
HEADER: Final = frozenset({"alg", "kid"})
TEXTS: Final = frozenset({"iss", "sub", "aud", "jti", "request_sha256", "method"})
INSTANTS: Final = frozenset({"iat", "exp"})
LATEST: Final = 4_102_444_800
"""2100-01-01: what lies beyond is a typing error, as everywhere on the wire."""


class OfficerAssertions:
    """The ``OfficerVerifier`` of one serving process. Use it from one event loop."""

    def __init__(self, audience: str, limits: AssertionLimits) -> None:
        """Verify assertions for the gateway called *audience*."""
        self._audience = audience
        self._tolerance = limits.tolerance.total_seconds()
        self._longest = limits.longest_life.total_seconds()
        self._used = UsedNonces(limits.nonces)

    def verify(self, assertion: str, call: SignedCall) -> AssertedOfficer:
        """Return the officer whom *assertion* speaks for.

        Raises:
            OfficerAssertionRejectedError: It is not acceptable for this call, or was used before.
        """
        signed, header, payload, signature = _parts(assertion)
        kid, key = _key_of(header, call)
        if not key.signed(signature, signed):
            _reject(AssertionFault.SIGNATURE)
        claims = _object(payload)
        _check_form(claims)
        self._check_binding(claims, call)
        until, now = self._check_times(claims, call)
        self._used.use(call.agency.agency_id, str(claims["jti"]), until, now)
        return AssertedOfficer(str(claims["sub"]), kid, str(claims["jti"]))

    def _check_binding(self, claims: dict[str, object], call: SignedCall) -> None:
        for claim, wanted, fault in (
            ("iss", call.agency.agency_id, AssertionFault.ISSUER),
            ("aud", self._audience, AssertionFault.AUDIENCE),
            ("method", call.path, AssertionFault.METHOD),
            ("request_sha256", call.request_sha256, AssertionFault.REQUEST),
        ):
            if claims[claim] != wanted:
                _reject(fault)

    def _check_times(self, claims: dict[str, object], call: SignedCall) -> tuple[float, float]:
        """Return until when it is accepted, and the present; seconds since 1970."""
        now = call.now.timestamp()
        issued, expires = _instant(claims["iat"]), _instant(claims["exp"])
        if not 0 < expires - issued <= self._longest:
            _reject(AssertionFault.LIFE)
        if issued > now + self._tolerance:
            _reject(AssertionFault.NOT_YET_VALID)
        if expires <= now - self._tolerance:
            _reject(AssertionFault.EXPIRED)
        return expires + self._tolerance, now


def _parts(assertion: str) -> tuple[bytes, dict[str, object], bytes, bytes]:
    """Return what was signed, the header, the payload and the signature."""
    if len(assertion) > MOST_CHARACTERS:
        _reject(AssertionFault.OVERSIZE)
    parts = assertion.split(".")
    if len(parts) != 3:
        _reject(AssertionFault.MALFORMED)
    header, payload, signature = map(_decoded, parts)
    return assertion.rpartition(".")[0].encode(), _object(header), payload, signature


def _decoded(part: str) -> bytes:
    """Return the bytes of base64url without padding; each has one spelling only (RFC 4648, section 3.5)."""
    if not PART.fullmatch(part) or len(part) % 4 == 1:
        _reject(AssertionFault.MALFORMED)
    decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if urlsafe_b64encode(decoded).rstrip(b"=") != part.encode():
        _reject(AssertionFault.MALFORMED)
    return decoded


def _object(raw: bytes) -> dict[str, object]:
    """Return the one flat JSON object that *raw* is, no name standing twice."""
    try:
        content = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        _reject(AssertionFault.MALFORMED)
    if not isinstance(content, dict):
        _reject(AssertionFault.MALFORMED)
    return content


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _key_of(header: dict[str, object], call: SignedCall) -> tuple[str, VerifyingKey]:
    """Return the name and the key that the header names, by which the agency has registered it."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if header.keys() - HEADER and (header.keys() - HEADER != {"typ"} or header["typ"] != "JWT"):
        _reject(AssertionFault.HEADER)
    if not isinstance(kid, str) or not KEY_ID.fullmatch(kid):
        _reject(AssertionFault.KEY_UNKNOWN)
    registered = next((key for key in call.agency.officer_keys if key.kid == kid), None)
    if registered is None:
        _reject(AssertionFault.KEY_UNKNOWN)
    try:
        key = read_officer_key(registered.pem)
    except OfficerKeyError:
        # Looked at when the gateway starts; one that came in later without is nobody's.
        _reject(AssertionFault.KEY_UNKNOWN)
    if key.algorithm != algorithm:
        _reject(AssertionFault.ALGORITHM)
    return kid, key


def _check_form(claims: dict[str, object]) -> None:
    """Raise unless there is exactly what an assertion says, each of its form; what we do not know is refused."""
    if claims.keys() != TEXTS | INSTANTS or not all(isinstance(claims[name], str) for name in TEXTS):
        _reject(AssertionFault.CLAIMS)
    if not all(type(claims[name]) is int and 0 <= _instant(claims[name]) < LATEST for name in INSTANTS):
        _reject(AssertionFault.CLAIMS)
    if not NONCE.fullmatch(str(claims["jti"])):
        _reject(AssertionFault.CLAIMS)
    officer = str(claims["sub"])
    if not officer.strip() or not officer.isprintable() or len(officer.encode()) > OFFICER_BYTES:
        _reject(AssertionFault.OFFICER)


def _instant(value: object) -> int:
    return value if isinstance(value, int) else -1


def _reject(why: AssertionFault) -> NoReturn:
    raise OfficerAssertionRejectedError(why)
