"""How alike two names are: ordered by what differs, and told in which part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.names import normalise_name
from gateway.domain.edit_distance import edits
from gateway.domain.name_likeness import LEAST_PER_MILLE, NameDifference, likeness

FRONT, BRACKETS, FORM, CHARACTERS = NameDifference
NAME = "十堰华建建筑工程有限公司"


def compared(one, other):
    return likeness(normalise_name(one), normalise_name(other))


@pytest.mark.parametrize(
    ("other", "parts", "characters"),
    [
        ("湖北十堰华建建筑工程有限公司", (FRONT,), 0),
        ("湖北省十堰华建建筑工程有限公司", (FRONT,), 0),
        ("华建建筑工程有限公司", (FRONT,), 0),
        ("华建建筑工程（十堰）有限公司", (BRACKETS,), 0),
        ("华建（十堰）建筑工程有限公司", (BRACKETS,), 0),
        ("十堰华建建筑工程股份有限公司", (FORM,), 0),
        ("十堰华建建筑工程厂", (FORM,), 0),
        ("十堰华健建筑工程有限公司", (CHARACTERS,), 1),
        ("十堰华建筑工程有限公司", (CHARACTERS,), 1),
        ("十堰华建中建筑工程有限公司", (CHARACTERS,), 1),
        ("十堰中健建筑工程集团有限公司", (FORM, CHARACTERS), 2),
    ],
)
def test_the_parts_that_differ_are_told(other, parts, characters):
    found = compared(NAME, other)

    assert (found.differences, found.characters) == (parts, characters)
    assert LEAST_PER_MILLE <= found.per_mille < 1_000
    assert compared(other, NAME) == found


def test_less_that_differs_is_more_alike():
    others = [
        "十堰华建建筑工程（十堰）有限公司",
        "十堰华健建筑工程有限公司",
        "十堰中健建筑工程有限公司",
        "武汉中健商贸有限公司",
    ]
    ordered = [compared(NAME, other).per_mille for other in others]

    assert compared(NAME, NAME).per_mille == 1_000
    assert ordered == sorted(ordered, reverse=True)
    assert ordered[-1] < LEAST_PER_MILLE


def test_an_ending_of_two_characters_is_no_name_without_its_front():
    assert CHARACTERS in compared("建筑有限公司", "十堰华建建筑有限公司").differences


def by_the_table(one, other):
    """The distance as it is defined, column by column."""
    above = list(range(len(other) + 1))
    for row, mine in enumerate(one, 1):
        here = [row]
        for column, theirs in enumerate(other, 1):
            here.append(min(above[column] + 1, here[-1] + 1, above[column - 1] + (mine != theirs)))
        above = here
    return above[-1]


@given(st.text("甲乙丙", max_size=12), st.text("甲乙丙", max_size=12))
def test_edits_are_counted_as_the_definition_says(one, other):
    assert edits(one, other) == by_the_table(one, other)
