"""``jsg import``: files of a source into the register, through ``SubmitRecords`` with the producer's certificate.

Every row is stored, found unchanged or held, as the gateway says, or reported in a rejects file with line, field and
reason; none is dropped. How a source's columns become records is in its mapping file (``docs/importing.md``).
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from formats.file_encoding import ENCODINGS
from gateway.cli import import_batches
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.import_mapping import find_mapping, load_mapping
from gateway.cli.import_records import SUFFIX
from gateway.cli.import_report import FileReport, print_reports
from gateway.cli.import_run import ImportSettings, import_file
from gateway.cli.import_table import MappingError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from gateway.cli.connection import Subparsers
    from gateway.cli.import_submission import Submitter

EXIT_OK: Final = 0
EXIT_REJECTED: Final = 1
EXIT_USAGE: Final = 2

_EXAMPLE: Final = """jsg import notices.csv --mapping published-notices --rejects notices.rejects.csv
  jsg import wage_list.jsonl --stage        then: jsg import show|approve|discard BATCH; later: jsg import revoke BATCH
  jsg import list
  jsg import 2026-*.csv --mapping ./our-layout.toml --encoding gb18030 --dry-run --json
  jsg import market_regulation.jsonl wage_list.jsonl"""


class _UnknownFeedError(Exception):
    """No producer submits to the feed that the command line or the file's name says."""


def register(subparsers: Subparsers) -> None:
    """Add the command ``import``."""
    parser = command(subparsers, "import", "take the files of a source into the register", _EXAMPLE, run)
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="CSV with a header row, or FEED.jsonl with one record a line",
    )
    parser.add_argument("--mapping", metavar="NAME|FILE", help="of CSV: name under config/import, or TOML file")
    parser.add_argument("--feed", help="feed to submit to, when it is not the mapping's own or the file's name")
    parser.add_argument("--encoding", choices=ENCODINGS, default="auto", help="of the files (default: found out)")
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="default: FILE.rejects.csv beside each file")
    parser.add_argument("--officer", default=account(), help="who submits (default: the account logged in)")
    parser.add_argument(
        "--stage", action="store_true", help="let it wait for an approval, and show what it would change"
    )
    parser.add_argument(
        "--again", type=int, default=1, metavar="N", help="the N-th time, after it was discarded or revoked (default 1)"
    )
    parser.add_argument("--dry-run", action="store_true", help="read and map only; nothing is sent")

    import_batches.register(parser)


def run(arguments: argparse.Namespace) -> int:
    """Import with the certificate of the feed's producer, or that of ``--as``; see ``run_with``."""

    @contextmanager
    def opened(feed: str) -> Iterator[Submitter]:
        producer = arguments.caller or client_file(arguments).feeds.get(feed)
        if producer is None:
            raise _UnknownFeedError(f"--feed: {feed!r} is none of {', '.join(client_file(arguments).feeds)}")
        with connect(arguments, producer) as client:
            yield client

    try:
        return run_with(arguments, opened)
    except _UnknownFeedError as error:
        print(f"jsg import: {error}", file=sys.stderr)
        return EXIT_USAGE


def run_with(arguments: argparse.Namespace, opened: Callable[[str], AbstractContextManager[Submitter]]) -> int:
    """Run the command and return its exit code: 0, 1 when not every row was taken, 2 for a usage error.

    *opened* gives a client for a feed; it is not called for a dry run or a usage error.
    """
    try:
        settings = _settings(arguments)
    except (MappingError, OSError) as error:
        print(f"jsg import: {error}", file=sys.stderr)
        return EXIT_USAGE
    with ExitStack() as stack:
        feeds = {settings.feed_of(path) for path in arguments.files}
        clients = {feed: None if arguments.dry_run else stack.enter_context(opened(feed)) for feed in sorted(feeds)}
        reports = import_files(arguments.files, settings, clients)
    print_reports(reports, sys.stdout, dry_run=arguments.dry_run, as_json=arguments.json)
    return EXIT_OK if all(report.clean for report in reports) else EXIT_REJECTED


def import_files(
    files: Sequence[Path], settings: ImportSettings, clients: Mapping[str, Submitter | None]
) -> list[FileReport]:
    """Import files in order and return a report of each; what has no client in *clients* is read and mapped only.

    One file that cannot be used does not keep the others out.
    """
    return [import_file(path, settings, clients[settings.feed_of(path)]) for path in files]


def _settings(arguments: argparse.Namespace) -> ImportSettings:
    if arguments.rejects is not None and len(arguments.files) > 1:
        raise MappingError("--rejects", "", "one rejects file cannot hold the rows of several files")
    if arguments.rejects is not None and arguments.rejects.resolve() == arguments.files[0].resolve():
        raise MappingError("--rejects", "", "the rejects file would replace the file that is read")
    if len(arguments.officer.encode()) > 64 or not arguments.officer.strip():
        raise MappingError("--officer", "", "1 to 64 bytes are expected")
    if arguments.again < 1:
        raise MappingError("--again", "", "must be 1 or more")
    layout = None
    if arguments.mapping is not None:
        layout = load_mapping(find_mapping(arguments.mapping, arguments.config / "import"))
    elif any(path.suffix != SUFFIX for path in arguments.files):
        raise MappingError("--mapping", "", f"is required for everything but {SUFFIX}")
    return ImportSettings(
        layout,
        arguments.officer,
        arguments.encoding,
        arguments.feed,
        arguments.rejects,
        arguments.stage,
        arguments.again,
    )
