"""JSON passes through an adapter with nothing lost."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from adapters.lossless import Number, dumps, loads

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(values)
def test_json_comes_back_as_it_was(value):
    text = json.dumps(value)

    assert json.loads(dumps(loads(text))) == value


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
def test_a_number_keeps_every_digit(text):
    assert loads(text) == Number(text)
    assert dumps(loads(f"[{text}]")).split() == ["[", text, "]"]


@given(st.text(st.characters(categories=["Cs", "L", "P"]), max_size=5))
def test_every_text_that_json_can_carry_can_be_written_to_a_file(text):
    written = dumps(loads(json.dumps(text)))

    assert json.loads(written.encode()) == text
