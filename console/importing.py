"""What an import of a file is for the console: how it is asked for, and what came of its rows.

How files are read and mapped is not the console's (``jsg import`` knows it): it is handed an ``Importer`` at its start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.texts import Pair


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import.

    Attributes:
        name: As it is called where it comes from; its ending says what it is.
        content: Its bytes.
        mapping: Name of its mapping; not looked at for JSON Lines.
        again: Which time it is sent: another one after what it brought was discarded or revoked.
    """

    name: str
    content: bytes
    mapping: str
    again: int = 1


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken.

    Attributes:
        line: Its line in the file, from 1.
        cells: Its cells as they were, in the order of the file's columns; residents' numbers are masked.
        columns: Columns at fault, or fields of the record; empty: the row as a whole.
        why: Why, in Chinese and English.
    """

    line: int
    cells: tuple[str, ...]
    columns: tuple[str, ...]
    why: Pair


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file.

    Attributes:
        source: The file, without its content.
        batch: Id of the import; empty where nothing was sent.
        rows: Rows that hold anything.
        staged: Rows that wait in the import.
        held: Rows that will be stored without an enterprise.
        columns: The file's columns.
        refused: Rows that were not taken, in order.
        problem: Why nothing or not all of it was read or sent, in Chinese and English; both empty where all was.
        rejects: The rejects file, as ``jsg import`` writes it.
    """

    source: Source
    batch: str
    rows: int
    staged: int
    held: int
    columns: tuple[str, ...]
    refused: tuple[RefusedRow, ...]
    problem: Pair
    rejects: bytes = field(repr=False)


class Importer(Protocol):
    """Reads files and stages their records; how is not the console's to know."""

    def mappings(self) -> Sequence[tuple[str, str]]:
        """Return name and title of every mapping that there is, in order of the names."""

    def stage(self, source: Source, officer: str) -> Imported:
        """Read a file and stage what is understood of it: it weighs on nobody until it is approved.

        Nothing is raised for what is wrong with the file, its rows or the gateway's answers: the answer says it.
        """


@dataclass(slots=True)
class Mending:
    """What an officer makes of the refused rows of a file.

    Attributes:
        imported: What came of the file.
        mended: Corrected rows by their line: one cell a column, as it will be sent.
    """

    imported: Imported
    mended: dict[int, tuple[str, ...]] = field(default_factory=dict)
