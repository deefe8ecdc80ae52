"""Workbooks made to harm whoever opens them: bombs, entities, broken parts. Each ends in words, none in an accident."""

from __future__ import annotations

import struct
import zipfile

import openpyxl
import pytest

from formats.file_encoding import FileFault
from formats.workbook import read_sheet, survey_workbook

SHEET, BOOK, STRINGS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
PARTS = (SHEET, BOOK, STRINGS, "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml")
SHARED = (
    f'<Override PartName="/{STRINGS}" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml" /></Types>'
)
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]><x>&a11;</x>"
)
FOREIGN_FILE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'


def workbook(folder, part="", content=""):
    """Write a sound workbook with *content* in place of its own *part*."""
    book = openpyxl.Workbook()
    for row in (["a", "b"], ["示例", "x"]):
        book.active.append(row)
    book.save(folder / "sound.xlsx")
    with zipfile.ZipFile(folder / "sound.xlsx") as sound:
        parts = {name: sound.read(name) for name in sound.namelist()}
    if part == STRINGS:
        parts[PARTS[-1]] = parts[PARTS[-1]].replace(b"</Types>", SHARED.encode())
    elif part:
        assert part in parts
    if part:
        parts[part] = content.encode()
    with zipfile.ZipFile(folder / "made.xlsx", "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in parts.items():
            made.writestr(name, raw)
    return folder / "made.xlsx"


def read(path):
    return list(read_sheet(survey_workbook(path), lambda *_: None))


def test_the_workbook_without_a_change_is_sound(tmp_path):
    assert [row.cells for row in read(workbook(tmp_path))] == [("a", "b"), ("示例", "x")]


@pytest.mark.parametrize("content", [BILLION_LAUGHS, FOREIGN_FILE, "<unclosed", "", "\x00", "<x/>" * 2])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_no_xml_of_a_workbook_is_a_fault_of_the_file(tmp_path, part, content):
    path = workbook(tmp_path, part, content)

    with pytest.raises(FileFault):
        read(path)


def test_a_workbook_that_unpacks_beyond_bounds_is_refused_before_it_is_unpacked(tmp_path):
    path = workbook(tmp_path)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 0xF0000000)
    path.write_bytes(raw)

    with pytest.raises(FileFault, match="unpacks to over"):
        survey_workbook(path)


def test_a_part_is_never_unpacked_beyond_the_size_that_it_states(tmp_path):
    """What bounds the sum of the sizes that are stated bounds what is read."""
    path = workbook(tmp_path, SHEET, " " * 100_000)
    raw = bytearray(path.read_bytes())
    at = next(
        at for at in range(len(raw)) if raw[at : at + 4] == b"PK\x01\x02" and raw[at + 46 :].startswith(SHEET.encode())
    )
    raw[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(raw)

    with pytest.raises(FileFault):
        read(path)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_workbook_cut_short_is_a_fault_of_the_file(tmp_path, cut):
    path = workbook(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * cut)])

    with pytest.raises(FileFault):
        read(path)


@pytest.mark.parametrize("step", [37, 101])
def test_a_workbook_with_any_byte_changed_is_read_or_is_a_fault_of_the_file(tmp_path, step):
    path = workbook(tmp_path)
    raw = path.read_bytes()
    for at in range(0, len(raw), step):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])
        try:
            read(path)
        except FileFault:
            continue


def entry(raw, name):
    """Return where the entries of a part begin: its own header, and that in the list at the end."""
    wanted = name.encode()
    at = [at for at in range(len(raw)) if bytes(raw[at : at + 4]) in {b"PK\x01\x02", b"PK\x03\x04"}]
    own = next(at for at in at if raw[at + 2] == 3 and raw[at + 30 :].startswith(wanted))
    listed = next(each for each in at if raw[each + 2] == 1 and raw[each + 46 :].startswith(wanted))
    return own, listed


def garbled(raw, own, _listed):
    start = own + 30 + raw[own + 26]
    raw[start : start + 40] = b"\xff" * 40


def encrypted(raw, own, listed):
    raw[own + 6] |= 1
    raw[listed + 8] |= 1


def of_an_unknown_method(raw, own, listed):
    raw[own + 8] = raw[listed + 10] = 99


def ending_early(raw, _own, listed):
    raw[listed + 20 : listed + 24] = struct.pack("<I", 5)


@pytest.mark.parametrize("harm", [garbled, encrypted, of_an_unknown_method, ending_early])
@pytest.mark.parametrize("part", [SHEET, BOOK])
def test_a_part_that_cannot_be_unpacked_is_a_fault_of_the_file(tmp_path, part, harm):
    path = workbook(tmp_path)
    raw = bytearray(path.read_bytes())
    harm(raw, *entry(raw, part))
    path.write_bytes(raw)

    with pytest.raises(FileFault):
        read(path)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELLS = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">%s</row></sheetData></worksheet>'


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (SHEET, CELLS % '<c r="A1" t="s"><v>9</v></c>'),
        (SHEET, CELLS % '<c r="A1" t="s"><v>x</v></c>'),
        (SHEET, CELLS % '<c r="A1" s="99"><v>1</v></c>'),
        (SHEET, CELLS % '<c r="?" t="n"><v>1</v></c>'),
        (SHEET, CELLS % '<c r="A1" t="n"><v>one</v></c>'),
        (BOOK, f'<workbook xmlns="{MAIN}" foo="1"><sheets><sheet/></sheets></workbook>'),
        (BOOK, f'<workbook xmlns="{MAIN}"><sheets><sheet name="a" sheetId="x"/></sheets></workbook>'),
        (BOOK, f'<workbook xmlns="{MAIN}"/>'),
    ],
)
def test_a_part_that_does_not_fit_the_others_is_a_fault_of_the_file_or_of_a_row(tmp_path, part, content):
    try:
        rows = read(workbook(tmp_path, part, content))
    except FileFault:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row.cells)
