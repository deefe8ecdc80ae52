"""Numbers that no published text may hold are found however they are written, and what is none is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.private_numbers import PrivateNumber, find_private_number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("法定代表人身份证11010519491231002X", PrivateNumber.RESIDENT_ID),
        ("１１０１０５１９４９１２３１００２Ｘ", PrivateNumber.RESIDENT_ID),
        ("联系人手机13812345678", PrivateNumber.TELEPHONE),
        ("致电138 1234 5678", PrivateNumber.TELEPHONE),
        ("致电138-1234-5678。", PrivateNumber.TELEPHONE),
        ("致电+86 13812345678", PrivateNumber.TELEPHONE),
        ("投诉0719-8123456", PrivateNumber.TELEPHONE),
        ("投诉（0719）8123456", PrivateNumber.TELEPHONE),
        ("投诉02712345678", PrivateNumber.TELEPHONE),
        ("付至6222021234567890123", PrivateNumber.LONG_NUMBER),
        ("付至6222 0212 3456 7890 123", PrivateNumber.LONG_NUMBER),
        ("旧证110105491231002", PrivateNumber.LONG_NUMBER),
        ("持E12345678", PrivateNumber.PERSONS_DOCUMENT),
        ("持EA1234567离境", PrivateNumber.PERSONS_DOCUMENT),
        ("持H1234567890", PrivateNumber.PERSONS_DOCUMENT),
        ("发至 a.b@example.cn", PrivateNumber.MAIL_ADDRESS),
        ("电话：8123456", PrivateNumber.ANNOUNCED),
        ("开户行示例银行，账号 420501234567", PrivateNumber.ANNOUNCED),
        ("护照号X1234567", PrivateNumber.ANNOUNCED),
    ],
)
def test_a_private_number_is_found(text, found):
    assert find_private_number(text) is found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "拖欠12名农民工工资共计86,400元，经责令限期支付，逾期未支付。",
        "2026-01-01至2026-02-01，2026年3月1日",
        "2026-01-01 2026-02-01 2026-03-01",
        "十人社监罚〔2026〕12号，罚款50000000元",
        "统一社会信用代码91420300MA10004470",
        "示例大道193号3栋2单元1001室",
        "合同编号HT20260012",
    ],
)
def test_what_is_no_private_number_is_left_alone(text):
    assert find_private_number(text) is None


@given(st.integers(3, 9), st.integers(0, 10**8 - 1), st.sampled_from(["", " ", "-"]), st.text("甲乙，。 ", max_size=5))
def test_every_mobile_number_is_found_wherever_it_stands(second, rest, gap, around):
    digits = f"{rest:08}"
    number = f"1{second}{digits[0]}{gap}{digits[1:5]}{gap}{digits[5:]}0"
    assert find_private_number(f"{around}{number}{around}") is not None


def test_the_code_of_an_enterprise_is_no_private_number_even_where_it_is_all_digits():
    for code in ("91110108551385082Q", "914203001234567841"):
        assert find_private_number(f"代码{code}") is None
        assert find_private_number(f"代码{code[:17]}0") is not None
