"""What the documents tell their reader to type, and what they show to come of it.

A block ``console`` holds lines to type, each after ``$ ``, and below a line what it prints; a block ``sh`` is a script.
A block ``text`` straight below a block is what comes of the whole of it. ``…`` stands for whatever is there: alone on a
line for any number of lines, within a line for any part of it. How wide a column is does not count.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from formats.civil import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ELSEWHERE = {".venv", ".git", "build", "node_modules", "var", ".pytest_cache", ".ruff_cache", ".mypy_cache"}
"""Folders of what is made or installed: no documents of ours."""
PAGES = sorted(page for page in ROOT.rglob("*.md") if not ELSEWHERE & set(page.relative_to(ROOT).parts))
BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<kind>console|sh)\n(?P<typed>.*?)^ *```\n"
    r"(?:\s*?\n? *```text\n(?P<shown>.*?)^ *```$)?",
    re.MULTILINE | re.DOTALL,
)
OTHERWISE = re.compile(r"\bgw1-0/\d+(?: +[0-9a-f]{64})?\b|\b[0-9a-f]{64}\b")
"""Where a call is recorded, and its hash: they are others each time."""
WRITTEN = date(2026, 12, 1)
"""The day as of which the documents are written: what lies behind it in them is over, what lies ahead is to come."""
DAY = re.compile(r"\b20\d\d-[01]\d-[0-3]\d(?!\d)")
JSG = re.compile(r"(?:\.venv/bin/)?jsg ")


@dataclass(frozen=True)
class Command:
    """One line to type, or one script: where it stands, and the lines that are shown of it, if any."""

    page: str
    line: str
    shown: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """What follows ``jsg``, up to where the shell puts its output; empty for another tool's line."""
        words = shlex.split(self.line)[1:] if JSG.match(self.line) else []
        return words[: words.index(">")] if ">" in words else words

    @property
    def into(self) -> str:
        """The file that the shell puts its output into; empty when it is shown."""
        words = shlex.split(self.line)
        return words[words.index(">") + 1] if ">" in words and self.words else ""

    def today(self) -> Command:
        """Return it as it would stand in a document that was written today."""
        return replace(self, line=as_of_today(self.line), shown=tuple(as_of_today(line) for line in self.shown))


def as_of_today(text: str) -> str:
    """Return what a document shows with every day in it as many days later as it is since the documents' own."""
    later = datetime.now(SHANGHAI).date() - WRITTEN
    return DAY.sub(lambda found: (date.fromisoformat(found[0]) + later).isoformat(), text)


def name_of(page: Path) -> str:
    """Return how a document is called in this repository."""
    return page.relative_to(ROOT).as_posix()


def commands(text: str, page: str) -> Iterator[Command]:
    """Yield what a document tells its reader to type, in its order."""
    for block in BLOCK.finditer(text):
        typed = [line.removeprefix(block["indent"]) for line in block["typed"].splitlines()]
        shown = (block["shown"] or "").splitlines()
        if block["kind"] == "sh":
            yield Command(page, "\n".join(typed), tuple(shown))
            continue
        found: list[tuple[str, list[str]]] = []
        for line in typed:
            if line.startswith(("$ ", "# ")):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
        if shown:
            assert not any(below for _, below in found), f"{page}: what {found[0][0]} prints stands twice"
            # It is of the whole block: what the lines print one after the other.
            found[-1][1].extend(shown)
        for line, below in found:
            yield Command(page, line, tuple(below))


def typed_in(page: Path) -> list[Command]:
    """Return what one document tells its reader to type."""
    return list(commands(page.read_text(encoding="utf-8"), name_of(page)))


def differs(shown: tuple[str, ...], printed: str) -> str:
    """Return the first shown line that is not among what was printed, in order; empty when all is as shown."""
    if not shown:
        return ""
    lines = [" ".join(line.split()) for line in printed.strip("\n").splitlines()]
    at, anywhere = 0, False
    for want in (" ".join(line.split()) for line in shown):
        if want == "…":
            anywhere = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in OTHERWISE.sub("…", want).split("…")))
        ends = len(lines) if anywhere else min(at + 1, len(lines))
        found = next((place for place in range(at, ends) if pattern.fullmatch(lines[place])), None)
        if found is None:
            return want
        at, anywhere = found + 1, False
    return "" if anywhere or at == len(lines) else f"more: {lines[at]}"
