"""Lists of awards: every row is an award or a fault with its line and column, whatever the cells hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.award_lists import AwardFault, ListedAward, read_awards
from formats.file_encoding import FileFault, text_of
from formats.spreadsheet import neutralised

AREAS = {"bidding", "procurement"}
HEAD = "case,uscc,awarded,area\n"
CODE = "91420300MA10004470"


def read(text):
    return list(read_awards(text, AREAS))


def test_an_award_has_its_day_or_its_instant_and_what_else_the_list_says():
    found = read(f"row,case,uscc,awarded,area,agency\nr-1,C-1,{CODE},2026-11-01,Bidding,finance\n")
    found += read(f"{HEAD} C-2 ,{CODE},2026-11-01T09:00:00+08:00,procurement\n")

    assert found == [
        ListedAward(2, "r-1", "C-1", CODE, date(2026, 11, 1), "bidding", "finance"),
        ListedAward(2, "line 2", "C-2", CODE, datetime(2026, 11, 1, 1, tzinfo=UTC), "procurement", ""),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no column case, uscc, awarded, area"),
        ("case,uscc\n", "there is no column awarded, area"),
        (f"case,uscc,awarded,area{',' * 61}\n", "has more than 64 columns"),
        (f"{HEAD}C,{CODE},2026-11-01,bidding,x\n", "line 2: has more values than there are columns"),
        (f"{HEAD}C,,2026-11-01,bidding\n", "line 2: uscc is empty"),
        (f"{HEAD}C,{CODE}\n", "line 2: awarded is empty"),
        (f"{HEAD}C,{CODE},2026-11-01,tourism\n", "line 2: area: 'tourism' is none"),
        (f'{HEAD}C,"{CODE},2026-11-01,bidding\n', "after line 1: unexpected end of data"),
    ],
)
def test_what_cannot_be_used_is_said_by_line_and_column(text, said):
    (fault,) = read(text)

    assert isinstance(fault, AwardFault)
    assert str(fault) == said
    assert fault.zh


def test_a_day_that_is_none_is_said_without_a_residents_number_and_the_rows_after_it_are_read():
    first, second = read(f"{HEAD}C,{CODE},11010519491231002X,bidding\nC,{CODE},2026-11-01,bidding\n")

    assert (first.line, first.column) == (2, "awarded")
    assert "11010519491231002X" not in str(first)
    assert isinstance(second, ListedAward)


def test_an_area_is_not_repeated_at_length_and_no_residents_number_in_it():
    (long,) = read(f"{HEAD}C,{CODE},2026-11-01,{'很' * 300}\n")
    (number,) = read(f"{HEAD}C,{CODE},2026-11-01,11010519491231002X\n")

    assert len(str(long)) < 100
    assert "11010519491231002X" not in str(number) + number.zh


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=6))
def test_whatever_a_file_holds_each_row_is_an_award_or_a_fault(lines):
    for each in read(HEAD + "\n".join(lines)):
        assert isinstance(each, ListedAward | AwardFault)


@given(
    st.sampled_from(["", "=", "+", "-", "@", "＝", "'=", "''@", "'"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
def test_a_case_number_comes_back_from_the_file_that_was_exported(begins, rest):
    case_ref = f"{begins}{rest}".strip() or "C"
    cell = neutralised(case_ref).replace('"', '""')
    (found,) = read(f'{HEAD}"{cell}",{CODE},2026-11-01,bidding\n')

    assert found.case == case_ref


def test_the_text_of_a_file_is_read_as_strictly_as_of_one_that_is_imported():
    assert text_of("项目".encode(), "auto") == text_of("项目".encode("utf-8-sig"), "auto") == "项目"
    assert text_of("项目编号".encode("gb18030"), "auto") == "项目编号"
    for raw in (b"", b"PK\x03\x04", b"\xff\xfe", b"\xff"):
        with pytest.raises(FileFault):
            text_of(raw, "auto")
