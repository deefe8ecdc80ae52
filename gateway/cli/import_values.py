"""One cell's text into one value of the wire: dates, amounts, counts, flags, words, codes.

Every way of writing that a mapping allows is named here. Nothing is guessed: a text that fits none of them is a
``ValueFault`` with a reason in both languages, which never repeats the text. Which column has which type is in
``import_targets``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from formats.identifiers import IdentifierError, is_resident_id, normalise_uscc, parse_uscc, plausible_uscc

if TYPE_CHECKING:
    from collections.abc import Collection

DATE_FORMS: Final = {
    "YYYY-MM-DD": re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    "YYYY/M/D": re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})"),
    "YYYY年M月D日": re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"),
    "YYYYMMDD": re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
}
"""Ways of writing a date that a mapping can allow, beside ``EXCEL_SERIAL``."""

EXCEL_SERIAL: Final = "EXCEL_SERIAL"
"""Days since 1899-12-30, as a spreadsheet writes a date that lost its format."""

FEN_DIGITS: Final = {"分": 0, "元": 2, "万元": 6}
"""Decimal digits from a mapping's unit of amounts down to the fen (I-36)."""

CODE_RULES: Final = ("sound", "plausible", "any")
"""How far a code may be from GB 32100-2015 and still be sent: not at all, in its check, or in anything."""

_EXCEL_EPOCH: Final = date(1899, 12, 30)
# 1954 to 2119. Serials below 61 count a 29 February 1900 that never was.
_EXCEL_SERIALS: Final = range(20_000, 80_001)
_SERIAL: Final = re.compile(r"[0-9]{5}")
_AMOUNT: Final = re.compile(r"([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
_COUNT: Final = re.compile(r"[0-9]{1,9}")
_LARGEST_FEN: Final = 2**63 - 1
_FLAGS: Final = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}
_PRINTED_CODE: Final = re.compile(r"[0-9A-Z]{1,32}")
_SCIENTIFIC: Final = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)


class ValueFault(ValueError):  # noqa: N818 - a fault of the row, which is reported and not raised to anybody
    """A text that is no value of the wanted type; says why in both languages, without the text."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en: Final = en
        self.zh: Final = zh


def fold(text: str) -> str:
    """Return *text* with full-width digits and signs made half-width (NFKC), without white space at its ends."""
    return unicodedata.normalize("NFKC", text).strip()


def text_value(text: str) -> str:
    """Return a text on one line; names are not folded, because the authority's spelling is kept."""
    if "\n" in text or "\r" in text:
        raise ValueFault("the text goes over several lines", "文本含有换行")
    return text


@lru_cache(maxsize=8192)  # a file has few different days and many rows
def date_value(text: str, forms: tuple[str, ...]) -> str:
    """Return the civil date ``YYYY-MM-DD`` that *text* states in one of *forms*.

    Raises:
        ValueFault: No such form, a day that does not exist, or a serial number that the mapping does not allow.
    """
    folded = fold(text)
    for form in forms:
        found = DATE_FORMS[form].fullmatch(folded) if form != EXCEL_SERIAL else None
        if found is not None:
            try:
                return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
            except ValueError:
                raise ValueFault("there is no such day", "日期不存在") from None
    if _SERIAL.fullmatch(folded) and int(folded) in _EXCEL_SERIALS:
        if EXCEL_SERIAL in forms:
            return (_EXCEL_EPOCH + timedelta(days=int(folded))).isoformat()
        raise ValueFault(
            "a spreadsheet's serial number, which the mapping does not allow, instead of a date",
            "为表格软件的日期序列号，映射未允许",
        )
    known = ", ".join(forms)
    raise ValueFault(f"not a date of the forms that the mapping allows ({known})", f"不是映射允许的日期格式（{known}）")


def amount_value(text: str, unit: str) -> int:
    """Return the fen of an amount in *unit*, exactly: no rounding and no binary fractions (I-36).

    Raises:
        ValueFault: Not a plain number of 0 or more, finer than a fen, or beyond 64 bits.
    """
    found = _AMOUNT.fullmatch(fold(text))
    if found is None:
        raise ValueFault("not an amount: digits and a decimal point are expected", "不是金额：应为数字和小数点")
    digits = FEN_DIGITS[unit]
    fraction = (found[2] or "").rstrip("0")
    if len(fraction) > digits:
        raise ValueFault(f"finer than a fen (the unit is {unit})", f"精度小于1分（单位为{unit}）")
    written = found[1].replace(",", "") + fraction.ljust(digits, "0")
    if len(written) > 40 or int(written) > _LARGEST_FEN:
        raise ValueFault("the amount is too large", "金额过大")
    return int(written)


def count_value(text: str) -> int:
    """Return a whole number of 0 or more, of at most nine digits."""
    folded = fold(text)
    if _COUNT.fullmatch(folded) is None:
        raise ValueFault("not a whole number", "不是非负整数")
    return int(folded)


def flag_value(text: str) -> bool:
    """Return what 是, true or 1, and 否, false or 0 say."""
    flag = _FLAGS.get(fold(text).lower())
    if flag is None:
        raise ValueFault("not yes or no (是/否, true/false, 1/0)", "不是“是/否”")
    return flag


def word_value(text: str, words: Collection[str]) -> str:
    """Return *text* when it is one of *words*."""
    if text not in words:
        known = ", ".join(words)
        raise ValueFault(f"not one of {known}", f"取值应为{known}之一")
    return text


def code_value(text: str, rule: str) -> str:
    """Return a unified social credit code in its normal form, as far as *rule* of ``CODE_RULES`` demands.

    Under ``any`` a code that is none comes back as printed, for the gateway to hold; never a resident's number, and
    never a text that cannot have been meant as a code.

    Raises:
        ValueFault: With the reason of ``formats.identifiers``.
    """
    try:
        return parse_uscc(text).code if rule == "sound" else plausible_uscc(text)
    except IdentifierError as error:
        printed = normalise_uscc(text)
        if _SCIENTIFIC.fullmatch(printed):
            raise ValueFault(
                "a spreadsheet turned the code into a number and lost its digits", "代码被表格软件转成数值，位数已丢失"
            ) from None
        if rule == "any" and not is_resident_id(text) and _PRINTED_CODE.fullmatch(printed):
            return printed
        raise ValueFault(error.en, error.zh) from None
