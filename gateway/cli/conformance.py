"""``jsg conformance``: tests an adapter, ours or anybody's, from both sides (``gateway.conformance``)."""

from __future__ import annotations

import json
import re
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.bootstrap.config import StartError
from gateway.cli.conformance_show import report, show_progress, show_run
from gateway.cli.connection import command
from gateway.conformance.areas import AREAS
from gateway.conformance.catalogue import promises_of
from gateway.conformance.errors import ConformanceError
from gateway.conformance.folder import Prepared, load, prepare
from gateway.conformance.playing import Playing, play
from gateway.conformance.promises import Result

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from gateway.cli.connection import Subparsers

OK, FAILED = 0, 1
PREPARE: Final = "prepare"
_ADDRESS: Final = re.compile(r"(?:(https?)://)?((?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5})/?")
EXAMPLE: Final = """jsg conformance prepare var/conformance
  (configure and start the adapter as var/conformance/conformance.json says)
  jsg conformance 127.0.0.1:50491 --folder var/conformance"""


def register(subparsers: Subparsers) -> None:
    """Add ``conformance``."""
    parser = command(subparsers, "conformance", "test an adapter against the promises of an adapter", EXAMPLE, run)
    parser.add_argument(
        "adapter", metavar="HOST:PORT", help="the adapter, over TLS unless http:// says otherwise; or prepare"
    )
    parser.add_argument("place", nargs="?", type=Path, default=None, metavar="FOLDER", help="what prepare is to write")
    parser.add_argument("--folder", type=Path, default=None, metavar="FOLDER", help="what was prepared")
    parser.add_argument("--restart", default="", metavar="COMMAND", help="restarts the adapter and returns")
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="play this promise alone; repeatable")
    preparing = parser.add_argument_group("prepare")
    preparing.add_argument("--area", choices=sorted(AREAS), default=None, help="the adapter's area (bidding)")
    preparing.add_argument(
        "--gateway-listen", default=None, metavar="HOST:PORT", help="where the kit plays the gateway"
    )
    preparing.add_argument("--gateway-target", default=None, metavar="HOST:PORT", help="where the adapter reaches it")
    preparing.add_argument(
        "--adapter-listen", default=None, metavar="HOST:PORT", help="where our own side-car would be"
    )
    preparing.add_argument(
        "--deadline", type=_seconds, default=None, metavar="SECONDS", help="the adapter's deadline (2)"
    )
    preparing.add_argument(
        "--name", action="append", default=[], dest="names", metavar="HOST", help="further host names"
    )
    preparing.add_argument("--force", action="store_true", help="replace what is there")
    parser.set_defaults(usage=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Prepare a folder, or play; 1 when a promise was broken."""
    try:
        return _prepare(arguments) if arguments.adapter == PREPARE else _play(arguments)
    except ConformanceError as error:
        raise StartError(str(error)) from error


def _prepare(arguments: argparse.Namespace) -> int:
    if arguments.place is None or arguments.folder or arguments.restart or arguments.only:
        arguments.usage("prepare takes the FOLDER to write, and neither --folder nor --restart nor --only")
    gateway = _host_port(arguments, arguments.gateway_listen or "127.0.0.1:50490")
    adapter = _host_port(arguments, arguments.adapter_listen or "127.0.0.1:50491")
    target = _host_port(arguments, arguments.gateway_target or gateway)
    if target.startswith(("0.0.0.0:", "[::]:")):
        arguments.usage("--gateway-target: nobody can be reached at every address; name one")
    said = Prepared(arguments.place, AREAS[arguments.area or "bidding"], gateway, target, arguments.deadline or 2)
    files = prepare(said, adapter, arguments.names, datetime.now(UTC), force=arguments.force)
    if arguments.json:
        print(json.dumps({"area": said.area.name, "gateway": target, "files": [str(each) for each in files]}))
        return OK
    print(f"已写好 prepared: {arguments.place} ({said.area.name})")
    for each in files:
        print(f"  {each}")
    print(
        f"把适配器指向 point the adapter at {target}; 然后 then: jsg conformance HOST:PORT --folder {arguments.place}"
    )
    return OK


def _play(arguments: argparse.Namespace) -> int:
    folder, words = arguments.folder, _words(arguments)
    named = (arguments.gateway_listen, arguments.gateway_target, arguments.adapter_listen, arguments.deadline)
    if folder is None or arguments.place or arguments.force or arguments.names or any(named):
        arguments.usage("a test takes HOST:PORT and the --folder of prepare; what prepare takes was said there")
    address = _address(arguments)
    prepared = load(folder)
    if arguments.area not in {None, prepared.area.name}:
        arguments.usage(f"--area: the folder was prepared for {prepared.area.name}")
    for each in arguments.only:
        if each not in {promise.id for promise in promises_of(prepared.area)}:
            arguments.usage(f"--only {each}: {prepared.area.name} has no such promise")
    told: Callable[..., None] = show_progress if sys.stderr.isatty() else lambda _played: None
    found = play(prepared, address, Playing(words, frozenset(arguments.only), told))
    if arguments.json:
        print(json.dumps(report(found), ensure_ascii=False, indent=2))
    else:
        show_run(found)
    return FAILED if found.count(Result.FAIL) else OK


def _words(arguments: argparse.Namespace) -> list[str]:
    try:
        return shlex.split(arguments.restart)
    except ValueError as error:
        arguments.usage(f"--restart: {error}")
        raise


def _address(arguments: argparse.Namespace) -> str:
    found = _ADDRESS.fullmatch(arguments.adapter)
    if found is None:
        arguments.usage("HOST:PORT, https://HOST:PORT or http://HOST:PORT is expected, or prepare")
        raise AssertionError("a usage error ends the process")
    return f"{found[1] or 'https'}://{found[2]}"


def _host_port(arguments: argparse.Namespace, said: str) -> str:
    found = _ADDRESS.fullmatch(said)
    if found is None or found[1] or said.endswith(("/", ":0")):
        arguments.usage(f"{said}: HOST:PORT is expected, and the port is one that can be written down")
    return said


def _seconds(said: str) -> int:
    seconds = int(said)
    if not 1 <= seconds <= 60:
        raise ValueError("1 to 60")
    return seconds
