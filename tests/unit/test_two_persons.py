"""Two words are those of two persons, by certificates or by signed officers, and no spelling makes one person two."""

from __future__ import annotations

import pytest

from gateway.domain.errors import SecondPersonRequiredError
from gateway.domain.two_persons import Spoken, require_somebody, require_two, spelled


def why(action, *words):
    try:
        action(*words)
    except SecondPersonRequiredError as error:
        return error.metadata["why"]
    return ""


def by(officer, holder="", *, signed=False):
    return Spoken(holder, officer, signed)


@pytest.mark.parametrize(
    "other",
    ["LI.WEI", "li wei", "Li-Wei", "ｌｉ．ｗｅｉ", "li_wei ", "l\u200bi.wei", "Lǐ Wěi", "\u202eli.wei"],
)
def test_the_same_name_in_another_spelling_is_the_same_person(other):
    assert spelled(other) == spelled("li.wei") == "liwei"
    assert why(require_two, by("li.wei", "a"), by(other, "b")) == "SAME_PERSON"
    assert why(require_two, by("li.wei", signed=True), by(other, signed=True)) == "SAME_PERSON"
    assert why(require_two, by("one", "li.wei"), by("two", other)) == "SAME_PERSON"


def test_a_traditional_character_is_the_simplified_one():
    assert why(require_two, by("張偉", signed=True), by("张伟", signed=True)) == "SAME_PERSON"
    assert why(require_two, by("张伟", signed=True), by("张卫", signed=True)) == ""


def test_two_signed_officers_are_two_persons_whatever_certificate_they_share():
    assert why(require_two, by("li", "desk", signed=True), by("wang", "desk", signed=True)) == ""
    assert why(require_two, by("li", signed=True), by("wang", signed=True)) == ""


@pytest.mark.parametrize(("first", "second"), [(False, False), (True, False), (False, True)])
def test_where_either_is_only_declared_two_holders_are_needed_and_two_officers(first, second):
    def words(holders, officers=("li", "wang")):
        return by(officers[0], holders[0], signed=first), by(officers[1], holders[1], signed=second)

    assert why(require_two, *words(("a", "b"))) == ""
    assert why(require_two, *words(("a", "A"))) == "SAME_PERSON"
    assert why(require_two, *words(("a", "b"), ("li", "LI"))) == "SAME_PERSON"
    assert why(require_two, *words(("", "b"))) == "SAME_PERSON"
    assert why(require_two, *words(("a", ""))) == "NO_HOLDER"
    assert why(require_two, *words(("", ""))) == "NO_HOLDER"


def test_a_word_is_somebodys_by_a_holder_or_by_a_signature_and_not_by_signs_alone():
    assert why(require_somebody, by("li", "holder")) == ""
    assert why(require_somebody, by("li", signed=True)) == ""
    assert why(require_somebody, by("li")) == "NO_HOLDER"
    assert why(require_somebody, by("li", "--")) == "NO_HOLDER"
    assert why(require_somebody, by("..", "holder", signed=True)) == "NO_HOLDER"
    assert why(require_two, by("..", signed=True), by("--", signed=True)) == "SAME_PERSON"
