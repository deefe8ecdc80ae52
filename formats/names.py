"""Enterprise names in one form, so that equal names compare equal.

For exact comparison of full names only. A name never identifies for a verdict (I-08, I-23), so nothing is stripped,
transliterated or matched by likeness. What is folded is how a name is written, and the two words for one legal form.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from formats.traditional import TO_SIMPLIFIED


class Folding(StrEnum):
    """One way in which two spellings of one name may differ."""

    WIDTH = "WIDTH"
    """Full width, half width and other compatibility forms (NFKC)."""
    LETTER_CASE = "LETTER_CASE"
    SPACES = "SPACES"
    """White space, and format characters that nobody sees."""
    BRACKETS = "BRACKETS"
    """Which kind of brackets."""
    SCRIPT = "SCRIPT"
    """A traditional character for a simplified one; one that simplified script has as well stays what it is."""
    LEGAL_FORM = "LEGAL_FORM"
    """有限责任公司 for 有限公司: one form of company, which the law writes both ways (公司法 art. 7)."""


# NFKC has already turned full-width and small forms into these.
_BRACKETS: Final = str.maketrans("[{〔【〖〘〚]}〕】〗〙〛", "(((((((" + ")))))))")
_SIGNS: Final = {
    frozenset({Folding.BRACKETS, Folding.SCRIPT}): _BRACKETS | TO_SIMPLIFIED,
    frozenset({Folding.BRACKETS}): _BRACKETS,
    frozenset({Folding.SCRIPT}): TO_SIMPLIFIED,
}
_ALL: Final = frozenset(Folding)
_IDEOGRAPHS: Final = range(0x4E00, 0xA000)
LONG_FORM: Final = "有限责任公司"
SHORT_FORM: Final = "有限公司"


def normalise_name(text: str) -> str:
    """Return the form in which two spellings of one full name are equal.

    Every ``Folding`` is done: letters are upper case, brackets are ``(`` and ``)``, characters simplified, and the
    legal form is 有限公司. Normalising again changes nothing.

    Raises:
        ValueError: Nothing is left.
    """
    if _PLAIN.fullmatch(text):
        return text.replace("（", "(").replace("）", ")").replace(LONG_FORM, SHORT_FORM)
    name = _settled(text, _ALL)
    if not name:
        raise ValueError("the name is empty")
    return name


def _plain() -> re.Pattern[str]:
    """Return the pattern of names in which only the usual brackets and the legal form are folded: nearly all are."""
    kept = "".join(map(chr, (code for code in _IDEOGRAPHS if code not in TO_SIMPLIFIED)))
    return re.compile(f"[0-9A-Z()（）{kept}]+")


_PLAIN: Final = _plain()


def foldings_between(one: str, other: str) -> tuple[Folding, ...]:
    """Return by which foldings two spellings of one name differ, in order; empty when they are written alike.

    Those without which the two would not be equal. For names whose normal forms are the same.
    """
    return tuple(each for each in Folding if _settled(one, _ALL - {each}) != _settled(other, _ALL - {each}))


def _settled(text: str, foldings: frozenset[Folding]) -> str:
    name = _fold(text, foldings)
    while (again := _fold(name, foldings)) != name:
        # Removing a space can bring characters together that NFKC composes.
        name = again
    return name


def _fold(text: str, foldings: frozenset[Folding]) -> str:
    if Folding.WIDTH in foldings:
        text = unicodedata.normalize("NFKC", text)
    text = text.translate(_SIGNS[foldings & {Folding.BRACKETS, Folding.SCRIPT}])
    if Folding.LETTER_CASE in foldings:
        text = text.upper()
    # What is printable and has no space has nothing to take out: no separator and no format character is printable.
    if Folding.SPACES in foldings and (" " in text or not text.isprintable()):
        text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
    return text.replace(LONG_FORM, SHORT_FORM) if Folding.LEGAL_FORM in foldings else text
