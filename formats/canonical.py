"""One value, one sequence of bytes: the JSON that hashes and signatures are made over.

This is JCS (RFC 8785) restricted to ASCII keys, text, booleans, null, integers below 2**53
in absolute value, lists and objects. With ASCII keys Python's order of strings equals the
UTF-16 order that JCS wants, so the standard encoder writes the same bytes.

It is not a general JSON reader or writer: amounts and larger numbers are sent as text,
instants as ``formats.civil.format_instant`` writes them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTEGER_LIMIT: Final = 2**53
_DEPTH_LIMIT: Final = 32
_NEEDS_NO_CHECK: Final = frozenset({str, bool, type(None)})
_encoder: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def encode(value: object) -> bytes:
    """Write a value in its canonical form.

    Args:
        value: Text, bool, None, int with absolute value below 2**53, list or tuple (written
            alike), dict with ASCII keys; nested at most 32 deep.

    Returns:
        UTF-8 without a byte order mark or a final newline.

    Raises:
        ValueError: Anything else: floats, larger integers, non-ASCII keys or keys that are not
            text, lone surrogates, other types, circles. The message begins with the path, such
            as ``$.items[3].amount``, and never shows the value.
    """
    _check(value, "$", 0)
    try:
        return _encoder.encode(value).encode()
    except UnicodeEncodeError:
        path = next(path for path, text in _texts(value, "$") if _has_surrogate(text))
        raise ValueError(f"{path}: the text holds a lone surrogate") from None


def decode(data: bytes) -> object:
    """Read bytes that ``encode`` wrote.

    Returns:
        The value; tuples come back as lists.

    Raises:
        ValueError: Not UTF-8, not JSON, or JSON that ``encode`` would have written otherwise
            (spaces, unsorted or repeated keys, floats): such bytes are not what was hashed.
    """
    try:
        value = json.loads(data.decode())
    except RecursionError:
        raise ValueError("$: nested too deeply") from None
    if encode(value) != data:
        raise ValueError("$: not in canonical form")
    return value


def _check(value: object, path: str, depth: int) -> None:
    if isinstance(value, dict):
        _check_depth(path, depth)
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"{path}: the key {key!a} is not ASCII text")
            kind = type(item)
            if kind not in _NEEDS_NO_CHECK and not (kind is int and -_INTEGER_LIMIT < item < _INTEGER_LIMIT):
                _check(item, f"{path}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        _check_depth(path, depth)
        for index, item in enumerate(value):
            kind = type(item)
            if kind not in _NEEDS_NO_CHECK and not (kind is int and -_INTEGER_LIMIT < item < _INTEGER_LIMIT):
                _check(item, f"{path}[{index}]", depth + 1)
    else:
        _check_scalar(value, path)


def _check_scalar(value: object, path: str) -> None:
    if isinstance(value, int):
        if not -_INTEGER_LIMIT < value < _INTEGER_LIMIT:
            raise ValueError(f"{path}: an integer of 2**53 or more must be sent as text")
    elif not (value is None or isinstance(value, str)):
        raise ValueError(f"{path}: {type(value).__name__} has no canonical form")


def _check_depth(path: str, depth: int) -> None:
    if depth >= _DEPTH_LIMIT:
        raise ValueError(f"{path}: nested more than {_DEPTH_LIMIT} deep")


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
