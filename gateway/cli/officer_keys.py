"""``jsg keys officer-new``: a key pair by which an agency speaks for its officers.

For a development machine, and for an agency without a key store of its own: the private key belongs to the agency's
sign-on, and only the public one to the gateway.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.bootstrap.config import StartError
from gateway.cli.connection import command
from gateway.domain.officers import KEY_ID
from gateway.security.key_files import create_file, make_private_folder
from gateway.security.officer_keys import make_officer_key
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    from gateway.cli.connection import Subparsers

OK = 0


def register(subparsers: Subparsers) -> None:
    """Add ``officer-new`` to the commands of ``keys``."""
    say = "make a key pair by which an agency speaks for its officers"
    new = command(subparsers, "officer-new", say, "jsg keys officer-new trading-1", run)
    new.add_argument("kid", type=_name, metavar="NAME", help="name of the key in assertions, such as trading-1")
    new.add_argument(
        "--folder", type=Path, default=None, help="where to put it (default: officers in the state folder)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write ``NAME.key``, private, and ``NAME.pem``, public; nothing is overwritten.

    Raises:
        StartError: One of the files is there already, or cannot be written.
    """
    folder = arguments.folder
    if folder is None:
        folder = load_gateway(arguments.config / "gateway.toml", arguments.state).state / "officers"
    private, public = folder / f"{arguments.kid}.key", folder / f"{arguments.kid}.pem"
    key, shown = make_officer_key()
    try:
        make_private_folder(folder)
        create_file(private, key)
        create_file(public, shown)
    except OSError as error:
        raise StartError(f"{error.filename or folder}: {error.strerror}") from error
    if arguments.json:
        print(json.dumps({"kid": arguments.kid, "key": str(private), "public": str(public)}))
    else:
        print(f"私钥 private {private}\n公钥 public  {public}")
    return OK


def _name(text: str) -> str:
    if not KEY_ID.fullmatch(text):
        raise argparse.ArgumentTypeError("must be 1 to 32 letters, digits, '.', '_' and '-'")
    return text
