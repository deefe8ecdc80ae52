"""What the page about the nine areas tells the reader to run does run, and prints what the page says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("served")
PAGE = Path(__file__).parents[2] / "docs" / "areas.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_snippet_of_the_page_runs_and_prints_what_stands_below_it(served, tmp_path, monkeypatch):
    pki, target = served.place.state / "pki", f"127.0.0.1:{served.port}"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").symlink_to(pki.parent)
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    printed: list[str] = []
    expected = [content for kind, content in blocks if kind == "text"]

    for kind, content in blocks:
        if kind == "python":
            assert "127.0.0.1" not in content or "127.0.0.1:50443" in content
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(content.replace("127.0.0.1:50443", target), names)  # noqa: S102 - the page's own
            printed += [out.getvalue()] if out.getvalue() else []
    assert printed == expected
    assert (tmp_path / "areas.sqlite").exists()
