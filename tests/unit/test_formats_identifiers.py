"""Identifiers, by invented examples and those that the standards print."""

from __future__ import annotations

import pytest

from formats.identifiers import (
    ResidentIdError,
    UsccError,
    is_resident_id,
    mask_resident_id,
    normalise_uscc,
    parse_resident_id,
    parse_uscc,
    plausible_uscc,
    resident_id_check_character,
    uscc_check_character,
)

STANDARD_ID = "11010519491231002X"
PASSES_BOTH_CHECKS = "420302195001010076"


@pytest.mark.parametrize(
    "code",
    [
        "91420300MA0T35T16Y",
        "91420300MA4X000124",
        "91420300012345671U",
        "114203000112345678",
        "914203000000000006",
        "91420300MA10004470",
        "N2420302MF1234567P",
        "Y1420302MJ00000128",
        "A1420300MA00000008",
    ],
)
def test_a_code_by_the_standard_is_read_letters_in_front_and_remainder_zero_included(code):
    assert parse_uscc(code).code == code


def test_a_code_falls_into_its_parts():
    uscc = parse_uscc("N2420302MF1234567P")

    assert (uscc.registering_department, uscc.category, uscc.division) == ("N", "2", "420302")
    assert uscc.organisation_code == "MF1234567"


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("91420300MA4X000124", True),
        ("91420300MA0T35T10C", False),
        ("114203000112345678", False),
        ("91420300MB0K00033Q", True),
        # The organisation code's check is 11, written 0, and 10, written X.
        ("914203000000000006", True),
        ("91420300000000006Q", False),
        ("91420300MA4Y0003XC", True),
        ("91420300MA4Y00030J", False),
    ],
)
def test_the_organisation_codes_own_check_is_a_warning_only(code, sound):
    assert parse_uscc(code).organisation_check_sound is sound


@pytest.mark.parametrize(
    "text",
    [
        " 91 420300 MA1000447-0 ",
        "91420300ma10004470",
        "９１４２０３００ＭＡ１０００４４７０",
        "91420300\u3000MA1000447－0\n",
        "91‐420300\u00a0MA1000447\u22120",
        "91–420300\tMA1000447\u20110",
    ],
)
def test_spaces_hyphens_full_width_and_lower_case_are_folded(text):
    assert normalise_uscc(text) == "91420300MA10004470"
    assert parse_uscc(text).code == plausible_uscc(text) == "91420300MA10004470"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "LENGTH"),
        ("91420300MA1000447", "LENGTH"),
        ("91420300MA100044700", "LENGTH"),
        ("42030219500101007", "LENGTH"),
        ("91420300MI10004470", "ALPHABET"),
        ("91420300MO10004470", "ALPHABET"),
        ("91420300MS10004470", "ALPHABET"),
        ("91420300MV10004470", "ALPHABET"),
        ("91420300MZ10004470", "ALPHABET"),
        ("91420300M_10004470", "ALPHABET"),
        ("91420300M١10004470", "ALPHABET"),
        ("91420300M\u200b10004470", "ALPHABET"),
        ("91420300MA1000447Z", "ALPHABET"),
        ("9142030AMA1000447" + uscc_check_character("9142030AMA1000447"), "DIVISION"),
        ("91A20300MA1000447" + uscc_check_character("91A20300MA1000447"), "DIVISION"),
        ("91420300MA10004471", "CHECK_CHARACTER"),
        ("111111111111111111", "CHECK_CHARACTER"),
        ("110105194912310021", "CHECK_CHARACTER"),
        (STANDARD_ID, "RESIDENT_ID"),
        (PASSES_BOTH_CHECKS, "RESIDENT_ID"),
    ],
)
def test_what_is_no_code_is_refused_for_this_reason(text, why):
    with pytest.raises(UsccError) as caught:
        parse_uscc(text)

    assert caught.value.why == why
    assert caught.value.en == str(caught.value)
    assert caught.value.zh.strip()
    assert caught.value.zh != caught.value.en


def test_the_alphabet_error_names_the_position_and_the_character():
    with pytest.raises(UsccError, match="position 10: 'I'"):
        parse_uscc("91420300MI10004470")
    with pytest.raises(UsccError, match=r"position 10: '\\u200b'"):
        plausible_uscc("91420300M\u200b10004470")


