"""A reader who types what the documents show: in a folder as after ``git clone`` and ``make up``, beside a gateway.

``jsg`` runs in this process, since a hundred processes would take minutes to start; other tools run in a shell. What a
document cannot know is put in place of what it shows: the port, and ids of what was made a line before.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from log_folders import logs_begun
from shown_commands import ROOT, Command

from gateway.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.served import Served

LENT = ("tools", "protos", "docs", "deploy", "requirements")
SECONDS = 60
RECORDED = re.compile(r"(gw1-0)/(\d+)(?: +|/)([0-9a-f]{64})")
MADE = re.compile(r"\b(mandate|policy|objection|outcome|ending|proposal)-([0-9a-f]{8,}(?:-[0-9a-f]+)*)")
PLACES = (
    (re.compile(r"gw1-0/\d+ [0-9a-f]{64}"), "{0}/{1} {2}"),
    (re.compile(r"--answer gw1-0/\d+ --leaf [0-9a-f]{64}"), "--answer {0}/{1} --leaf {2}"),
    (re.compile(r"gw1-0/\d+/[0-9a-f]+…[0-9a-f]+"), "{0}/{1}/{2}"),
    (re.compile(r"(?<=\.sqlite )gw1-0 \d+"), "{0} {1}"),
    (re.compile(r"(?<=replay )gw1-0/\d+$"), "{0}/{1}"),
)
"""How a line names an answer of before, each with how the last one is named instead."""
SHOWN_ID = re.compile(r"\b(mandate|policy|objection|outcome|ending)-[0-9a-f]{4,}…?(?=\s|$)")


@dataclass
class Reader:
    """One reader of one document, in a folder of its own."""

    gateway: Served
    folder: Path
    answer: tuple[str, ...] = ()
    """Writer, number and leaf hash of the last answer that was shown."""
    made: dict[str, str] = field(default_factory=dict)
    """The last id shown of each kind."""

    @classmethod
    def at(cls, gateway: Served, folder: Path) -> Reader:
        """Lay out the folder beside a gateway that serves."""
        folder.mkdir()
        for name in LENT:
            (folder / name).symlink_to(ROOT / name)
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / "config").symlink_to(gateway.place.config)
        (folder / "var").symlink_to(gateway.place.state)
        return cls(gateway, folder)

    @classmethod
    def before_anything(cls, gateway: Served, folder: Path) -> Reader:
        """Lay out the folder of somebody who has made nothing yet: configuration, and no state."""
        folder.mkdir()
        shutil.copytree(gateway.place.config, folder / "config")
        return cls(gateway, folder)

    def type(self, command: Command) -> tuple[int, str]:
        """Type one line; return how it ended, and what it showed on both streams."""
        line = self._as_it_is_here(command.line)
        typed = replace(command, line=line)
        with contextlib.chdir(self.folder):
            code, out, errors = _jsg(typed.words) if typed.words else self._shell(line)
            if typed.into:
                (self.folder / typed.into).write_text(out, encoding="utf-8")
                out = ""
        for position in RECORDED.findall(out):
            self.answer = position
        self.made.update({kind: f"{kind}-{rest}" for kind, rest in MADE.findall(out)})
        return code, out + errors

    def _as_it_is_here(self, line: str) -> str:
        for pattern, instead in PLACES:
            if self.answer:
                line = pattern.sub(instead.format(*self.answer), line)
        begun = logs_begun(self.gateway.place.state)
        line = re.sub(r"var/log/\d{4}\b", f"var/log/{begun[-1].name}", line) if begun else line
        return SHOWN_ID.sub(lambda found: self.made.get(found[1], found[0]), line)

    def _shell(self, line: str) -> tuple[int, str, str]:
        typed = re.sub(r"(localhost|127\.0\.0\.1):50443", rf"\1:{self.gateway.port}", line)
        ended = subprocess.run(  # noqa: S602 - the document's own line, with its pipes
            typed, shell=True, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return ended.returncode, ended.stdout, ended.stderr


def _jsg(words: list[str]) -> tuple[int, str, str]:
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 2
    return code, out.getvalue(), errors.getvalue()
