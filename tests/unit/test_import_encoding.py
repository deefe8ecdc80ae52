"""Encodings of source files: found over the whole file, or a clear fault with the offset."""

from __future__ import annotations

import codecs

import pytest

from formats.file_encoding import FileFault, survey

TEXT = "名称,日期\r\n示例青禾建筑工程有限公司,2026-01-02\r\n"


def survey_of(folder, content, encoding="auto"):
    path = folder / "source.csv"
    path.write_bytes(content)
    return survey(path, encoding)


@pytest.mark.parametrize(
    ("content", "codec"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"name,on\r\nx,2026-01-02\r\n", "utf-8"),
    ],
)
def test_the_encoding_is_found_out(tmp_path, content, codec):
    assert survey_of(tmp_path, content).codec == codec


def test_a_stated_encoding_must_hold(tmp_path):
    with pytest.raises(FileFault, match="offset 0 does not decode; it reads as GB18030"):
        survey_of(tmp_path, TEXT.encode("gb18030"), "utf-8")
    with pytest.raises(FileFault, match="in UTF-8, not in GB18030"):
        survey_of(tmp_path, TEXT.encode(), "gb18030")
    assert survey_of(tmp_path, TEXT.encode("gb18030"), "gb18030").codec == "gb18030"


def test_the_first_bad_byte_is_named_by_its_offset_in_the_file(tmp_path):
    good = TEXT.encode() * 40_000
    assert len(good) > 1 << 21
    content = good + b"\xff" + good

    with pytest.raises(FileFault) as caught:
        survey_of(tmp_path, content, "utf-8")

    assert f"offset {len(good)} " in caught.value.en
    assert str(len(good)) in caught.value.zh


def test_a_file_cut_off_within_a_character_does_not_decode(tmp_path):
    content = TEXT.encode()[:8]

    with pytest.raises(FileFault, match="offset 7 "):
        survey_of(tmp_path, content, "utf-8")


def test_bytes_that_are_in_neither_encoding_are_named_in_both(tmp_path):
    with pytest.raises(FileFault, match="offset 2 does not decode, and as GB18030 the one at 2"):
        survey_of(tmp_path, b"a,\xff\xff\n")


def test_a_text_that_reads_in_both_encodings_is_not_guessed(tmp_path):
    content = "name\ncafé é\n".encode()

    with pytest.raises(FileFault, match="say which with --encoding"):
        survey_of(tmp_path, content)
    assert survey_of(tmp_path, content, "utf-8").codec == "utf-8"
    assert survey_of(tmp_path, content, "gb18030").codec == "gb18030"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        (TEXT.encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_csv_is_named(tmp_path, content, reason):
    with pytest.raises(FileFault, match=reason):
        survey_of(tmp_path, content)


def test_a_last_line_without_its_end_is_noticed(tmp_path):
    assert survey_of(tmp_path, b"a\nb").cut_off
    assert not survey_of(tmp_path, b"a\nb\n").cut_off
    assert not survey_of(tmp_path, b"a\rb\r").cut_off
