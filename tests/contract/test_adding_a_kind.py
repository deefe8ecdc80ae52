"""The page about adding a kind is true: its blocks, put into a copy of the repository, make a kind that passes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUITES = ("tests/contract/test_kinds_and_messages.py", "tests/property/test_kind_laws.py")


LAST_FEED = """
from pathlib import Path
from gateway.domain.kinds import may_weigh
from gateway.settings.gateway_file import load_gateway
feed = load_gateway(Path("config/gateway.toml")).feeds[-1]
print(sorted(feed.kinds), may_weigh(feed.kinds))
"""


def insert(path, before, text):
    """Put *text* before the last place of *before*."""
    content = path.read_text(encoding="utf-8")
    head, found, tail = content.rpartition(before)
    assert found, f"{path.name} has no {before!r}"
    path.write_text(head + text + found + tail, encoding="utf-8")


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository with the blocks of the page in their places."""
    for folder in ("formats", "gateway", "protos", "tests", "config"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    blocks = BLOCK.findall((ROOT / "docs/adding-a-kind.md").read_text(encoding="utf-8"))
    python = [text for language, text in blocks if language == "python"]
    message, entry = (text for language, text in blocks if language == "proto")
    (feed,) = (text for language, text in blocks if language == "toml")
    module, imported, sample_import = python
    listed, sample = (text for language, text in blocks if language == "text")

    package, proto = tmp_path / "gateway/domain/kinds", tmp_path / "protos/jointsanctions/v1/record.proto"
    (package / "inspection_visit.py").write_text(module, encoding="utf-8")
    insert(package / "__init__.py", "from gateway.domain.kinds.labour_violation", imported)
    insert(package / "__init__.py", ")\nKINDS: Final", listed)
    insert(proto, "// One fact about one enterprise", message + "\n")
    insert(proto, "  }\n}\n", entry)
    insert(tmp_path / "tests/store_samples.py", "from gateway.domain.kinds.labour_violation", sample_import)
    insert(tmp_path / "tests/store_samples.py", ")\n\n\ndef fact(", sample)
    with (tmp_path / "config/gateway.toml").open("a", encoding="utf-8") as file:
        file.write(feed)
    return tmp_path


def run(copy, *arguments):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (copy, copy / "protos", copy / "tests")))}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_kind_of_the_page_passes_what_every_kind_must(copy):
    sources = sorted(str(path.relative_to(copy)) for path in (copy / "protos/jointsanctions/v1").glob("*.proto"))
    run(copy, "-m", "grpc_tools.protoc", "-Iprotos", "--python_out=protos", *sources)
    told = run(copy, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", "-vv", "-k", "inspection_visit", *SUITES)
    assert "inspection_visit.due_on" in told
    assert " passed" in told
    assert "failed" not in told
    assert run(copy, "-c", LAST_FEED) == "['inspection_visit'] False\n"
