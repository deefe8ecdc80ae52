"""Chromium, driven: a page at a width and in a light, what went wrong in it, and what axe finds."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from pictures import taken
from playwright.sync_api import sync_playwright

SCREENS = Path(__file__).parents[2] / "build" / "screens"
"""Where pictures of pages are kept, for people to look at."""
CHROMIUM = "/usr/bin/chromium"
LOOKS = {"wide": (1280, 900, "light"), "narrow": (390, 844, "dark")}


@contextmanager
def browser():
    """Yield a browser without a network of its own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        with chromium:
            yield chromium


@contextmanager
def looking(chromium, look, **options):
    """Yield a page of one of ``LOOKS``; whatever the page complains of fails."""
    width, height, light = LOOKS[look]
    with chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=light, locale="zh-CN", **options
    ) as context:
        page, complaints = context.new_page(), []
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.complaints = complaints
        yield page
        assert complaints == [], complaints


def pictured(page, name):
    """Keep a picture of the whole page; nothing in it may be wider than the window, and axe must find nothing."""
    kept(page, name)
    assert wrong_with(page) == [], name


def kept(page, name):
    """Keep a picture of the whole page."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state()  # what is not styled yet has another size
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
    taken(page, name)


def wrong_with(page):
    """Return what is wrong with a page for whoever uses it: what axe finds, and what is wider than the window."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    wrong = [(each["id"], each["impact"], [node["html"][:120] for node in each["nodes"]]) for each in found]
    fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wrong if fits else [*wrong, ("wider than the window",)]
