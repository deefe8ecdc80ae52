"""``jsg referral key``, ``seal``, ``upload``, ``send``, ``supplement``, ``download`` and ``share``: the dossier."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.dossier.keys import KeyKind
from adapters.justice.case_data import case_data
from adapters.justice.fetching import fetch
from adapters.justice.folder import read_folder
from adapters.justice.keyring import publish
from adapters.justice.parts import case_of
from adapters.justice.sending import Addressees, send
from adapters.justice.sharing import share
from adapters.justice.spool import Spool
from adapters.justice.uploading import upload
from gateway.cli.connection import command
from gateway.cli.outcome_lists import print_json
from gateway.cli.referral_options import (
    HRSS,
    OK,
    POLICE,
    add_common,
    add_step,
    keyring_of,
    now,
    place_of,
    request_id,
    speaking,
    step_of,
    told,
)
from gateway.cli.referral_show import show_case, show_gaps
from gateway.domain.referral_words import ReferralActKind as Kind

if TYPE_CHECKING:
    import argparse

    from adapters.justice.party import Party
    from gateway.cli.connection import Subparsers

DAYS: Final = 365
_STEP: Final = "--document 示人社移〔2026〕7号 --document-file letter.pdf --by officer-1"
_TO: Final = "--police public-security --procuratorate procuratorate"


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``referral``."""
    key = command(commands, "key", "publish a key to seal to", "jsg referral key --party police", told(run_key))
    add_common(key, HRSS, case=False)
    key.add_argument("--new", action="store_true", help="make another key; the one before still opens what it did")
    key.add_argument(
        "--kind", choices=[kind.value for kind in KeyKind], default=KeyKind.MLKEM768_X25519.value, help="of a new key"
    )
    key.add_argument("--days", type=int, default=DAYS, help=f"for how long is sealed to it (default: {DAYS})")
    seal = command(commands, "seal", "seal a folder", "jsg referral seal YS-2026-7 evidence/", told(run_seal))
    add_common(seal, HRSS, writes=False)
    seal.add_argument("folder", type=Path, metavar="FOLDER", help="files, and dossier.toml that says what each is")
    brought = command(commands, "upload", "bring what is sealed", "jsg referral upload YS-2026-7", told(run_upload))
    add_common(brought, HRSS, writes=False)
    for name, say, kind in (
        ("send", "send an approved case", Kind.SENDING),
        ("supplement", "supply materials", Kind.SUPPLEMENT),
    ):
        sent = command(commands, name, say, f"jsg referral {name} YS-2026-7 {_TO} {_STEP}", told(run_send))
        add_common(sent, HRSS, writes=False)
        sent.add_argument("--police", required=True, metavar="AGENCY", help="id of the police that have the case")
        sent.add_argument("--procuratorate", required=True, metavar="AGENCY", help="id of who gets the copy")
        if kind is Kind.SENDING:
            sent.add_argument("--court", default="", metavar="AGENCY", help="id of who gets a notice without evidence")
        sent.set_defaults(kind=kind)
        add_step(sent)
    example = "jsg referral download YS-2026-7 received/ --party police"
    fetched = command(commands, "download", "fetch, verify and open a dossier", example, told(run_download))
    add_common(fetched, POLICE, writes=False)
    fetched.add_argument("folder", type=Path, metavar="FOLDER", help="where the opened files go")
    example = "jsg referral share YS-2026-7 --with intermediate-court"
    shared = command(commands, "share", "make a dossier readable for one more", example, told(run_share))
    add_common(shared, HRSS, writes=False)
    shared.add_argument("--with", dest="recipient", required=True, metavar="AGENCY", help="id of the recipient")
    shared.add_argument("--item", action="append", default=[], help="only this file; repeatable (default: all)")


def run_key(arguments: argparse.Namespace) -> int:
    """Publish the newest key, which is made where there is none."""
    keys = keyring_of(arguments)
    made = keys.is_empty or arguments.new
    key = keys.make(KeyKind(arguments.kind), now()) if made else keys.newest
    with speaking(arguments) as party:
        shown = publish(party, key, now(), timedelta(days=arguments.days), request_id(arguments))
    if arguments.json:
        print(json.dumps({"agency": shown.agency, "kid": shown.kid, "kind": key.public.kind.value}))
    else:
        print(f"{shown.agency}  {shown.kid}  {key.public.kind.value}  密钥已公布 published")
    return OK


def run_seal(arguments: argparse.Namespace) -> int:
    """Seal what the folder lists and the facts of the case; what is sealed stays as it is."""
    files, own = read_folder(arguments.folder), keyring_of(arguments).newest.public
    with speaking(arguments) as party:
        facts = case_of(party, arguments.referral).facts
        spool = _spool(arguments, party)
    listed, content = case_data(arguments.referral, facts, files)
    sealed = [spool.seal_stream(listed, io.BytesIO(content), own, now())]
    sealed += [spool.seal(file, own, now()) for file in files]
    for file in sealed:
        _print(arguments, file.item.item_id, file.item.sealed_bytes, "已密封 sealed")
    return OK


def run_upload(arguments: argparse.Namespace) -> int:
    """Bring every sealed file to the gateway, from where each broke off."""
    with speaking(arguments) as party:
        for file in _spool(arguments, party).files():
            upload(party, arguments.referral, file)
            _print(arguments, file.item.item_id, file.item.sealed_bytes, "已上传 uploaded")
    return OK


def run_send(arguments: argparse.Namespace) -> int:
    """Send what is sealed, uploaded and not sent yet."""
    to = Addressees(arguments.police, arguments.procuratorate, getattr(arguments, "court", ""))
    step = step_of(arguments, arguments.kind)
    with speaking(arguments) as party:
        response = send(party, keyring_of(arguments), _spool(arguments, party), step, to, now())
    if not print_json(arguments, response):
        show_case(response.referral)
        if response.court_agreement:
            print(f"  告知法院依据 notice to the court by  {response.court_agreement}")
        show_gaps(response.gaps)
    return OK


def run_download(arguments: argparse.Namespace) -> int:
    """Open every file that is for the party."""
    with speaking(arguments) as party:
        for file in fetch(party, keyring_of(arguments), arguments.referral, arguments.folder):
            _print(arguments, file.path.name, file.item.content_bytes, "已核验 verified")
    return OK


def run_share(arguments: argparse.Namespace) -> int:
    """Wrap the keys of a dossier for one more recipient."""
    kept = place_of(arguments) / "sharing" / f"{arguments.referral}-{arguments.recipient}.pending"
    with speaking(arguments) as party:
        case = (arguments.referral, arguments.item)
        response = share(party, keyring_of(arguments), case, arguments.recipient, (kept, now()))
    if not print_json(arguments, response):
        show_case(response.referral)
    return OK


def _spool(arguments: argparse.Namespace, party: Party) -> Spool:
    return Spool(place_of(arguments) / "spool" / f"case-{arguments.referral}", arguments.referral, party.agency)


def _print(arguments: argparse.Namespace, name: str, size: int, what: str) -> None:
    """Print one file at once: a line of JSON, or text."""
    print(json.dumps({"file": name, "bytes": size}) if arguments.json else f"{name}  {size} B  {what}")
    sys.stdout.flush()
