"""``jsg up``: the sample city, served on this machine until interrupted."""

from __future__ import annotations

import json
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

from gateway.cli.connection import command
from gateway.cli.local_city import Callers, Place, fill, prepare, renew_certificates, sample_city, serving

if TYPE_CHECKING:
    import argparse
    import subprocess

    from gateway.cli.connection import Subparsers
    from gateway.sample.city import City

OK, ERROR = 0, 1
CONFIRM_SECONDS: Final = 3600.0
"""How often the sample's producers say that their feeds are complete; in a real city the producers do it themselves."""


def register(subparsers: Subparsers) -> None:
    """Add ``up``."""
    up = command(subparsers, "up", "serve an invented sample city until interrupted", "jsg up", run)
    up.add_argument("--workers", type=int, default=1, metavar="N", help="serving processes (default 1)")


def run(arguments: argparse.Namespace) -> int:
    """Make certificates, store and city where they are missing, serve, and print what is where."""
    config = prepare(arguments.config, arguments.state)
    place = Place(arguments.config, config.settings.state)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(place, arguments.address or config.settings.listen, arguments.workers) as (port, process):
        callers = Callers(place, port)
        city, made_on = sample_city(place)
        fill(callers, city, made_on)
        _show(arguments, place, port, city)
        ended = _keep(stop, process, callers, place)
        callers.close()
    return ended


def _keep(stop: threading.Event, process: subprocess.Popen[bytes], callers: Callers, place: Place) -> int:
    """Wait until interrupted or the server ends, renewing certificates and confirming feeds from time to time."""
    waited = 0.0
    while process.poll() is None:
        if stop.wait(1.0):
            return OK
        waited += 1.0
        if waited >= CONFIRM_SECONDS:
            if renew_certificates(place.state):
                callers.close()
            callers.confirm_feeds()
            waited = 0.0
    print(f"jsg: the gateway ended by itself ({_why(process.returncode)}); its log says more", file=sys.stderr)
    return ERROR


def _why(code: int) -> str:
    """Return how a process ended, for people: the signal that ended it, or its exit code."""
    return f"signal {-code}, {signal.strsignal(-code)}" if code < 0 else f"exit code {code}"


def _show(arguments: argparse.Namespace, place: Place, port: int, city: City) -> None:
    records = sum(len(submitted) for submitted in city.records.values())
    if arguments.json:
        examples = [{"key": e.key, "uscc": e.uscc, "what": e.what_en, "award": e.expected.name} for e in city.examples]
        print(
            json.dumps({"port": port, "state": str(place.state), "records": records, "examples": examples}), flush=True
        )
        return
    print(f"网关 gateway       127.0.0.1:{port} (mutual TLS 1.3)")
    print(f"状态 state         {place.state}")
    print(f"证书 certificates  {place.state / 'pki' / 'clients'}")
    print(f"日志 log           {place.state / 'gateway.log'}")
    print(f"记录 records       {records} on record\n")
    print("样例企业 sample enterprises (invented), and the answer at the award of a local tender:\n")
    for example in city.examples:
        print(f"  {example.uscc}  {example.expected.name:12}  {example.what_zh} {example.what_en}")
    first = next(e for e in city.examples if e.key == "listed")
    jsg = ".venv/bin/jsg"
    jsg += f" --state {place.state}" if arguments.state else ""
    jsg += f" --address 127.0.0.1:{port}" if arguments.address else ""
    print(
        "\n试一试 try, in another terminal:\n"
        f"  {jsg} check {first.uscc} --area bidding --point award --case JSGC-2026-17 \\\n"
        "    --fact project_region=420302 --fact must_be_tendered=true --fact state_funds=true --fact form=SINGLE \\\n"
        "    --fact cutoff_rule=NOT_FIXED\n"
        f"  {jsg} grade {first.uscc} --explain\n"
        f"  {jsg} audit search --uscc {first.uscc}\n\n"
        "停止 stop with Ctrl-C",
        flush=True,
    )
