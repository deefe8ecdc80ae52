"""One value, one sequence of bytes: the JSON that hashes and signatures are made over.

This is JCS (RFC 8785) restricted to ASCII keys, text, booleans, null, integers below 2**53
in absolute value, lists and objects. With ASCII keys Python's order of strings equals the
UTF-16 order that JCS wants, and the standard library quotes text as JCS does.

It is not a general JSON reader or writer: amounts and larger numbers are sent as text,
instants as ``formats.civil.format_instant`` writes them.
"""

from __future__ import annotations

import json
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTEGER_LIMIT: Final = 2**53
_DEPTH_LIMIT: Final = 32
_KEYS_KEPT: Final = 1024
"""As they are written: keys are words of ours, which come again and again."""
_WORDS: Final = {None: "null", True: "true", False: "false"}


class Written(str):
    """A value in its canonical form, as ``written`` returns it."""

    __slots__ = ()


def written(value: object) -> Written:
    """Write once what many objects have as a member: ``encode`` makes of it the bytes that it makes of *value*.

    It stands directly in the outermost object or list and nowhere deeper. Takes and raises as ``encode``.
    """
    return Written(_encoded(value, 1).decode())


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
    return _encoded(value, 0)


def _encoded(value: object, depth: int) -> bytes:
    try:
        return _written(value, depth).encode()
    except _NoFormError as error:
        raise ValueError(f"${error.path}: {error.why}") from None
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


class _NoFormError(Exception):
    """Something has no canonical form. Whoever looks into a list or an object adds its part of the path."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.path = ""


def _written(value: Any, depth: int) -> str:  # noqa: ANN401 - whatever it is is looked at here
    # An answer of a thousand items has some twenty thousand values: each is looked at and written at once, and the
    # text of a list or an object without another call.
    kind = type(value)
    if kind is dict:
        return _object(value, depth)
    if kind is list or kind is tuple:
        return _list(value, depth)
    if value is None or kind is bool:
        return _WORDS[value]
    if kind is Written:
        return _placed(value, depth)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int):
        if not -_INTEGER_LIMIT < value < _INTEGER_LIMIT:
            raise _NoFormError("an integer of 2**53 or more must be sent as text")
        return int.__repr__(value)
    if isinstance(value, dict):
        return _object(value, depth)
    if isinstance(value, list | tuple):
        return _list(value, depth)
    raise _NoFormError(f"{kind.__name__} has no canonical form")


def _placed(value: Written, depth: int) -> str:
    if depth != 1:
        raise _NoFormError("what is written already stands only directly in the outermost object or list")
    return value


def _object(value: dict[Any, Any], depth: int) -> str:
    _check_depth(depth)
    members = []
    key: object = None
    try:
        for key in sorted(value):
            item = value[key]
            members.append(_key(key) + (_quoted(item) if type(item) is str else _written(item, depth + 1)))
    except _NoFormError as error:
        error.path = f".{key}{error.path}"
        raise
    except (_NoKeyError, TypeError):  # what cannot be put in order is no text
        wrong = next(each for each in value if not (isinstance(each, str) and each.isascii()))
        raise _NoFormError(f"the key {wrong!a} is not ASCII text") from None
    return "{" + ",".join(members) + "}"


def _list(value: list[Any] | tuple[Any, ...], depth: int) -> str:
    _check_depth(depth)
    items: list[str] = []
    try:
        for item in value:
            items.append(_quoted(item) if type(item) is str else _written(item, depth + 1))  # noqa: PERF401 - it counts
    except _NoFormError as error:
        error.path = f"[{len(items)}]{error.path}"
        raise
    return "[" + ",".join(items) + "]"


class _NoKeyError(Exception):
    """Something cannot be a key."""


@lru_cache(_KEYS_KEPT)
def _key(key: object) -> str:
    if not (isinstance(key, str) and key.isascii()):
        raise _NoKeyError
    return _quoted(key) + ":"


def _check_depth(depth: int) -> None:
    if depth >= _DEPTH_LIMIT:
        raise _NoFormError(f"nested more than {_DEPTH_LIMIT} deep")


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
