"""``jsg audit verify FOLDER``: a copy of the log's static files verified without a gateway, entry by entry."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from formats.checkpoint import parse_checkpoint
from formats.note import NoteError, decode_note, verify_note
from gateway.security.log_keys import holds
from gateway.settings import ConfigurationError
from gateway.storage.log_files import CHECKPOINT
from gateway.storage.log_verify import FolderCheck
from gateway.storage.log_years import unchained

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from formats.checkpoint import Checkpoint
    from formats.note import VerificationKey
    from gateway.storage.log_verify import FolderReport


def kept_checkpoints(files: Sequence[Path], keys: Sequence[VerificationKey]) -> list[Checkpoint]:
    """Return the checkpoints in *files*, each signed by at least one of *keys*: the log's own or a witness's.

    Raises:
        ConfigurationError: A file cannot be read, is no checkpoint, or none of the keys has signed it.
    """
    found = []
    for file in files:
        try:
            note = decode_note(file.read_bytes())
            found.append(parse_checkpoint(note.text))
            signed = verify_note(note, keys, holds)
        except (OSError, NoteError) as error:
            raise ConfigurationError(str(file), "--checkpoint", str(error)) from error
        if not signed:
            raise ConfigurationError(str(file), "--checkpoint", "is signed by none of the keys at hand")
    return found


def verify_folder(
    folder: Path, keys: Sequence[VerificationKey], kept: Sequence[Checkpoint], *, as_json: bool = False
) -> bool:
    """Verify the log in *folder*, or those of several years beneath it, and print what was found.

    Args:
        folder: Holds ``checkpoint`` and ``tile/``, or a folder for each year that does.
        keys: Those that are trusted.
        kept: Checkpoints from elsewhere that the logs must not fall behind.
        as_json: Print an object a log in place of text.

    Returns:
        Whether nothing differs.
    """
    reports, wrong = look(folder, keys, kept)
    for report in reports:
        print(json.dumps(told(report), ensure_ascii=False) if as_json else "\n".join(_lines(report)))
    for what in wrong:
        print(
            json.dumps({"folder": str(folder), "valid": False, "flaws": [what]}, ensure_ascii=False)
            if as_json
            else f"不符 DIFFERS  {what}"
        )
    return not wrong and not any(report.flaws for report in reports)


def look(
    folder: Path, keys: Sequence[VerificationKey], kept: Sequence[Checkpoint]
) -> tuple[list[FolderReport], list[str]]:
    """Return a report of each log in *folder* and what is wrong beyond any one of them."""
    whole = (folder / CHECKPOINT).exists() or not any(folder.glob(f"*/{CHECKPOINT}"))
    folders = [folder] if whole else sorted(each.parent for each in folder.glob(f"*/{CHECKPOINT}"))
    reports = []
    for each in folders:
        check = FolderCheck(each, keys, holds)
        reports.append(check.run(_progress, kept))
    if sys.stderr.isatty():
        print(file=sys.stderr)
    there = {report.checkpoint.origin for report in reports if report.checkpoint is not None}
    wrong = [
        f"{folder}: has no log {each.origin}, of which a checkpoint of {each.size} entries was kept"
        for each in kept
        if each.origin not in there
    ]
    return reports, wrong + unchained(reports)


def told(report: FolderReport) -> dict[str, object]:
    """Return a report as values."""
    checkpoint = report.checkpoint
    return {
        "folder": str(report.folder),
        "valid": not report.flaws,
        "log": "" if checkpoint is None else checkpoint.origin,
        "size": 0 if checkpoint is None else checkpoint.size,
        "root": "" if checkpoint is None else checkpoint.root.hex(),
        "signed_by": list(report.signed_by),
        "entries": report.entries,
        "files": report.files,
        "flaws": report.flaws,
    }


def _lines(report: FolderReport) -> list[str]:
    lines = [f"不符 DIFFERS  {flaw}" for flaw in report.flaws]
    verdict = "无效 INVALID  " if report.flaws else "有效 VALID    "
    if report.checkpoint is None:
        return [*lines, f"{verdict}{report.folder}"]
    looked = f"条目 entries {report.entries} / {report.checkpoint.size}, 文件 files {report.files}"
    name, signed = report.checkpoint.origin, ", ".join(report.signed_by)
    return [*lines, f"{verdict}{report.folder}", f"  {name}: {looked}", f"  验签 signed by {signed}"]


def _progress(entries: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{entries}", end="", file=sys.stderr)
