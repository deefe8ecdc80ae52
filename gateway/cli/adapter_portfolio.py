"""``jsg adapter NAME --portfolio FILE``: each line's case is registered, and what happens to its party is told."""

from __future__ import annotations

import fcntl
import sys
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import grpc

from adapters.acts import Act
from adapters.client import GatewayClient
from adapters.enforcement import Enforcement
from adapters.errors import GatewayError, QuestionRefusedError
from adapters.event_lines import FileLines, StreamLines
from adapters.files.lines import Faulty
from adapters.files.run import read_lines
from adapters.journal import Journal
from adapters.registering import register
from adapters.watch_book import AnotherEventError
from adapters.watching import EventGapError, Watcher
from formats.file_encoding import FileFault
from formats.resident_ids import mask_resident_ids
from gateway.bootstrap.config import StartError
from gateway.cli.adapter_files import NOT_ALL, OK, examined

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from adapters.files.run import Examined
    from adapters.http.settings import Settings
    from adapters.watching import FollowsCases

AGAIN_SECONDS: Final = 5.0
"""After how long a stream that broke off is opened again."""
_BREAKS: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a portfolio."""
    group = parser.add_argument_group("continuous screening")
    group.add_argument(
        "--portfolio", type=Path, metavar="FILE", help="register each line's case and follow what happens to its party"
    )
    group.add_argument(
        "--events", type=Path, metavar="FILE", help="append events there as JSON Lines, not to standard output"
    )
    group.add_argument("--once", action="store_true", help="end when no event is waiting")


def run(arguments: argparse.Namespace, configured: Settings) -> int:
    """Register and follow: 0 when it ended with ``--once``, 1 when a case could not be registered.

    Raises:
        StartError: The file cannot be used, or another process follows for this journal.
        GatewayError: The gateway refused.
        JournalUnavailableError: The journal cannot be used.
    """
    found = examined(arguments, arguments.portfolio, configured)
    if found is None:
        return NOT_ALL
    configured.journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rules = configured.rules()
    try:
        with (
            _alone(configured.journal),
            GatewayClient(configured.client) as client,
            Journal(configured.journal) as journal,
            _lines(arguments.events) as tell,
        ):
            engine = Enforcement(client, journal, rules, configured.mode)
            refused = _register(found, client, engine)
            _follow(Watcher(client, engine, configured.officer, tell), once=arguments.once)
    except FileFault as error:
        raise StartError(f"{arguments.portfolio}: {error.zh} {error.en}") from error
    except (EventGapError, AnotherEventError, OSError) as error:
        raise StartError(str(error)) from error
    return NOT_ALL if refused else OK


def _register(found: Examined, client: FollowsCases, engine: Enforcement) -> int:
    """Register the case of each line that is not registered yet; return how many the gateway would not register."""
    new = refused = 0
    for line in read_lines(found):
        if isinstance(line, Faulty):
            continue
        try:
            new += register(client, engine, Act(line.case, line.point, line.applicant))
        except (GatewayError, QuestionRefusedError) as error:
            if isinstance(error, GatewayError) and error.code in _BREAKS:
                raise
            refused += 1
            said = f"第{line.row.line}行未登记 line {line.row.line} is not registered: {error}"
            print(mask_resident_ids(said), file=sys.stderr)
    said = f"新登记 {new}，未登记 {refused} registered {new} new, {refused} not"
    print(said, file=sys.stderr, flush=True)
    return refused


def _follow(watcher: Watcher, *, once: bool) -> None:
    while True:
        try:
            watcher.follow(once=once)
        except GatewayError as error:
            if once or error.code not in _BREAKS:
                raise
        if once:
            return
        time.sleep(AGAIN_SECONDS)


def _lines(path: Path | None) -> AbstractContextManager[FileLines | StreamLines]:
    return nullcontext(StreamLines(sys.stdout)) if path is None else FileLines(path)


@contextmanager
def _alone(journal: Path) -> Iterator[None]:
    """Follow for this journal alone: two would tell every event twice."""
    with journal.with_name(f"{journal.name}.watch").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"{journal}: another process follows for this journal") from None
        yield
