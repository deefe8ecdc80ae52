"""What is in a backup: ``manifest.json`` with the hash of each file, and what the record of calls was at that instant.

It tells a copy that is whole from one that is not. It proves nothing against whoever writes the backup: that is what a
checkpoint is for that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from gateway.storage.durable import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MANIFEST: Final = "manifest.json"
KIND: Final = "joint-sanctions-backup/v1"
_CHUNK: Final = 1 << 20
_MEMBERS: Final = {"kind", "gateway", "made_at", "checkpoint", "entries", "keys", "files"}


class ManifestError(Exception):
    """The backup is not what its manifest says: which file, and what differs."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup."""

    gateway: str
    made_at: str
    """The instant whose state it holds, RFC 3339 in UTC."""
    checkpoint: str
    """Newest signed checkpoint of the open log; empty when nothing had been signed."""
    entries: Mapping[str, int]
    """For each queue how many entries it holds."""
    keys: bool
    """Whether private keys are in it."""
    files: Mapping[str, str]
    """SHA-256 of every file but the manifest, by its path in the backup, hexadecimal."""


def files_in(folder: Path) -> list[str]:
    """Return the paths of all files in a backup but the manifest, in order."""
    found = (each.relative_to(folder).as_posix() for each in folder.rglob("*") if not each.is_dir())
    return sorted(name for name in found if name != MANIFEST)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of the backup in *folder*, and make it durable. Raises ``OSError``."""
    content = canonical.encode(
        {
            "kind": KIND,
            "gateway": manifest.gateway,
            "made_at": manifest.made_at,
            "checkpoint": manifest.checkpoint,
            "entries": dict(manifest.entries),
            "keys": manifest.keys,
            "files": dict(manifest.files),
        }
    )
    with (folder / MANIFEST).open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup, and see that just its files are there; their content is not looked at.

    Raises:
        ManifestError: It is none, or names other files than those that lie there.
        OSError: It cannot be read.
    """
    try:
        content = canonical.decode((folder / MANIFEST).read_bytes())
    except ValueError as error:
        raise ManifestError(f"{folder / MANIFEST}: {error}") from error
    if not isinstance(content, dict) or content.keys() != _MEMBERS or content["kind"] != KIND:
        raise ManifestError(f"{folder / MANIFEST}: is no manifest of a backup of this version")
    if not _well_formed(content):
        raise ManifestError(f"{folder / MANIFEST}: a member is not of its form")
    manifest = Manifest(**{name: content[name] for name in _MEMBERS - {"kind"}})
    there = files_in(folder)
    for name in sorted({*there} ^ {*manifest.files}):
        raise ManifestError(f"{folder / name}: {'is not in the manifest' if name in there else 'is missing'}")
    return manifest


def hash_of(chunks: Iterator[bytes]) -> str:
    """Return the SHA-256 of what *chunks* give, hexadecimal."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def chunks_of(file: Path, copy: Path | None = None) -> Iterator[bytes]:
    """Give the content of a file piece by piece, and write it to *copy* meanwhile: a new file, private and durable."""
    with file.open("rb") as source:
        if copy is None:
            yield from iter(lambda: source.read(_CHUNK), b"")
            return
        with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
                yield chunk
            target.flush()
            os.fsync(target.fileno())


def _well_formed(content: Mapping[str, Any]) -> bool:
    entries, files = content["entries"], content["files"]
    return (
        all(isinstance(content[name], str) for name in ("gateway", "made_at", "checkpoint"))
        and isinstance(content["keys"], bool)
        and isinstance(entries, dict)
        and all(isinstance(count, int) for count in entries.values())
        and isinstance(files, dict)
        and all(isinstance(digest, str) and _within(name) for name, digest in files.items())
    )


def _within(name: str) -> bool:
    """Return whether a path stays within the folder that it counts from."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.as_posix() == name
