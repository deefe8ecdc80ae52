"""Enterprise names in one form, so that equal names compare equal.

For exact comparison of full names only. A name never identifies anybody (I-08, I-23), so
nothing is stripped, transliterated or matched by likeness.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# NFKC has already turned full-width and small forms into these.
_BRACKETS: Final = str.maketrans("[{〔【〖〘〚]}〕】〗〙〛", "(((((((" + ")))))))")


def normalise_name(text: str) -> str:
    """Return the form in which two spellings of one full name are equal.

    Full width is folded (NFKC), white space and invisible format characters are removed, the
    kinds of brackets become ``(`` and ``)``, letters are upper case. Normalising again changes
    nothing.

    Raises:
        ValueError: Nothing is left.
    """
    name = _fold(text)
    while (again := _fold(name)) != name:
        # Removing a space can bring characters together that NFKC composes.
        name = again
    if not name:
        raise ValueError("the name is empty")
    return name


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS).upper()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
