"""Resident identity numbers (GB 11643), and what every identifier's error is.

Form and check character only: nothing is looked up here, and no text made here shows a number.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # I-20
_RESIDENT_CHECKS: Final = "10X98765432"
# GB/T 2260, and 81 to 83 of the residence permits for Hong Kong, Macao and Taiwan residents. 91 is left out:
# it begins the codes of enterprises.
_PROVINCE: Final = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_BIRTH_YEARS: Final = range(1900, 2100)
_SEPARATORS: Final = re.compile(r"[\s\u002d\u2010-\u2015\u2212]")
_RESIDENT_FORM: Final = re.compile(r"[0-9]{17}[0-9X]")
_IN_TEXT: Final = re.compile(rf"(?<![0-9])(?=((?:[0-9]{_SEPARATORS.pattern}*){{17}}(?:[0-9](?![0-9])|X)))")
"""Looks ahead only, so that candidates may overlap: a year may stand before a number with a hyphen between."""
_PLAIN: Final = r"[\x00-/:-\x7f\u3000-\u303f\u4e00-\u9fff\uff01-\uff0f\uff1a-\uff20]"
"""Characters that are no digits and fold to none: nearly all that a text has beside digits."""
_TOO_FEW_DIGITS: Final = re.compile(rf"{_PLAIN}*(?:[0-9]{_PLAIN}*){{0,16}}")
"""A whole text of this form holds no number; telling so takes a third of the time that folding it takes."""
_LAST_BIRTH_YEAR_IN_TEXT: Final = 2014
"""Whoever is born later is no worker, officer or manager before 2031 (Labour Law, article 15: at 16)."""


class IdentifierError(ValueError):
    """A text is no identifier of the kind asked for.

    The texts name lengths and positions and never repeat the identifier; a resident's number
    appears masked at most.
    """

    def __init__(self, why: str, en: str, zh: str) -> None:
        """Keep the stable reason and the text in both languages."""
        super().__init__(en)
        self.why: Final = why
        self.en: Final = en
        self.zh: Final = zh


class ResidentIdError(IdentifierError):
    """A text is no resident identity number.

    ``why`` is ``LENGTH``, ``ALPHABET``, ``PROVINCE``, ``BIRTH_DATE`` or ``CHECK_CHARACTER``.
    """


def fold(text: str) -> str:
    """Fold full width (NFKC), remove spaces and hyphens, and raise lower case.

    Returns:
        The folded text, whatever it holds: nothing is checked.
    """
    if text.isascii() and text.isalnum():
        return text.upper()  # nothing to fold and nothing to take out
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def parse_resident_id(text: str) -> str:
    """Read a resident identity number of 18 characters (I-20).

    The birth date must be a day of the years 1900 to 2099, the province known, the check
    character right. Division codes below the province are not checked: former ones stay valid.

    Returns:
        Its normal form: spaces and hyphens removed, X in upper case.

    Raises:
        ResidentIdError: No such number.
    """
    number = fold(text)
    fault = _resident_id_fault(number)
    if fault is not None:
        raise fault
    return number


def is_resident_id(text: str) -> bool:
    """Tell whether ``parse_resident_id`` would read this text."""
    number = fold(text)
    # Most texts are none by their form, and need no error that says so.
    return _RESIDENT_FORM.fullmatch(number) is not None and _resident_id_fault(number) is None


def find_resident_id(text: str) -> str | None:
    """Return the first resident identity number that stands in *text*, in its normal form; None when there is none.

    It is found between other words, with spaces or hyphens within, and never inside a longer run of digits. Births
    after 2014 are left out: file numbers are built as division, date and serial number, and one in 11 of those of
    our years would pass the check. Of arbitrary numbers of 18 digits one in about 75,000 is taken for a resident's.
    A code of an enterprise that is a resident's number too counts as the latter (I-20).
    """
    if (len(text) < 18 and text.isascii()) or _TOO_FEW_DIGITS.fullmatch(text):
        return None
    folded = _folded(text)
    for candidate in _IN_TEXT.finditer(folded):
        number = fold(candidate[1])
        if _resident_id_fault(number) is None and int(number[6:10]) <= _LAST_BIRTH_YEAR_IN_TEXT:
            return number
    return None


def mask_resident_id(text: str) -> str:
    """Return a number fit to be shown: the first 3 and the last 4 characters, the rest as ``*`` (I-22).

    A text of fewer than 15 characters is masked whole: too much of it would be left.
    """
    number = fold(text)
    if len(number) < 15:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_resident_ids(text: str) -> str:
    """Return *text* with every resident's number that stands in it masked, separators within included (I-22).

    Births after 2014 are masked too: what is shown or logged needs no file number in full.
    """
    if (len(text) < 18 and text.isascii()) or _TOO_FEW_DIGITS.fullmatch(text):
        return text
    # Character by character, so that each folded one leads back to its place.
    folded = [(character, place) for place, own in enumerate(text) for character in _folded(own)]
    shown, done = "", 0
    for candidate in _IN_TEXT.finditer("".join(character for character, _ in folded)):
        first, last = folded[candidate.start(1)][1], folded[candidate.end(1) - 1][1]
        if first >= done and is_resident_id(candidate[1]):
            shown += text[done:first] + mask_resident_id(candidate[1])
            done = last + 1
    return shown + text[done:]


def resident_id_check_character(first17: str) -> str:
    """Return the 18th character of a resident identity number for the first 17 (I-20).

    Raises:
        ValueError: Not 17 digits.
    """
    if len(first17) != 17 or not (first17.isascii() and first17.isdecimal()):
        raise ValueError("the check character is computed over 17 digits")
    total = sum(weight * int(digit) for weight, digit in zip(_RESIDENT_WEIGHTS, first17, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def _resident_id_fault(number: str) -> ResidentIdError | None:
    """Say what keeps a normal form from being a resident's number; None when nothing does."""
    if len(number) != 18:
        return ResidentIdError("LENGTH", "a resident identity number has 18 characters", "居民身份证号码为18位")
    if _RESIDENT_FORM.fullmatch(number) is None:
        return ResidentIdError("ALPHABET", "17 digits and a digit or X are expected", "应为17位数字加一位数字或X")
    if _PROVINCE.fullmatch(number[:2]) is None:
        return ResidentIdError("PROVINCE", "the first two digits are no province", "前两位不是有效的省级代码")
    if not _is_birth_date(number[6:14]):
        return ResidentIdError("BIRTH_DATE", "positions 7 to 14 are no date of birth", "第7至14位不是有效的出生日期")
    if number[17] != resident_id_check_character(number[:17]):
        return ResidentIdError("CHECK_CHARACTER", "the check character does not fit", "居民身份证号码校验码不符")
    return None


def _is_birth_date(digits: str) -> bool:
    try:
        return date.fromisoformat(digits).year in _BIRTH_YEARS
    except ValueError:
        return False
