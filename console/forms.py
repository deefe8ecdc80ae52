"""What a browser sends with a form, read within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 200
MEDIA: Final = "application/x-www-form-urlencoded"


class FormError(ValueError):
    """What was sent is no form of ours: too large, of another media type, or a field is there twice."""


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form, each without blanks around it; one that a form leaves out is not there.

    Raises:
        FormError: It is none of ours.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA:
        raise FormError("no form")
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > MOST_BYTES:
            raise FormError("too large")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise FormError("cannot be read") from error
    fields = {name: value.strip() for name, value in pairs}
    if len(fields) != len(pairs):
        raise FormError("a field is there twice")
    return fields
