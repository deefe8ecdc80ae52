"""``jsg audit fsck``: re-derive the whole record of calls from bytes, on the gateway's machine; nothing is changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.bootstrap.config import load_config
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.cli.connection import command
from gateway.cli.held_receipts import missing
from gateway.cli.verify import add_kept, add_keys, trusted_keys
from gateway.cli.verify_folder import kept_checkpoints
from gateway.security.log_keys import holds
from gateway.services.check_days import CheckDays
from gateway.services.index_days import IndexDays
from gateway.services.release_investigation import RecordedReleases
from gateway.storage.access_index import AccessIndex
from gateway.storage.day_store import SqlDayStore
from gateway.storage.log_check import LogCheck
from gateway.storage.log_files import LogFolder
from gateway.storage.log_place import log_engine
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.log_store import SqlLogStore

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import Engine

    from gateway.cli.connection import Subparsers
    from gateway.settings.gateway_file import GatewaySettings
    from gateway.storage.audit_place import DatabasePlace, FolderPlace
    from gateway.storage.log_check import Report

OK, ERROR = 0, 1


def register(commands: Subparsers) -> None:
    """Add the command to those of ``audit``."""
    say = "re-derive every hash of queues, log and files from bytes, and name what differs"
    fsck = command(commands, "fsck", say, "jsg audit fsck --checkpoint kept.checkpoint", run)
    add_keys(fsck)
    add_kept(fsck)
    say_held = "receipt that somebody holds: what it proves must be there"
    fsck.add_argument("--receipt", action="append", default=[], type=Path, metavar="FILE", help=say_held)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything, print what was found; 1 when anything differs."""
    settings = load_config(arguments.config, arguments.state).settings
    keys = trusted_keys(arguments) if arguments.checkpoint or arguments.receipt else []
    kept = kept_checkpoints(arguments.checkpoint, keys)
    facts = store_engine(settings)
    place, log = audit_place(settings, facts), log_engine(facts, settings.state)
    try:
        store = SqlLogStore(log, place)
        report = LogCheck(place, store, LogFolder(settings.state / "log"), holds).run(_progress, kept)
        for what in missing(arguments.receipt, keys, store):
            report.add(what)
        days = _look_at_days(settings, place, log, report)
    finally:
        place.close()
        log.dispose()
        facts.dispose()
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if arguments.json:
        print(json.dumps({**_told(report), "days": days}, ensure_ascii=False))
        return ERROR if report.flaws else OK
    for flaw in report.flaws:
        print(f"不符 DIFFERS  {flaw}")
    print(
        f"{'有不符 flawed' if report.flaws else '完好 sound'}: 记录 entries {report.entries}, "
        f"已入日志 integrated {report.integrated}, 文件 files {report.files}, 日索引 days {days}, "
        f"不符 flaws {len(report.flaws)}"
    )
    return ERROR if report.flaws else OK


def _look_at_days(settings: GatewaySettings, place: FolderPlace | DatabasePlace, log: Engine, report: Report) -> int:
    """Add what is wrong with the indexes of days, and return how many were looked at."""
    if SqlDayStore(log).newest() is None:
        return 0
    try:
        days = _days(settings, place, log)
    except OSError as error:
        report.add(f"the indexes of days cannot be made anew: {settings.person_key}: {error.strerror}")
        return 0
    for what in days.flaws():
        report.add(what)
    return days.count


def _days(settings: GatewaySettings, place: FolderPlace | DatabasePlace, log: Engine) -> CheckDays:
    queues, store, search = PlaceQueues(place), SqlDayStore(log), AccessIndex(place, settings.person_key)
    releases = RecordedReleases(search, search)
    index = IndexDays(store, queues, SqlLogStore(log, place), releases, settings.person_key.read_bytes())
    return CheckDays(store, index, queues)


def _told(report: Report) -> dict[str, object]:
    return {
        "sound": not report.flaws,
        "entries": report.entries,
        "integrated": report.integrated,
        "files": report.files,
        "flaws": report.flaws,
    }


def _progress(entries: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{entries}", end="", file=sys.stderr)
