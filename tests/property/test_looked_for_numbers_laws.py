"""A call's bytes are looked at once before its fields are: what holds a resident's number is never let pass by that."""

from __future__ import annotations

import sys
import unicodedata
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from jointsanctions.v1 import credit_pb2

from adapters.errors import QuestionRefusedError
from adapters.numbers import may_hold_number, refuse_number, refuse_numbers
from formats.resident_ids import find_resident_id, resident_id_check_character

BETWEEN = st.sampled_from(
    ["", "", "", "-", " ", "\t", "\n", "\x1c", "\x85", "\xa0", "\u2013", "\u2212", "\u3000", "－"]
)
FORMS = ["０１２３４５６７８９", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "".join(map(chr, range(0x1D7CE, 0x1D7D8)))]
BESIDE = st.text(st.sampled_from("一二示例案（）。abXx.:,-  　é①½" + "0123456789"), max_size=70)
NUMBER = "11010519491231002X"


@st.composite
def numbers(draw):
    """Draw a number as somebody may type it: digits of any form, separators within."""
    born = draw(st.dates(date(1900, 1, 1), date(2014, 12, 31)))
    first = f"{draw(st.sampled_from(['110105', '420302', '820000']))}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    number = first + resident_id_check_character(first)
    typed = [
        draw(st.sampled_from([each, *(form[int(each)] for form in FORMS if each.isdecimal())])) + draw(BETWEEN)
        for each in number
    ]
    return "".join(typed)


def batch_of(*texts):
    request = credit_pb2.BatchCheckEligibilityRequest()
    request.question.case_facts.bidding.lot = texts[0]
    for place, text in enumerate(texts[1:]):
        request.items.add(item_id=str(place), case_ref=text, officer="Li").enterprise.name = "示例"
    return request


def test_whatever_folds_to_a_digit_or_a_separator_counts_as_one_and_as_no_less():
    separators = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        if 0xD800 <= point < 0xE000:
            continue  # no text of UTF-8 has these
        folded = unicodedata.normalize("NFKC", character)
        digits = sum(each in "0123456789" for each in folded)
        if not digits and not any(each.isspace() or each in separators for each in folded):
            continue
        # Sixteen digits before it: one is missing, unless it is one, and it must not come between.
        assert may_hold_number(("1" * (17 - digits) + character).encode()), hex(point)
        assert may_hold_number((character + "1" * (17 - digits)).encode()), hex(point)
        assert may_hold_number(("1" * 8 + character + "1" * (9 - digits)).encode()), hex(point)


@given(numbers(), BESIDE, BESIDE, st.lists(BESIDE, max_size=3), st.lists(BESIDE, max_size=3))
@example(NUMBER, "", "", [], [])
@example(NUMBER, "案" * 10, "", ["１"], ["7" * 16])
def test_a_message_with_a_number_in_any_text_is_refused(number, before, after, earlier, later):
    text = before + number + after
    assume(find_resident_id(text) is not None)

    with pytest.raises(QuestionRefusedError):
        refuse_numbers(batch_of("1", *earlier, text, *later))


@given(st.lists(st.text(max_size=60) | BESIDE, min_size=1, max_size=5))
def test_a_message_is_refused_exactly_where_one_of_its_texts_is(texts):
    def refused(refuse):
        try:
            refuse()
        except QuestionRefusedError:
            return True
        return False

    alone = [refused(lambda text=text: refuse_number("text", text)) for text in texts]
    assert refused(lambda: refuse_numbers(batch_of(*texts))) == any(alone)


def test_a_batch_of_ordinary_questions_needs_no_second_look():
    texts = [f"十堰市（2026）第{place}号" for place in range(1000)]

    assert not may_hold_number(batch_of(*texts).SerializeToString(deterministic=True))
