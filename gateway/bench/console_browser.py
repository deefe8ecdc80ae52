"""The console as it is started, and pages of it as a browser fetches them: over its port, to the last byte."""

from __future__ import annotations

import http.client
import json
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from gateway.bench.processes import BenchError, heard, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE_SECONDS: Final = 120.0
_OK, _SEE_OTHER = 200, 303
_TOKEN: Final = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page, and how long it took from the first byte sent to the last one received, redirects included."""

    text: str
    milliseconds: float


class Browser:
    """One browser that was let in. It keeps its cookie, goes where it is sent, and reads every page whole."""

    def __init__(self, link: str, officer: str) -> None:
        """Open the console by its link, and say who uses it.

        Raises:
            BenchError: It does not let it in.
        """
        self._host = urlsplit(link).netloc
        self._cookie = self._token = self._base = ""
        self.get(urlsplit(link).path, base="")
        self.post("/officer", {"officer": officer})

    def get(self, path: str, *, base: str | None = None) -> Fetched:
        """Fetch a page; *base* is what its address begins with, None for that of the console.

        Raises:
            BenchError: It is none, or a problem's.
        """
        return self._fetched("GET", (self._base if base is None else base) + path, b"")

    def post(self, path: str, fields: Mapping[str, str]) -> Fetched:
        """Send a form, and fetch the page that answers it; raises what ``get`` does."""
        return self._fetched("POST", self._base + path, urlencode({"csrf": self._token, **fields}).encode())

    def link(self, page: Fetched, pattern: str) -> str:
        """Return where a link of a page leads, without the base.

        Raises:
            BenchError: It has none such.
        """
        found = re.search(rf'href="{self._base}([^"]*{pattern})"', page.text)
        if found is None:
            raise BenchError(f"a page of the console has no link to {pattern}")
        return found[1].replace("&amp;", "&")

    def _fetched(self, method: str, path: str, body: bytes) -> Fetched:
        begun = time.perf_counter()
        while True:
            status, headers, content = self._sent(method, path, body)
            if status != _SEE_OTHER:
                break
            method, path, body = "GET", headers["location"], b""
        took = (time.perf_counter() - begun) * 1000
        text = content.decode()
        if status != _OK:
            raise BenchError(f"the console answered {path.removeprefix(self._base)} with {status}")
        if found := _TOKEN.search(text):
            self._token = found[1]
        return Fetched(text, took)

    def _sent(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {"Cookie": self._cookie, "Sec-Fetch-Site": "same-origin", "Origin": f"http://{self._host}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body or None, headers)
            reply = connection.getresponse()
            got = {name.lower(): value for name, value in reply.getheaders()}
            content = reply.read()
        except OSError as error:
            raise BenchError(f"the console did not answer: {error}") from error
        finally:
            connection.close()
        if "set-cookie" in got:
            self._cookie, _, rest = got["set-cookie"].partition(";")
            self._base = rest.partition("ath=")[2].partition(";")[0]
        return reply.status, got, content


@contextmanager
def console_of(place: tuple[Path, Path], port: int, who: str, log: Path) -> Iterator[str]:
    """Run the console of *who* before the gateway on *port*; yields the link that opens it.

    Args:
        place: Configuration and state folder.
        port: Of the gateway, on this machine.
        who: Whose certificate it uses, ``agency.role``.
        log: Where its standard error goes.

    Raises:
        BenchError: It does not start, or does not end.
    """
    config, state = place
    words = ["gateway", "--config", str(config), "--state", str(state), "--address", f"127.0.0.1:{port}"]
    with running([*words, "console", "--as", who, "--no-browser", "--json"], log) as process:
        yield str(json.loads(heard(process, log))["link"])
