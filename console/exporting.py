"""What a search finds as one file to take along: rows, proofs, manifest and the receipt of the export, in a ZIP.

It is whole or it is not there. That rows and proofs are those of the manifest is looked at here; what proves them
against the log's own key is ``jsg audit verify`` on the folder that the file unpacks to.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import export_pb2, receipt_pb2

from formats.access_export import (
    MANIFEST_FILE,
    PROOFS_FILE,
    RECEIPT_FILE,
    ROWS_FILES,
    ExportError,
    digest,
    read_manifest,
)

if TYPE_CHECKING:
    from adapters.client import GatewayClient
    from console.access_filter import AccessFilter

FORMATS: Final = {"csv": export_pb2.EXPORT_FORMAT_CSV, "jsonl": export_pb2.EXPORT_FORMAT_JSONL}
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of rows and proofs together: they are held in memory, and what is larger is for ``jsg audit export``."""


class TooLargeError(ExportError):
    """There is more than is held in memory."""


def exported(client: GatewayClient, wanted: AccessFilter, form: str, officer: str) -> bytes:
    """Return the file; *form* is one of ``FORMATS``, and *officer* is who exports.

    Raises:
        TooLargeError: There is more than ``MOST_BYTES``.
        ExportError: It was broken off, or its parts are not those of its manifest.
        GatewayError: A call got no answer.
    """
    rows, proofs = bytearray(), bytearray()
    part = export_pb2.ExportAccessResponse()
    for part in client.export_access(_request(wanted, form, officer)):
        rows += part.content
        proofs += part.proofs
        if len(rows) + len(proofs) > MOST_BYTES:
            raise TooLargeError("there is more than is held in memory")
    if part.WhichOneof("part") != "manifest":
        raise ExportError("the export was broken off: it has no manifest")
    said = read_manifest(part.manifest)
    if (said["content_sha256"], said["proofs_sha256"]) != (digest(bytes(rows)), digest(bytes(proofs))):
        raise ExportError("rows or proofs are not those of the manifest")
    end = part.audit_position
    receipt = client.receipt(
        receipt_pb2.GetReceiptRequest(writer=end.writer, number=end.number, leaf_hash=end.leaf_hash, officer=officer)
    ).receipt
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(ROWS_FILES[form], bytes(rows))
        packed.writestr(PROOFS_FILE, bytes(proofs))
        packed.writestr(MANIFEST_FILE, part.manifest)
        packed.writestr(RECEIPT_FILE, receipt)
    return file.getvalue()


def _request(wanted: AccessFilter, form: str, officer: str) -> export_pb2.ExportAccessRequest:
    search = wanted.request(officer)
    request = export_pb2.ExportAccessRequest(format=FORMATS[form])
    for field, value in search.ListFields():
        if field.message_type is None:
            setattr(request, field.name, value)
        else:
            getattr(request, field.name).CopyFrom(value)
    return request