@pytest.mark.parametrize(
    "text", [STANDARD_ID, PASSES_BOTH_CHECKS, "110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ"]
)
@pytest.mark.parametrize("read", [parse_uscc, plausible_uscc])
def test_a_residents_number_in_place_of_a_code_is_refused_and_masked(read, text):
    number = normalise_uscc(text)

    with pytest.raises(UsccError) as caught:
        read(text)

    assert caught.value.why == "RESIDENT_ID"
    for message in (caught.value.en, caught.value.zh, repr(caught.value)):
        assert number not in message
        assert number[3:14] not in message
        assert f"{number[:3]}***********{number[-4:]}" in message


@pytest.mark.parametrize(
    "text", ["91420300MA10004471", "9142030AMA10004470", "91420300MIOSVZ4470", STANDARD_ID[:-1] + "1"]
)
def test_a_plausible_code_need_not_meet_the_standard(text):
    assert plausible_uscc(text.lower()) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [("91420300MA1000447", "LENGTH"), ("91420300MA1000447é", "ALPHABET"), ("91420300_A10004470", "ALPHABET")],
)
def test_a_plausible_code_is_still_eighteen_digits_and_letters(text, why):
    with pytest.raises(UsccError) as caught:
        plausible_uscc(text)

    assert caught.value.why == why


@pytest.mark.parametrize(
    "first17", ["", "91420300MA100044", "91420300MA10004470", "91420300MI1000447", "9142０300MA1000447"]
)
def test_a_check_character_needs_seventeen_characters_of_the_alphabet(first17):
    with pytest.raises(ValueError, match="17 characters"):
        uscc_check_character(first17)


@pytest.mark.parametrize("text", [STANDARD_ID, "11010519491231002x", "110105-19491231-002X", PASSES_BOTH_CHECKS])
def test_a_residents_number_is_read(text):
    assert parse_resident_id(text) == normalise_uscc(text)
    assert is_resident_id(text)


@pytest.mark.parametrize(
    ("first17", "why"),
    [
        ("91010519491231002", "PROVINCE"),
        ("10010519491231002", "PROVINCE"),
        ("16010519491231002", "PROVINCE"),
        ("11010519490229002", "BIRTH_DATE"),
        ("11010519491331002", "BIRTH_DATE"),
        ("11010518991231002", "BIRTH_DATE"),
        ("11010521000101002", "BIRTH_DATE"),
        ("11010500000101002", "BIRTH_DATE"),
    ],
)
def test_a_number_with_a_right_check_but_a_wrong_part_is_none(first17, why):
    number = first17 + resident_id_check_character(first17)

    with pytest.raises(ResidentIdError) as caught:
        parse_resident_id(number)

    assert caught.value.why == why
    assert not is_resident_id(number)


@pytest.mark.parametrize("province", ["11", "42", "71", "81", "82", "83"])
def test_the_first_and_last_birth_years_of_each_kind_of_province_are_read(province):
    for birth in ("19000101", "20991231", "20000229"):
        first17 = f"{province}0105{birth}002"
        assert is_resident_id(first17 + resident_id_check_character(first17))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("110105194912310020", "CHECK_CHARACTER"),
        ("110105491231002", "LENGTH"),
        ("", "LENGTH"),
        ("1101051949123100XX", "ALPHABET"),
        ("11010519491231002Y", "ALPHABET"),
        ("91420300MA10004470", "ALPHABET"),
    ],
)
def test_what_is_no_residents_number_is_refused_without_showing_it(text, why):
    with pytest.raises(ResidentIdError) as caught:
        parse_resident_id(text)

    assert caught.value.why == why
    assert not text or text not in caught.value.en + caught.value.zh


@pytest.mark.parametrize(
    "first17", ["", "1101051949123100", "110105194912310022", "1101051949123100X", "1101051949123100２"]
)
def test_a_residents_check_character_needs_seventeen_digits(first17):
    with pytest.raises(ValueError, match="17 digits"):
        resident_id_check_character(first17)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (STANDARD_ID, "110***********002X"),
        ("110105 194912 31002x", "110***********002X"),
        ("110105491231002", "110********1002"),
        ("E12345678", "*********"),
        ("", ""),
    ],
)
def test_a_mask_leaves_the_first_three_and_the_last_four(text, masked):
    assert mask_resident_id(text) == masked
