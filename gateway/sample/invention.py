"""Invented enterprises and persons that nobody can mistake for real ones.

Codes and numbers pass their checks and lie in divisions that no register uses; every name says 示例 (sample). The same
seed and number always give the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import listing_pb2

from formats.identifiers import USCC_ALPHABET, resident_id_check_character, uscc_check_character

if TYPE_CHECKING:
    from collections.abc import Sequence

LOCAL_DIVISION: Final = "420399"
"""Within 4203xx and no division: no real code begins with it."""

OTHER_DIVISION: Final = "610399"
"""Elsewhere, and no division either."""

_FIRST: Final = "青金云长东南安新明远和盛泰宏正益嘉瑞恒启"
_SECOND: Final = "禾峰杉河桥岭石林川湖原泽松溪岩麓帆舟田港"
_TRADES: Final = ("建筑工程", "建筑劳务", "市政工程", "装饰工程", "路桥工程", "机电安装", "园林绿化", "防水工程")
_SURNAMES: Final = "示例样范"
_GIVEN: Final = "甲乙丙丁戊己庚辛壬癸"
_STEP: Final = 7919
"""A prime: neighbours get different words, and every combination comes."""
PERSONS: Final = 365_000
"""How many invented persons there are."""
_CODES: Final = len(USCC_ALPHABET) ** 5
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)  # I-03
_ORGANISATION_CHECKS: Final = "0X987654321"


@dataclass(frozen=True, slots=True)
class Draws:
    """Repeatable draws for one invented thing: only ``random.random`` is used, whose sequence Python guarantees."""

    _source: random.Random

    @classmethod
    def of(cls, *key: object) -> Draws:
        """Return the draws that belong to *key*."""
        return cls(random.Random("/".join(str(part) for part in key)))  # noqa: S311 - invented samples, no secrets

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to *limit*, exclusive."""
        return int(self._source.random() * limit)

    def between(self, first: int, last: int) -> int:
        """Return a whole number from *first* to *last*, both inclusive."""
        return first + self.below(last - first + 1)

    def chance(self, share: float) -> bool:
        """Return true with this probability, from 0 to 1."""
        return self._source.random() < share

    def one_of(self, choices: Sequence[str]) -> str:
        """Return one of *choices*, of which there is at least one."""
        return choices[self.below(len(choices))]


@lru_cache(maxsize=64)
def _start(seed: int, what: str) -> int:
    """Return where a seed's row of codes, names or divisions begins."""
    return Draws.of(seed, what).below(_CODES)


def uscc(seed: int, number: int, division: str = LOCAL_DIVISION) -> str:
    """Return the code of invented enterprise *number* (0 to 28 million): distinct numbers give distinct codes.

    It meets GB 32100-2015, and its organisation code meets GB 11714.
    """
    value = (_start(seed, "codes") + number) % _CODES
    body = ""
    for _ in range(5):
        value, digit = divmod(value, len(USCC_ALPHABET))
        body = USCC_ALPHABET[digit] + body
    organisation = f"MA0{body}"
    total = sum(w * int(c, 36) for w, c in zip(_ORGANISATION_WEIGHTS, organisation, strict=True))
    first17 = f"91{division}{organisation}{_ORGANISATION_CHECKS[total % 11]}"
    return first17 + uscc_check_character(first17)


def nonconforming_uscc(seed: int, number: int) -> str:
    """Return a code like ``uscc`` with a wrong check character, as pilot registers once issued."""
    code = uscc(seed, number)
    wrong = USCC_ALPHABET[(USCC_ALPHABET.index(code[-1]) + 1) % len(USCC_ALPHABET)]
    return code[:-1] + wrong


def division(seed: int, number: int) -> str:
    """Return where invented enterprise *number* is registered: one in ten elsewhere."""
    elsewhere = (_start(seed, "divisions") + number * _STEP) % 10 == 0
    return OTHER_DIVISION if elsewhere else LOCAL_DIVISION


def enterprise_name(seed: int, number: int) -> str:
    """Return the full name of invented enterprise *number*: distinct numbers give distinct names."""
    value = _start(seed, "names") + number * _STEP
    value, first = divmod(value, len(_FIRST))
    value, second = divmod(value, len(_SECOND))
    return f"示例{_FIRST[first]}{_SECOND[second]}{_TRADES[value % len(_TRADES)]}有限公司（样例{number}号）"


def person(seed: int, number: int) -> listing_pb2.PersonRef:
    """Return invented person *number* (0 to 365,000), born in 1900 in a division that is none."""
    born = date(1900, 1, 1) + timedelta(days=number % 365)
    first17 = f"{LOCAL_DIVISION}{born:%Y%m%d}{number // 365 % 1000:03d}"
    value = _start(seed, "persons") + number * _STEP
    value, surname = divmod(value, len(_SURNAMES))
    value, given = divmod(value, len(_GIVEN))
    return listing_pb2.PersonRef(
        name=f"{_SURNAMES[surname]}{_GIVEN[given]}{_GIVEN[value % len(_GIVEN)]}",
        document_type="RESIDENT_ID",
        document_number=first17 + resident_id_check_character(first17),
    )
