"""Files that the documents suppose their reader to have, by document: made in the reader's folder before it reads."""

from __future__ import annotations

import csv
import json
import re
import shutil
from typing import TYPE_CHECKING, Final

import openpyxl
from log_folders import logs_begun
from plain_numbers import resident
from shown_commands import ROOT, Command, as_of_today

if TYPE_CHECKING:
    from collections.abc import Callable

    from documents_reader import Reader

CLEAR, LISTED, UNKNOWN = "91420399MA00K2U7XJ", "91420399MA00K2UM2D", "91420399MA00K2W3X4"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ASKED = (
    f"jsg check {LISTED} --area bidding --point award --case JSGC-2026-17 --fact project_region=420302 "
    "--fact must_be_tendered=true --fact state_funds=true --fact form=SINGLE --fact cutoff_rule=NOT_FIXED"
)


def blocks(page: str, kind: str) -> list[str]:
    """Return the blocks of one kind of a document."""
    return [text for name, text in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")) if name == kind]


def asked(reader: Reader) -> None:
    """Ask about the listed enterprise at an award, as the first page does."""
    code, printed = reader.type(Command("", ASKED, ()))
    assert code == 3, printed


def received(reader: Reader) -> None:
    """Ask so, and keep the receipt as ``award.json``."""
    code, printed = reader.type(Command("", f"{ASKED} --receipt award.json", ()))
    assert code == 3, printed


def verifier(reader: Reader) -> None:
    """Save the program that the page has its reader save."""
    (source,) = (each for each in blocks("docs/audit-events.md", "python") if "sqlite3.connect" in each)
    (reader.folder / "verify.py").write_text(source, encoding="utf-8")


def nominees(reader: Reader) -> None:
    """Write a workbook of three nominees."""
    book = openpyxl.Workbook()
    rows = [("统一社会信用代码", "评选编号"), *((code, "PX-2026-9") for code in (CLEAR, LISTED, UNKNOWN))]
    for row in rows:
        book.active.append(row)
    book.save(reader.folder / "nominees.xlsx")


def loans(reader: Reader) -> None:
    """Write a loan book of two loans."""
    with (reader.folder / "loans.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("统一社会信用代码", "合同编号"), (CLEAR, "XD-2026-1"), (LISTED, "XD-2026-2")])


def terms(reader: Reader) -> None:
    """Write the case's terms after the review: as it was opened, without the consortium."""
    facts = {
        "projectRegion": "420302",
        "mustBeTendered": True,
        "stateFunds": True,
        "cutoffRule": "CUTOFF_RULE_NOT_FIXED",
    }
    whole = {
        "decisionPoint": "DECISION_POINT_BIDDING_AWARD",
        "applicants": [{"enterprise": {"uscc": CLEAR}}],
        "caseFacts": {"bidding": facts},
    }
    (reader.folder / "terms.json").write_text(json.dumps(whole), encoding="utf-8")


def meeting(reader: Reader) -> None:
    """Save the two files of the page."""
    for name, text in zip(("agenda.json", "minutes.json"), blocks("docs/joint-meetings.md", "json"), strict=False):
        (reader.folder / name).write_text(as_of_today(text), encoding="utf-8")


def mandate(reader: Reader) -> None:
    """Write an agency's mandate as it is to be: that of the file, with the basis that a proposal must name."""
    text = (reader.folder / "config/agencies.toml").read_text(encoding="utf-8")
    (entry,) = re.findall(r'^\[\[agency\]\]\nid = "tourism"\n.*?(?=^\[\[|\Z)', text, re.MULTILINE | re.DOTALL)
    entry += 'legal_basis = "R724 48"\n' if "legal_basis" not in entry else ""
    (reader.folder / "tourism.toml").write_text(entry, encoding="utf-8")


def number(reader: Reader) -> None:
    """Write an invented number of a resident."""
    (reader.folder / "number.txt").write_text(resident(7), encoding="utf-8")


def public_half(reader: Reader) -> None:
    """Copy the public half of the log's key, as an auditor has it."""
    shutil.copy(logs_begun(reader.folder / "var")[0] / "vkey", reader.folder / "vkey")


def checkpoint(reader: Reader) -> None:
    """Copy the newest checkpoint, as any web server has it."""
    shutil.copy(next((reader.folder / "var/log").glob("*/checkpoint")), reader.folder / "checkpoint")


def awards(reader: Reader) -> None:
    """Write a list of one award."""
    (reader.folder / "awards.csv").write_text(
        f"case,uscc,awarded,area\nJSGC-2026-99,{CLEAR},2026-11-20,bidding\n", encoding="utf-8"
    )


FILES: Final[dict[str, tuple[Callable[[Reader], None], ...]]] = {
    "docs/audit-events.md": (verifier, asked),
    "docs/batch-files.md": (nominees, loans),
    "docs/cases.md": (terms,),
    "docs/joint-meetings.md": (meeting,),
    "docs/mandates.md": (mandate,),
    "docs/operations.md": (received, public_half),
    "docs/outcomes.md": (asked,),
    "docs/persons.md": (number,),
    "docs/replay.md": (asked,),
    "docs/reviews.md": (awards, asked, checkpoint),
    "docs/users/auditor.md": (awards,),
    "docs/users/bank.md": (loans,),
}
"""By document, in order."""
