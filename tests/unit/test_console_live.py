"""What the console's pages do by themselves: with which libraries, and that it keeps nobody's session."""

from __future__ import annotations

import hashlib
import html
import json
import re
from importlib import resources

import pytest
from console_desk import Desktop

from console.app import LIVE
from console.guard import POLICY
from console.sessions import IDLE_SECONDS, MOST_RESULTS, Session

PUBLISHED = {
    "htmx.min.js": (
        "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
        "htmx.LICENSE",
        "Zero-Clause BSD",
    ),
    "uPlot.iife.min.js": (
        "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
        "uPlot.LICENSE",
        "MIT License",
    ),
    "uPlot.min.css": (
        "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
        "uPlot.LICENSE",
        "MIT License",
    ),
}
"""SHA-256 of the files of htmx.org 2.0.11 and uplot 1.6.32 as npm has them, and under which licence each is."""
VENDOR = resources.files("console") / "static" / "vendor"


@pytest.fixture
def desktop():
    desktop = Desktop()
    desktop.opened()
    return desktop


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_library_is_the_one_that_its_authors_publish_with_its_licence(name):
    digest, licence, called = PUBLISHED[name]

    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
    assert called in (VENDOR / licence).read_text(encoding="utf-8")


def test_no_other_file_of_others_is_served():
    assert {each.name for each in VENDOR.iterdir()} == {*PUBLISHED, "htmx.LICENSE", "uPlot.LICENSE"}


def test_htmx_may_neither_evaluate_nor_style_nor_ask_elsewhere_nor_keep_pages(desktop):
    said = re.search(r"name=\"htmx-config\" content='([^']+)'", desktop.get("/check").text)[1]
    config = json.loads(html.unescape(said))

    assert {name: config[name] for name in ("includeIndicatorStyles", "allowEval", "allowScriptTags")} == {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
    }
    assert config["selfRequestsOnly"] is True
    assert config["historyCacheSize"] == 0, "a page would lie in the browser's store"
    assert config["refreshOnHistoryMiss"] is True, "what lies there no more is fetched as a page"
    assert "style" not in config["attributesToSettle"], "the policy forbids to copy it"


def test_only_the_policy_of_our_own_script_makes_markup_of_text():
    assert "require-trusted-types-for 'script'; trusted-types default" in POLICY
    script = (resources.files("console") / "static" / "live.js").read_text(encoding="utf-8")
    assert re.findall(r"createPolicy\(\"(\w+)\", \{ (\w+):", script) == [("default", "createHTML")]


def test_what_a_page_asks_by_itself_does_not_keep_the_session(desktop):
    for _ in range(3):
        desktop.seconds += IDLE_SECONDS / 2 - 1
        last = desktop.get("/cases/events", hx_trigger=LIVE).status

    assert last == 403
    assert desktop.get("/cases/events").status == 403


def test_what_somebody_asks_keeps_it(desktop):
    for _ in range(3):
        desktop.seconds += IDLE_SECONDS / 2 - 1
        assert desktop.get("/cases/events", hx_trigger="search").status == 200


def test_the_part_that_refreshes_is_the_whole_list_with_the_moment_of_it(desktop):
    page = desktop.get("/cases/events?show=all").text
    (region,) = re.findall(r'<div id="live"([^>]*)>', page)

    assert f'hx-get="{desktop.path("/cases/events?show=all")}"' in region
    assert 'hx-select="#live"' in region
    assert int(re.search(r"every (\d+)s", region)[1]) >= 5
    assert "2026-11-30 12:00:00" in page[page.index('<div id="live"') :]


def test_a_list_that_refreshes_pushes_out_nothing_else_that_was_found():
    session = Session("c", "t", "王五", "zh", 0.0)
    first = session.keep("an answer")
    ids = {session.keep_once(("case", number % 10)) for number in range(MOST_RESULTS * 2)}

    assert len(ids) == 10
    assert session.found(first, str) == "an answer"
    assert {session.found(at, tuple) for at in ids} == {("case", number) for number in range(10)}


def test_what_gave_way_is_kept_anew():
    session = Session("c", "t", "王五", "zh", 0.0)
    at = session.keep_once("a case")
    for number in range(MOST_RESULTS):
        session.keep(number)

    assert session.found(at, str) is None
    assert session.found(session.keep_once("a case"), str) == "a case"
