"""Laws of names."""

from __future__ import annotations

import unicodedata

from hypothesis import assume, example, given
from hypothesis import strategies as st

from formats.names import Folding, foldings_between, normalise_name
from formats.traditional import PAIRS


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
    st.text(st.sampled_from("样樣建有限责任公司Aa1(（）)［ [\u3000") | st.characters(categories=("Lo",)), min_size=1)
)
@example("有限责任公司（样）")
def test_a_plain_name_comes_to_the_same_by_the_short_way(name):
    assume(_has_a_name(name))

    # A format character that nobody sees makes the name one that takes the long way, and is folded away.
    assert normalise_name(name) == normalise_name("\u200b" + name)


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


@given(st.lists(st.sampled_from(range(0, len(PAIRS), 2)), min_size=1, max_size=8), st.data())
def test_script_never_matters_and_characters_do(places, data):
    written = "".join(PAIRS[place + data.draw(st.integers(0, 1))] for place in places)
    simplified = "".join(PAIRS[place + 1] for place in places)

    assert normalise_name(written) == normalise_name(simplified) == simplified


@given(st.text("样例建设甲乙有限责任公司", max_size=12))
@example("有限责有限责任公司任公司")
def test_one_legal_form_has_one_word_and_no_other_is_touched(name):
    assume(name)

    assert normalise_name(name + "有限责任公司") == normalise_name(name + "有限公司")
    assert normalise_name(name + "股份有限公司") != normalise_name(name + "有限公司")


SPELLINGS = {"(": "（〔[", ")": "）〕]", "样": "樣", "A": "aＡ", "建": "建"}


@given(st.text("样例建A()", min_size=1), st.data())
def test_two_spellings_of_one_name_differ_by_foldings_and_one_by_none(name, data):
    form = data.draw(st.sampled_from(["有限公司", "有限责任公司", "股份公司"]))
    spelled = "".join(data.draw(st.sampled_from(each + SPELLINGS.get(each, ""))) for each in name)
    spelled += data.draw(st.sampled_from(["", " ", "\u3000"])) + (
        data.draw(st.sampled_from(["有限公司", "有限责任公司"])) if form != "股份公司" else form
    )

    needed = foldings_between(spelled, name + form)

    assert normalise_name(spelled) == normalise_name(name + form)
    assert (spelled == name + form) is (not needed)
    assert (Folding.LEGAL_FORM in needed) is (("责任" in spelled) != ("责任" in form))
    assert (Folding.SCRIPT in needed) is ("樣" in spelled)


def _has_a_name(text):
    try:
        normalise_name(text)
    except ValueError:
        return False
    return True
