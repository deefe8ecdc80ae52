"""When two words are those of two persons (A-125): by certificates, or by officers for whom their agency has signed.

A name is not taken as it is spelled: case, width, script, spaces and signs tell nobody apart. That two certificates or
two officers' ids were given to one human being is the agency's to prevent; here that is not seen.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from formats.traditional import TO_SIMPLIFIED
from gateway.domain.errors import SecondPersonRequiredError


@dataclass(frozen=True, slots=True)
class Spoken:
    """Who gave one of the two words."""

    holder: str
    """As the certificate names it; empty where it names nobody."""
    officer: str
    signed: bool
    """The agency's own key has signed who the officer is; otherwise the calling system only says so."""


def spelled(name: str) -> str:
    """Return a name without what only its spelling adds: case, width, traditional script, accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).translate(TO_SIMPLIFIED)
    return "".join(each for each in plain if each.isalnum())


def require_somebody(word: Spoken) -> None:
    """Refuse a word that is nobody's: no officer that was signed for, and no holder of a certificate.

    Raises:
        SecondPersonRequiredError: ``why`` is ``NO_HOLDER``.
    """
    if not spelled(word.officer if word.signed else word.holder):
        raise SecondPersonRequiredError("neither certificate nor signature names a person", why="NO_HOLDER")


def require_two(first: Spoken, second: Spoken) -> None:
    """Refuse a second word that is the first person's.

    Two officers that their agency has signed for are two persons by their ids, whatever certificate they share. Where
    either is only declared, the holders of two certificates are, and they must name two officers besides.

    Raises:
        SecondPersonRequiredError: ``why`` is ``SAME_PERSON``.
    """
    if spelled(first.officer) == spelled(second.officer):
        raise _same()
    if not (first.signed and second.signed):
        require_somebody(Spoken(second.holder, "", signed=False))
        if spelled(first.holder) in {"", spelled(second.holder)}:
            raise _same()


def _same() -> SecondPersonRequiredError:
    return SecondPersonRequiredError("the second person is the first", why="SAME_PERSON")
