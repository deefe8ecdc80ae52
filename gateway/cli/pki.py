"""``jsg pki``: certificates for development or a small city; here ``init`` and ``issue``.

What they must look like and where they lie is in ``gateway.security.pki``; this only reads arguments and prints. What
becomes of certificates later is in ``pki_upkeep``.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli import pki_upkeep
from gateway.domain.agencies import Role
from gateway.security.authority import ISSUING_LIFE, host_name
from gateway.security.pki import PkiError, init_authority, issue_client, issue_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.security.key_pairs import PairFiles

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no public name

OK, ERROR = 0, 1
DAYS = 90
INIT_EXAMPLE = """example:
  jsg pki init --folder var/pki --name gateway.example.gov
  makes an authority and the gateway's certificate. Then move root.key to a place that is off line.
"""
ISSUE_EXAMPLE = f"""examples:
  jsg pki issue --folder var/pki public-resources-trading/asking-system hrss/producer/officer-7
  jsg pki issue --folder var/pki --server --name gateway.example.gov --force

roles: {", ".join(Role)}
"""


def register(subparsers: Subparsers) -> None:
    """Add ``pki`` with its commands; each sets ``run``, which takes the parsed arguments and returns the exit code."""
    pki = subparsers.add_parser("pki", help="certificates for development or a small city")
    commands = pki.add_subparsers(required=True, metavar="COMMAND")
    init = _command(commands, "init", "make an authority and the gateway's certificate", INIT_EXAMPLE, run_init)
    init.add_argument("--trust-domain", default="shiyan.example", help="trust domain of all names (%(default)s)")
    issue = _command(commands, "issue", "issue certificates to callers or to the gateway", ISSUE_EXAMPLE, run_issue)
    issue.add_argument("callers", nargs="*", type=_caller, metavar="AGENCY/ROLE[/HOLDER]", help="who gets one")
    issue.add_argument("--server", action="store_true", help="issue the gateway's certificate")
    issue.set_defaults(usage=issue.error)
    pki_upkeep.register(commands)


def run_init(arguments: argparse.Namespace) -> int:
    """Make the authority and the gateway's certificate; print where they lie."""

    def work() -> dict[str, object]:
        now = datetime.now(UTC)
        init_authority(arguments.folder, arguments.trust_domain, now, force=arguments.force)
        server = issue_server(arguments.folder, arguments.names, arguments.days, now, force=arguments.force)
        return {
            "trust_domain": arguments.trust_domain,
            "ca_bundle": str(arguments.folder / "ca-bundle.pem"),
            "revoked": str(arguments.folder / "revoked.txt"),
            "keep_off_line": str(arguments.folder / "root.key"),
            "server": _paths(server),
        }

    return _report(work, as_json=arguments.json)


def run_issue(arguments: argparse.Namespace) -> int:
    """Issue what was asked for; print where it lies. A usage error ends the process with 2."""
    if not arguments.callers and not arguments.server:
        arguments.usage("name a caller, or --server")
    if arguments.names and not arguments.server:
        arguments.usage("--name is for --server")

    def work() -> dict[str, object]:
        now = datetime.now(UTC)
        made: dict[str, object] = {}
        if arguments.server:
            files = issue_server(arguments.folder, arguments.names, arguments.days, now, force=arguments.force)
            made["server"] = _paths(files)
        for agency, role, holder in arguments.callers:
            files = issue_client(
                arguments.folder, agency, role, holder or None, arguments.days, now, force=arguments.force
            )
            made["/".join(part for part in (agency, role, holder) if part)] = _paths(files)
        return made

    return _report(work, as_json=arguments.json)


def _command(
    commands: Subparsers, name: str, purpose: str, example: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=purpose,
        description=purpose,
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--folder", type=Path, default=Path("var/pki"), help="where everything lies (%(default)s)")
    command.add_argument(
        "--name",
        action="append",
        default=[],
        dest="names",
        type=_host,
        metavar="HOST",
        help="host name or IP address of the gateway besides this machine's own; repeatable",
    )
    command.add_argument("--days", type=_days, default=DAYS, help="lifetime of leaves (%(default)s)")
    command.add_argument("--force", action="store_true", help="replace what is there")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=run)
    return command


def _caller(text: str) -> tuple[str, str, str]:
    parts = text.split("/")
    if len(parts) not in {2, 3} or not all(parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form agency/role[/holder]")
    if parts[1] not in set(Role):
        raise argparse.ArgumentTypeError(f"{parts[1]!r} is no role; roles are {', '.join(Role)}")
    return parts[0], parts[1], parts[2] if len(parts) == 3 else ""


def _host(text: str) -> str:
    try:
        host_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= ISSUING_LIFE.days:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {ISSUING_LIFE.days}")
    return int(text)


def _report(work: Callable[[], dict[str, object]], *, as_json: bool) -> int:
    try:
        made = work()
    except PkiError as error:
        print(f"error: {error}", file=sys.stderr)
        return ERROR
    if as_json:
        print(json.dumps(made, indent=2))
        return OK
    for name, value in made.items():
        print(f"{name:<20} {' '.join(value.values()) if isinstance(value, dict) else value}")
    return OK


def _paths(files: PairFiles) -> dict[str, str]:
    return {"certificate": str(files.certificate), "key": str(files.key)}
