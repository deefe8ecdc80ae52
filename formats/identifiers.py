"""Unified social credit codes (GB 32100-2015, with the organisation code of GB 11714 inside).

Form and check characters only: a sound code does not prove that anybody has it (I-09), and
nothing is looked up here. The identifiers of persons, which a code must not be mistaken for,
are offered here too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import mul
from typing import Final

from formats.resident_ids import (
    IdentifierError,
    ResidentIdError,
    fold,
    is_resident_id,
    mask_resident_id,
    parse_resident_id,
    resident_id_check_character,
)

__all__ = [
    "USCC_ALPHABET",
    "IdentifierError",
    "ResidentIdError",
    "Uscc",
    "UsccError",
    "conforming_uscc",
    "is_resident_id",
    "mask_resident_id",
    "normalise_uscc",
    "parse_resident_id",
    "parse_uscc",
    "plausible_uscc",
    "resident_id_check_character",
    "uscc_check_character",
]

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a code; I, O, S, V and Z are left out (I-01)."""

_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)  # I-02
_USCC_VALUES: Final = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC_CHARACTERS: Final = frozenset(USCC_ALPHABET)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)  # I-03
_ORGANISATION_CHECKS: Final = "0X987654321"  # by the sum modulo 11: 10 is written X, 11 is written 0
_DIGITS_AND_LETTERS: Final = re.compile(r"[0-9A-Z]*")
_NORMAL_FORM: Final = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")


class UsccError(IdentifierError):
    """A text is no unified social credit code.

    ``why`` is ``RESIDENT_ID``, ``LENGTH``, ``ALPHABET``, ``DIVISION`` or ``CHECK_CHARACTER``.
    """


@dataclass(frozen=True, slots=True)
class Uscc:
    """A unified social credit code that meets GB 32100-2015. ``parse_uscc`` makes it.

    ``code`` is in the normal form of ``normalise_uscc``: 18 characters.
    """

    code: str

    @property
    def registering_department(self) -> str:
        """Position 1: 1 for staffing authorities, 5 civil affairs, 9 market regulation, or a letter (I-06)."""
        return self.code[0]

    @property
    def category(self) -> str:
        """Position 2: the kind of body within its department (I-06)."""
        return self.code[1]

    @property
    def division(self) -> str:
        """Positions 3-8: the six digits of the administrative division that registered it."""
        return self.code[2:8]

    @property
    def organisation_code(self) -> str:
        """Positions 9-17: the former organisation code, which is a candidate for a match only (I-07)."""
        return self.code[8:17]

    @property
    def organisation_check_sound(self) -> bool:
        """Whether the organisation code's own check holds. False is a warning, not a rejection (I-03)."""
        weighted = zip(_ORGANISATION_WEIGHTS, self.organisation_code, strict=False)
        total = sum(weight * int(character, 36) for weight, character in weighted)
        return self.organisation_code[-1] == _ORGANISATION_CHECKS[total % 11]


def normalise_uscc(text: str) -> str:
    """Fold full width (NFKC), remove spaces and hyphens, and raise lower case (I-01).

    Returns:
        The folded text, whatever it holds: nothing is checked.
    """
    return fold(text)


def parse_uscc(text: str) -> Uscc:
    """Read a unified social credit code in any of the forms that ``normalise_uscc`` folds.

    Letters are allowed in positions 1 and 2 (I-05), a sum that leaves nothing gives the check
    character 0 (I-04).

    Raises:
        UsccError: No code by the standard, or a resident's number, which is looked for first
            because one in 31 passes the code's check too (I-20).
    """
    return Uscc(conforming_uscc(text))


def conforming_uscc(text: str) -> str:
    """Return the normal form of a unified social credit code; reads and raises as ``parse_uscc``."""
    # Nearly all come so, and what is no number of 17 digits is no resident's.
    if _NORMAL_FORM.fullmatch(text) and not text[:17].isdecimal() and text[17] == _check_character(text):
        return text
    code = plausible_uscc(text)
    if not _USCC_CHARACTERS.issuperset(code):
        raise next(_outside_alphabet(at, c) for at, c in enumerate(code, 1) if c not in _USCC_CHARACTERS)
    if not code[2:8].isdecimal():
        raise UsccError("DIVISION", "positions 3 to 8 of a code are digits", "第3至8位（行政区划码）必须是数字")
    if code[17] != _check_character(code):
        raise UsccError("CHECK_CHARACTER", "the check character does not fit the code", "统一社会信用代码校验码不符")
    return code


def plausible_uscc(text: str) -> str:
    """Read what may be a code that was issued against the standard.

    Whoever accepts it must know it from the registering authority; otherwise use ``parse_uscc``.

    Returns:
        The normal form: 18 digits and upper-case letters, whatever its check character.

    Raises:
        UsccError: Another length, other characters, or a resident's number.
    """
    code = normalise_uscc(text)
    if is_resident_id(code):
        masked = mask_resident_id(code)
        raise UsccError(
            "RESIDENT_ID",
            f"this is a resident identity number ({masked}), not a unified social credit code",
            f"这是居民身份证号码（{masked}），不是统一社会信用代码",
        )
    if len(code) != 18:
        raise UsccError(
            "LENGTH", f"a code has 18 characters, not {len(code)}", f"统一社会信用代码为18位，现为{len(code)}位"
        )
    sound = _DIGITS_AND_LETTERS.match(code)
    end = sound.end() if sound else 0
    if end < len(code):
        raise _outside_alphabet(end + 1, code[end])
    return code


def uscc_check_character(first17: str) -> str:
    """Return the 18th character for the first 17 (I-02, I-04).

    Raises:
        ValueError: Not 17 characters of ``USCC_ALPHABET``.
    """
    if len(first17) != 17 or not _USCC_CHARACTERS.issuperset(first17):
        raise ValueError("the check character is computed over 17 characters of the code's alphabet")
    return _check_character(first17)


def _check_character(code: str) -> str:
    """Return the check character of a code, of which the first 17 characters count and are of the alphabet."""
    return USCC_ALPHABET[-sum(map(mul, _USCC_WEIGHTS, map(_USCC_VALUES.__getitem__, code))) % 31]


def _outside_alphabet(position: int, character: str) -> UsccError:
    return UsccError(
        "ALPHABET",
        f"position {position}: {character!a} does not occur in a code",
        f"第{position}位的字符{character!a}不属于统一社会信用代码字符集",
    )
