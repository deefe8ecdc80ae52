"""A printed page as poppler reads it: A4, tagged, every typeface within and mapped to text, and the text in order."""

from __future__ import annotations

import subprocess

import pytest
from printing_samples import CODE, NAME, RECEIPT, USCC, verdict

from console.printing.pdf import write_pdf


def said_by(program, *words):
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    file = tmp_path_factory.mktemp("paper") / "answer.pdf"
    file.write_bytes(write_pdf(verdict()))
    return str(file)


def test_it_is_a4_tagged_and_without_scripts(paper):
    lines = (line.partition(":") for line in said_by("pdfinfo", paper).splitlines())
    found = {name: value.strip() for name, _, value in lines}
    assert found["Page size"].endswith("(A4)")
    assert (found["Tagged"], found["JavaScript"], found["Encrypted"]) == ("yes", "no", "no")
    assert found["CreationDate"] == found["ModDate"]


def test_every_typeface_is_within_as_a_subset_and_mapped_to_text(paper):
    rows = [line.split() for line in said_by("pdffonts", paper).splitlines()[2:]]
    assert {row[0].partition("+")[2] for row in rows} == {
        "NotoSansSC-Regular-Identity-H",
        "NotoSerifSC-Regular-Identity-H",
    }
    assert [row[-5:-2] for row in rows] == [["yes", "yes", "yes"]] * len(rows)


def test_the_receipt_is_taken_out_of_it_as_it_is(paper, tmp_path):
    assert "1: receipt.json" in said_by("pdfdetach", "-list", paper)
    said_by("pdfdetach", "-saveall", "-o", str(tmp_path), paper)
    assert [each.name for each in tmp_path.iterdir()] == ["receipt.json"]
    assert (tmp_path / "receipt.json").read_bytes() == RECEIPT.encode()


def test_its_text_is_read_in_order(paper):
    text = said_by("pdftotext", paper, "-")
    places = [text.index(said) for said in (CODE, "受限，不得批准", f"{USCC} {NAME}", "定标前核查", "优先办理")]
    assert places == sorted(places)
