"""One file from its bytes to the account of its rows: surveyed whole, then read, mapped and sent row by row.

A file that does not decode or whose header does not fit sends nothing. The command around it is in ``importing``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from adapters.errors import GatewayError
from formats.csv_rows import Fault, read_rows
from formats.file_encoding import FileFault, survey
from formats.spreadsheet import restored
from formats.workbook import SUFFIX as WORKBOOK
from formats.workbook import read_sheet, survey_workbook
from gateway.cli.import_duplicates import SeenKeys
from gateway.cli.import_files import REJECT_COLUMNS, check_header
from gateway.cli.import_progress import Progress
from gateway.cli.import_records import COLUMN, LAYOUT, SUFFIX, RecordLines, read_lines
from gateway.cli.import_rejects import Rejects
from gateway.cli.import_report import FileReport
from gateway.cli.import_rows import RowMapper
from gateway.cli.import_staging import complete, hint
from gateway.cli.import_submission import AccountError, Sender, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from jointsanctions.v1 import record_pb2

    from formats.csv_rows import SourceRow
    from formats.file_encoding import Survey
    from gateway.cli.import_layout import Layout
    from gateway.cli.import_submission import Submitter


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How files are imported.

    ``layout`` is None where there are JSON Lines only. ``encoding`` is one of ``file_encoding.ENCODINGS``;
    ``officer`` is who submits, at most 64 bytes. ``feed`` is None for the mapping's own, or that which a file of JSON
    Lines is called after; ``rejects`` is None for ``<file>.rejects.csv`` beside each file. With ``stage`` the
    records wait for an approval; ``again`` counts how often the file is sent.
    """

    layout: Layout | None
    officer: str
    encoding: str = "auto"
    feed: str | None = None
    rejects: Path | None = None
    stage: bool = False
    again: int = 1

    def layout_of(self, path: Path) -> Layout:
        """Return how the records of *path* are found: by the mapping, or one a line."""
        if path.suffix == SUFFIX:
            return LAYOUT
        if self.layout is None:
            raise FileFault("this is no file of JSON Lines: it needs a mapping", "非JSON Lines文件，须指定映射")
        return self.layout

    def feed_of(self, path: Path) -> str:
        """Return the feed that *path* is submitted to."""
        return self.feed or self.layout_of(path).feed or path.stem


class Mapper(Protocol):
    """Makes records of rows."""

    def record(self, row: SourceRow) -> record_pb2.Record | list[Fault]:
        """Return the record that *row* states, or its faults, of which there is at least one."""

    def key(self, record: record_pb2.Record) -> str:
        """Return what tells the record from others of its file."""


def import_file(path: Path, settings: ImportSettings, client: Submitter | None) -> FileReport:
    """Import one file; without a client it is read and mapped only.

    Nothing is raised for what is wrong with the file, its rows or the gateway's answers: the report says it.
    """
    report = FileReport(str(path))
    try:
        layout = settings.layout_of(path)
        whole = surveyed(path, layout, settings.encoding)
        report.encoding, report.sha256 = whole.codec, whole.digest
        progress = Progress(path.name, whole.size, sys.stderr, time.monotonic)
        try:
            _import_rows(whole, settings, client, (report, progress))
        finally:
            progress.close()
    except FileFault as fault:
        report.failed(fault.en, fault.zh)
    except OSError as error:
        report.failed(f"cannot be read or written: {error}", f"无法读写：{error}")
    except GatewayError as error:
        en, zh = hint(error)
        report.failed(f"sending stopped: {error}{en}", f"发送中断：{error.reason}{zh}")
    except AccountError as error:
        report.failed(f"sending stopped: {error}", "发送中断：网关答复的行数与发送不符")
    return report


def surveyed(path: Path, layout: Layout, encoding: str) -> Survey:
    """Return a file that decodes whole; raises ``FileFault`` or ``OSError`` for one that does not."""
    if path.suffix == WORKBOOK:
        return survey_workbook(path)
    return survey(path, "utf-8" if layout is LAYOUT else encoding)


def _import_rows(
    whole: Survey, settings: ImportSettings, client: Submitter | None, rest: tuple[FileReport, Progress]
) -> None:
    report, progress = rest
    layout = settings.layout_of(whole.path)
    rows, header, mapper = opened(whole, layout, progress)
    if whole.cut_off:
        report.warning_en = "the last line has no line end: the file may be cut off"
        report.warning_zh = "末行没有换行符，文件可能被截断"
    path = settings.rejects or whole.path.with_name(f"{whole.path.name}.rejects.csv")
    rejects = Rejects(path, header, layout)

    def reject(row: SourceRow, faults: Iterable[Fault]) -> None:
        found = list(faults)
        rejects.add(row, found)
        report.rejected += 1
        report.rejects_file = str(path)
        report.count_faults(found)

    named = (whole.digest, layout.digest, whole.codec, settings.feed_of(whole.path), settings.officer)
    source = Source(*named, settings.stage, settings.again)
    report.batch = source.batch
    sender = None if client is None else Sender(client, source, reject)
    try:
        _take(rows, mapper, report, (sender, reject))
    finally:
        if sender is not None:
            sender.close()
            report.account = sender.account
        rejects.close()
    if not report.rows:
        raise FileFault("there is no row below the header", "表头之下没有数据行")
    if client is not None and source.stage and report.understood:
        report.staged = complete(client, source, report.understood)


def opened(
    whole: Survey, layout: Layout, progress: Callable[[int, int], None]
) -> tuple[Iterator[SourceRow], tuple[str, ...], Mapper]:
    """Return the rows below the header, the header, and what makes records of them."""
    if layout is LAYOUT:
        return read_lines(whole, progress), (COLUMN,), RecordLines()
    rows = read_sheet(whole, progress) if whole.path.suffix == WORKBOOK else read_rows(whole, progress)
    header = check_header(_first(rows), layout)
    if set(REJECT_COLUMNS) <= set(header):
        rows = (replace(row, cells=tuple(map(restored, row.cells))) for row in rows)
    return rows, header, RowMapper(layout, header)


def _first(rows: Iterator[SourceRow]) -> SourceRow:
    for row in rows:
        if not row.blank:
            return row
    raise FileFault("the file holds nothing but blank lines", "文件只有空行")


def _take(
    rows: Iterator[SourceRow],
    mapper: Mapper,
    report: FileReport,
    ways: tuple[Sender | None, Callable[[SourceRow, Iterable[Fault]], None]],
) -> None:
    sender, reject = ways
    seen = SeenKeys()
    for row in rows:
        if row.blank:
            report.blank += 1
            continue
        report.rows += 1
        record = mapper.record(row)
        if isinstance(record, list):
            reject(row, record)
            continue
        first = seen.first_line(mapper.key(record), row.line)
        if first is not None:
            reject(row, [Fault("", f"the key repeats that of line {first}", f"主键与第{first}行重复")])
            continue
        report.understood += 1
        if sender is not None:
            sender.add(row, record)
    if sender is not None:
        sender.flush()
