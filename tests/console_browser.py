"""A browser for tests of the console: it keeps cookies and sends what a browser sends, to the application itself."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

HOST = "127.0.0.1:8123"
ORIGIN = f"http://{HOST}"
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
Files = Mapping[str, bytes | tuple[str, bytes]]
"""By field: the bytes of a file, or its name and its bytes."""
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The page as it was sent."""
        return self.content.decode()

    @property
    def words(self) -> str:
        """The page's words without tags."""
        return html.unescape(re.sub(r"<[^>]*>", " ", self.text))

    @property
    def location(self) -> str:
        """Where it leads."""
        return self.headers["location"]


class Browser:
    """Sends requests to an ASGI application as a page of its own origin does, unless told otherwise."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.cookie = ""
        self.asked: list[str] = []
        self.csrf = ""

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Reply:
        """Send a request with these headers and the cookie, and nothing else."""
        self.asked.append(path)
        given = {"host": HOST, **({"cookie": self.cookie} if self.cookie else {}), **headers}
        split = urlsplit(path)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": split.path,
            "raw_path": split.path.encode(),
            "query_string": split.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
            "server": ("127.0.0.1", 8123),
            "client": ("127.0.0.1", 50000),
        }
        reply = asyncio.run(_carried(self._app, scope, body))
        if "set-cookie" in reply.headers:
            self.cookie = reply.headers["set-cookie"].partition(";")[0]
        found = CSRF.search(reply.content.decode(errors="replace"))
        self.csrf = found[1] if found else self.csrf
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        """Ask for a page."""
        return self.send("GET", path, {"sec-fetch-site": "none", **_named(headers)})

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Reply:
        """Send a form of one of the application's own pages."""
        body = urlencode({"csrf": self.csrf, **(fields or {})}).encode()
        own = {
            "origin": ORIGIN,
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(body)),
        }
        return self.send("POST", path, {**own, **_named(headers)}, body)

    def upload(self, path: str, fields: dict[str, str], files: Files, **headers: str) -> Reply:
        """Send a form of one of the application's own pages with files."""
        body = multipart({"csrf": self.csrf, **fields}, files)
        own = {
            "origin": ORIGIN,
            "sec-fetch-site": "same-origin",
            "content-type": f"multipart/form-data; boundary={BOUNDARY}",
            "content-length": str(len(body)),
        }
        return self.send("POST", path, {**own, **_named(headers)}, body)

    def follow(self, reply: Reply) -> Reply:
        """Go where a reply leads."""
        assert reply.status == 303, reply.words
        return self.get(reply.location)


def multipart(fields: dict[str, str], files: Files) -> bytes:
    """Return a form with files as a browser writes it; a file of bytes alone has a name of no account."""
    named = {field: each if isinstance(each, tuple) else ("名单.csv", each) for field, each in files.items()}
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [
        (f'name="{field}"; filename="{name}"\r\nContent-Type: text/csv', content)
        for field, (name, content) in named.items()
    ]
    whole = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value for head, value in parts
    ]
    return b"\r\n".join([*whole, f"--{BOUNDARY}--\r\n".encode()])


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


async def _carried(app: Any, scope: dict[str, Any], body: bytes) -> Reply:
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not waiting:
            # A browser that waits for its answer does not hang up.
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = next(each for each in sent if each["type"] == "http.response.start")
    content = b"".join(each.get("body", b"") for each in sent if each["type"] == "http.response.body")
    return Reply(start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, content)
