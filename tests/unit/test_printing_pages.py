"""A printed page: A4, its typeface in it, all that it says as text, the code to scan, and the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from made_font import made_font
from printed import A4, read_pdf, squeezed
from printing_samples import CODE, RECEIPT, RECORDED, answer, any_page, question, verdict

from console.printing.model import NewPage, Note, PrintError, Rows
from console.printing.pdf import plain, write_pdf
from console.printing.verdict import verdict_page
from gateway.cli.print_names import NAMES

RARE = "\U00020000"
TESTS = Path(__file__).parents[1]
ELSEWHERE = """
import hashlib
from printing_samples import verdict
from console.printing.pdf import write_pdf
print(hashlib.sha256(write_pdf(verdict())).hexdigest())
"""


def said_in(page):
    """Yield every text of a page's blocks."""
    for block in page.blocks:
        if isinstance(block, Rows):
            for title, said in block.rows:
                if not said:
                    continue
                yield from (*title, *((said,) if isinstance(said, str) else said))
        else:
            yield from block.text


def test_every_row_of_a_page_is_text_in_the_file():
    page = verdict()
    shown = read_pdf(write_pdf(page))
    assert [each for each in said_in(page) if squeezed(each) not in shown.text] == []
    assert shown.title == " ".join(page.title)
    assert "示人社监〔2026〕1号" in shown.texts[1], "a number is copied as it is written, without a blank"


def test_a_page_is_a4_with_both_typefaces_in_it_and_nothing_that_acts():
    content = write_pdf(verdict())
    shown = read_pdf(content)
    assert set(shown.sizes) == {A4}
    assert shown.fonts == {("NotoSansSC-Regular", True), ("NotoSerifSC-Regular", True)}
    assert (shown.active, shown.tagged) == (0, True)
    assert b"pdfaid:part>3<" in content
    assert b"pdfaid:conformance>A<" in content


def test_the_receipt_is_in_the_file_as_it_is_and_in_no_file_of_another_page():
    assert read_pdf(write_pdf(verdict())).attached == {"receipt.json": RECEIPT.encode()}
    without = write_pdf(any_page("文"))
    assert read_pdf(without).attached == {}
    assert b"pdfaid:part>2<" in without


def test_each_page_says_which_it_is_of_how_many_and_by_what_it_is_found():
    shown = read_pdf(write_pdf(any_page("文", NewPage(), Note(("二", "two")), NewPage(), Note(("三", "three")))))
    assert len(shown.texts) == 3
    for number, text in enumerate(shown.texts, 1):
        last = squeezed(text.splitlines()[-1])
        assert f"第{number}页共3页Page{number}of3" in last
        assert CODE in last


def test_the_code_to_scan_is_the_query_code_and_how_to_verify_by_it():
    assert read_pdf(write_pdf(verdict())).codes == (f"{CODE}\njsg audit receipt {CODE}",)


def test_the_same_page_is_the_same_bytes_elsewhere_at_another_time():
    own = write_pdf(verdict())
    assert write_pdf(verdict()) == own
    elsewhere = {**os.environ, "TZ": "America/New_York", "LANG": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": str(TESTS)}
    said = subprocess.run([sys.executable, "-c", ELSEWHERE], env=elsewhere, check=True, capture_output=True, text=True)
    assert said.stdout.strip() == hashlib.sha256(own).hexdigest()


def test_its_date_is_that_of_what_it_shows():
    shown = read_pdf(write_pdf(verdict()))
    assert shown.dated.count("20261120090003") == 2


def test_forty_measures_go_over_many_pages_and_none_over_the_edge():
    shown = read_pdf(write_pdf(verdict_page(question(), answer(measures=40), RECORDED, NAMES)))
    assert len(shown.texts) > 10
    assert shown.outside == ()
    assert [number for number in range(1, 41) if f"示人社监〔2026〕{number}号" not in shown.text] == []
    assert f"第{len(shown.texts)}页共{len(shown.texts)}页" in squeezed(shown.texts[-1])


def test_another_page_is_other_bytes():
    assert write_pdf(verdict(case_ref="JSGC-2026-18")) != write_pdf(verdict())


@pytest.mark.parametrize("character", [RARE, "\U0001f600", "ا", "\ufffd"])
def test_a_character_that_no_font_has_is_named_and_nothing_is_printed(character):
    with pytest.raises(PrintError, match=rf"U\+{ord(character):04X}\).*--fonts"):
        write_pdf(verdict(purpose=f"王{character}"))


def test_with_a_folder_of_fonts_it_is_printed_and_that_font_is_in_the_file(tmp_path):
    (tmp_path / "more.ttf").write_bytes(made_font(RARE))
    shown = read_pdf(write_pdf(verdict(purpose=f"王{RARE}"), tmp_path))
    assert f"王{RARE}" in shown.text
    assert ("MadeForTests", True) in shown.fonts
    with pytest.raises(PrintError, match=r"U\+1F600"):
        write_pdf(verdict(purpose="\U0001f600"), tmp_path)


def test_a_font_that_is_not_needed_changes_nothing(tmp_path):
    (tmp_path / "more.ttf").write_bytes(made_font(RARE))
    assert write_pdf(verdict(), tmp_path) == write_pdf(verdict())


def test_a_folder_without_fonts_is_refused(tmp_path):
    with pytest.raises(PrintError, match="no font in the folder"):
        write_pdf(verdict(), tmp_path)
    with pytest.raises(PrintError, match="not a folder"):
        write_pdf(verdict(), tmp_path / "none")


HOSTILE = {
    "markup": "<script>alert(1)</script> #set page(width: 1pt) *b* _i_ $x$ @ref <label> `raw` // no /* */ \\ #panic()",
    "a link": "https://example.invalid/ mailto:a@example.invalid",
    "direction": "\u202e91420399\u2066MA\u200f",
    "controls": "a\0b\x07c\x1fd\u2028e\u200bf\ufeffg",
    "a long word": "W" * 150,
    "long marks": "）" * 80 + "【" * 80 + "·" * 80,
    "a long name": "建" * 300,
    "line breaks": "a\n\nb\r\nc",
    "braces": "{{ 7 }} {name} %s {0}",
    "quotes": "\"'“”‘’" + "\\u{41} \\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_is_said_is_text_within_the_page(kind):
    text = HOSTILE[kind]
    shown = read_pdf(write_pdf(any_page(text)))
    assert shown.text.count(squeezed(plain(text))) >= 5
    assert shown.outside == ()
    assert shown.active == 0
    assert set(shown.sizes) == {A4}


def test_what_cannot_be_seen_is_shown_by_its_number():
    assert plain("a\u202eb\x00\u00a0　c\n") == "a[U+202E]b[U+0000][U+00A0]　c\n"
    assert "[U+202E]" in read_pdf(write_pdf(any_page("a\u202eb"))).text


def test_a_surrogate_that_is_no_text_is_no_traceback():
    assert "[U+D800]" in read_pdf(write_pdf(any_page("a\ud800b"))).text
