"""Earlier programs of ours out of the repository's own history, built and run as they were installed then."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
VERSIONS = "gateway/storage/migrations/versions"
START_SECONDS = 240.0
GIT = shutil.which("git") or "git"


def git(*words: str) -> str:
    """Return what git says of this repository, or nothing where there is none, as in a released archive."""
    if not (ROOT / ".git").exists():
        return ""
    done = subprocess.run([GIT, "-C", str(ROOT), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def first_with(step: str) -> str:
    """Return the first commit that knows a step of the tables, such as ``facts_0013``; empty without a history."""
    return git("log", "--format=%H", "--diff-filter=A", "--", f"{VERSIONS}/{step}.py").partition("\n")[0]


class Program:
    """A program whose packages lie in a folder, with the configuration that came with it; this one's: no folder."""

    def __init__(self, site: Path | None, config: Path) -> None:
        self._site = site
        self.config = config

    @classmethod
    def of(cls, commit: str, folder: Path) -> Program:
        """Build the wheel of a commit, and unpack it in *folder*; what it depends on is what is installed here."""
        source, wheels, site = folder / "source", folder / "wheels", folder / "site"
        source.mkdir(parents=True)
        packed = subprocess.run([GIT, "-C", str(ROOT), "archive", commit], capture_output=True, check=True)
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(source, filter="data")
        here = ("--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check")
        command = [sys.executable, "-m", "pip", "wheel", *here, "--wheel-dir", wheels, source]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        (wheel,) = wheels.glob("*.whl")
        shutil.unpack_archive(wheel, site, "zip")
        return cls(site, source / "config")

    def command(self, config: Path, *words: object) -> list[str]:
        """Return the command line for a configuration folder."""
        return [sys.executable, "-P", "-m", "gateway", "--config", str(config), *map(str, words)]

    @property
    def environment(self) -> dict[str, str]:
        """In which this program is found, and no other."""
        return {**os.environ, **({"PYTHONPATH": str(self._site)} if self._site else {})}

    def run(self, config: Path, *words: object) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        command = self.command(config, *words)
        return subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment)

    @contextmanager
    def serving(self, config: Path, log: Path) -> Iterator[int]:
        """Serve, and drain at the end; gives the port."""
        begin = log.stat().st_size if log.exists() else 0
        with log.open("ab") as sink:
            command = self.command(config, "serve", "--listen", "127.0.0.1:0")
            process = subprocess.Popen(command, stderr=sink, env=self.environment)
        try:
            yield _port(process, log, begin)
        finally:
            process.terminate()
            assert process.wait(START_SECONDS) == 0


def _port(process: subprocess.Popen[bytes], log: Path, begin: int) -> int:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        for line in log.read_bytes()[begin:].splitlines():
            if line.startswith(b"{") and line.endswith(b"}") and json.loads(line).get("event") == "serving":
                return int(json.loads(line)["port"])
        assert process.poll() is None, log.read_text()
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"it did not serve: {log.read_text()}")
