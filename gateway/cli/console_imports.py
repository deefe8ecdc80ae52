"""Files that come by the console: read, mapped and staged as ``jsg import --stage`` does, and what came of each row.

A file lies in a folder of its own while it is read, for the owner alone, and is gone when it was. What was refused
comes back as the rejects file has it: residents' numbers masked, cells that a spreadsheet would run made harmless.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console.importing import Imported, RefusedRow, Source
from formats.csv_rows import Fault
from formats.spreadsheet import restored
from formats.workbook import SUFFIX as WORKBOOK
from gateway.cli.import_files import REJECT_COLUMNS
from gateway.cli.import_mapping import find_mapping, load_mapping
from gateway.cli.import_records import SUFFIX as LINES
from gateway.cli.import_rejects import Rejects
from gateway.cli.import_report import FileReport
from gateway.cli.import_run import ImportSettings, import_file, opened, surveyed
from gateway.cli.import_table import MappingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.cli.import_submission import Submitter

TABLE: Final = ".csv"
_FEED: Final = re.compile("[a-z][a-z_]{0,63}")


class ConsoleImporter:
    """Stages files with one certificate; see ``console.importing.Importer``."""

    def __init__(self, client: Submitter, folder: Path) -> None:
        """Submit through *client*, by the mappings in *folder*."""
        self._client = client
        self._folder = folder

    def mappings(self) -> list[tuple[str, str]]:
        """Return name and title of every mapping, in order of the names; one that cannot be used is left out."""
        found = []
        for file in sorted(self._folder.glob("*.toml")):
            try:
                found.append((file.stem, load_mapping(file).title))
            except (MappingError, OSError):
                # It is named as not there when it is asked for; the others go on.
                continue
        return found

    def stage(self, source: Source, officer: str) -> Imported:
        """Read a file and stage what is understood of it."""
        suffix = Path(source.name).suffix.lower()
        stem = Path(source.name).stem if suffix == LINES else "upload"
        report = FileReport(source.name)
        if suffix not in {TABLE, WORKBOOK, LINES}:
            report.failed("the file is none of .csv, .xlsx and .jsonl", "文件不是 .csv、.xlsx 或者 .jsonl")
        elif not _FEED.fullmatch(stem):
            report.failed("a file of JSON Lines is called after its feed", "JSON Lines 文件须以数据源命名")
        if report.problem_en:
            return _imported(source, report, b"")
        try:
            layout = None if suffix == LINES else load_mapping(self._mapping(source.mapping))
        except (MappingError, OSError) as error:
            report.failed(f"the mapping cannot be used: {error}", f"映射无法使用：{error}")
            return _imported(source, report, b"")
        with tempfile.TemporaryDirectory(prefix="console-import-") as place:
            path = Path(place, stem + suffix)
            path.write_bytes(source.content)
            rejects = Path(place, "rejects.csv")
            settings = ImportSettings(layout, officer, rejects=rejects, stage=True, again=source.again)
            report = import_file(path, settings, self._client)
            written = rejects.read_bytes() if rejects.exists() else b""
            later = _refused_later(path, settings, report)
        return _imported(source, report, written + later)

    def _mapping(self, name: str) -> Path:
        """Return the file of a mapping that is listed: a name that comes by a form leads nowhere else."""
        if name not in {file.stem for file in self._folder.glob("*.toml")}:
            raise MappingError(name or "mapping", "", "there is no such mapping")
        return find_mapping(name, self._folder)


def _refused_later(path: Path, settings: ImportSettings, report: FileReport) -> bytes:
    """Return the rows that were staged and that what is on record refuses, as lines of the same rejects file."""
    refusals = {} if report.staged is None else {each.row: each for each in report.staged.difference.refusals}
    if not refusals:
        return b""
    layout = settings.layout_of(path)
    rows, header, _ = opened(surveyed(path, layout, settings.encoding), layout, lambda _position, _lines: None)
    place = path.with_name("later.csv")
    rejects = Rejects(place, header, layout)
    for row in rows:
        refusal = refusals.get(row.line)
        if refusal is not None:
            rejects.add(row, [Fault(refusal.field, refusal.why.en, refusal.why.zh)])
    rejects.close()
    whole = place.read_bytes()
    # The header and the mark of its encoding stand in the first part, where there is one.
    return whole.partition(b"\r\n")[2] if report.rejected else whole


def _imported(source: Source, report: FileReport, rejects: bytes) -> Imported:
    columns, refused = _rows(rejects)
    return Imported(
        source=replace(source, content=b""),
        batch=report.batch if report.account.staged else "",
        rows=report.rows,
        staged=report.account.staged,
        held=len(report.account.held),
        columns=columns,
        refused=tuple(sorted(refused, key=lambda row: row.line)),
        problem=(report.problem_zh, report.problem_en),
        rejects=rejects,
    )


def _rows(rejects: bytes) -> tuple[tuple[str, ...], list[RefusedRow]]:
    """Return columns and rows of a rejects file, each cell as the source had it."""
    lines: Iterator[list[str]] = csv.reader(io.StringIO(rejects.decode("utf-8-sig"), newline=""))
    first = len(REJECT_COLUMNS)
    columns = tuple(next(lines, [])[first:])
    refused = [
        RefusedRow(
            int(line[0]),
            tuple(map(restored, line[first:])),
            tuple(name for name in re.split(r"; | \+ ", line[1]) if name),
            (line[3], line[2]),
        )
        for line in lines
    ]
    return columns, refused
