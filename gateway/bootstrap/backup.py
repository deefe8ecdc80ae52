"""Backup of a gateway on SQLite: everything that it keeps at one instant, verified, in a folder of its own."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from formats.civil import format_instant
from gateway.bootstrap.archive import ARCHIVE_FOLDER
from gateway.bootstrap.config import StartError
from gateway.security.log_keys import holds
from gateway.services.ports.log import LogDamagedError
from gateway.storage.audit_place import INDEX_NAME, FolderPlace
from gateway.storage.durable import sync_folder
from gateway.storage.engine import open_engine, unsound
from gateway.storage.evidence_files import EVIDENCE, copy_whole, misnamed
from gateway.storage.log_check import LogCheck
from gateway.storage.log_files import LogFolder
from gateway.storage.log_place import LOG_FILE, log_engine
from gateway.storage.log_store import SqlLogStore
from gateway.storage.manifest import Manifest, chunks_of, files_in, hash_of, write_manifest
from gateway.storage.snapshot import copy_at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from formats.checkpoint import Checkpoint
    from gateway.settings.gateway_file import GatewaySettings

FACTS_FILE: Final = "facts.sqlite"
KEYS_FOLDER: Final = "keys"
ON_POSTGRESQL: Final = (
    "the store is PostgreSQL: back it up with pg_basebackup and its archive of the write-ahead log, which restore "
    "every instant, and copy the folder evidence of the state folder after it; after a restore run jsg audit fsck "
    "--checkpoint FILE before the gateway is started, and jsg db go-on when that says that entries are lost"
)


class BackupError(Exception):
    """Nothing was made or put in place: why, one sentence a flaw."""

    def __init__(self, *flaws: str) -> None:
        super().__init__("; ".join(flaws))
        self.flaws = flaws


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at in a state folder that nobody writes to, and what is wrong.

    ``newest`` is name and size of the log that was opened last, "" and 0 where there is none or it cannot be read.
    """

    checkpoint: str
    entries: dict[str, int]
    integrated: int
    newest: tuple[str, int]
    flaws: tuple[str, ...]


def make_backup(
    settings: GatewaySettings, folder: Path, progress: Callable[[int], None], *, with_keys: bool = False
) -> Manifest:
    """Copy what the gateway of *settings* keeps, as it is now; a gateway may serve meanwhile.

    The search index is left out, because it is made anew; configuration, certificates and officers' keys are, because
    nothing of them changes by serving.

    Args:
        settings: Of the gateway.
        folder: Is made; it must not be there yet.
        progress: Told how many entries of the copy have been verified.
        with_keys: Put the private keys under ``keys`` of the state folder in: whoever has the backup has them too.

    Raises:
        StartError: The store is PostgreSQL, or there is none.
        BackupError: The folder is there, or what is kept is not sound; nothing was made.
        StoreUnavailableError, OSError: A database or the disk failed; nothing was made.
    """
    if settings.store_url:
        raise StartError(ON_POSTGRESQL)
    state, facts = settings.state, settings.state / FACTS_FILE
    if not facts.exists():
        raise StartError(f"{facts} is not there: nothing to back up")
    if with_keys and not settings.person_key.is_relative_to(state / KEYS_FOLDER):
        raise BackupError(f"{settings.person_key} lies outside {state / KEYS_FOLDER}: copy it by hand")
    if folder.exists():
        raise BackupError(f"{folder} is there already")
    making = folder.with_name(f".{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)  # of a backup that was broken off
    try:
        manifest = _made(settings, making, progress, with_keys=with_keys)
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    sync_folder(folder.parent)
    return manifest


def _made(settings: GatewaySettings, making: Path, progress: Callable[[int], None], *, with_keys: bool) -> Manifest:
    state = settings.state
    making.mkdir(mode=0o700, parents=True)
    (making / "audit").mkdir(mode=0o700)
    queues = [each for each in sorted((state / "audit").glob("*.sqlite")) if each.stem != INDEX_NAME]
    names = [FACTS_FILE, *(f"audit/{each.name}" for each in queues), LOG_FILE]
    copy_at_once({state / name: making / name for name in names})
    made_at = datetime.now(UTC)
    for name in (ARCHIVE_FOLDER, *([KEYS_FOLDER] if with_keys else [])):
        # The archive is only ever added to, in steps that are whole; a gateway that never served has none.
        if (state / name).exists():
            shutil.copytree(state / name, making / name, ignore=shutil.ignore_patterns(".*"))
        for file in files_in(making / name):
            sync_file(making / name / file)
    # After the databases: a file is in its place before a case names it, so that no case of the copy lacks one.
    copy_whole(state / EVIDENCE, making / EVIDENCE)
    looked = look_at(making, progress, publish=True)
    if looked.flaws:
        raise BackupError(*looked.flaws)
    files = {}
    for name in files_in(making):
        files[name] = hash_of(chunks_of(making / name))
    for each in (making, *(each for each in making.rglob("*") if each.is_dir())):
        sync_folder(each)
    manifest = Manifest(settings.name, format_instant(made_at), looked.checkpoint, looked.entries, with_keys, files)
    write_manifest(making, manifest)
    return manifest


def look_at(
    state: Path, progress: Callable[[int], None], kept: Sequence[Checkpoint] = (), *, publish: bool = False
) -> Looked:
    """Make everything in a state folder anew from its bytes, as ``jsg audit fsck`` does, and compare.

    Args:
        state: Nobody else may write to it.
        progress: Told how many entries have been looked at.
        kept: Checkpoints from elsewhere.
        publish: Write the static files first, as far as the log is signed.

    Raises:
        StoreUnavailableError, OSError: Something could not be read at all.
    """
    facts = open_engine(f"sqlite:///{state / FACTS_FILE}")
    log, place = log_engine(facts, state), FolderPlace(state / "audit")
    try:
        store, files = SqlLogStore(log, place), LogFolder(state / "log")
        flaws = unsound(facts)
        if publish and not flaws:
            flaws += _publish(store, files)
        report = LogCheck(place, store, files, holds).run(progress, kept)
        flaws += report.flaws
        flaws += misnamed(state / EVIDENCE)
        newest = None if report.flaws else store.newest()
        checkpoint = "" if newest is None else newest.note.decode()
        entries = {} if report.flaws else place.next_numbers()
    finally:
        place.close()
        log.dispose()
        facts.dispose()
    last = ("", 0) if newest is None else (newest.origin, newest.size)
    return Looked(checkpoint, entries, report.integrated, last, tuple(flaws))


def _publish(store: SqlLogStore, files: LogFolder) -> list[str]:
    """Write the files of every log as of what is signed; return what keeps one from being written."""
    try:
        for state in store.all():
            if state.note:
                files.publish(replace(state, size=state.signed_size, root=state.signed_root), 0, store)
    except LogDamagedError as error:
        return [str(error)]
    return []


def sync_file(file: Path) -> None:
    """Make a file's content durable. Raises ``OSError``."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
