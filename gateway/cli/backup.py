"""``jsg db backup|restore``: everything that a gateway keeps on SQLite, as it was at one instant, and back again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from formats.checkpoint import parse_checkpoint
from formats.note import decode_note
from gateway.bootstrap.backup import ON_POSTGRESQL, BackupError, make_backup
from gateway.bootstrap.config import StartError
from gateway.bootstrap.restore import restore
from gateway.cli.connection import command
from gateway.cli.verify import add_kept, add_keys, keys_in
from gateway.cli.verify_folder import kept_checkpoints
from gateway.domain.errors import StoreUnavailableError
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers
    from gateway.storage.manifest import Manifest

OK, ERROR = 0, 1
ON_SQLITE = (
    "With PostgreSQL, pg_basebackup and its archive of the write-ahead log do this; jsg audit fsck --checkpoint FILE "
    "verifies what they restored."
)


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``db``."""
    backup = command(
        commands, "backup", "copy all that is kept, at one instant", "jsg db backup 2026-11-30", run_backup
    )
    backup.description = f"{backup.description} (SQLite), and verify the copy. {ON_SQLITE}"
    backup.add_argument("folder", type=Path, metavar="FOLDER", help="is made; must not be there")
    say = "put the private keys in too (default: not): whoever has the backup can then sign and open what is sealed"
    backup.add_argument("--with-keys", action="store_true", help=say)
    back = command(
        commands,
        "restore",
        "verify a backup and put it into an empty state folder",
        "jsg db restore 2026-11-30 --checkpoint witnessed",
        run_restore,
    )
    back.description = f"{back.description} (SQLite). {ON_SQLITE}"
    back.add_argument("folder", type=Path, metavar="FOLDER", help="the backup; only read")
    back.add_argument("--verify-only", action="store_true", help="verify all of it, and put nothing in place")
    say = "restore although entries are lost by the one --checkpoint; jsg db go-on must follow before the start"
    back.add_argument("--accept-loss", action="store_true", help=say)
    add_keys(back)
    add_kept(back)


def run_backup(arguments: argparse.Namespace) -> int:
    """Make a backup; 1 when there is none, and nothing is left of it then."""
    settings = load_gateway(arguments.config / "gateway.toml", arguments.state)
    try:
        manifest = make_backup(settings, arguments.folder, _progress, with_keys=arguments.with_keys)
    except (BackupError, StoreUnavailableError, OSError) as error:
        return _failed("backup", error)
    _show(manifest, arguments.folder, "已备份 backed up", as_json=arguments.json)
    if settings.evidence is not None and not arguments.json:
        where = f"证据在存储桶 {settings.evidence.bucket} 内，不在备份内 sealed evidence lies in the bucket"
        print(f"{where} and is not in it:")
        print("  随后备份存储桶，并核对 back the bucket up after it, and look: jsg evidence check --read")
    return OK


def run_restore(arguments: argparse.Namespace) -> int:
    """Restore a backup; 1 when it is not sound, or there is something in its place, and nothing is put there then."""
    settings = load_gateway(arguments.config / "gateway.toml", arguments.state)
    if settings.store_url:
        raise StartError(ON_POSTGRESQL)
    # The state folder that keys are otherwise taken from is not there yet: those of the backup then. A checkpoint of
    # the operator's own that they hold for was signed by them.
    files = arguments.keys or sorted((arguments.folder / "log").glob("*/vkey"))
    kept = kept_checkpoints(arguments.checkpoint, keys_in(files)) if arguments.checkpoint else []
    if arguments.accept_loss and len(kept) != 1:
        raise StartError("--accept-loss needs one --checkpoint: the newest there is of the log")
    lost = arguments.checkpoint[0].read_bytes() if arguments.accept_loss else b""
    how = {"verify_only": arguments.verify_only, "lost": lost}
    try:
        manifest = restore(arguments.folder, settings.state, [] if lost else kept, _progress, **how)
    except (BackupError, StoreUnavailableError, OSError) as error:
        return _failed("restore", error)
    done = "已核验 verified" if arguments.verify_only else "已恢复 restored"
    _show(manifest, arguments.folder, done, as_json=arguments.json)
    if not (kept or arguments.json):
        print("未核对见证的检查点 not compared with a checkpoint from elsewhere: --checkpoint FILE shows what is lost")
    if lost and not (arguments.verify_only or arguments.json):
        gone = kept[0].size - _size_of(manifest.checkpoint)
        print(f"丢失条目 entries lost: {gone}; 启动前 before the start: jsg db go-on")
    if not (arguments.verify_only or manifest.keys or arguments.json):
        print(
            f"私钥不在备份内 the private keys are not in it: put them into {settings.state / 'keys'} before the start"
        )
    return OK


def _failed(name: str, error: BackupError | StoreUnavailableError | OSError) -> int:
    _end_of_progress()
    flaws = error.flaws if isinstance(error, BackupError) else (str(error),)
    for flaw in flaws:
        print(f"jsg db {name}: {flaw}", file=sys.stderr)
    return ERROR


def _show(manifest: Manifest, folder: Path, done: str, *, as_json: bool) -> None:
    _end_of_progress()
    size = _size_of(manifest.checkpoint)
    if as_json:
        said = {"folder": str(folder), "made_at": manifest.made_at, "entries": dict(manifest.entries)}
        print(json.dumps({**said, "log_size": size, "files": len(manifest.files), "keys": manifest.keys}))
        return
    entries = sum(manifest.entries.values())
    print(f"{done}: {folder}, {manifest.gateway}, {manifest.made_at}")
    print(f"  记录 entries {entries}, 日志 log {size}, 文件 files {len(manifest.files)}")


def _size_of(checkpoint: str) -> int:
    return parse_checkpoint(decode_note(checkpoint.encode()).text).size if checkpoint else 0


def _progress(entries: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{entries}", end="", file=sys.stderr)


def _end_of_progress() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
