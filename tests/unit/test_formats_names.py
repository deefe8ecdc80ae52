"""Names of enterprises, by example."""

from __future__ import annotations

import pytest

from formats.names import normalise_name

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
    ],
)
def test_spellings_of_one_name_are_equal(spelling):
    assert normalise_name(spelling) == NAME


@pytest.mark.parametrize(
    "other",
    [
        "样例(湖北)建设ABC有限责任公司",
        "样例(湖北)建设ABC",
        "样例湖北建设ABC有限公司",
        "样例(湖南)建设ABC有限公司",
        "樣例(湖北)建設ABC有限公司",
        "样例(湖北)建设ABC有限公司十堰分公司",
    ],
)
def test_names_that_differ_otherwise_stay_different(other):
    assert normalise_name(other) != NAME


@pytest.mark.parametrize("text", ["", " \u3000\n", "\u200b\ufeff"])
def test_a_name_of_nothing_is_refused(text):
    with pytest.raises(ValueError, match="empty"):
        normalise_name(text)
