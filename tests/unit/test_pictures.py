"""The documents' pictures: each is shown, each comes out of a test, and none is large, missing or left over."""

from __future__ import annotations

import re

import pytest
from pictures import FOLDER, MOST_BYTES, PICTURES, ROOT, WIDTH

SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def shown():
    """Return every picture that a document shows: words for who does not see it, and the file."""
    return [
        (words, (path.parent / target).resolve())
        for path in DOCUMENTS
        if "node_modules" not in path.parts
        for words, target in SHOWN.findall(path.read_text(encoding="utf-8"))
    ]


def test_what_documents_show_is_what_tests_make_and_what_is_there():
    made = {FOLDER / f"{name}.webp" for name in PICTURES}

    assert {file for _, file in shown()} == made == set(FOLDER.iterdir())


def test_each_picture_is_told_in_words_too():
    assert [file.name for words, file in shown() if len(words) < len("查询结果")] == []


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_of_a_page_that_its_test_keeps(name):
    source = (ROOT / "tests" / "system" / PICTURES[name].file).read_text(encoding="utf-8")
    literals = re.findall(r'"([^"\n]*)"', source)
    patterns = [re.escape(each).replace(r"\{page\.look\}", "wide").replace(r"\{look\}", "wide") for each in literals]
    whole = [re.sub(r"\\\{name\\\}", "(.+)", each) for each in patterns if "wide" in each]
    parts = [found.groups() for each in whole if (found := re.fullmatch(each, PICTURES[name].screen))]

    assert parts, "no test of this file keeps a page of that name"
    assert any(set(found) <= set(literals) for found in parts), "the test looks at no page of that name"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_wide_as_a_page_and_small(name):
    content = (FOLDER / f"{name}.webp").read_bytes()

    assert (content[:4], content[8:16]) == (b"RIFF", b"WEBPVP8X")
    assert len(content) <= MOST_BYTES
    assert int.from_bytes(content[24:27], "little") + 1 == WIDTH


def test_make_pictures_runs_every_file_that_makes_one():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    line = next(line for line in makefile.splitlines() if "JSG_TEST_PICTURES=1" in line)

    assert set(re.findall(r"test_\w+\.py", line)) == {each.file for each in PICTURES.values()}
    assert all((ROOT / "tests/system" / each.file).is_file() for each in PICTURES.values())
