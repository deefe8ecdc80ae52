"""What is sent of a dossier: sealed files, the keys that open them and for whom, and what a sending must have.

The gateway sees ciphertext and hashes. That the files are what the manifest calls them, their recipients find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.dossier import Material
from formats.manifest import manifest_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from formats.dossier import DossierItem, Manifest

COPIED: Final = frozenset({Material.REFERRAL_LETTER, Material.ITEM_LIST, Material.PENALTY_DECISION})
"""What the procuratorate gets at the sending, and nothing else (T-23, X-21)."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A sealed file that is there whole: its id in the dossier, SHA-256 and length of the ciphertext."""

    item_id: str
    sealed_sha256: str
    sealed_bytes: int


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """The key of one file, wrapped for one agency's key ``kid``."""

    item_id: str
    recipient: str
    kid: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class SentPart:
    """One sending: the manifest's bytes, its signature with the signer's certificates, and every wrapped key."""

    manifest: bytes
    signature: bytes
    chain: bytes
    keys: tuple[WrappedKey, ...]


@dataclass(frozen=True, slots=True)
class SharedKeys:
    """Keys that were wrapped later, for further recipients."""

    keys: tuple[WrappedKey, ...]


@dataclass(frozen=True, slots=True)
class PartFault:
    """Why a part cannot be sent: the path of the field, and why."""

    field: str
    why: str


def part_faults(
    manifest: Manifest,
    before: Sequence[tuple[bytes, Manifest]],
    uploaded: Mapping[str, UploadedFile],
) -> Iterator[PartFault]:
    """Yield what does not fit in a part, after the parts *before* it and with what is *uploaded* by now."""
    if manifest.part != len(before) + 1:
        yield PartFault("part.manifest.part", f"is {manifest.part}; the next part is {len(before) + 1}")
    elif before and manifest.previous_sha256 != manifest_hash(before[-1][0]):
        yield PartFault("part.manifest.previous_sha256", "is not the hash of the part before")
    sent = {item.item_id for _, earlier in before for item in earlier.items}
    for place, item in enumerate(manifest.items):
        field = f"part.manifest.items[{place}]"
        if item.item_id in sent:
            yield PartFault(f"{field}.item_id", "was sent in an earlier part")
        file = uploaded.get(item.item_id)
        if file is None:
            yield PartFault(f"{field}.item_id", "is not uploaded whole")
        elif (file.sealed_sha256, file.sealed_bytes) != (item.sealed_sha256, item.sealed_bytes):
            yield PartFault(f"{field}.sealed_sha256", "is not that of the file that was uploaded")


def key_faults(
    items: Collection[DossierItem],
    keys: Sequence[WrappedKey],
    whole: Collection[str],
    copied: Collection[str],
    kids: Mapping[str, Collection[str]],
) -> Iterator[PartFault]:
    """Yield what is wrong with the keys of a sending.

    Args:
        items: Files of the part.
        keys: All that are wrapped.
        whole: Agencies that must be able to open every file.
        copied: Agencies that must be able to open what is copied (``COPIED``), and nothing else.
        kids: By agency, the ids of its keys to which can be sealed now.
    """
    wanted = {(item.item_id, agency) for item in items for agency in whole}
    wanted |= {(item.item_id, agency) for item in items if item.material in COPIED for agency in copied}
    found: set[tuple[str, str]] = set()
    for place, key in enumerate(keys):
        field = f"part.keys[{place}]"
        if (key.item_id, key.recipient) not in wanted:
            yield PartFault(field, f"{key.recipient} is not to open {key.item_id}")
        elif (key.item_id, key.recipient) in found:
            yield PartFault(field, "is there twice")
        elif key.kid not in kids.get(key.recipient, ()):
            yield PartFault(f"{field}.kid", f"{key.recipient} has no such key now")
        found.add((key.item_id, key.recipient))
    for item_id, agency in sorted(wanted - found):
        yield PartFault("part.keys", f"the key of {item_id} is not wrapped for {agency}")


def openable(keys: Iterable[WrappedKey], agency: str) -> frozenset[str]:
    """Return the ids of the files that an agency can open."""
    return frozenset(key.item_id for key in keys if key.recipient == agency)
