"""Every view of every role in Chromium, told hostile texts: no script runs, and nothing is asked for but our files."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import browser
from console_browser import ORIGIN
from hostile_consoles import auditing, deciding, justice
from justice_gateway import Authority

pytestmark = pytest.mark.xdist_group("chromium")
STATIC = Path(__file__).parents[2] / "console/static"
TWICE = 2
"""Of each way: as it is first, and with what was filled in."""


def shown(crawl):
    """Return what is looked at: of each way the first pages that came back."""
    seen, chosen = {}, []
    for method, path, reply in crawl.pages:
        way = crawl.way(method, path)
        seen[way] = seen.get(way, 0) + 1
        if seen[way] <= TWICE:
            chosen.append((path, reply))
    return chosen


@pytest.mark.parametrize("role", ["asking-system", "producer", "auditor", "police"])
def test_no_script_runs_and_nothing_leaves_the_console(role, tmp_path):
    if role == "auditor":
        crawl = auditing()
    elif role == "police":
        (tmp_path / "own").mkdir()
        crawl = justice(Authority(tmp_path), tmp_path / "own")
    else:
        crawl = deciding(role)
    # All of it is at hand before the browser begins: nobody but the page is asked while it drives.
    files = [f"/static/{file.relative_to(STATIC).as_posix()}" for file in STATIC.rglob("*") if file.is_file()]
    ours = {file: crawl.desktop.browser.get(file) for file in files}
    complaints, elsewhere, present = [], [], {}

    def answered(route):
        path = route.request.url.removeprefix(ORIGIN)
        reply = {**ours, **present}.get(path)
        if reply is None:
            elsewhere.append(route.request.url)
            route.abort()
        else:
            route.fulfill(status=reply.status, headers=reply.headers, body=reply.content)

    with browser() as chromium, chromium.new_context(locale="zh-CN") as context:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        context.route("**/*", answered)
        for path, reply in shown(crawl):
            address = crawl.desktop.path(path)
            present = {address: reply}
            page.goto(ORIGIN + address)
            assert page.evaluate("document.images.length + document.querySelectorAll('script:not([src])').length") == 0
    assert elsewhere == []
    # Chromium notes what is answered with 422 or 502, and a text in a field of numbers or days, which it leaves empty.
    noted = ("status of 4", "status of 5", "The specified value")
    assert [each for each in complaints if not any(note in each for note in noted)] == []
