"""Cells into values, by example."""

from __future__ import annotations

import pytest

from formats.identifiers import resident_id_check_character, uscc_check_character
from gateway.cli.import_values import (
    EXCEL_SERIAL,
    ValueFault,
    amount_value,
    code_value,
    count_value,
    date_value,
    flag_value,
)

FORMS = ("YYYY-MM-DD", "YYYY/M/D", "YYYY年M月D日")
CODE = "91420399MA000001" + "X"
SOUND = CODE + uscc_check_character(CODE)
UNSOUND = CODE + ("0" if SOUND[-1] != "0" else "1")
PERSON = "42039919000101001"
RESIDENT = PERSON + resident_id_check_character(PERSON)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026/03/05",
        "2026年3月5日",
        "２０２６年３月５日",
        " 2026-03-05\u3000",
        "２０２６－０３－０５",
    ],
)
def test_a_date_is_read_in_each_form_that_the_mapping_allows(text):
    assert date_value(text, FORMS) == "2026-03-05"


@pytest.mark.parametrize("text", ["2026-3-5", "2026-02-30", "2026/13/1", "05/03/2026", "2026", "2026-03-05 00:00"])
def test_no_other_date_is_guessed(text):
    with pytest.raises(ValueFault):
        date_value(text, FORMS)


def test_a_form_that_the_mapping_does_not_allow_is_no_date():
    with pytest.raises(ValueFault, match="forms that the mapping allows"):
        date_value("2026/3/5", ("YYYY-MM-DD",))


def test_a_spreadsheets_serial_number_is_a_date_only_where_allowed():
    assert date_value("45484", (*FORMS, EXCEL_SERIAL)) == "2024-07-11"
    assert date_value("20000", (EXCEL_SERIAL,)) == "1954-10-03"
    with pytest.raises(ValueFault, match="serial number, which the mapping does not allow"):
        date_value("45484", FORMS)


@pytest.mark.parametrize("text", ["59", "19999", "80001", "454840", "45484.5"])
def test_a_number_that_is_no_likely_day_is_no_serial(text):
    with pytest.raises(ValueFault):
        date_value(text, (EXCEL_SERIAL,))


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("17.06", "万元", 17_060_000),
        ("0.000001", "万元", 1),
        ("9007199254.740993", "万元", 9_007_199_254_740_993),
        ("0.1", "元", 10),
        ("1,234,567.89", "元", 123_456_789),
        ("１２．５０", "元", 1250),
        ("12.500000", "元", 1250),
        ("300", "分", 300),
        ("300.0", "分", 300),
        ("0", "元", 0),
    ],
)
def test_an_amount_becomes_fen_exactly(text, unit, fen):
    assert amount_value(text, unit) == fen


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("0.001", "元"),
        ("0.0000001", "万元"),
        ("0.5", "分"),
        ("-5", "元"),
        ("1e3", "元"),
        ("12,34", "元"),
        ("1.2.3", "元"),
        ("5万", "元"),
        (".5", "元"),
        ("9" * 30, "元"),
        ("92233720368547758.08", "元"),
    ],
)
def test_an_amount_that_is_not_exact_is_none(text, unit):
    with pytest.raises(ValueFault):
        amount_value(text, unit)


def test_the_largest_amount_of_64_bits_is_kept():
    assert amount_value("92233720368547758.07", "元") == 2**63 - 1


def test_counts_and_flags_are_read_strictly():
    assert count_value("１２") == 12
    assert [flag_value(text) for text in ("是", "TRUE", "1", "否", "false", "0")] == [True] * 3 + [False] * 3
    for text in ("-1", "1.0", "十二", "1234567890"):
        with pytest.raises(ValueFault):
            count_value(text)
    with pytest.raises(ValueFault):
        flag_value("也许")


def test_a_sound_code_is_normalised_under_every_rule():
    spaced = f"{SOUND[:2]} {SOUND[2:8]}-{SOUND[8:]}".lower()
    for rule in ("sound", "plausible", "any"):
        assert code_value(spaced, rule) == SOUND


def test_a_code_that_fails_its_check_is_sent_only_where_the_rule_allows():
    with pytest.raises(ValueFault, match="check character"):
        code_value(UNSOUND, "sound")
    assert code_value(UNSOUND, "plausible") == UNSOUND
    assert code_value(UNSOUND, "any") == UNSOUND
    assert code_value(SOUND[:17], "any") == SOUND[:17]
    with pytest.raises(ValueFault, match="18 characters"):
        code_value(SOUND[:17], "plausible")


@pytest.mark.parametrize("rule", ["sound", "plausible", "any"])
def test_a_residents_number_is_never_a_code_and_never_shown(rule):
    with pytest.raises(ValueFault) as caught:
        code_value(RESIDENT, rule)

    assert RESIDENT not in caught.value.en + caught.value.zh
    assert "resident" in caught.value.en


def test_what_cannot_have_been_meant_as_a_code_is_refused_even_in_a_notice():
    with pytest.raises(ValueFault):
        code_value("示例青禾建筑工程有限公司", "any")
    with pytest.raises(ValueFault, match="turned the code into a number"):
        code_value("9.1420399E+17", "any")
