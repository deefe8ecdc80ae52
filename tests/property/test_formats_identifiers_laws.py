"""Laws of identifiers, with python-stdnum as the second opinion where it is right."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from formats.identifiers import (
    USCC_ALPHABET,
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

digits = st.text("0123456789", min_size=6, max_size=6)
tails = st.text(USCC_ALPHABET, min_size=9, max_size=9)
numeric_fronts = st.text("0123456789", min_size=2, max_size=2)
fronts = st.text(USCC_ALPHABET, min_size=2, max_size=2)
places = st.integers(0, 17)


def _codes(heads):
    firsts = st.builds("{}{}{}".format, heads, digits, tails)
    return firsts.map(lambda first17: first17 + uscc_check_character(first17)).filter(lambda it: not is_resident_id(it))


codes = _codes(fronts)


@st.composite
def resident_ids(draw):
    # The second opinion wants a county that existed at birth; ours checks the province alone.
    born = draw(st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 11, 24)))
    first17 = f"110101{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + resident_id_check_character(first17)


@given(codes)
def test_every_code_with_its_check_character_is_read(code):
    assert parse_uscc(code).code == plausible_uscc(code) == code


@given(codes, places, st.sampled_from(USCC_ALPHABET))
def test_one_changed_character_is_rejected(code, place, character):
    """The weights are units modulo the prime 31, so no single change leaves the sum."""
    assume(code[place] != character)

    with pytest.raises(UsccError):
        parse_uscc(code[:place] + character + code[place + 1 :])


@given(codes, places, places)
def test_two_exchanged_characters_are_rejected_except_the_first_with_the_last(code, one, other):
    """All weights differ, the check character's own 1 included, except that position 1 has 1 too."""
    one, other = sorted([one, other])
    assume(code[one] != code[other])
    changed = list(code)
    changed[one], changed[other] = code[other], code[one]

    if (one, other) == (0, 17) and not is_resident_id("".join(changed)):
        assert parse_uscc("".join(changed)).code == "".join(changed)
    else:
        with pytest.raises(UsccError):
            parse_uscc("".join(changed))


@given(st.text(USCC_ALPHABET, min_size=8, max_size=8))
def test_one_ending_of_an_organisation_code_is_sound_and_it_makes_the_sum_divisible_by_11(stem):
    """GB 11714 with the check itself at weight 1: the sum modulo 11 is then 0."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(character, 36) for weight, character in zip(weights, stem, strict=True))
    sound = []
    for ending in USCC_ALPHABET:
        first17 = f"91420300{stem}{ending}"
        if parse_uscc(first17 + uscc_check_character(first17)).organisation_check_sound:
            sound.append(ending)

    assert len(sound) == 1
    assert (total + "0123456789X".index(sound[0])) % 11 == 0


@given(_codes(numeric_fronts))
def test_python_stdnum_reads_the_same_codes_with_digits_in_front(code):
    assert uscc.validate(code) == code


@given(_codes(numeric_fronts), places, st.sampled_from(USCC_ALPHABET))
def test_python_stdnum_agrees_on_every_code_with_digits_in_front(code, place, character):
    changed = code[:place] + character + code[place + 1 :]
    assume(changed[:2].isdecimal() and not is_resident_id(changed))

    assert uscc.is_valid(changed) is _is_uscc(changed)


@given(st.text(max_size=24) | st.text(USCC_ALPHABET + "IOSVZ -", min_size=17, max_size=19))
def test_any_text_is_read_or_refused_and_reading_again_changes_nothing(text):
    try:
        code = plausible_uscc(text)
    except UsccError as error:
        assert error.zh  # noqa: PT017 - either outcome is right; this is about the error's text
        with pytest.raises(UsccError):
            parse_uscc(text)
    else:
        assert plausible_uscc(code) == code == normalise_uscc(text)


@given(codes, st.lists(st.tuples(places, st.sampled_from([" ", "-", "\u3000", "－", "\t"])), max_size=4), st.booleans())
def test_how_a_code_is_spaced_and_cased_never_matters(code, breaks, lower):
    text = code.lower() if lower else code
    for place, separator in breaks:
        text = text[:place] + separator + text[place:]
    wide = text.translate({each: each + 0xFEE0 for each in range(ord("!"), ord("~"))})

    assert parse_uscc(text) == parse_uscc(wide) == parse_uscc(code)


@given(resident_ids())
def test_a_residents_number_is_read_by_both_and_never_taken_for_a_code(number):
    assert parse_resident_id(number) == ric.validate(number) == number
    for read in (parse_uscc, plausible_uscc):
        with pytest.raises(UsccError) as caught:
            read(number)
        assert caught.value.why == "RESIDENT_ID"
        assert number[3:14] not in f"{caught.value} {caught.value.zh}"


@given(resident_ids(), places, st.sampled_from("0123456789X"))
def test_one_changed_character_is_no_residents_number(number, place, character):
    assume(number[place] != character)

    assert not is_resident_id(number[:place] + character + number[place + 1 :])


@given(resident_ids())
def test_a_mask_keeps_the_length_and_hides_the_date_of_birth(number):
    masked = mask_resident_id(number)

    assert masked == number[:3] + "*" * 11 + number[-4:]


def _is_uscc(text):
    try:
        parse_uscc(text)
    except UsccError:
        return False
    return True
