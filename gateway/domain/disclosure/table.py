"""The table: for each class of fields and each column, how much is shown and on what condition.

``F`` full, ``M`` masked, ``R`` reason only, ``-`` never; after a colon the conditions, joined by ``+``; a cell of two
grants has a bar between them. What no cell grants is denied (R-02). The last six rows and the last two columns are not
in the source; ``docs/disclosure.md`` says what was decided for them, and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.disclosure.words import Column, Condition, FieldClass, Level

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LETTERS: Final = {"F": Level.FULL, "M": Level.MASKED, "R": Level.REASON_ONLY, "-": Level.NEVER}
Cell = tuple[tuple[Level, frozenset[Condition]], ...]
"""Grants: a level each, and the conditions that must all be met."""

_ROWS: Final = """
               HRSS BIDDING PROCUREMENT LICENSING QUALIFICATION BANK      AWARDS      POLICE          COURT        PROCURATORATE AUDITOR SUBJECT CONNECTOR PORTAL
IDENTITY       F    F:case  F:case      F:case    F:case        F:case    F:case      F:case          F:case       F:case        F       F:own   F         F
GRADE          F    F       M:profile   M:profile M:profile     M:profile F           -               -            -             M       F:own   -         -
LISTING        F    F       F           F         F             F         F           F:case          F:case       F:case        M       F:own   F         F
REASON         F    R       R           R         M             R         R           F:case          F:case       F:case        -       F:own   F         -
ARREARS        F    R       R           R         M             R         R           F:case          F:case       F:case        -       F:own   -         -
LISTED_PERSON  F    M       M           M         M             M:consent M:candidate F:case          F:case       F:case        -       F:self  -         -
PERSON_NUMBER  F    -       -           -         -             -         -           F:case          F:case       F:case        -       M:self  -         -
PUBLICATION    F    F       F           F         F             F         F           F               F            F             F       F       F         F
PENALTY        F    F       F           F         F             F         F           F               F            F             M       F:own   F         -
COMPLAINT      F    -       -           -         -             -         -           M:case          -            M:case        -       M:own   -         -
WORKER         F    -       -           -         -             -         -           F:case          F:indicted   F:case        -       -       -         -
FIVE_SYSTEMS   F    M       -           M         M             M:deposit -           M:case          -            -             -       F:own   -         -
REFERRAL       F    -       -           -         -             -         -           F               M|F:indicted F             M       M:filed -         -
DOSSIER        F    -       -           -         -             -         -           F               F:indicted   F             -       -       -         -
CONVICTION     F    R       F           M         M             R         F           F               F            F             M       F       -         -
ENDED          F    -       -           -         -             -         -           F:case+approval F:case       F:case        M       F:own   F         -
EXAM           M    -       -           M         M             -         M:candidate F:case          F:case       F:case        -       F:self  -         -
INSURANCE      F    -       -           -         -             -         M:candidate F:case          F:case       F:case        -       F:self  -         -
ACCESS_LOG     F:own F:own  F:own       F:own     F:own         F:own     F:own       F:own           F:own        F:own         F       F:own   F:own     -
LICENCE        F    -       -           -         -             -         -           -               -            -             -       -       F         -
RED_LIST       F    -       -           -         -             -         -           -               -            -             -       -       -         F
CORRECTION     F    -       -           -         -             -         -           -               -            -             -       -       F         -
OBJECTION      F    -       -           -         -             -         -           -               -            -             -       F:own   -         -
INSPECTION     F    -       -           -         -             -         -           -               -            -             -       -       -         -
PREVENTION     F    -       -           -         -             -         -           -               -            -             -       -       -         -
"""  # noqa: E501 - a table is read by its columns
UNTABLED: Final = frozenset(
    {
        FieldClass.LICENCE,
        FieldClass.RED_LIST,
        FieldClass.CORRECTION,
        FieldClass.OBJECTION,
        FieldClass.INSPECTION,
        FieldClass.PREVENTION,
    }
)
"""Rows that the source does not have: nobody but HRSS, and where it says so whom the law shares it with."""


def _cell(text: str) -> Cell:
    grants = []
    for grant in text.split("|"):
        letter, _, conditions = grant.partition(":")
        if LETTERS[letter] is not Level.NEVER:
            grants.append((LETTERS[letter], frozenset(map(Condition, conditions.split("+") if conditions else ()))))
    return tuple(grants)


def _read() -> dict[FieldClass, dict[Column, Cell]]:
    head, *rows = (line.split() for line in _ROWS.strip().splitlines())
    columns = [Column[name] for name in head]
    return {FieldClass[name]: dict(zip(columns, map(_cell, cells), strict=True)) for name, *cells in rows}


TABLE: Final[Mapping[FieldClass, Mapping[Column, Cell]]] = _read()


def granted(told: FieldClass, column: Column, met: Collection[Condition]) -> Level:
    """Return how much of *told* a column sees when the conditions *met* are met: the most that any grant gives."""
    grants = TABLE.get(told, {}).get(column, ())
    return max((level for level, conditions in grants if conditions <= set(met)), default=Level.NEVER)
