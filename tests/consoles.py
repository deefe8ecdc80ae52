"""``jsg console`` as it is started, a process of its own before a gateway, and what is fetched over its port."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from console_browser import BOUNDARY, Files, multipart

if TYPE_CHECKING:
    from collections.abc import Iterator

FORM = "application/x-www-form-urlencoded"
ENDS_SECONDS = 20.0
AWARD_FACTS = {
    "fact_project_region": "420302",
    "fact_must_be_tendered": "true",
    "fact_state_funds": "true",
    "fact_form": "SINGLE",
    "fact_cutoff_rule": "NOT_FIXED",
}
"""What a question at the award of a tender needs."""
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@contextmanager
def console_before(served, who: str) -> Iterator[str]:
    """Start the console of *who* (``agency.role``) before a gateway; yields the link that opens it once."""
    place = ("--config", str(served.place.config), "--state", str(served.place.state))
    process = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "gateway", *place, "--address", f"127.0.0.1:{served.port}"),
            *("console", "--as", who, "--no-browser", "--json"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["link"]
    finally:
        process.terminate()
        process.wait(ENDS_SECONDS)
        process.stdout.close()


class Page:
    """What a console answered with, and at which path."""

    def __init__(self, path: str, status: int, headers: dict[str, str], content: bytes) -> None:
        self.path = path
        self.status = status
        self.headers = headers
        self.content = content

    @property
    def text(self) -> str:
        """The page."""
        return self.content.decode()

    def link(self, end: str) -> str:
        """Return the first address of the page that ends so."""
        return next(found for found in re.findall(r'(?:href|action)="([^"]+)"', self.text) if found.endswith(end))


class OverThePort:
    """A browser that speaks HTTP over a real connection, keeps its cookie, and goes where it is sent."""

    def __init__(self, link: str) -> None:
        self.host = urlsplit(link).netloc
        self.cookie = self.csrf = self.base = ""

    def get(self, address: str) -> Page:
        """Fetch a page of an address or a path."""
        return self._sent("GET", urlsplit(address)._replace(scheme="", netloc="").geturl(), b"")

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send a form with the token of the page before."""
        return self._sent("POST", path, urlencode({"csrf": self.csrf, **fields}).encode())

    def upload(self, path: str, fields: dict[str, str], files: Files) -> Page:
        """Send a form with files, with the token of the page before."""
        body = multipart({"csrf": self.csrf, **fields}, files)
        return self._sent("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")

    def opened_word(self, word: bytes) -> Page:
        """Open a first person's word as the second person."""
        self.get(self.base + "/second")
        return self.upload(self.base + "/second", {}, {"word": word})

    def _sent(self, method: str, path: str, body: bytes, media: str = "application/x-www-form-urlencoded") -> Page:
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin", "Origin": f"http://{self.host}"}
        if body:
            headers["Content-Type"] = media
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            page = Page(path, reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        finally:
            connection.close()
        if "set-cookie" in page.headers:
            self.cookie, _, rest = page.headers["set-cookie"].partition(";")
            self.base = re.search(r"[Pp]ath=([^;]+)", rest)[1]
        found = CSRF.search(page.content.decode(errors="replace"))
        self.csrf = found[1] if found else self.csrf
        return self.get(page.headers["location"]) if page.status == 303 else page


def let_in(link: str, officer: str) -> OverThePort:
    """Open a console, and say who uses it."""
    browser = OverThePort(link)
    browser.get(link)
    browser.post(browser.base + "/officer", {"officer": officer})
    return browser


def asked_at_award(served, who: str, officer: str, case_ref: str, *usccs: str) -> None:
    """Ask about enterprises at the award in the console of *who*, one after the other."""
    with console_before(served, who) as link:
        browser = let_in(link, officer)
        form = browser.base + "/check/BIDDING_AWARD"
        browser.get(form)
        for uscc in usccs:
            page = browser.post(form, {"uscc": uscc, "case_ref": case_ref, **AWARD_FACTS})
            assert page.status == 200, page.text
