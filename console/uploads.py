"""A form that comes with files, ``multipart/form-data``, read within bounds (RFC 7578).

A page takes one only where it says so. What a file is called tells of its kind at most, and is never a path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from console.forms import MOST_FIELDS, FormError

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of the form with its files; what is larger is imported by ``jsg import``, which reads it row by row."""
MOST_FIELD_BYTES: Final = 4_096
MEDIA: Final = "multipart/form-data"
_BOUNDARY: Final = re.compile(r"multipart/form-data; *boundary=\"?([0-9A-Za-z'()+_,./:=? -]{1,70})\"?", re.IGNORECASE)
_DISPOSITION: Final = re.compile(rb'form-data; name="([a-z_]{1,64})"(?:; filename="([^"\r\n]*)")?')
_LINE: Final = b"\r\n"


class Upload(NamedTuple):
    """A file that came with a form: as it is called where it comes from, and its bytes; none where none was chosen."""

    name: str
    content: bytes


async def read_upload(request: Request) -> tuple[dict[str, str], dict[str, Upload]]:
    """Return the fields of a form, each without blanks around it, and its files by their fields.

    Raises:
        FormError: It is none of ours.
    """
    found = _BOUNDARY.fullmatch(request.headers.get("content-type", ""))
    if found is None:
        raise FormError("no form with files")
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > MOST_BYTES:
            raise FormError("too large")
    return parts_of(bytes(raw), found[1].encode("ascii"))


def parts_of(raw: bytes, boundary: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """Return fields and files of a body.

    Raises:
        FormError: It cannot be read, has too many parts, or a name is there twice.
    """
    before, *parts = (_LINE + raw).split(_LINE + b"--" + boundary)
    if before or len(parts) < 2 or parts[-1] not in {b"--", b"--" + _LINE}:
        raise FormError("no parts, or not to its end")
    if len(parts) > MOST_FIELDS:
        raise FormError("too many parts")
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in parts[:-1]:
        name, file, content = _part(part)
        if name in fields or name in files:
            raise FormError("a field is there twice")
        if file is not None:
            files[name] = Upload(_text(file), content)
        elif len(content) > MOST_FIELD_BYTES:
            raise FormError("too large")
        else:
            fields[name] = _text(content)
    return fields, files


def _part(part: bytes) -> tuple[str, bytes | None, bytes]:
    """Return the name of a part, that of its file where it is one, and what it holds."""
    head, parted, content = part.partition(_LINE + _LINE)
    if not parted or not head.startswith(_LINE):
        raise FormError("a part without a head")
    said = [line.partition(b":") for line in head.removeprefix(_LINE).split(_LINE)]
    disposed = [value.strip() for name, _, value in said if name.strip().lower() == b"content-disposition"]
    found = _DISPOSITION.fullmatch(disposed[0]) if len(disposed) == 1 else None
    if found is None:
        raise FormError("a part without a name")
    return found[1].decode("ascii"), found[2], content


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise FormError("a field is no text") from error
