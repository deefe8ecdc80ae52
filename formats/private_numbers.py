"""Numbers that no published text may hold: of a person's document, a telephone, a bank account, an address of mail.

Form only. What has no form (a name of a worker, a secret) nobody can find here: that is for the authority to look for
before it publishes.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from formats.identifiers import UsccError, parse_uscc
from formats.resident_ids import find_resident_id


class PrivateNumber(StrEnum):
    """What was found; the number itself is never told."""

    RESIDENT_ID = "a resident identity number"
    PERSONS_DOCUMENT = "the number of a person's document"
    LONG_NUMBER = "a number of 15 digits or more that is no enterprise's code, such as a bank account"
    TELEPHONE = "a telephone number"
    MAIL_ADDRESS = "an address of mail"
    ANNOUNCED = "a number that is announced as a telephone, an account or a person's document"


_GAP: Final = "[ \u00a0\\-\u2010-\u2015\u2212]?"
_LONG: Final = re.compile(
    rf"(?<![0-9A-Z])(?:[0-9]{{15,}}|[0-9]{{4}}(?:{_GAP}[0-9]{{4}}){{2,}}{_GAP}[0-9]{{1,7}})(?![0-9])"
)
"""A run of digits, or groups of four as on a bank card."""
_MOBILE: Final = re.compile(rf"(?<![0-9A-Z])(?:\+?86{_GAP})?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?![0-9])")
_FIXED: Final = re.compile(rf"(?<![0-9A-Z])(?:\(0[0-9]{{2,3}}\)|0[0-9]{{2,3}}){_GAP}[0-9]{{7,8}}(?![0-9])")
_DOCUMENT: Final = re.compile(r"(?<![0-9A-Z])(?:E[0-9A-Z]?[0-9]{7}|[DGHMPSC][0-9]{8}(?:[0-9]{2})?)(?![0-9A-Z])")
"""Passports, and the permits of residents of Hong Kong, Macao and Taiwan (I-21)."""
_MAIL: Final = re.compile(r"(?<![0-9A-Z._%+\-])[0-9A-Z._%+\-]+@[0-9A-Z\-]+\.[0-9A-Z]")
"""Begins where a word begins, so that the time is linear: a long word without a mark is gone through once."""
_ANNOUNCED: Final = re.compile(
    r"(?:电话|手机|联系方式|微信|QQ|[账帐]号|[账帐]户|卡号|身份证|护照|通行证|证件号)[^0-9A-Z,.;。、]{0,8}[0-9A-Z]{5,}"
)
_CODE: Final = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_FORMS: Final = (
    (_LONG, PrivateNumber.LONG_NUMBER),
    (_MAIL, PrivateNumber.MAIL_ADDRESS),
    (_MOBILE, PrivateNumber.TELEPHONE),
    (_FIXED, PrivateNumber.TELEPHONE),
    (_DOCUMENT, PrivateNumber.PERSONS_DOCUMENT),
    (_ANNOUNCED, PrivateNumber.ANNOUNCED),
)


def find_private_number(text: str) -> PrivateNumber | None:
    """Return what kind of private number stands in *text*; None when none has one of the forms known here.

    Full width and case are folded first. The code of an enterprise is no private number, whatever digits it has. What
    is refused may be innocent (a serial number of 15 digits): it is then written another way.
    """
    if find_resident_id(text) is not None:
        return PrivateNumber.RESIDENT_ID
    folded = _CODE.sub(_without_code, unicodedata.normalize("NFKC", text).upper())
    return next((kind for form, kind in _FORMS if form.search(folded)), None)


def _without_code(found: re.Match[str]) -> str:
    try:
        parse_uscc(found[0])
    except UsccError:
        return found[0]
    return ""
