"""``jsg --version``: which program this is: version, commit, and the versions of the tables that it makes."""

from __future__ import annotations

import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

from gateway.storage.migrations import AUDIT, FACTS, LOG, newest

_TREE: Final = Path(__file__).parents[2]
_SECONDS: Final = 5.0


def said() -> str:
    """Return the line, such as ``jsg 0.1.0 (commit 80cb619, tables facts_0013 audit_0001 log_0003)``."""
    tables = " ".join(newest(branch) for branch in (FACTS, AUDIT, LOG))
    commit = _commit()
    return f"jsg {version('joint-sanctions-gateway')} ({f'commit {commit}, ' if commit else ''}tables {tables})"


def _commit() -> str:
    """Return the commit of the tree that this runs from, with ``+`` where files differ; empty of an installed one."""
    git = shutil.which("git")
    if git is None or not (_TREE / ".git").exists():
        return ""  # a tree of somebody else's around an installed program is not ours
    try:
        commit, changed = (
            subprocess.run([git, "-C", _TREE, *words], capture_output=True, text=True, check=True, timeout=_SECONDS)  # noqa: S603 - the machine's git
            for words in (["rev-parse", "--short", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit.stdout.strip() + ("+" if changed.stdout.strip() else "")
