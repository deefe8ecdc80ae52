"""The query code: a receipt's place in its log and the beginning of its leaf hash, to be printed and typed.

Crockford's base32 in groups of four (letters that look like digits are read as those, small letters as capitals): two
characters for the log (its year, and which of that year), twelve for the first 60 bits of the leaf hash, as many as it
takes for the index, and two that check all of them: every single wrong character and every swap of two neighbours is
noticed. As with the leaf hash, who does not have the code cannot ask for what stands at a place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEAF_BITS: Final = 60
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
_FIRST_YEAR: Final = 2000
_YEARS: Final = 100
"""That a code can tell; for each log of a year beyond its first they are told once more (``20262``)."""
_LOGS: Final = 9
_LATER: Final = 10_000
"""From here on a number is that of a log after the first of its year."""
_YEAR, _LEAF, _CHECK = 2, LEAF_BITS // 5, 2
_PRIME: Final = 1021
"""Largest prime below 32²: no power of 32, and no difference of two neighbouring ones, is a multiple of it."""
_INDEX_LIMIT: Final = 11
"""Characters of an index below 2^53."""
_GROUP: Final = 4


class QueryCodeError(ValueError):
    """What was typed is no query code."""


@dataclass(frozen=True, slots=True)
class QueryCode:
    """Which entry: number and index of its log, and the first 60 bits of its leaf hash.

    The number is the year; that of a second log of a year has a 2 behind it, and so on to 9.
    """

    year: int
    index: int
    leaf: int

    def of(self, leaf: bytes) -> bool:
        """Return whether a leaf hash of 32 bytes is the one that the code was made of."""
        return _head(leaf) == self.leaf


def encode_query_code(year: int, index: int, leaf: bytes) -> str:
    """Return the code of the entry at *index* of the log of *year*, whose leaf hash of 32 bytes is *leaf*.

    Raises:
        ValueError: The year is not one of 2000 to 2099, nor that of a log after its first, or the index is negative
            or 2^53 or more.
    """
    first, which = divmod(year, 10) if year >= _LATER else (year, 1)
    sound = 0 <= first - _FIRST_YEAR < _YEARS and (which > 1 or year < _LATER)
    if not (sound and 0 <= index < 2**53):
        raise ValueError(f"no code for the index {index} of the year {year}")
    told = first - _FIRST_YEAR + _YEARS * (which - 1)
    said = _written(told, _YEAR) + _written(_head(leaf), _LEAF) + _written(index, 1)
    whole = said + _written(_checked(said), _CHECK)
    return "-".join(whole[at : at + _GROUP] for at in range(0, len(whole), _GROUP))


def decode_query_code(text: str) -> QueryCode:
    """Read a code as somebody has typed it: dashes, spaces and small letters are as one likes.

    Raises:
        QueryCodeError: It is none; the message says what is wrong with it.
    """
    said = text.upper().translate(_READ_AS)
    wrong = sorted(set(said) - set(_ALPHABET))
    if wrong:
        raise QueryCodeError(f"a query code has no {wrong[0]!r}")
    index = said[_YEAR + _LEAF : -_CHECK]
    if not 1 <= len(index) <= _INDEX_LIMIT:
        raise QueryCodeError("the query code is too short or too long")
    if _checked(said[:-_CHECK]) != _read(said[-_CHECK:]):
        raise QueryCodeError("the query code is mistyped: its last two characters do not fit the others")
    before, year = divmod(_read(said[:_YEAR]), _YEARS)
    number = _FIRST_YEAR + year if not before else (_FIRST_YEAR + year) * 10 + before + 1
    code = QueryCode(number, _read(index), _read(said[_YEAR : _YEAR + _LEAF]))
    if before >= _LOGS or code.index >= 2**53 or index != _written(code.index, 1):
        raise QueryCodeError("the query code is not written as it must be")
    return code


def _head(leaf: bytes) -> int:
    return int.from_bytes(leaf[:8]) >> (64 - LEAF_BITS)


def _checked(said: str) -> int:
    # Times 32 once more: what is checked and the check itself are neighbours, too.
    return _read(said) * 1024 % _PRIME


def _written(number: int, width: int) -> str:
    """Return a number in at least *width* characters."""
    characters = ""
    while number or len(characters) < width:
        number, last = divmod(number, len(_ALPHABET))
        characters = _ALPHABET[last] + characters
    return characters


def _read(said: str) -> int:
    number = 0
    for character in said:
        number = number * len(_ALPHABET) + _ALPHABET.index(character)
    return number
