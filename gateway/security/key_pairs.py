"""Replaces a certificate and its key as one, so that the two on the disk belong together at every instant.

Two files cannot be renamed at once. So each pair lies in a folder of its own generation, and the names that everybody
reads are links through one other link, ``live``, which is what is replaced::

    server.pem -> .server/live/server.pem
    server.key -> .server/live/server.key
    .server/live -> 7k2x…                      a generation: server.pem server.key

Whoever is killed in between leaves the old pair or the new one. Who reads the two files one after the other reads the
certificate again afterwards, and both once more when it has changed.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.security.key_files import create_file, make_private_folder, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE: Final = "live"


@dataclass(frozen=True, slots=True)
class PairFiles:
    """Where a certificate, with its intermediates behind it, and its key lie: beside each other, named alike."""

    certificate: Path
    key: Path

    @property
    def store(self) -> Path:
        """The folder of the generations."""
        return self.certificate.with_name(f".{self.certificate.stem}")

    def linked(self, path: Path) -> bool:
        """Return whether *path*, one of the two, is a link as ``replace_pair`` makes them."""
        return path.is_symlink() and path.readlink() == Path(self.store.name) / LIVE / path.name


def replace_pair(files: PairFiles, certificate: bytes, key: bytes) -> None:
    """Put the two in the place of what is there, if anything is; raises ``OSError``.

    Plain files, as other tools make them, become links on the way.
    """
    make_private_folder(files.store)
    with locked(files.store):
        if files.certificate.exists() and files.key.exists() and not files.linked(files.certificate):
            _switch(files, files.certificate.read_bytes(), files.key.read_bytes())
            _link(files)
        generation = _switch(files, certificate, key)
        _link(files)
        for entry in files.store.iterdir():
            if entry.name not in {LIVE, generation}:
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes that lock *folder* waiting; not to be taken twice by one thread. Raises ``OSError``."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _switch(files: PairFiles, certificate: bytes, key: bytes) -> str:
    """Make a generation of the two, make it the live one, and return its name."""
    generation = Path(tempfile.mkdtemp(dir=files.store))
    create_file(generation / files.key.name, key)
    create_file(generation / files.certificate.name, certificate)
    _replace_link(files.store / LIVE, Path(generation.name))
    return generation.name


def _link(files: PairFiles) -> None:
    """Let both names lead to the live generation; the certificate's last: without it nobody takes the key for one."""
    for path in (files.key, files.certificate):
        if not files.linked(path):
            _replace_link(path, Path(files.store.name) / LIVE / path.name)


def _replace_link(path: Path, target: Path) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    fresh.symlink_to(target)
    fresh.replace(path)
    sync_folder(path.parent)
