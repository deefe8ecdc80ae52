"""From the bytes of a body to JSON values, and no further than their bounds."""

from __future__ import annotations

import re
from typing import Final

from adapters.http.problems import Problem
from adapters.lossless import Json, Number, loads

MOST_BYTES: Final = 1024 * 1024
"""Bytes of a body."""
MOST_DEPTH: Final = 32
"""How deep a body may be nested."""
_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,18})")


def read_json(raw: bytes) -> Json:
    """Read a body.

    Returns:
        Its value, in which numbers keep their digits (``lossless.Number``).

    Raises:
        Problem: ``NOT_JSON``: it is no UTF-8, no JSON by RFC 8259, names a member twice, or is nested too deeply.
    """
    try:
        value = loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Problem("NOT_JSON", "it is no UTF-8") from error
    except ValueError as error:
        raise Problem("NOT_JSON", str(error)) from error
    _bounded(value)
    return value


def integer(value: Json) -> int | None:
    """Return a JSON number that is a whole one of at most 19 digits; None for anything else."""
    if isinstance(value, Number) and _INTEGER.fullmatch(value.text):
        return int(value.text)
    return None


def _bounded(value: Json) -> None:
    level: list[Json] = [value]
    for _ in range(MOST_DEPTH):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return
    raise Problem("NOT_JSON", f"it is nested deeper than {MOST_DEPTH}")


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
