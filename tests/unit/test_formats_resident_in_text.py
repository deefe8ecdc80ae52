"""Residents' numbers within texts: found wherever a person would read one, and nowhere else."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from formats.identifiers import is_resident_id, resident_id_check_character, uscc_check_character
from formats.resident_ids import _PLAIN, find_resident_id, mask_resident_ids

STANDARD_ID = "11010519491231002X"
IN_DIGITS = "420302195001010076"
SHORT_DIGITS = st.from_regex(r"[0-9]{1,17}", fullmatch=True)


@pytest.mark.parametrize(
    "text",
    [
        STANDARD_ID,
        "11010519491231002x",
        f"查询{STANDARD_ID}的工资",
        f"{STANDARD_ID}3人",
        f"a{STANDARD_ID}b",
        f"JSGC-2026-{STANDARD_ID}",
        f"JSGC-2026 {STANDARD_ID}-17",
        f"17 {STANDARD_ID}",
        "no. 110105-19491231-002X/3",
        "110105 1949 1231 002 X",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "110105\u201119491231\u2013002\u3000X",
        "（１１０１０５１９４９１２３１００２Ｘ）",
        f"110105199913310021 {STANDARD_ID}",
    ],
)
def test_a_number_is_found_alone_between_words_and_with_marks_within(text):
    assert find_resident_id(text) == STANDARD_ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "JSGC-2026-17",
        "11010519491231002",
        "110105194912310021",
        "990105194912310026",
        "110105194913310020",
        f"9{STANDARD_ID}",
        f"{IN_DIGITS}1",
        f"1{IN_DIGITS}",
        "91420300MA4X000124",
        "914203000000000006",
        "114203000112345678",
        "0719-8662345 13800000000 20261124",
    ],
)
def test_nothing_is_found_in_other_numbers(text):
    assert find_resident_id(text) is None


def test_of_two_numbers_the_first_is_found():
    assert find_resident_id(f"{IN_DIGITS}、{STANDARD_ID}") == IN_DIGITS


def test_a_number_that_passes_the_check_of_codes_too_counts_as_a_persons():
    """I-20 for texts as for codes."""
    assert uscc_check_character(IN_DIGITS[:17]) == IN_DIGITS[17]
    assert find_resident_id(f"单位 {IN_DIGITS}") == IN_DIGITS


@pytest.mark.parametrize(("born", "found"), [("2014", True), ("2015", False), ("2026", False)])
def test_numbers_built_of_division_date_and_serial_in_our_years_are_left_alone(born, found):
    number = _checked(f"420302{born}0615001")
    assert is_resident_id(number)
    assert (find_resident_id(f"编号{number}") is not None) is found


@given(st.text(), st.text(), st.sampled_from([STANDARD_ID, IN_DIGITS]))
@example("2026-", "-07", IN_DIGITS)
def test_a_number_is_found_between_any_texts_that_do_not_go_on_with_digits(before, after, number):
    assert find_resident_id(f"{before}：{number}：{after}") is not None


@given(SHORT_DIGITS, st.sampled_from(["", " ", "-"]), SHORT_DIGITS)
def test_only_18_digits_are_one(first, mark, second):
    if len(first) + len(second) != 18:
        assert find_resident_id(f"{first}{mark}{second}") is None


def _checked(first17):
    return first17 + resident_id_check_character(first17)


def test_no_character_that_the_quick_look_passes_over_folds_to_a_digit():
    plain = [mark for mark in map(chr, range(sys.maxunicode + 1)) if re.fullmatch(_PLAIN, mark)]

    assert len(plain) > 21_000
    assert not [mark for mark in plain if re.search("[0-9]", unicodedata.normalize("NFKC", mark))]


@pytest.mark.parametrize("between", ["", " ", "-", "\u2010", "\u3000"])
def test_the_quick_look_passes_no_number_over_whatever_stands_between_its_digits(between):
    for digits in (STANDARD_ID, STANDARD_ID.translate({digit: digit + 0xFEE0 for digit in range(0x30, 0x3A)})):
        assert find_resident_id(f"文{between.join(digits)}号") == STANDARD_ID


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (STANDARD_ID, "110***********002X"),
        (f"查询{STANDARD_ID.lower()}和{IN_DIGITS}。", "查询110***********002X和420***********0076。"),
        ("no. 110105-19491231-002X/3", "no. 110***********002X/3"),
        ("110105\u201119491231\u2013002\u3000X", "110***********002X"),
        ("（１１０１０５１９４９１２３１００２Ｘ）", "（110***********002X）"),
        ("ﬁ号" + STANDARD_ID, "ﬁ号110***********002X"),
        (f"2026-{STANDARD_ID}", "2026-110***********002X"),
        (f"{STANDARD_ID}3人", "110***********002X3人"),
        ("91420300MA4X000124 1101051949123100 ok", "91420300MA4X000124 1101051949123100 ok"),
        (f"9{IN_DIGITS}", f"9{IN_DIGITS}"),
        ("", ""),
    ],
)
def test_numbers_within_a_text_are_masked_and_the_rest_stays(text, shown):
    assert mask_resident_ids(text) == shown


@given(st.text(), st.text(), st.sampled_from([STANDARD_ID, IN_DIGITS, " ".join(STANDARD_ID)]))
def test_no_text_around_a_number_keeps_it_from_being_masked_where_it_would_be_found(before, after, number):
    text = f"{before}{number}{after}"
    assert find_resident_id(mask_resident_ids(text)) is None


@given(st.text())
def test_a_text_without_a_number_is_shown_as_it_is(text):
    assert mask_resident_ids(text) == text
