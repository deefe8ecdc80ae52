"""A dossier fetched over a link that breaks, verified, and opened into files that are there whole or not at all."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import Purpose
from adapters.dossier.sealing import unseal
from adapters.errors import GatewayError
from adapters.justice.durable import written_whole
from adapters.justice.parts import case_of, parts_of
from adapters.justice.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from adapters.justice.keyring import Keyring
    from adapters.justice.parts import VerifiedPart
    from adapters.justice.party import Party
    from formats.dossier import DossierItem, Manifest

_READ: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One opened file, and what its manifest says of it; ``part`` counts the sendings from 1."""

    part: int
    item: DossierItem
    path: Path


def fetch(
    party: Party, keyring: Keyring, referral_id: str, folder: Path, patience: Patience | None = None
) -> Iterator[FetchedFile]:
    """Yield every file that is for the party, opened in *folder*; one that is there with its hash is not fetched again.

    Raises:
        DossierError: A manifest is not proven to be the referring agency's, or a file is not what it lists. What was
            received of that file is thrown away, and nothing of it is left opened.
        GatewayError: There was no answer, or nothing more arrived in as many tries as *patience* has.
        OSError: A file cannot be written.
    """
    parts = parts_of(party, referral_id, case_of(party, referral_id).referral.agency)
    yield from fetch_parts(party, keyring, parts, folder, patience)


def fetch_parts(
    party: Party, keyring: Keyring, parts: Sequence[VerifiedPart], folder: Path, patience: Patience | None = None
) -> Iterator[FetchedFile]:
    """Yield every file of *parts* that is for the party, as ``fetch`` does, in the order of the manifests.

    The folder is there afterwards also where no file is for the party: an empty one says so.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in parts:
        for item, _ in part.openable(party.agency):
            yield fetch_item(party, keyring, (part, item.item_id), folder, patience)


def fetch_item(
    party: Party, keyring: Keyring, which: tuple[VerifiedPart, str], folder: Path, patience: Patience | None = None
) -> FetchedFile:
    """Return one file of a part by its id, opened in *folder*, as ``fetch`` does.

    Raises:
        DossierError: It is not for the party, or not what the manifest lists; nothing of it is left opened.
        GatewayError: There was no answer.
        OSError: It cannot be written.
    """
    part, item_id = which
    found = [(item, wraps) for item, wraps in part.openable(party.agency) if item.item_id == item_id]
    if not found:
        raise DossierError(DossierFault.NOT_FOR_US, f"{item_id}: is no file that is for {party.agency}")
    ((item, wraps),) = found
    number, referral_id = part.manifest.part, part.manifest.referral_id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = folder / _names(part.manifest)[item_id]
    if not opened.exists() or _hash(opened) != item.content_sha256:
        key = keyring.unwrap_any(
            [(each.wrapped, each.kid) for each in wraps], Purpose(referral_id, item_id, party.agency)
        )
        received = folder / f".{number}-{item_id}.received"
        _receive(party, referral_id, item, received, patience or Patience())
        _open(item, key, received, opened)
    return FetchedFile(number, item, opened)


def _receive(party: Party, referral_id: str, item: DossierItem, received: Path, patience: Patience) -> None:
    """Bring the ciphertext to the disk, from where it broke off before."""
    failed = 0
    while (there := received.stat().st_size if received.exists() else 0) < item.sealed_bytes:
        try:
            _append(party, referral_id, item, received, there)
        except GatewayError as error:
            moved = received.exists() and received.stat().st_size > there
            failed = 1 if moved else failed + 1
            patience.wait(failed, error)
    if received.stat().st_size != item.sealed_bytes or _hash(received) != item.sealed_sha256:
        received.unlink()
        raise DossierError(DossierFault.CHANGED, f"{item.item_id}: what was received is not what the manifest lists")


def _append(party: Party, referral_id: str, item: DossierItem, received: Path, there: int) -> None:
    request = pb.DownloadDossierRequest(
        officer=party.officer, referral_id=referral_id, item_id=item.item_id, offset=there
    )
    left = item.sealed_bytes - there
    with os.fdopen(os.open(received, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        for message in party.client.download_dossier(request):
            left -= len(message.content)
            file.write(message.content)
            if left < 0:
                break
    if left > 0:
        received.unlink()
        raise DossierError(DossierFault.CUT_OFF, f"{item.item_id}: the gateway's file ends too early")


def _open(item: DossierItem, key: bytes, received: Path, opened: Path) -> None:
    digest = hashlib.sha256()
    try:
        with received.open("rb") as sealed, written_whole(opened) as sink:
            for chunk in unseal(item.item_id, key, sealed):
                digest.update(chunk)
                sink.write(chunk)
            if digest.hexdigest() != item.content_sha256:
                raise DossierError(DossierFault.NOT_THE_CONTENT, f"{item.item_id}: opens to another content")
    finally:
        received.unlink()


def _names(manifest: Manifest) -> dict[str, str]:
    """Return the names of the opened files by their ids.

    The number before each keeps an id of dots alone from being another folder. One that reads like an earlier one, also
    to a disk that does not tell capitals, is numbered: no file is written over another.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for place, item in enumerate(manifest.items):
        ending = mimetypes.guess_extension(item.media_type) or ""
        name = f"{manifest.part}-{item.item_id}{ending}"
        if name.casefold() in taken:
            name = f"{manifest.part}-{item.item_id}~{place}{ending}"  # no id has a tilde
        taken.add(name.casefold())
        names[item.item_id] = name
    return names


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_READ):
            digest.update(part)
    return digest.hexdigest()
