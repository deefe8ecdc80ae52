"""A folder in which what a page tells its reader to type can be typed as it stands, beside a gateway of the test's own.

Only the port is another: the page names that of ``make up``.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standings import Standing

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/integrating.md"
CONTRACT = "protos/jointsanctions/jointsanctions.v1.binpb"
NODE = "docs/examples/node"
SHOWN_PORT = "localhost:50443"
SECONDS = 120


@dataclass(frozen=True)
class ReadersFolder:
    """The folder, and where its gateway listens."""

    folder: Path
    port: int

    def type(self, line: str) -> subprocess.CompletedProcess[str]:
        """Type one line of a page into a shell there; return how it ended and what it showed."""
        typed = line.replace(SHOWN_PORT, f"localhost:{self.port}")
        return subprocess.run(  # noqa: S602 - the page's own line, with its pipes
            typed, shell=True, cwd=self.folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )


def readers_folder(folder: Path, state: Path, port: int) -> ReadersFolder:
    """Put what the page's lines name into *folder*: contract, example, environment, and the state as ``var``."""
    (folder / CONTRACT).parent.mkdir(parents=True)
    shutil.copy(ROOT / CONTRACT, folder / CONTRACT)
    shutil.copytree(ROOT / NODE, folder / NODE, ignore=shutil.ignore_patterns("node_modules"))
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "var").symlink_to(state)
    return ReadersFolder(folder, port)


def as_caller(line: str, standing: Standing, ca: str, server_name: str) -> str:
    """Return a line of the page with what *standing* calls with; *ca* and *server_name* are the tool's own options."""
    words = shlex.split(line)
    given = {ca: standing.ca, "--cert": standing.certificate, "--key": standing.key}
    for option, file in given.items():
        at = words.index(option)
        words[at : at + 2] = [option, str(file)] if file else []
    # Behind the tool's own words, before the options.
    words[2:2] = [server_name, standing.server_name]
    return shlex.join(words).replace(SHOWN_PORT, f"localhost:{standing.port}")


def line_of(begin: str, page: Path = PAGE) -> str:
    """Return the only line of the page's consoles that begins so, without its prompt."""
    (line,) = re.findall(rf"^\$ ({re.escape(begin)}.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return str(line)


def shown_after(line: str, page: Path = PAGE) -> list[str]:
    """Return the lines that the page shows after a line to type, without those that it leaves out (``…``)."""
    shown = page.read_text(encoding="utf-8").split(line, 1)[1].split("```text\n", 1)[1].split("```", 1)[0]
    return [each for each in shown.splitlines() if each.strip() != "…"]


def standing_rows() -> dict[str, dict[str, str]]:
    """Return the table of section 8: by what is wrong, the cell of each tool by the heading of its column."""
    section = PAGE.read_text(encoding="utf-8").split("\n## 8. ", 1)[1]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if "|" in line]
    heading, _, *body = rows
    return {row[0].strip(): dict(zip(heading[1:4], row[1:4], strict=True)) for row in body}


def told(cell: str, shown: str) -> bool:
    """Return whether what a tool showed holds each word that a cell promises; of ``a or b`` one is enough."""
    promised = re.findall(r"`[^`]+`(?: or `[^`]+`)*", cell)
    assert promised, cell
    return all(any(word in shown for word in re.findall(r"`([^`]+)`", each)) for each in promised)
