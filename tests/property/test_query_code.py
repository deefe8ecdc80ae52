"""The query code: what is printed is found again, and what is mistyped is not taken for something else."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from formats.query_code import QueryCode, QueryCodeError, decode_query_code, encode_query_code

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
years = st.one_of(
    st.integers(2000, 2099), st.builds(lambda year, log: year * 10 + log, st.integers(2000, 2099), st.integers(2, 9))
)
"""Names of logs: the year, and those of further logs of a year."""
indexes = st.integers(0, 2**53 - 1)
leaves = st.binary(min_size=32, max_size=32)


def plain(code):
    return code.replace("-", "")


@given(years, indexes, leaves)
def test_what_is_written_is_read(year, index, leaf):
    code = encode_query_code(year, index, leaf)
    read = decode_query_code(code)
    assert (read.year, read.index) == (year, index)
    assert read.of(leaf)
    assert all(len(group) == 4 for group in code.split("-")[:-1])


@given(years, indexes, leaves, leaves)
def test_it_is_that_of_no_other_leaf(year, index, leaf, other):
    read = decode_query_code(encode_query_code(year, index, leaf))
    assert read.of(other) == (leaf[:7] == other[:7] and leaf[7] >> 4 == other[7] >> 4)


@given(years, indexes, leaves, st.data())
def test_every_single_wrong_character_is_noticed(year, index, leaf, data):
    code = plain(encode_query_code(year, index, leaf))
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(code[place], "")))
    with pytest.raises(QueryCodeError):
        decode_query_code(code[:place] + wrong + code[place + 1 :])


@given(years, indexes, leaves, st.data())
def test_every_swap_of_two_neighbours_is_noticed(year, index, leaf, data):
    code = plain(encode_query_code(year, index, leaf))
    place = data.draw(st.integers(0, len(code) - 2))
    assume(code[place] != code[place + 1])
    with pytest.raises(QueryCodeError):
        decode_query_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@given(years, indexes, leaves, st.data())
def test_it_is_read_however_it_is_typed(year, index, leaf, data):
    code = encode_query_code(year, index, leaf)
    typed = "".join(
        data.draw(st.sampled_from({"0": "0Oo", "1": "1IiLl"}.get(each, each + each.lower()))) for each in plain(code)
    )
    place = data.draw(st.integers(0, len(typed)))
    assert decode_query_code(typed[:place] + " - " + typed[place:]) == decode_query_code(code)


@given(st.text(max_size=40))
def test_what_is_no_code_is_refused_by_name(text):
    try:
        read = decode_query_code(text)
    except QueryCodeError:
        return
    assert plain(encode_query_code(read.year, read.index, (read.leaf << 4).to_bytes(8) + bytes(24)))


def test_every_log_of_every_year_has_a_code_of_its_own():
    numbers = [year * 10 + log if log else year for year in range(2000, 2100) for log in (0, *range(2, 10))]
    heads = [encode_query_code(number, 7, bytes(32))[:2] for number in numbers]
    assert len(set(heads)) == len(numbers)


def test_the_code_of_an_entry_is_this_one():
    # By hand: year 26 is 0T; 60 bits of FF… are twelve Z; 33 is 11; (26·32^14 + (2^60 - 1)·32^2 + 33)·32^2 mod 1021.
    check = (26 * 32**14 + (2**60 - 1) * 32**2 + 33) * 32**2 % 1021
    expected = f"0TZZ-ZZZZ-ZZZZ-ZZ11-{ALPHABET[check // 32]}{ALPHABET[check % 32]}"
    assert encode_query_code(2026, 33, b"\xff" * 32) == expected
    assert decode_query_code(expected) == QueryCode(2026, 33, 2**60 - 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "too short"),
        ("0T", "too short"),
        ("0TZZ-ZZZZ-ZZZZ-ZZ11-1U", "has no 'U'"),
        ("0TZZ-ZZZZ-ZZZZ-ZZ11-00", "mistyped"),
        ("0" * 60, "too short or too long"),
    ],
)
def test_what_is_wrong_with_it_is_said(typed, said):
    with pytest.raises(QueryCodeError, match=said):
        decode_query_code(typed)


def test_an_index_has_one_way_to_be_written():
    said = "0TZZZZZZZZZZZZ" + "011"
    value = 0
    for character in said:
        value = value * 32 + ALPHABET.index(character)
    check = value * 1024 % 1021
    with pytest.raises(QueryCodeError, match="not written as it must be"):
        decode_query_code(said + ALPHABET[check // 32] + ALPHABET[check % 32])


@pytest.mark.parametrize(
    ("year", "index"), [(1999, 0), (2100, 0), (20261, 0), (20260, 0), (21002, 0), (2026, -1), (2026, 2**53)]
)
def test_what_cannot_be_written_has_no_code(year, index):
    with pytest.raises(ValueError, match="no code"):
        encode_query_code(year, index, bytes(32))
