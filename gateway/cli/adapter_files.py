"""``jsg adapter NAME --ask FILE --out FILE``: a spreadsheet of applicants comes back with an answer on each line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from adapters.client import GatewayClient
from adapters.enforcement import Enforcement
from adapters.files import columns
from adapters.files.asking import GatewayAwayError
from adapters.files.lines import Defaults
from adapters.files.run import BatchFile, answer_file, examine
from adapters.files.writing import TargetError
from adapters.journal import Journal
from formats.file_encoding import ENCODINGS, FileFault
from formats.resident_ids import mask_resident_ids
from gateway.bootstrap.config import StartError

if TYPE_CHECKING:
    import argparse

    from adapters.files.run import Examined, Summary
    from adapters.http.settings import Settings

OK: Final = 0
NOT_ALL: Final = 1
"""Not every line has an answer that may be relied upon, or nothing was asked."""
MOST_SHOWN: Final = 50


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a batch file."""
    files = parser.add_argument_group("batch files")
    files.add_argument("--ask", type=Path, metavar="FILE", help="ask about every line of this workbook or CSV")
    files.add_argument("--out", type=Path, metavar="FILE", help="the answered file, .xlsx or .csv; must not be there")
    files.add_argument("--officer", default="", help="who asks, for lines that do not say it")
    files.add_argument("--point", default="", help="decision point such as AWARDS_PUBLICITY, likewise")
    files.add_argument("--encoding", choices=ENCODINGS, default="utf-8", help="of a CSV (default: utf-8)")
    files.add_argument("--columns", type=Path, metavar="FILE", help="instead of config/columns/NAME.toml")
    files.add_argument("--valid-lines", action="store_true", help="ask about the other lines when some are at fault")


def examined(arguments: argparse.Namespace, file: Path, configured: Settings) -> Examined | None:
    """Read a whole file and show its faults; None when nothing of it is to be asked.

    Raises:
        StartError: The file cannot be used; says why in both languages.
    """
    named = arguments.columns or arguments.config / "columns" / f"{arguments.name}.toml"
    rules = configured.rules()
    defaults = Defaults(arguments.officer, arguments.point, configured.area.facts_at)
    batch = BatchFile(file, arguments.encoding, columns.load(named, rules), defaults)
    try:
        found = examine(batch, rules)
    except FileFault as error:
        raise StartError(f"{file}: {error.zh} {error.en}") from error
    except OSError as error:
        raise StartError(f"{file}: {error}") from error
    show_faults(found, as_json=arguments.json)
    return None if found.faulty and not arguments.valid_lines else found


def run(arguments: argparse.Namespace, configured: Settings) -> int:
    """Answer a file: 0, or 1 when a line has no answer that may be relied upon or the file is at fault.

    Raises:
        StartError: The file or its place cannot be used, or nobody answers; nothing was written.
        JournalUnavailableError: The journal cannot be used.
    """
    if arguments.out is None or arguments.out.resolve() == arguments.ask.resolve():
        raise StartError("--out FILE is needed beside --ask, and is another file")
    found = examined(arguments, arguments.ask, configured)
    if found is None:
        return NOT_ALL
    configured.journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rules = configured.rules()
    try:
        with GatewayClient(configured.client) as client, Journal(configured.journal) as journal:
            summary = answer_file(found, Enforcement(client, journal, rules, configured.mode), arguments.out)
    except FileFault as error:
        raise StartError(f"{arguments.ask}: {error.zh} {error.en}") from error
    except GatewayAwayError as error:
        raise StartError(f"网关无应答，未写出文件 nobody answers, nothing was written: {error}") from error
    except (TargetError, OSError) as error:
        raise StartError(str(error)) from error
    _show(arguments, summary)
    return NOT_ALL if summary.verdicts.get("UNVERIFIABLE") else OK


def show_faults(found: Examined, *, as_json: bool) -> None:
    """Print what is wrong with the lines of a file, on standard error; a resident's number in it is masked."""
    if not found.faulty:
        return
    if as_json:
        faults: list[Any] = [
            {"line": each.line, "column": each.column, "zh": each.zh, "en": each.en} for each in found.faults
        ]
        said = json.dumps({"lines": found.lines, "faulty": found.faulty, "faults": faults}, ensure_ascii=False)
        print(mask_resident_ids(said), file=sys.stderr)
        return
    print(f"{found.faulty}/{found.lines} 行有误 lines are at fault", file=sys.stderr)
    for each in found.faults[:MOST_SHOWN]:
        where = f"第{each.line}行 line {each.line}" + (f", 列 column {each.column}" if each.column else "")
        print(mask_resident_ids(f"  {where}: {each.zh} {each.en}"), file=sys.stderr)
    if len(found.faults) > MOST_SHOWN:
        print("  …", file=sys.stderr)


def _show(arguments: argparse.Namespace, summary: Summary) -> None:
    if arguments.json:
        print(json.dumps({"lines": summary.lines, "verdicts": dict(summary.verdicts)}))
        return
    counts = ", ".join(f"{verdict} {count}" for verdict, count in summary.verdicts.items())
    print(f"{arguments.out}: {summary.lines} 行 lines: {counts}")
