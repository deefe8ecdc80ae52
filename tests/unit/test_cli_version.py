"""``jsg --version`` says which program this is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from gateway.cli.main import main
from gateway.storage.migrations import FACTS, newest

ROOT = Path(__file__).parents[2]


def test_it_says_version_and_tables(capsys):
    assert main(["--version"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"jsg {version('joint-sanctions-gateway')} (")
    assert f"{newest(FACTS)} audit_0001 log_" in said


def told_in(tree):
    """Return what the program in *tree* says of itself."""
    paths = [str(tree), str(ROOT / "protos")]
    code = f"import sys; sys.path[:0] = {paths!r}; from gateway.cli.version import said; print(said())"
    return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout


def test_in_a_checkout_it_says_the_commit_and_whether_anything_differs(tmp_path):
    for package in ("gateway", "formats", "adapters"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    assert "commit" not in told_in(tmp_path)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "gateway"], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *words], check=True)
    (commit,) = re.findall(r"\(commit ([0-9a-f]{7,}), tables", told_in(tmp_path))
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    assert head.startswith(commit)
    with (tmp_path / "gateway/cli/version.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert f"commit {commit}+, tables" in told_in(tmp_path)
