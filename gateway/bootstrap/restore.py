"""Restoring a backup: verified whole in a folder beside the state folder, and only then put in its place, at once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from formats.checkpoint import parse_checkpoint
from formats.note import decode_note
from gateway.bootstrap.backup import BackupError, look_at, sync_file
from gateway.storage.durable import sync_folder
from gateway.storage.log_place import LOST_FILE
from gateway.storage.manifest import ManifestError, chunks_of, hash_of, read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from formats.checkpoint import Checkpoint
    from gateway.bootstrap.backup import Looked
    from gateway.storage.manifest import Manifest


def restore(
    folder: Path,
    state: Path,
    kept: Sequence[Checkpoint],
    progress: Callable[[int], None],
    *,
    verify_only: bool = False,
    lost: bytes = b"",
) -> Manifest:
    """Verify the backup in *folder*, and make it the state folder of a gateway.

    Whoever is killed meanwhile leaves no state folder, or a complete one; beside it may be left what is removed by the
    next restore.

    Args:
        folder: The backup; only read.
        state: Must not be there, or be empty: nothing is ever overwritten or mixed.
        kept: Checkpoints that were kept outside: the log must not fall behind them.
        progress: Told how many entries have been verified.
        verify_only: Put nothing in place, whatever *state* holds.
        lost: A checkpoint that the log has fallen behind, whose signature was verified, and it is accepted; *kept* has
            none then. It lies in the state folder afterwards, and the gateway does not start before ``jsg db go-on``.

    Raises:
        BackupError: *state* is not empty, the backup is not what its manifest says, what is in it is not sound or
            not as long as it was, or nothing is lost by *lost*; nothing was put in place.
        StoreUnavailableError, OSError: A database or the disk failed; nothing was put in place.
    """
    if not verify_only and state.exists() and (not state.is_dir() or any(state.iterdir())):
        raise BackupError(f"{state} is not empty: a backup is restored to a place where nothing is")
    staging = state.with_name(f".{state.name}.restoring")
    shutil.rmtree(staging, ignore_errors=True)  # of a restore that was broken off
    try:
        manifest = _staged(folder, staging)
        looked = look_at(staging, progress, kept)
        flaws = list(looked.flaws)
        if not flaws and lost and not _is_lost(parse_checkpoint(decode_note(lost).text), looked):
            flaws.append("nothing is lost by the checkpoint: restore without --accept-loss")
        if not flaws and looked.checkpoint != manifest.checkpoint:
            flaws.append("the checkpoint of the log is not that of the manifest")
        if not flaws and looked.entries != manifest.entries:
            flaws.append("the queues do not hold as many entries as the manifest says")
        if flaws:
            raise BackupError(*flaws)
        if not verify_only:
            if lost:
                (staging / LOST_FILE).write_bytes(lost)
                sync_file(staging / LOST_FILE)
            for each in (staging, *(each for each in staging.rglob("*") if each.is_dir())):
                sync_folder(each)
            staging.replace(state)
            sync_folder(state.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def _is_lost(seen: Checkpoint, looked: Looked) -> bool:
    """Return whether the newest log has fewer entries than were seen of it."""
    origin, size = looked.newest
    return seen.origin == origin and seen.size > size


def _staged(folder: Path, staging: Path) -> Manifest:
    """Copy the files of a backup to *staging*, each once it is what the manifest says.

    Raises:
        BackupError: One is not.
    """
    try:
        manifest = read_manifest(folder)
    except ManifestError as error:
        raise BackupError(str(error)) from error
    staging.mkdir(mode=0o700, parents=True)
    for name, digest in sorted(manifest.files.items()):
        copy = staging / name
        private = name.partition("/")[0] != "log"
        for parent in reversed(copy.relative_to(staging).parents):
            (staging / parent).mkdir(mode=0o700 if private else 0o755, exist_ok=True)
        if hash_of(chunks_of(folder / name, copy)) != digest:
            raise BackupError(f"{folder / name}: is not the file that was backed up")
        copy.chmod(0o600 if private else 0o644)
    return manifest
