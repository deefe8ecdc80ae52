"""The Python that pages show runs from top to bottom, prints what stands below it, and asks at every decision point."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from e2e.served import body_of
from shown_commands import differs

from gateway.domain.vocabulary import DISABLED_AREAS, DecisionPoint

pytestmark = pytest.mark.xdist_group("served")
ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(?P<source>.*?)^```$(?:\n\n```text\n(?P<shown>.*?)^```$)?", re.MULTILINE | re.DOTALL)
RUN = ("README.md", "docs/integrating.md", "docs/areas.md")
"""The Chinese first page shows the same as the English one (``unit/test_documents.py``)."""


@pytest.fixture
def run(served, tmp_path, monkeypatch):
    """Runs the snippets of a page in a folder beside ``var``; returns what each printed, with what is shown of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").symlink_to(served.place.state)

    def page(name):
        names: dict[str, object] = {}
        told = []
        for block in BLOCK.finditer((ROOT / name).read_text(encoding="utf-8")):
            source = block["source"]
            assert "127.0.0.1" not in source or "127.0.0.1:50443" in source
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(source.replace("127.0.0.1:50443", f"127.0.0.1:{served.port}"), names)  # noqa: S102 - the page's own
            told.append((out.getvalue(), block["shown"] or ""))
        return told

    return page


@pytest.mark.parametrize("name", RUN)
def test_every_snippet_of_a_page_runs_and_prints_what_stands_below_it(run, name):
    told = run(name)

    assert told
    for printed, shown in told:
        assert differs(tuple(shown.splitlines()), printed) == "", printed


def test_the_page_about_the_areas_asks_at_every_decision_point(run, served):
    before = served.next_number()
    run("docs/areas.md")
    asked = {body.get("point") for body in map(body_of, served.entries(before))}

    points = [point for point in DecisionPoint if point.area not in DISABLED_AREAS]
    assert [point.name for point in points if point not in asked] == []
