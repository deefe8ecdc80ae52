"""Invented enterprises: codes that are sound by GB 32100-2015 and that nobody has."""

from __future__ import annotations

from typing import Final

from formats.identifiers import USCC_ALPHABET, uscc_check_character

_BEFORE: Final = "91420399MA"
"""A company of a division that does not exist."""
_ORGANISATION: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS: Final = "0X987654321"
_BASE: Final = len(USCC_ALPHABET)
_PLACES: Final = 6
MOST: Final = _BASE**_PLACES
"""How many there are."""


def invented(number: int) -> str:
    """Return the code of the invented enterprise *number*, from 0; each number has its own, 18 characters.

    Raises:
        ValueError: There are not so many.
    """
    if not 0 <= number < MOST:
        raise ValueError(f"{number}: there are {MOST} invented enterprises")
    digits = ""
    for _ in range(_PLACES):
        number, digit = divmod(number, _BASE)
        digits = USCC_ALPHABET[digit] + digits
    first = _BEFORE + digits
    total = sum(weight * int(each, 36) for weight, each in zip(_ORGANISATION, first[8:], strict=True))
    check = _ORGANISATION_CHECKS[total % 11]
    body = first + (check if check in USCC_ALPHABET else "0")
    return body + uscc_check_character(body)
