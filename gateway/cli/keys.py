"""``jsg keys``: the keys that seal persons' numbers: shown, made, made active, and what they sealed sealed again.

Beside them those of officers (``officer_keys``).

For whoever runs the gateway, on its machine, like ``jsg db``: no fact changes, and no number is shown.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from gateway.bootstrap.config import StartError, load_config, person_algorithms
from gateway.bootstrap.stores import open_vault, store_engine
from gateway.cli import officer_keys
from gateway.cli.connection import command
from gateway.domain.errors import StoreUnavailableError
from gateway.security.key_ring import PersonKeyError, activate, add_key
from gateway.security.persons import SealError, header_of
from gateway.storage.sealed import count_sealed, seal_again

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from sqlalchemy import Engine

    from gateway.bootstrap.config import Config
    from gateway.cli.connection import Subparsers
    from gateway.security.persons import KeyedPersonVault

    Words = tuple[dict[str, object], Iterable[str]]
    """What is printed with ``--json``, and what without."""
    Do = Callable[[argparse.Namespace, Config, Engine, KeyedPersonVault], Words]

OK = 0


def register(subparsers: Subparsers) -> None:
    """Add ``keys`` with its commands."""
    commands = subparsers.add_parser("keys", help="the keys of persons' numbers, and of officers").add_subparsers(
        required=True, metavar="COMMAND"
    )
    say = "show each key and how many texts it sealed"
    command(commands, "list", say, "jsg keys list", _run(_list))
    rotate = command(commands, "rotate", "make a new key and make it active", "jsg keys rotate", _run(_rotate))
    rotate.add_argument("--prepare", action="store_true", help="make it only: first copy it to every machine")
    chosen = command(commands, "activate", "seal with this key from now on", "jsg keys activate 2", _run(_activate))
    chosen.add_argument("number", type=int, metavar="NUMBER")
    say = "seal again what other keys sealed; run it again after a stop"
    command(commands, "reseal", say, "jsg keys reseal", _run(_reseal))
    officer_keys.register(commands)


def _run(do: Do) -> Callable[[argparse.Namespace], int]:
    """Return the command that does *do* with the keys and the store open."""

    def run(arguments: argparse.Namespace) -> int:
        config = load_config(arguments.config, arguments.state)
        engine = store_engine(config.settings)
        try:
            said, lines = do(arguments, config, engine, open_vault(config.settings, engine))
        except (PersonKeyError, SealError, StoreUnavailableError) as error:
            raise StartError(str(error)) from error
        finally:
            engine.dispose()
        for line in [json.dumps(said)] if arguments.json else lines:
            print(line)
        return OK

    return run


def _list(_arguments: argparse.Namespace, _config: Config, engine: Engine, vault: KeyedPersonVault) -> Words:
    numbers, active = vault.numbers(), vault.active()
    counted, total = count_sealed(engine, {number: header_of(number) for number in numbers})
    keys = [
        {"number": number, "sealing": sealing.value, "active": number == active, "texts": counted[number]}
        for number, sealing in numbers.items()
    ]
    unknown = total - sum(counted.values())
    lines = [
        f"{number:>4}  {sealing:12}  {counted[number]:>9}  {'启用 active' if number == active else ''}".rstrip()
        for number, sealing in numbers.items()
    ]
    lines += [f"   ?  密钥缺失 of a key that is not there  {unknown}"] if unknown else []
    return {"hash": vault.hash.value, "keys": keys, "unknown": unknown}, [f"查找 found by {vault.hash}", *lines]


def _rotate(arguments: argparse.Namespace, config: Config, _engine: Engine, _vault: KeyedPersonVault) -> Words:
    root = config.settings.person_key
    _, sealing = person_algorithms(config.settings)
    number = add_key(root, sealing)
    if not arguments.prepare:
        activate(root, number)
    done = "已生成 made" if arguments.prepare else "已启用 active"
    said: dict[str, object] = {"number": number, "sealing": sealing.value, "active": not arguments.prepare}
    return said, [f"密钥 key {number} ({sealing}): {done}"]


def _activate(arguments: argparse.Namespace, config: Config, _engine: Engine, _vault: KeyedPersonVault) -> Words:
    activate(config.settings.person_key, arguments.number)
    return {"number": arguments.number, "active": True}, [f"密钥 key {arguments.number}: 已启用 active"]


def _reseal(_arguments: argparse.Namespace, _config: Config, engine: Engine, vault: KeyedPersonVault) -> Words:
    active = vault.active()
    done = 0
    for count in seal_again(engine, header_of(active), lambda sealed: vault.seal_bytes(vault.unseal_bytes(sealed))):
        done += count
        if sys.stderr.isatty():
            print(f"\r{done}", end="", file=sys.stderr)
    return {"active": active, "resealed": done}, [f"密钥 key {active}: 已重新加密 sealed again {done}"]
