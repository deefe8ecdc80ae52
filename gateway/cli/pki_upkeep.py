"""``jsg pki renew``, ``revoke``, ``crl`` and ``list``: what becomes of certificates once they are issued.

The work is in ``gateway.security.renewal``, ``revoking``, ``crl`` and ``issued``; this only reads arguments and prints.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.cli import pki_at_gateway
from gateway.security.authority import ISSUING_LIFE
from gateway.security.crl import issue_crl
from gateway.security.issued import issuing_of, known_certificates, read_revocations, why_revoked
from gateway.security.pki import PkiError
from gateway.security.renewal import renew
from gateway.security.revoking import revoke

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.security.issued import Known

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no public name

OK, ERROR = 0, 1
WITHIN: Final = 30
LIFE: Final = 90
CRL_LIFE: Final = 7
EXAMPLES: Final = {
    "renew": """example:
  jsg pki renew --folder var/pki --within 30
  issues anew what ends within 30 days: same names, new keys. A serving gateway takes its own within a second.
""",
    "revoke": """examples:
  jsg pki revoke --folder var/pki hrss/producer/officer-7 --reason "has left the office"
  jsg pki revoke --folder var/pki 1f:3a:77 clients/housing.asking-system.pem --reason "key lost"
  jsg pki revoke --at-gateway award-office/asking-system --reason key-compromise --document 府办〔2026〕11号
  With --at-gateway every node refuses it within a second, and nothing takes it back; the folder need not be there.
""",
    "crl": """example:
  jsg pki crl --folder var/pki --days 7
  writes revoked.crl.pem, in which others read what is revoked; within 7 days the next has to be written.
""",
    "list": """example:
  jsg pki list --folder var/pki
""",
}


def register(commands: Subparsers) -> None:
    """Add the four commands to ``pki``."""
    renewing = _command(commands, "renew", "issue anew what is near its end", run_renew)
    _add_within(renewing, "renew what ends within so many days, or has ended (%(default)s)")
    renewing.add_argument("--days", type=_days, default=LIFE, help="lifetime of the new ones (%(default)s)")
    renewing.set_defaults(usage=renewing.error)
    revoking = _command(commands, "revoke", "put certificates on the list of what is revoked", run_revoke)
    revoking.add_argument(
        "what",
        nargs="+",
        metavar="CALLER|FILE|SERIAL",
        help="agency/role[/holder]: all that it ever got; a .pem file; a serial number or, at the gateway, a SHA-256",
    )
    words = ", ".join(pki_at_gateway.REASONS)
    say = f"one line that stands beside it, name no person; at the gateway one of {words}"
    revoking.add_argument("--reason", required=True, help=say)
    pki_at_gateway.add_revoke(revoking)
    revoking.set_defaults(usage=revoking.error)
    signing = _command(commands, "crl", "sign the list of what is revoked, for a side-car", run_crl)
    signing.add_argument("--days", type=_days, default=CRL_LIFE, help="by when the next has to have come (%(default)s)")
    listing = _command(commands, "list", "show every certificate that the folder knows, and its state", run_list)
    _add_within(listing, "say in how many days it ends where these are so many or fewer (%(default)s)")
    pki_at_gateway.add_list(listing)


def run_renew(arguments: argparse.Namespace) -> int:
    """Renew what is due; print what was and what was not. 1 when something that is due was left."""
    if arguments.days <= arguments.within:
        arguments.usage("--days must be more than --within: the new ones would be due at once")

    def work() -> int:
        span = timedelta(days=arguments.within)
        done = renew(arguments.folder, span, arguments.days, datetime.now(UTC))
        renewed = {
            name: {"certificate": str(files.certificate), "key": str(files.key)} for name, files in done.renewed.items()
        }
        if arguments.json:
            print(json.dumps({"renewed": renewed, "left": dict(done.left)}, indent=2))
        else:
            for name, files in renewed.items():
                print(f"{name:<44} {files['certificate']} {files['key']}")
            for name, why in done.left.items():
                print(f"{name:<44} NOT renewed: {why}")
            if not renewed and not done.left:
                print(f"nothing ends within {arguments.within} days")
        return ERROR if done.left else OK

    return _told(work)


def run_revoke(arguments: argparse.Namespace) -> int:
    """Revoke what was named; print each serial number and whose it is."""
    if arguments.at_gateway:
        return pki_at_gateway.run_revoke(arguments)
    if arguments.document or arguments.issuer or arguments.own:
        arguments.usage("--document, --issuer and --own go with --at-gateway")

    def work() -> int:
        revoked = revoke(arguments.folder, arguments.what, arguments.reason, datetime.now(UTC))
        if arguments.json:
            rows = [{"serial": each.serial, "name": each.name, "already": each.already} for each in revoked]
            print(json.dumps({"list": str(arguments.folder / "revoked.txt"), "revoked": rows}, indent=2))
        else:
            for each in revoked:
                already = "  stood there already" if each.already else ""
                print(f"{each.serial:<40} {each.name or 'unknown here'}{already}")
        return OK

    return _told(work)


def run_crl(arguments: argparse.Namespace) -> int:
    """Sign the list; print the file."""

    def work() -> int:
        file = issue_crl(arguments.folder, arguments.days, datetime.now(UTC))
        print(json.dumps({"crl": str(file)}) if arguments.json else file)
        return OK

    return _told(work)


def run_list(arguments: argparse.Namespace) -> int:
    """Print every certificate with its state."""
    if arguments.at_gateway:
        return pki_at_gateway.run_list(arguments)

    def work() -> int:
        now = datetime.now(UTC)
        known = known_certificates(arguments.folder)
        revocations, issuing = read_revocations(arguments.folder), issuing_of(known)
        span = timedelta(days=arguments.within)
        rows = [(each, _state(each, why_revoked(each, issuing, revocations), span=span, now=now)) for each in known]
        if arguments.json:
            print(json.dumps([_row(each, state, now) for each, state in rows], indent=2))
        else:
            for each, state in rows:
                use = str(each.file) if each.file else "replaced"
                print(f"{each.name:<44} {state:<18} {each.serial:<40} {use}")
        return OK

    return _told(work)


def _state(known: Known, revoked: str, *, span: timedelta, now: datetime) -> str:
    """Return valid, expires in n days, not yet valid, expired, or what the list of revocations says."""
    if known.certificate.not_valid_after_utc < now:
        return "expired"
    if revoked:
        return revoked
    if known.certificate.not_valid_before_utc > now:
        return "not yet valid"
    return f"expires in {known.days_left(now)} days" if known.ends_within(span, now) else "valid"


def _row(known: Known, state: str, now: datetime) -> dict[str, Any]:
    return {
        "name": known.name,
        "kind": known.kind.value,
        "state": state,
        "days_left": known.days_left(now),
        "not_after": known.certificate.not_valid_after_utc.isoformat(),
        "serial": known.serial,
        "file": str(known.file) if known.file else None,
    }


def _command(
    commands: Subparsers, name: str, purpose: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=purpose,
        description=purpose,
        epilog=EXAMPLES[name],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--folder", type=Path, default=Path("var/pki"), help="where everything lies (%(default)s)")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=run)
    return command


def _add_within(command: argparse.ArgumentParser, say: str) -> None:
    command.add_argument("--within", type=_days, default=WITHIN, metavar="DAYS", help=say)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= ISSUING_LIFE.days:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {ISSUING_LIFE.days}")
    return int(text)


def _told(work: Callable[[], int]) -> int:
    try:
        return work()
    except PkiError as error:
        print(f"error: {error}", file=sys.stderr)
        return ERROR
