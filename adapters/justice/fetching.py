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
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.justice.keyring import Keyring
    from adapters.justice.party import Party
    from formats.dossier import DossierItem

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
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in parts_of(party, referral_id, case_of(party, referral_id).referral.agency):
        number = part.manifest.part
        for item, wrapped in part.openable(party.agency):
            opened = folder / _name(number, item)
            if not opened.exists() or _hash(opened) != item.content_sha256:
                key = keyring.unwrap(wrapped.wrapped, wrapped.kid, Purpose(referral_id, item.item_id, party.agency))
                received = folder / f".{number}-{item.item_id}.received"
                _receive(party, referral_id, item, received, patience or Patience())
                _open(item, key, received, opened)
            yield FetchedFile(number, item, opened)


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


def _name(part: int, item: DossierItem) -> str:
    """Return the name of the opened file; the number before it keeps an id of dots alone from being another folder."""
    return f"{part}-{item.item_id}{mimetypes.guess_extension(item.media_type) or ''}"


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_READ):
            digest.update(part)
    return digest.hexdigest()
