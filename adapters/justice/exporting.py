"""A dossier as one file that programs of others open: an ASiC-E container, signed by the party that can open it.

The referring agency's own signature of each manifest goes along, so that who has the file can prove years later, with
the authorities' certificates alone, from whom it is, and by whom it was opened. ``export_check`` verifies it.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from adapters.dossier.cms import read_cms, sign_cms
from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.signing import certificate_holder
from adapters.justice.durable import written_whole
from adapters.justice.fetching import fetch_parts
from adapters.justice.parts import case_of, parts_of
from adapters.justice.party import PARTIES, certificate_name
from formats.asic import (
    CHAIN_TYPE,
    LIST_NAME,
    MANIFEST_TYPE,
    MIMETYPE,
    MIMETYPE_NAME,
    SIGNATURE_NAME,
    VALUE_TYPE,
    DataObject,
    PartNames,
    encode_list,
    file_name,
)
from formats.stored_zip import StoredZipWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from adapters.justice.fetching import FetchedFile
    from adapters.justice.keyring import Keyring
    from adapters.justice.parts import VerifiedPart
    from adapters.justice.party import Party
    from adapters.justice.patience import Patience

_READ: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Exported:
    """One file in the container: its name there, and its size in bytes."""

    name: str
    size: int


def export(
    party: Party,
    keyring: Keyring,
    referral_id: str,
    going: tuple[Path, Path, datetime],
    patience: Patience | None = None,
) -> list[Exported]:
    """Write all that the party can open of a case into one file, which is there whole or not at all.

    Args:
        party: Who exports, and signs.
        keyring: Its keys.
        referral_id: The case.
        going: The file; the folder where opened files lie or are put, as ``fetching.fetch`` does; and now, UTC.
        patience: Of the download.

    Raises:
        DossierError: A manifest, a file or the own certificate does not hold, or nothing is for the party.
        FileExistsError: The file is there already.
        GatewayError: There was no answer.
        OSError: Something cannot be written.
    """
    target, folder, at = going
    if target.exists():
        raise FileExistsError(errno.EEXIST, "已存在 is there already", str(target))
    parts = parts_of(party, referral_id, case_of(party, referral_id).referral.agency)
    files = fetch_parts(party, keyring, parts, folder, patience)
    with written_whole(target) as sink:
        return write_container(party, parts, files, (sink, at))


def write_container(
    party: Party, parts: Sequence[VerifiedPart], files: Iterable[FetchedFile], going: tuple[BinaryIO, datetime]
) -> list[Exported]:
    """Write a container of parts and of files of theirs, in their order; the same bytes for the same arguments.

    Args:
        party: Who signs it.
        parts: Every sending of which something is for the party.
        files: Opened files.
        going: Where it is written, which can be sought in, and the moment of signing, UTC.

    Raises:
        DossierError: There is no file, one is not what its manifest lists, or the own certificate does not hold.
        OSError: A file cannot be read or written.
    """
    sink, at = going
    written = StoredZipWriter(sink, at)
    objects: list[DataObject] = []

    def add(name: str, media_type: str, content: bytes) -> None:
        objects.append(DataObject(name, media_type, written.add(name, len(content), [content])))

    written.add(MIMETYPE_NAME, len(MIMETYPE), [MIMETYPE])
    for part in parts:
        names = PartNames.of(part.manifest.part)
        add(names.manifest, MANIFEST_TYPE, part.raw)
        add(names.signature, VALUE_TYPE, part.signature.value)
        add(names.chain, CHAIN_TYPE, part.signature.chain)
    found = []
    for file in files:
        objects.append(_add_file(written, parts, file))
        found.append(Exported(objects[-1].name, file.item.content_bytes))
    if not found:
        raise DossierError(DossierFault.NOT_FOR_US, f"no file is for {party.agency}")
    content = encode_list(objects)
    written.add(LIST_NAME, len(content), [content])
    signature = _signed(party, content, at)
    written.add(SIGNATURE_NAME, len(signature), [signature])
    written.close()
    return found


def _add_file(written: StoredZipWriter, parts: Sequence[VerifiedPart], file: FetchedFile) -> DataObject:
    item = file.item
    (manifest,) = [part.manifest for part in parts if part.manifest.part == file.part]
    name = file_name(file.part, manifest.items.index(item) + 1, item)
    sha256 = ""
    if file.path.stat().st_size == item.content_bytes:
        sha256 = written.add(name, item.content_bytes, _chunks(file.path))
    if sha256 != item.content_sha256:
        raise DossierError(DossierFault.NOT_THE_CONTENT, f"{file.path}: is not what the manifest lists")
    return DataObject(name, item.media_type, sha256)


def _signed(party: Party, content: bytes, at: datetime) -> bytes:
    """Return the party's signature, once it would be believed by who believes the same authorities."""
    signature = sign_cms(content, party.signer, at)
    read = read_cms(signature, content)
    uri = certificate_holder(read.chain[0], read.chain[1:], party.trusted, read.at)
    if certificate_name(uri).role not in PARTIES:
        raise DossierError(DossierFault.NOT_SIGNED, f"{uri}: takes no part in referrals")
    return signature


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_READ):
            yield chunk
