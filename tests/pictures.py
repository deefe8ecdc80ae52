"""The pictures of docs/users: which page of which test each one is, and how it comes into the repository.

``make pictures`` runs the tests of these files with ``JSG_TEST_PICTURES`` set; the pages that they look at anyway are
then also kept beside the documents. Nobody takes a picture by hand, so that none shows what is no more.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs" / "users" / "pictures"
TAKEN: Final = os.environ.get("JSG_TEST_PICTURES") == "1"
"""Pictures are kept in the repository, as ``make pictures`` asks for it."""
WIDTH: Final = 1280
QUALITY: Final = 72
"""Of WebP: text is read without an effort, and a page takes some 60 KB."""
MOST_BYTES: Final = 80 * 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the documents.

    ``screen`` is the name under which the test in ``file`` (in ``tests/system``) keeps the page in ``build/screens``,
    ``height`` how much of it is shown, from its top, in pixels.
    """

    screen: str
    file: str
    height: int = 900


_OFFICER: Final = "test_console_in_chromium.py"
_HRSS: Final = "test_console_of_hrss_in_chromium.py"
_AUDITOR: Final = "test_console_auditor_in_chromium.py"
_JUSTICE: Final = "test_console_referrals_in_chromium.py"
_USERS: Final = "test_pages_of_users_in_chromium.py"

PICTURES: Final = {
    "officer-question": Picture("console-form-wide", _OFFICER, 1270),
    "officer-restricted": Picture("console-restricted-wide", _OFFICER, 1000),
    "officer-conditions": Picture("console-outcome-conditional-wide", _OFFICER, 1400),
    "bank-drawdown": Picture("users-bank-wide", _USERS, 1000),
    "receipt-verified": Picture("users-receipt-wide", _USERS, 1000),
    "hrss-file": Picture("hrss-file-wide", _HRSS, 1100),
    "hrss-clocks": Picture("hrss-clocks-wide", _HRSS),
    "hrss-listing": Picture("hrss-listing-wide", _HRSS),
    "auditor-found": Picture("console-auditor-found-wide", _AUDITOR),
    "auditor-proof": Picture("console-auditor-proof-wide", _AUDITOR),
    "justice-case": Picture("console-justice-case-wide", _JUSTICE),
    "justice-dossier": Picture("console-justice-dossier-wide", _JUSTICE),
    "integrator-check": Picture("users-integrator-wide", _USERS),
    "operator-status": Picture("users-operator-wide", _USERS, 1100),
}
"""By the name of the file in ``FOLDER``, without ``.webp``."""


def taken(page: Page, screen: str) -> None:
    """Keep what *page* shows beside the documents, where it is one of ``PICTURES`` and pictures are taken."""
    for name, picture in PICTURES.items():
        if TAKEN and picture.screen == screen:
            (FOLDER / f"{name}.webp").write_bytes(_shot(page, picture.height))


def _shot(page: Page, most_height: int) -> bytes:
    # Chromium writes WebP by itself, which Playwright does not offer: a third of the same page as PNG.
    page.evaluate("document.activeElement.blur()")
    height = min(most_height, page.evaluate("Math.ceil(document.body.getBoundingClientRect().height)"))
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
    session = page.context.new_cdp_session(page)
    try:
        asked = {"format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": True}
        return base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])
    finally:
        session.detach()
