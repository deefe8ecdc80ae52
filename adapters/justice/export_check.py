"""An exported dossier verified by itself: with the authorities' certificates, and without a gateway or a network.

It must be, byte for byte, what ``exporting`` writes of manifests that the referring agency signed, of files that they
list, and of a party's signature over all of it. Nothing in it is passed over, and no XML is read: the list is made anew
from what was found, and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.cms import CMS_BYTES, read_cms
from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.signing import CHAIN_BYTES, Signature, certificate_holder, signer_of
from adapters.justice.export_entries import ContainerEntries, unlisted
from adapters.justice.parts import PURPOSE, VerifiedPart, require_following
from adapters.justice.party import HRSS, PARTIES, certificate_name
from formats.asic import (
    CHAIN_TYPE,
    FILES,
    LIST_NAME,
    MANIFEST_NAME,
    MANIFEST_TYPE,
    MIMETYPE,
    MIMETYPE_NAME,
    SIGNATURE_NAME,
    VALUE_TYPE,
    PartNames,
    encode_list,
    file_name,
)
from formats.manifest import MANIFEST_LIMIT, ManifestError, decode_manifest
from formats.zip_layout import ENTRY_LIMIT, StoredZipError, zip_moment

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cryptography.x509.verification import Store

    from formats.dossier import DossierItem

_VALUE_BYTES: Final = 1 << 10
_LIST_BYTES: Final = ENTRY_LIMIT << 9


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file that is in the container as its manifest lists it: part, name in the container, and its line."""

    part: int
    name: str
    item: DossierItem


@dataclass(frozen=True, slots=True)
class CheckedExport:
    """What an exported dossier proves."""

    referral_id: str
    exporter: str
    """Name of the certificate that signed the container: ``spiffe://…``."""
    at: datetime
    """When it was signed, UTC, as the exporter says."""
    parts: tuple[VerifiedPart, ...]
    """What the referring agency signed, in the order of the sendings."""
    signers: tuple[str, ...]
    """Name of the certificate that signed each of the parts."""
    files: tuple[CheckedFile, ...]

    @property
    def absent(self) -> list[tuple[int, DossierItem]]:
        """Files that the manifests list and that the exporter could not open, each with its part."""
        there = {(file.part, file.item.item_id) for file in self.files}
        rows = [(part.manifest.part, item) for part in self.parts for item in part.manifest.items]
        return [row for row in rows if (row[0], row[1].item_id) not in there]

    @property
    def absent_parts(self) -> list[int]:
        """Sendings before the last one here of which nothing is in the container: none of them was for the exporter."""
        there = [part.manifest.part for part in self.parts]
        return [number for number in range(1, there[-1]) if number not in there]


def check_export(path: Path, trusted: Store) -> CheckedExport:
    """Return what an exported dossier proves, once all of it holds.

    Args:
        path: The file.
        trusted: The authorities of the city whose gateway it went through.

    Raises:
        DossierError: ``CUT_OFF``, ``CHANGED``, ``NOT_THE_CONTENT`` or ``NOT_SIGNED``; the message begins with the
            entry at fault, or ``$`` for the file as a whole.
        OSError: It cannot be read.
    """
    with path.open("rb") as source:
        try:
            return _checked(ContainerEntries(source), trusted)
        except StoredZipError as error:
            raise DossierError(DossierFault.CUT_OFF if error.cut_off else DossierFault.CHANGED, str(error)) from error


def _checked(entries: ContainerEntries, trusted: Store) -> CheckedExport:
    if entries.take(MIMETYPE_NAME, len(MIMETYPE)) != MIMETYPE:
        raise DossierError(DossierFault.CHANGED, f"{MIMETYPE_NAME}: is not {MIMETYPE.decode()}")
    parts, signers = _parts(entries, trusted)
    files = _files(entries, parts)
    listed = entries.take(LIST_NAME, _LIST_BYTES)
    if listed != encode_list(entries.objects):
        raise DossierError(DossierFault.NOT_THE_CONTENT, f"{LIST_NAME}: does not list what is there")
    exporter, at = _signed(listed, entries.take(SIGNATURE_NAME, CMS_BYTES), trusted)
    entries.end()
    if entries.moments != {zip_moment(at)}:
        raise DossierError(DossierFault.CHANGED, "$: an entry is of another time than the signature")
    domains = {certificate_name(each).trust_domain for each in signers}
    if domains != {certificate_name(exporter).trust_domain}:
        raise _not_signed(SIGNATURE_NAME, f"{exporter} is of another trust domain than the case")
    return CheckedExport(parts[0].manifest.referral_id, exporter, at, tuple(parts), tuple(signers), tuple(files))


