"""``jsg db go-on``: the log ends, and the next of the year is opened: after a loss, or because it needs another key."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from gateway.bootstrap.config import StartError, load_config
from gateway.bootstrap.stores import store_url
from gateway.cli.connection import command
from gateway.cli.verify import add_keys, trusted_keys
from gateway.cli.verify_folder import kept_checkpoints
from gateway.clock import SystemClock
from gateway.domain.errors import StateError, StoreUnavailableError
from gateway.security.log_keys import LogKeys
from gateway.services.go_on import GoOn
from gateway.services.ports.log import LogDamagedError, LogDeposedError
from gateway.storage.leases import LEASE_SECONDS
from gateway.storage.log_files import KEY_FILE, LogFolder
from gateway.storage.log_place import LOST_FILE, LogPlace
from gateway.storage.log_queues import PlaceQueues

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from gateway.cli.connection import Subparsers
    from gateway.domain.log import LogState
    from gateway.services.go_on import Loss
    from gateway.settings.gateway_file import GatewaySettings

T = TypeVar("T")
OK, ERROR = 0, 1
LOOK_SECONDS: Final = 0.2


def register(commands: Subparsers) -> None:
    """Add the command to those of ``db``."""
    say = "open the log that goes on, with the gateway stopped: after a restore that lost entries, or with a new key"
    parser = command(commands, "go-on", say, "jsg db go-on --checkpoint kept", run)
    say_kept = "the newest checkpoint that there is of the log (default: the one that the restore was given)"
    parser.add_argument("--checkpoint", type=Path, default=None, metavar="FILE", help=say_kept)
    say_key = "nothing is lost: end the log because its key must not sign any more"
    parser.add_argument("--new-key", action="store_true", help=say_key)
    add_keys(parser)


def run(arguments: argparse.Namespace) -> int:
    """Open the next log and say what is lost; 1 when it cannot be, and nothing was opened then."""
    settings = load_config(arguments.config, arguments.state).settings
    note = settings.state / LOST_FILE
    try:
        if arguments.new_key:
            if arguments.checkpoint is not None or note.exists():
                raise StartError("--new-key is for a log of which nothing is lost")
            _show(settings, None, _going(settings, GoOn.with_new_key), as_json=arguments.json)
            return OK
        file = arguments.checkpoint or note
        if not file.exists():
            raise StartError(f"there is no {file}: name the newest checkpoint that there is with --checkpoint")
        kept_checkpoints([file], trusted_keys(arguments))
        loss = _going(settings, lambda going: going.after_loss(file.read_bytes()))
    except (StateError, LogDamagedError, LogDeposedError, StoreUnavailableError, OSError) as error:
        print(f"jsg db go-on: {error}", file=sys.stderr)
        return ERROR
    note.unlink(missing_ok=True)
    _show(settings, loss, loss.successor, as_json=arguments.json)
    return OK


def _going(settings: GatewaySettings, do: Callable[[GoOn], T]) -> T:
    place = LogPlace(store_url(settings), settings.state, settings.node)
    try:
        if not _held(place):
            raise StartError("a gateway of this store is running: stop all of them first")
        keys, files = LogKeys(settings.state / "keys"), LogFolder(settings.state / "log")
        return do(GoOn(settings.name, place.store, PlaceQueues(place.queues), keys, files, SystemClock()))
    finally:
        place.close()


def _held(place: LogPlace) -> bool:
    """Return whether nobody else integrates; a lease that a lost machine held has ended within this time."""
    ends = time.monotonic() + LEASE_SECONDS + 1.0
    while not (held := place.hold()) and time.monotonic() < ends:
        time.sleep(LOOK_SECONDS)
    return held


def _show(settings: GatewaySettings, loss: Loss | None, opened: LogState, *, as_json: bool) -> None:
    vkey = LogFolder(settings.state / "log").of(opened.origin) / KEY_FILE
    lost = 0 if loss is None else loss.end - loss.first
    if as_json:
        told = {} if loss is None else {"log": loss.origin, "lost_from": loss.first, "lost_before": loss.end}
        print(json.dumps({**told, "lost": lost, "goes_on": opened.origin, "key": str(vkey)}))
        return
    if loss is not None:
        print(f"丢失 lost: {lost} 条 entries, {loss.origin} {loss.first} … {loss.end - 1}")
    print(f"续用日志 the log that goes on: {opened.origin}")
    print(f"  公钥须送达 hand over its public key: {vkey}")
