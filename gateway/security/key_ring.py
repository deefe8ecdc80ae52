"""The ring of keys that seal persons' numbers: files in a folder beside the first key, one of them active.

The first key, ``persons.key``, is number 1 and also the root of the keyed hashes; it stays for good. ``persons.ring``
beside it holds ``ring.toml`` (the hash, the number of the active key) and later keys, ``<number>.<sealing>.key``. What
becomes active seals from the next text on, in every process; the keys before it still open what they sealed. Nothing
is sealed or opened here.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_files import create_file, replace_file

if TYPE_CHECKING:
    from pathlib import Path

ROOT_BYTES: Final = 64
FIRST: Final = 1
"""Number of the key that is derived from the root: SM4-GCM, for stores of before there was a ring hold it."""
RING_FILE: Final = "ring.toml"
_KEY_FILE: Final = re.compile(r"([1-9][0-9]{0,8})\.([a-z0-9-]+)\.key")
_OPEN: Final = 0o077


class PersonKeyError(Exception):
    """A key or the ring cannot be used; the message names the file and says why, and shows nothing of it."""


@dataclass(frozen=True, slots=True)
class Ring:
    """What ``ring.toml`` says."""

    hash: PersonHash
    active: int


def ring_folder(root: Path) -> Path:
    """Return the folder of the ring whose root key is the file *root*."""
    return root.with_suffix(".ring")


def create_keys(root: Path, kind: PersonHash, sealing: Sealing) -> None:
    """Make the ring and the root key of a new store, durably; the root comes last, for with it the store begins.

    Raises:
        PersonKeyError: The root is there already, or a file cannot be written.
    """
    try:
        if root.exists():
            raise PersonKeyError(f"{root}: is there already")
        ring_folder(root).mkdir(mode=0o700, exist_ok=True)
        _write_ring(root, Ring(kind, FIRST))
        if sealing is not Sealing.SM4_GCM:
            activate(root, add_key(root, sealing))
        create_file(root, os.urandom(ROOT_BYTES))
    except OSError as error:
        raise PersonKeyError(f"{error.filename or root}: {error.strerror}") from error


def adopt_root(root: Path) -> None:
    """Make the ring of a root key from before there were rings; one that is there stays.

    Raises:
        PersonKeyError: The folder is there without its ``ring.toml``, or cannot be written.
    """
    folder = ring_folder(root)
    if (folder / RING_FILE).exists():
        return
    if folder.exists():
        raise PersonKeyError(f"{folder / RING_FILE} is missing: restore it")
    try:
        folder.mkdir(mode=0o700)
        _write_ring(root, Ring(PersonHash.SM3, FIRST))
    except OSError as error:
        raise PersonKeyError(f"{folder}: {error.strerror}") from error


def parse_ring(raw: bytes) -> Ring:
    """Read ``ring.toml``; raises ``ValueError`` for anything else than a hash and the number of a key."""
    content = tomllib.loads(raw.decode())
    active = content.get("active")
    if content.keys() != {"hash", "active"} or type(active) is not int or active < FIRST:
        raise ValueError("must hold hash and active")
    return Ring(PersonHash(content["hash"]), active)


def read_ring(root: Path) -> Ring:
    """Return the ring as it is now; raises ``PersonKeyError``."""
    path = ring_folder(root) / RING_FILE
    try:
        return parse_ring(read_private(path, 4096))
    except ValueError as error:
        raise PersonKeyError(f"{path}: {error}") from error


def key_files(root: Path) -> dict[int, tuple[Sealing, Path]]:
    """Return the later keys by number.

    Raises:
        PersonKeyError: The folder cannot be read, or holds a key of an unknown kind, or two of one number.
    """
    folder = ring_folder(root)
    found: dict[int, tuple[Sealing, Path]] = {}
    try:
        files = sorted(folder.glob("*.key"))
    except OSError as error:
        raise PersonKeyError(f"{folder}: {error.strerror}") from error
    for file in files:
        named = _KEY_FILE.fullmatch(file.name)
        if named is None or named[2] not in set(Sealing) or int(named[1]) in {FIRST, *found}:
            raise PersonKeyError(f"{file}: is not <number>.<sealing>.key, or the number is taken")
        found[int(named[1])] = (Sealing(named[2]), file)
    return found


def add_key(root: Path, sealing: Sealing) -> int:
    """Make the next key and return its number; nothing is sealed with it before it is activated.

    Raises:
        PersonKeyError: It cannot be written, or another has just been made.
    """
    number = max([FIRST, *key_files(root)]) + 1
    path = ring_folder(root) / f"{number}.{sealing}.key"
    try:
        create_file(path, os.urandom(sealing.key_bytes))
    except OSError as error:
        raise PersonKeyError(f"{path}: {error.strerror}") from error
    return number


def activate(root: Path, number: int) -> None:
    """Have everything sealed with this key from now on, in every process of this machine.

    Raises:
        PersonKeyError: There is no such key, or the ring cannot be written.
    """
    ring = read_ring(root)
    if number != FIRST:
        keys = key_files(root)
        if number not in keys:
            raise PersonKeyError(f"{ring_folder(root)}: has no key {number}")
        read_key(*keys[number])
    try:
        _write_ring(root, Ring(ring.hash, number))
    except OSError as error:
        raise PersonKeyError(f"{ring_folder(root)}: {error.strerror}") from error


def read_key(sealing: Sealing, path: Path) -> bytes:
    """Return a later key; raises ``PersonKeyError``."""
    return read_secret(path, sealing.key_bytes)


def read_secret(path: Path, length: int) -> bytes:
    """Return the bytes of a key file of exactly *length*; raises ``PersonKeyError``."""
    secret = read_private(path, length + 1)
    if len(secret) != length:
        raise PersonKeyError(f"{path}: must hold {length} random bytes exactly")
    return secret


def read_private(path: Path, most: int) -> bytes:
    """Return the first *most* bytes of a file that its owner alone can reach; raises ``PersonKeyError``."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(most)
    except OSError as error:
        raise PersonKeyError(f"{path}: {error.strerror}") from error
    if mode & _OPEN:
        raise PersonKeyError(f"{path}: mode is {mode:04o}; only its owner may have access (0600)")
    return content


def _write_ring(root: Path, ring: Ring) -> None:
    content = f'hash = "{ring.hash}"\nactive = {ring.active}\n'
    replace_file(ring_folder(root) / RING_FILE, content.encode(), 0o600)