def _parts(entries: ContainerEntries, trusted: Store) -> tuple[list[VerifiedPart], list[str]]:
    """Take every manifest with its signature; return them, and the name of who signed each."""
    parts: list[VerifiedPart] = []
    signers: list[str] = []
    while (found := MANIFEST_NAME.fullmatch(entries.coming())) is not None:
        names = PartNames.of(int(found["part"]))
        raw = entries.listed(names.manifest, MANIFEST_LIMIT, MANIFEST_TYPE)
        value = entries.listed(names.signature, _VALUE_BYTES, VALUE_TYPE)
        chain = entries.listed(names.chain, CHAIN_BYTES, CHAIN_TYPE)
        part, signer = _part(names, raw, Signature(value, chain), trusted)
        before = parts[-1].manifest if parts else part.manifest
        if (before.referral_id, before.agency) != (part.manifest.referral_id, part.manifest.agency):
            raise _not_signed(names.manifest, "is of another case than the one before it")
        if parts:
            require_following(parts[-1], part)
        parts.append(part)
        signers.append(signer)
    return parts, signers


def _part(names: PartNames, raw: bytes, signature: Signature, trusted: Store) -> tuple[VerifiedPart, str]:
    try:
        manifest = decode_manifest(raw)
        uri = signer_of(PURPOSE, raw, signature, trusted, manifest.made_at)
        signer = certificate_name(uri)
    except (ManifestError, DossierError) as error:
        raise _not_signed(names.manifest, str(error)) from error
    if PartNames.of(manifest.part) != names:
        raise _not_signed(names.manifest, f"is part {manifest.part}")
    if signer.agency != manifest.agency or signer.role not in HRSS:
        raise _not_signed(names.manifest, f"signed by {uri}, and not by {manifest.agency}")
    sent = pb.DossierSignature(value=signature.value, chain=signature.chain)
    return VerifiedPart(raw, manifest, sent, ()), uri


def _files(entries: ContainerEntries, parts: list[VerifiedPart]) -> list[CheckedFile]:
    """Take every file; they stand in the order of the parts, and in each in that of its manifest."""
    expected = (
        (file_name(part.manifest.part, place, item), part.manifest.part, item)
        for part in parts
        for place, item in enumerate(part.manifest.items, 1)
    )
    files: list[CheckedFile] = []
    while (name := entries.coming()).startswith(FILES):
        # What lies between was passed over by the exporter, who could not open it; none comes twice.
        found = next((each for each in expected if each[0] == name), None)
        if found is None:
            raise unlisted(name)
        _, part, item = found
        if entries.hashed(name, item.media_type) != (item.content_bytes, item.content_sha256):
            raise DossierError(DossierFault.NOT_THE_CONTENT, f"{name}: is not what its manifest lists")
        files.append(CheckedFile(part, name, item))
    if not files:
        raise DossierError(DossierFault.NOT_THE_CONTENT, "$: holds no file of a dossier")
    return files


def _signed(listed: bytes, signature: bytes, trusted: Store) -> tuple[str, datetime]:
    """Return who signed the list, and when as the signature says."""
    try:
        read = read_cms(signature, listed)
        uri = certificate_holder(read.chain[0], read.chain[1:], trusted, read.at)
        exporter = certificate_name(uri)
    except DossierError as error:
        raise _not_signed(SIGNATURE_NAME, str(error)) from error
    if exporter.role not in PARTIES:
        raise _not_signed(SIGNATURE_NAME, f"{uri} takes no part in referrals")
    return uri, read.at


def _not_signed(name: str, why: str) -> DossierError:
    return DossierError(DossierFault.NOT_SIGNED, f"{name}: {why}")
