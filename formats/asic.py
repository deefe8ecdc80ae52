"""What stands where in a dossier that is exported as an ASiC-E container (ETSI EN 319 162-1), and its list of files.

A ZIP file with, in this order: ``mimetype``; of each sending its manifest as the referring agency signed it, that
signature and the certificates behind it; the files that the exporting party can open, in the clear; the list of all
these with their hashes; and the exporting party's signature of that list.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from formats.dossier import DossierItem

MIMETYPE_NAME: Final = "mimetype"
MIMETYPE: Final = b"application/vnd.etsi.asic-e+zip"
LIST_NAME: Final = "META-INF/ASiCManifest.xml"
SIGNATURE_NAME: Final = "META-INF/signature.p7s"
FILES: Final = "files/"
MANIFEST_NAME: Final = re.compile(r"manifests/(?P<part>[1-9][0-9]{0,8})\.json")
MANIFEST_TYPE: Final = "application/json"
VALUE_TYPE: Final = "application/octet-stream"
CHAIN_TYPE: Final = "application/x-pem-file"
_ENDINGS: Final = {
    "application/json": "json",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tiff",
    "text/csv": "csv",
    "text/plain": "txt",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
}
"""By which a program knows a file; no machine's own table, so that a name is the same everywhere."""
_OTHER: Final = "bin"


@dataclass(frozen=True, slots=True)
class DataObject:
    """One file of the container: its name in it, media type, and SHA-256, hexadecimal."""

    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PartNames:
    """Where what was sent once stands: the manifest, its signature and the certificates behind that."""

    manifest: str
    signature: str
    chain: str

    @classmethod
    def of(cls, part: int) -> PartNames:
        """Return the names of a part, from 1."""
        return cls(f"manifests/{part}.json", f"manifests/{part}.sig", f"manifests/{part}.pem")


def file_name(part: int, place: int, item: DossierItem) -> str:
    """Return where a file stands.

    Its id cannot make it another file's, nor anything but a file in that folder: it stands behind a number.

    Args:
        part: Of the sending, from 1.
        place: Of the file in that sending's manifest, from 1.
        item: What the manifest says of it.
    """
    return f"{FILES}{part}/{place:03}-{item.item_id}.{_ENDINGS.get(item.media_type, _OTHER)}"


def encode_list(objects: Iterable[DataObject]) -> bytes:
    """Return ``ASiCManifest.xml``: the same bytes for the same files, so that who verifies need read no XML."""
    rows = [
        f'  <asic:DataObjectReference URI="{escape(each.name)}" MimeType="{escape(each.media_type)}">\n'
        '    <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>\n'
        f"    <ds:DigestValue>{_base64(each.sha256)}</ds:DigestValue>\n"
        "  </asic:DataObjectReference>\n"
        for each in objects
    ]
    begin = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
        f'  <asic:SigReference URI="{SIGNATURE_NAME}" MimeType="application/pkcs7-signature"/>\n'
    )
    return (begin + "".join(rows) + "</asic:ASiCManifest>\n").encode()


def _base64(sha256: str) -> str:
    return b64encode(bytes.fromhex(sha256)).decode()
