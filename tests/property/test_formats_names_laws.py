"""Laws of names."""

from __future__ import annotations

import unicodedata

from hypothesis import assume, example, given
from hypothesis import strategies as st

from formats.names import normalise_name


@given(st.text())
@example("a \u0308")
@example("e\u00a8")
@example("\u0149\u0390")
def test_normalising_again_changes_nothing(text):
    assume(_has_a_name(text))

    once = normalise_name(text)

    assert normalise_name(once) == once
    assert unicodedata.is_normalized("NFKC", once)


@given(
    st.text("样例建设AB（）", min_size=1), st.lists(st.sampled_from(" \t\u3000\u00a0\u200b"), max_size=5), st.randoms()
)
def test_spaces_never_matter(name, spaces, random):
    spaced = list(name)
    for space in spaces:
        spaced.insert(random.randrange(len(spaced) + 1), space)

    assert normalise_name("".join(spaced)) == normalise_name(name)


@given(st.text("样例建设甲乙ABC()", min_size=1, max_size=8), st.text("样例建设甲乙ABC()", min_size=1, max_size=8))
def test_different_names_stay_different(one, other):
    assert (normalise_name(one) == normalise_name(other)) is (one == other)


def _has_a_name(text):
    try:
        normalise_name(text)
    except ValueError:
        return False
    return True
