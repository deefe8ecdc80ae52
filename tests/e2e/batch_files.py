"""Batch files to test with: spreadsheets of invented enterprises, asked about by the command as an officer runs it."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl

CONFIG = Path(__file__).parents[2] / "config"
HEADER = ("序号", "统一社会信用代码", "企业名称", "评选编号", "奖项类别")


def settings(folder, name, target, mode="enforce"):
    """Write the settings of one area's adapter for a gateway at *target*; return the file and the journal's."""
    journal = folder / f"{name}.sqlite"
    text = (CONFIG / f"adapter-{name}.toml").read_text(encoding="utf-8")
    for old, new in {
        "127.0.0.1:50443": target,
        f"side-car/{name}.sqlite": str(journal),
        'mode = "enforce"': f'mode = "{mode}"',
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    file = folder / f"adapter-{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file, journal


def words(place, file, name, *options):
    """Return the command line of one area's adapter."""
    return ["--config", str(place.config), "--state", str(place.state), "adapter", name, "--file", str(file), *options]


def workbook(path, *rows, before=None):
    """Write a workbook of one sheet; *before* changes it before it is saved."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if before is not None:
        before(book)
    book.save(path)
    return path


def csv_file(path, *rows, encoding="utf-8"):
    """Write a CSV."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def answered(path, encoding="utf-8-sig"):
    """Return the lines of an answered file, each by its headers."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        header, *rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    else:
        with path.open(encoding=encoding, newline="") as file:
            header, *rows = csv.reader(file)
    return [dict(zip(header, row, strict=True)) for row in rows]


def killed_at(place, words_said, patch):
    """Run the command in a process that kills itself where *patch* says, and return how it ended."""
    program = f"import sys, os, signal; {patch}\nfrom gateway.cli.main import main\nsys.exit(main({words_said!r}))"
    return subprocess.run([sys.executable, "-P", "-c", program], timeout=120, check=False, capture_output=True)


KILL = f"os.kill(os.getpid(), {int(signal.SIGKILL)})"
assert os.name == "posix"
