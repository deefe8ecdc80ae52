"""Names of enterprises, by example."""

from __future__ import annotations

import pytest

from formats.names import Folding, foldings_between, normalise_name
from formats.traditional import PAIRS

NAME = "样例(湖北)建设ABC有限公司"


@pytest.mark.parametrize(
    "spelling",
    [
        "样例（湖北）建设ABC有限公司",
        "样例(湖北)建设abc有限公司",
        " 样例 （湖北）\u3000建设ＡＢＣ有限公司\n",
        "样例〔湖北〕建设ABC有限公司",
        "样例【湖北】建设ABC有限公司",
        "样例［湖北］建设ABC有限公司",
        "样例[湖北]建设ABC有限公司",
        "样例{湖北}建设ABC有限公司",
        "样例〖湖北〗建设ABC有限公司",
        "样例〘湖北〙建设ABC有限公司",
        "样例〚湖北〛建设ABC有限公司",
        "样例﹙湖北﹚建设ABC有限公司",
        "\ufeff样例\u200b（湖北）建设A\u00a0BC有限公司",
        "樣例（湖北）建設ABC有限公司",
        "样例（湖北）建设ABC有限责任公司",
        "樣例（湖北）建設 ABC有限責任公司",
    ],
)
def test_spellings_of_one_name_are_equal(spelling):
    assert normalise_name(spelling) == NAME


@pytest.mark.parametrize(
    "other",
    [
        "样例(湖北)建设ABC股份有限公司",
        "样例(湖北)建设ABC",
        "样例湖北建设ABC有限公司",
        "样例(湖南)建设ABC有限公司",
        "样列(湖北)建设ABC有限公司",
        "样例(湖北)建设ABC有限公司十堰分公司",
    ],
)
def test_names_that_differ_otherwise_stay_different(other):
    assert normalise_name(other) != NAME


@pytest.mark.parametrize(
    ("one", "other"),
    [("乾隆建筑", "干隆建筑"), ("昇达建筑", "升达建筑"), ("夥伴商贸", "伙伴商贸"), ("甯氏商贸", "宁氏商贸")],
)
def test_a_character_that_simplified_script_has_as_well_stays_what_it_is(one, other):
    assert normalise_name(one) != normalise_name(other)


def test_what_a_traditional_character_becomes_is_changed_no_further():
    traditional, simplified = PAIRS[::2], PAIRS[1::2]

    assert len(set(traditional)) == len(traditional)
    assert not set(traditional) & set(simplified)


@pytest.mark.parametrize(
    ("sent", "needed"),
    [
        (NAME, ()),
        ("样例（湖北）建设ABC有限公司", (Folding.WIDTH,)),
        ("样例(湖北)建设abc有限公司", (Folding.LETTER_CASE,)),
        ("样例 (湖北)建设ABC有限公司", (Folding.SPACES,)),
        ("样例〔湖北〕建设ABC有限公司", (Folding.BRACKETS,)),
        ("樣例(湖北)建設ABC有限公司", (Folding.SCRIPT,)),
        ("样例(湖北)建设ABC有限责任公司", (Folding.LEGAL_FORM,)),
        ("樣例〔湖北〕 建設ABC有限責任公司", (Folding.SPACES, Folding.BRACKETS, Folding.SCRIPT, Folding.LEGAL_FORM)),
    ],
)
def test_how_two_spellings_differ_is_told(sent, needed):
    assert foldings_between(sent, NAME) == needed
    assert foldings_between(NAME, sent) == needed


@pytest.mark.parametrize("text", ["", " \u3000\n", "\u200b\ufeff"])
def test_a_name_of_nothing_is_refused(text):
    with pytest.raises(ValueError, match="empty"):
        normalise_name(text)
