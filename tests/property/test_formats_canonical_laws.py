"""Laws of canonical JSON, with the ``rfc8785`` package as the second opinion."""

from __future__ import annotations

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from formats.canonical import decode, encode, written

text = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(max_codepoint=127), max_size=4)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    st.none() | st.booleans() | integers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value):
    assert encode(value) == rfc8785.dumps(value)


@given(values)
def test_a_value_comes_back_from_its_bytes(value):
    assert decode(encode(value)) == value


@given(st.dictionaries(keys, values, max_size=4), st.sets(keys, max_size=3))
def test_what_is_written_once_makes_the_bytes_of_the_value_itself(value, once):
    assert encode({key: written(item) if key in once else item for key, item in value.items()}) == encode(value)


@given(st.lists(values, max_size=4))
def test_the_members_of_a_list_can_be_written_once_as_well(value):
    assert encode([written(item) for item in value]) == encode(value)


@given(st.dictionaries(keys, integers | text, max_size=6), st.randoms())
def test_the_order_of_keys_never_matters(value, random):
    items = list(value.items())
    random.shuffle(items)

    assert encode(dict(items)) == encode(value)


@given(st.binary(max_size=40) | text.map(str.encode))
def test_whatever_can_be_read_is_written_again_byte_for_byte(data):
    try:
        value = decode(data)
    except ValueError:
        return
    assert encode(value) == data


@given(values, values)
def test_different_values_have_different_bytes(one, other):
    assert (encode(one) == encode(other)) is (repr(_sorted(one)) == repr(_sorted(other)))


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
