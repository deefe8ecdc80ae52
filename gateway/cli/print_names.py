"""The words of the terminal and of receipts, as a printed page takes them: by number or code, Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.cli import page_words as words
from gateway.cli.listing_texts import STAGES
from gateway.cli.show import DOUBTS
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.printing.words import Names
    from console.texts import Pair

GRADES: Final[Mapping[GradeLetter, Pair]] = {
    GradeLetter.NOT_RATED: ("未评定", "not rated"),
    GradeLetter.A: ("A级", "A"),
    GradeLetter.A_WATCH: ("A级（观察）", "A, under watch"),
    GradeLetter.UNDETERMINED: ("不能确定", "undetermined"),
    GradeLetter.B: ("B级", "B"),
    GradeLetter.C: ("C级", "C"),
}


def pair(said: str) -> Pair:
    """Return a text of the terminal, Chinese and then English after a blank, as two."""
    chinese, _, english = said.partition(" ")
    return chinese, english


NAMES: Final[Names] = {
    "verdicts": {int(each): both for each, both in words.VERDICTS.items()},
    "effects": {int(each): both for each, both in words.EFFECTS.items()},
    "areas": {int(each): both for each, both in words.AREAS.items()},
    "points": {int(each): both for each, both in words.POINTS.items()},
    "grades": {int(each): both for each, both in GRADES.items()},
    "stages": {int(each): pair(said) for each, said in STAGES.items()},
    "doubts": {code: pair(said) for code, said in DOUBTS.items()},
}
