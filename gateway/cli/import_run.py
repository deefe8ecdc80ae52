"""One file from its bytes to the account of its rows: surveyed whole, then read, mapped and sent row by row.

A file that does not decode or whose header does not fit sends nothing. The command around it is in ``importing``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.errors import GatewayError
from gateway.cli.import_duplicates import SeenKeys
from gateway.cli.import_encoding import FileFault, survey
from gateway.cli.import_files import Fault, check_header, read_rows
from gateway.cli.import_progress import Progress
from gateway.cli.import_rejects import Rejects
from gateway.cli.import_report import FileReport
from gateway.cli.import_rows import RowMapper
from gateway.cli.import_submission import AccountError, Sender, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from gateway.cli.import_encoding import Survey
    from gateway.cli.import_files import SourceRow
    from gateway.cli.import_layout import Layout
    from gateway.cli.import_submission import Submitter


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How files are imported.

    ``encoding`` is one of ``import_encoding.ENCODINGS``; ``officer`` is who submits, at most 64 bytes. ``feed`` is None
    for the mapping's own; ``rejects`` is None for ``<file>.rejects.csv`` beside each file.
    """

    layout: Layout
    officer: str
    encoding: str = "auto"
    feed: str | None = None
    rejects: Path | None = None


def import_file(path: Path, settings: ImportSettings, client: Submitter | None) -> FileReport:
    """Import one file; without a client it is read and mapped only.

    Nothing is raised for what is wrong with the file, its rows or the gateway's answers: the report says it.
    """
    report = FileReport(str(path))
    try:
        whole = survey(path, settings.encoding)
        report.encoding, report.sha256 = whole.codec, whole.digest
        progress = Progress(path.name, whole.size, sys.stderr, time.monotonic)
        try:
            _import_rows(whole, settings, client, (report, read_rows(whole, progress)))
        finally:
            progress.close()
    except FileFault as fault:
        report.failed(fault.en, fault.zh)
    except OSError as error:
        report.failed(f"cannot be read or written: {error}", f"无法读写：{error}")
    except GatewayError as error:
        report.failed(f"sending stopped: {error}", f"发送中断：{error.reason}")
    except AccountError as error:
        report.failed(f"sending stopped: {error}", "发送中断：网关答复的行数与发送不符")
    return report


def _import_rows(
    whole: Survey, settings: ImportSettings, client: Submitter | None, rest: tuple[FileReport, Iterator[SourceRow]]
) -> None:
    report, rows = rest
    header = check_header(_first(rows), settings.layout)
    if whole.cut_off:
        report.warning_en = "the last line has no line end: the file may be cut off"
        report.warning_zh = "末行没有换行符，文件可能被截断"
    path = settings.rejects or whole.path.with_name(f"{whole.path.name}.rejects.csv")
    rejects = Rejects(path, header, settings.layout)

    def reject(row: SourceRow, faults: Iterable[Fault]) -> None:
        found = list(faults)
        rejects.add(row, found)
        report.rejected += 1
        report.rejects_file = str(path)
        report.count_faults(found)

    source = Source(
        whole.digest, settings.layout.digest, whole.codec, settings.feed or settings.layout.feed, settings.officer
    )
    sender = None if client is None else Sender(client, source, reject)
    try:
        _take(rows, RowMapper(settings.layout, header), report, (sender, reject))
    finally:
        if sender is not None:
            report.account = sender.account
        rejects.close()
    if not report.rows:
        raise FileFault("there is no row below the header", "表头之下没有数据行")


def _first(rows: Iterator[SourceRow]) -> SourceRow:
    for row in rows:
        if not row.blank:
            return row
    raise FileFault("the file holds nothing but blank lines", "文件只有空行")


def _take(
    rows: Iterator[SourceRow],
    mapper: RowMapper,
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
        first = seen.first_line(record.source_key, row.line)
        if first is not None:
            reject(row, [Fault("", f"the key repeats that of line {first}", f"主键与第{first}行重复")])
            continue
        report.understood += 1
        if sender is not None:
            sender.add(row, record)
    if sender is not None:
        sender.flush()
