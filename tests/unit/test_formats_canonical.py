"""Canonical JSON, by example."""

from __future__ import annotations

from enum import StrEnum

import pytest

from formats.canonical import decode, encode, written


class _Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, False, None], "A": ""}, b'{"A":"","a":[true,false,null],"b":1}'),
        ({"name": "湖北"}, '{"name":"湖北"}'.encode()),
        ('\x00\x08\t\n\x0c\r\x1f"\\/\x7f\u2028', b'"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\xe2\x80\xa8"'),
        ((1, (2,), []), b"[1,[2],[]]"),
        ({"a": {}, "": {"c": -1}}, b'{"":{"c":-1},"a":{}}'),
        (2**53 - 1, b"9007199254740991"),
        (-(2**53) + 1, b"-9007199254740991"),
        (_Colour.RED, b'"red"'),
        (None, b"null"),
    ],
)
def test_a_value_has_these_bytes(value, expected):
    assert encode(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"items": [1, {"amount": 1.0}]}, r"^\$\.items\[1\]\.amount: float "),
        ({"n": float("nan")}, r"^\$\.n: float "),
        ({"n": 2**53}, r"^\$\.n: .*2\*\*53"),
        ([-(2**53)], r"^\$\[0\]: .*2\*\*53"),
        ({"a": {"名": 1}}, r"^\$\.a: the key .*ASCII"),
        ({"a": {1: 1}}, r"^\$\.a: the key 1 "),
        ({None: 1}, r"^\$: the key None "),
        ({"a": ["x", {"b": "\ud800"}]}, r"^\$\.a\[1\]\.b: .*surrogate"),
        ({"a": "\ud83d\ude00"}, r"^\$\.a: .*surrogate"),
        ("\udfff", r"^\$: .*surrogate"),
        ({"a": b"x"}, r"^\$\.a: bytes "),
        ({"a": {1, 2}}, r"^\$\.a: set "),
        (object(), r"^\$: object "),
    ],
)
def test_a_value_without_canonical_form_is_refused_with_its_path(value, message):
    with pytest.raises(ValueError, match=message):
        encode(value)


def test_the_message_never_shows_the_value():
    with pytest.raises(ValueError, match=r"^\$\.id") as caught:
        encode({"id": 420302199001010000})

    assert "4203" not in str(caught.value)


def test_a_circle_and_deep_nesting_are_refused():
    circle: dict[str, object] = {}
    circle["again"] = circle
    deep: object = "bottom"
    for _ in range(33):
        deep = [deep]

    for value in (circle, deep):
        with pytest.raises(ValueError, match="nested more than 32 deep"):
            encode(value)
    assert encode(deep[0]) == b"[" * 32 + b'"bottom"' + b"]" * 32


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1}\n',
        b"\xef\xbb\xbf{}",
        b"[1.0]",
        b"[NaN]",
        b"[1e3]",
        b"[-0]",
        b"[9007199254740992]",
        b'"\\u0041"',
        b'"\\ud800"',
        b'"\xff"',
        b'"\\/"',
        '{"名":1}'.encode(),
        '"a"'.encode("utf-16"),
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_bytes_that_were_not_written_canonically_are_refused(data):
    with pytest.raises(ValueError, match=r".+"):
        decode(data)


def test_what_is_written_once_stands_nowhere_but_in_the_outermost_value():
    once = written({"a": [1, "十堰"]})
    assert encode({"k": once}) == '{"k":{"a":[1,"十堰"]}}'.encode()
    with pytest.raises(ValueError, match=r"^\$\.k\.deeper: what is written already"):
        encode({"k": {"deeper": once}})
    with pytest.raises(ValueError, match=r"^\$: what is written already"):
        encode(once)


def test_what_has_no_form_is_not_written_once_either():
    with pytest.raises(ValueError, match=r"^\$\.a: float has no canonical form"):
        written({"a": 1.5})
    with pytest.raises(ValueError, match=r"^\$\.a: the text holds a lone surrogate"):
        written({"a": "\ud800"})
