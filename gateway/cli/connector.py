"""``jsg connector``: the credit platform's connector (``adapters.platform``): report, reconcile, read what it has.

Exit codes of the commands that look: 0 all is well, 3 something is late, rejected or differs, 1 it could not be read.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grpc import StatusCode
from jointsanctions.v1 import changes_pb2, registry_pb2

from adapters.errors import GatewayError, JournalUnavailableError
from adapters.platform import elsewhere, handing, owed, reconciling, settings, shown
from adapters.platform.following import follow, utc_now
from adapters.platform.ledger import GapError, Ledger
from formats.civil import civil_date
from gateway.cli import connector_texts
from gateway.cli.connection import command, connect
from gateway.settings.calendar_files import load_calendar
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from gateway.cli.connection import Subparsers

OK, ERROR, ALARM = 0, 1, 3
AGAIN_SECONDS: Final = 5
"""How long to wait before the stream is opened again after nobody answered."""
CONNECTOR: Final = "credit-platform.connector"
PRODUCER: Final = "credit-platform.producer"


def register(subparsers: Subparsers) -> None:
    """Add ``connector`` with its commands."""
    root = subparsers.add_parser("connector", help="the credit platform's connector: report, reconcile, read")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    following = command(
        commands, "follow", "report every change in batches, until stopped", "jsg connector follow --once", run_follow
    )
    following.add_argument("--once", action="store_true", help="stop when everything that there is is reported")
    command(commands, "status", "show what is open, late or rejected", "jsg connector status --json", run_status)
    again = command(commands, "hand-over", "write a batch's files again", "jsg connector hand-over 17", run_hand_over)
    again.add_argument("number", type=int, metavar="BATCH", help="number of the batch")
    command(commands, "retry", "send rejected rows again as they are", "jsg connector retry", run_retry)
    reconcile = command(
        commands,
        "reconcile",
        "write count and hash of what the platform should hold, and compare with files of the platform",
        "jsg connector reconcile platform-2026-11-25.json listing-extract.csv",
        run_reconcile,
    )
    reconcile.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="its count and hash (.json), or all rows of a kind (.csv)"
    )
    lists = command(
        commands,
        "read-lists",
        "submit listings that other authorities decided",
        "jsg connector read-lists national-list.csv --complete",
        run_read_lists,
    )
    lists.add_argument("file", type=Path, metavar="FILE", help="file in the layout of the wage list")
    lists.add_argument("--complete", action="store_true", help="it is all up to now: confirm the feed")
    repairs = command(
        commands,
        "read-repairs",
        "report repairs that the platform shows",
        "jsg connector read-repairs repairs.csv",
        run_read_repairs,
    )
    repairs.add_argument("file", type=Path, metavar="FILE", help=f"columns {','.join(shown.COLUMNS)}")


def _settings(arguments: argparse.Namespace) -> settings.Settings:
    state = load_gateway(arguments.config / "gateway.toml", arguments.state).state
    return settings.load(arguments.config / "platform.toml", state)


def _ledger(arguments: argparse.Namespace) -> Ledger:
    configured = _settings(arguments)
    handing.prepare(configured.folder)
    return Ledger(configured.folder / "connector.sqlite", configured)


def _failing(run: Callable[[], int]) -> int:
    """Run, and turn what the connector may raise into words."""
    try:
        return run()
    except (JournalUnavailableError, GapError, LookupError, ValueError, OSError) as error:
        print(f"jsg connector: {error}", file=sys.stderr)
        return ERROR


def run_follow(arguments: argparse.Namespace) -> int:
    """Follow the stream until it ends, or with ``--once`` until everything is reported."""

    def run() -> int:
        with _ledger(arguments) as ledger, connect(arguments, CONNECTOR) as client:
            while True:
                request = changes_pb2.WatchChangesRequest(
                    after_revision=ledger.revision, officer=ledger.settings.officer
                )
                try:
                    follow(ledger, client.watch_changes(request), utc_now, once=arguments.once)
                except GatewayError as error:
                    if arguments.once or error.code is not StatusCode.UNAVAILABLE:
                        raise
                    time.sleep(AGAIN_SECONDS)
                print(f"数据版本 data revision {ledger.revision}", flush=True)
                if arguments.once:
                    return OK

    return _failing(run)


def run_status(arguments: argparse.Namespace) -> int:
    """Show what is open; 3 when anything is late, rejected or cannot be sent."""

    def run() -> int:
        with _ledger(arguments) as ledger:
            for bad in handing.read_receipts(ledger, utc_now()):
                print(f"{bad.file}: {bad.why}", file=sys.stderr)
            found = owed.status(ledger, load_calendar(arguments.config / "calendar"), utc_now())
        if arguments.json:
            _print_json({**asdict(found), "alarm": found.alarm})
        else:
            connector_texts.show_status(found)
        return ALARM if found.alarm else OK

    return _failing(run)


def run_hand_over(arguments: argparse.Namespace) -> int:
    """Write the files of one batch again, unchanged."""

    def run() -> int:
        with _ledger(arguments) as ledger:
            numbers = handing.hand_over(ledger, utc_now(), arguments.number)
        _print(arguments, {"batches": numbers}, f"批次 batch {arguments.number}: 已重新交付 handed over again")
        return OK

    return _failing(run)


def run_retry(arguments: argparse.Namespace) -> int:
    """Let rejected rows go into the next batch as they are."""

    def run() -> int:
        with _ledger(arguments) as ledger:
            rows = handing.retry(ledger, utc_now())
        _print(arguments, {"rows": rows}, f"{rows} 行将重新报送 rows will be sent again")
        return OK

    return _failing(run)


def run_reconcile(arguments: argparse.Namespace) -> int:
    """Write our own count and hash beside the batches, and compare with what the platform says; 3 when they differ."""

    def run() -> int:
        found: list[reconciling.Difference] = []
        day = civil_date(utc_now())
        with _ledger(arguments) as ledger:
            own = reconciling.summary(ledger, day)
            target = ledger.settings.folder / "reconciliation" / f"{day.isoformat()}.json"
            handing.put(target, (json.dumps(own, ensure_ascii=False, indent=2) + "\n").encode())
            for file in arguments.files:
                content = file.read_bytes()
                if file.suffix == ".json":
                    found += reconciling.compare_summary(ledger, _foreign_json(content), day)
                else:
                    found += reconciling.compare_extract(ledger, content)
        if arguments.json:
            _print_json({"own": own, "differences": [asdict(each) for each in found]})
        else:
            connector_texts.show_differences(own, found)
        return ALARM if found else OK

    return _failing(run)


def run_read_lists(arguments: argparse.Namespace) -> int:
    """Submit a file of listings decided elsewhere; 1 when a row was refused."""

    def run() -> int:
        configured = _settings(arguments)
        with connect(arguments, PRODUCER) as client:
            outcome = elsewhere.submit(client, configured, arguments.file.read_bytes())
            if arguments.complete and not outcome.refused:
                request = registry_pb2.ConfirmCurrentRequest(
                    request_id=f"lists-{datetime.now(UTC).isoformat()}",
                    feed=configured.lists_feed,
                    officer=configured.officer,
                )
                request.current_until.FromDatetime(datetime.now(UTC))
                client.confirm_current(request)
        if arguments.json:
            _print_json(asdict(outcome))
        else:
            connector_texts.show_outcome(outcome)
        return ERROR if outcome.refused else OK

    return _failing(run)


def run_read_repairs(arguments: argparse.Namespace) -> int:
    """Report the repairs of a file; 3 when something restricts no more that did, 1 when a row was refused."""

    def run() -> int:
        configured = _settings(arguments)
        with connect(arguments, CONNECTOR) as client:
            found = shown.report(client, configured, arguments.file.read_bytes())
        if arguments.json:
            _print_json([asdict(each) for each in found])
        else:
            connector_texts.show_repairs(found)
        whats = {each.what for each in found}
        return ERROR if shown.REFUSED in whats else ALARM if shown.SUSPENDED in whats else OK

    return _failing(run)


def _foreign_json(content: bytes) -> object:
    """Return what the platform's JSON says; ``ValueError`` for whatever is none, however deep it is nested."""
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _print(arguments: argparse.Namespace, value: object, text: str) -> None:
    if arguments.json:
        _print_json(value)
    else:
        print(text)


def _print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    print(json.dumps(value, ensure_ascii=False, indent=2))
