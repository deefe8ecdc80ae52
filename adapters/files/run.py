"""One batch file from its first fault to the answered file.

Twice through the file: first everything is read and every fault is named, then lines are asked about and written, a
thousand at a time, so that no more than these is held in memory. Nothing is asked when a line is at fault, unless the
caller wants the valid lines asked about. A run that was killed is begun anew: each of its lines is a new question.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from adapters.files.answers import ANSWER_HEADERS, answer_cells, not_asked_cells
from adapters.files.asking import FileAsker
from adapters.files.lines import Faulty, Line, LineReader
from adapters.files.source import open_source
from adapters.files.writing import TargetError, written_whole
from formats.file_encoding import FileFault
from formats.workbook import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from adapters.enforcement import Enforcement
    from adapters.files.columns import Columns
    from adapters.files.lines import Defaults, LineFault
    from adapters.files.source import Source
    from adapters.rules import AreaRules
    from formats.csv_rows import SourceRow

AT_A_TIME: Final = 1000
"""Lines that are asked about and written together; as many as a batch holds."""
MOST_FAULTS: Final = 1000
"""Faults that are told; how many there are is counted all the same."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """What is to be read, and how.

    Attributes:
        path: The file.
        encoding: Of a CSV: ``utf-8``, ``gb18030`` or ``auto``.
        columns: How its columns are named.
        defaults: What holds for lines that do not say it.
    """

    path: Path
    encoding: str
    columns: Columns
    defaults: Defaults


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read whole, and of which nothing was asked.

    Attributes:
        source: The file.
        reader: Reads its lines.
        lines: How many lines it has.
        faulty: How many of them cannot be asked about.
        faults: What is wrong with them, in order; at most ``MOST_FAULTS``.
    """

    source: Source
    reader: LineReader
    lines: int
    faulty: int
    faults: tuple[LineFault, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """An answered file.

    Attributes:
        lines: How many lines it has.
        verdicts: How many lines have which verdict, by its name.
    """

    lines: int
    verdicts: Mapping[str, int]


def examine(batch: BatchFile, rules: AreaRules) -> Examined:
    """Read a whole file and name every fault; nothing is asked.

    Raises:
        FileFault: Nothing of it can be used.
        OSError: It cannot be read.
    """
    source = open_source(batch.path, batch.encoding, batch.columns, frozenset(ANSWER_HEADERS))
    reader = LineReader(source, batch.columns, rules, batch.defaults)
    lines = faulty = 0
    faults: list[LineFault] = []
    for row in source.rows():
        lines += 1
        found = reader.read(row)
        if isinstance(found, Faulty):
            faulty += 1
            faults += found.faults[: MOST_FAULTS - len(faults)]
    if not lines:
        raise FileFault("the file has no line below its header", "表头以下没有数据行")
    return Examined(source, reader, lines, faulty, tuple(faults))


def read_lines(examined: Examined) -> Iterator[Line | Faulty]:
    """Yield the lines of a file once more, those that cannot be asked about among them."""
    return (examined.reader.read(row) for row in examined.source.rows())


def answer_file(examined: Examined, engine: Enforcement, target: Path) -> Summary:
    """Ask about every line of a file that can be asked about, and write the answered file.

    Args:
        examined: The file; its lines at fault are written as UNVERIFIABLE and not asked about.
        engine: Asks, and has the area's rules.
        target: Where the answered file is to be; nothing may be there.

    Raises:
        TargetError: Something is there.
        GatewayAwayError: Nobody answered several calls in a row. What was asked stands in the journal.
        FileFault: The file that is read was changed meanwhile.
        OSError: A file cannot be read or written.
    """
    source = examined.source
    if target.suffix.lower() not in (SUFFIX, ".csv"):
        raise TargetError(f"{target}: .xlsx or .csv is expected")
    codec = source.survey.codec if source.survey.codec != "xlsx" else "utf-8-sig"
    kept = [i for i, name in enumerate(source.header) if name not in ANSWER_HEADERS]
    verdicts: Counter[str] = Counter()
    typed = target.suffix.lower() == SUFFIX
    with written_whole(target, codec) as sheet, FileAsker(engine) as asker:
        sheet.write([*(source.header[i] for i in kept), *ANSWER_HEADERS])
        lines = read_lines(examined)
        while chunk := list(islice(lines, AT_A_TIME)):
            for line, cells in zip(chunk, _answered(chunk, engine, asker), strict=True):
                sheet.write([*(_kept(line.row, i, typed=typed) for i in kept), *cells])
                verdicts[cells[2]] += 1
        if not source.unchanged():
            raise FileFault("the file was changed while it was read", "读取过程中文件被改动")
    return Summary(verdicts.total(), dict(sorted(verdicts.items())))


def _answered(chunk: Sequence[Line | Faulty], engine: Enforcement, asker: FileAsker) -> list[tuple[str, ...]]:
    asking = [line for line in chunk if isinstance(line, Line)]
    results = iter(asker.ask(asking))
    cells = []
    for line in chunk:
        if isinstance(line, Faulty):
            cells.append(not_asked_cells(line.row.line, line.faults, engine.mode))
        else:
            cells.append(answer_cells(line.row.line, engine.rules.at(line.point), next(results), engine.mode))
    return cells


def _kept(row: SourceRow, place: int, *, typed: bool) -> object:
    """Return a cell as it was: what a workbook held where one is written, and else its text."""
    if typed and place < len(row.values) and place not in row.cell_faults:
        return row.values[place]
    return row.cells[place] if place < len(row.cells) else ""
