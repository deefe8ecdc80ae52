"""``jsg adapter``: one area's HTTP/JSON side-car (``adapters.http``) and batch files (``adapters.files``)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.errors import JournalUnavailableError
from adapters.http import settings
from adapters.http.lookups import observed_on
from adapters.http.viewing import JournalView
from formats.civil import parse_date
from gateway.bootstrap.config import StartError
from gateway.cli import adapter_files, adapter_portfolio, logs
from gateway.cli.connection import command, day
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK: Final = 0


def register(subparsers: Subparsers) -> None:
    """Add ``adapter``."""
    adapter = command(
        subparsers, "adapter", "serve an area's HTTP/JSON side-car, or answer a batch file", "jsg adapter bidding", run
    )
    adapter.add_argument("name", metavar="NAME", help="the area, such as bidding; config/adapter-NAME.toml is read")
    adapter.add_argument("--file", type=Path, default=None, metavar="FILE", help="settings instead of the folder's")
    adapter.add_argument(
        "--report",
        type=day,
        default="",
        metavar="DATE",
        help="show what enforcing would have stopped on a day, and end",
    )
    adapter_files.add_options(adapter)
    adapter_portfolio.add_options(adapter)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted, or do what the options say."""
    state = load_gateway(arguments.config / "gateway.toml", arguments.state).state
    file = arguments.file or arguments.config / f"adapter-{arguments.name}.toml"
    configured = settings.load(file, arguments.name, state)
    try:
        if arguments.report:
            return _report(arguments, configured)
        if arguments.ask:
            return adapter_files.run(arguments, configured)
        if arguments.portfolio:
            return adapter_portfolio.run(arguments, configured)
        return _serve(configured)
    except JournalUnavailableError as error:
        raise StartError(str(error)) from error


def _serve(configured: settings.Settings) -> int:
    try:
        from adapters.http.serving import serve  # noqa: PLC0415 - the extra need not be installed
    except ImportError as error:
        raise StartError(f"the side-car needs the extra 'http': {error}") from error
    from adapters.http.sidecar import Sidecar  # noqa: PLC0415 - likewise

    logs.configure()
    configured.journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    listening = configured.listening
    scheme = "http" if listening.tls is None else "https"

    def ready(port: int) -> None:
        said = {"event": "serving", "port": port, "area": configured.area.name, "mode": configured.mode.value}
        print(json.dumps(said), file=sys.stderr, flush=True)
        print(f"边车 side-car  {scheme}://{listening.host}:{port}/v1 ({configured.mode.value})", flush=True)

    with Sidecar.of(configured) as sidecar:
        serve(sidecar, ready)
    return OK


def _report(arguments: argparse.Namespace, configured: settings.Settings) -> int:
    found = observed_on(JournalView(configured.journal), parse_date(arguments.report))
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return OK
    counts = f"{found['questions']} 次查询 questions, {found['wouldBeStopped']} 次本应拦下 would have been stopped"
    print(f"{found['date']}: {counts}")
    for each in found["stops"]:
        # Of a person the journal has the agency's own reference alone.
        who = each["enterprise"] or each["part"]
        print(f"  {each['caseRef']}  {who}  {each['decisionPoint']}  {each['reason']}  {each['officer']}")
    return OK
