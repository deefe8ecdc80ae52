"""Goes over every page of a console that links and forms lead to, and keeps what came back."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hostile_texts import CODE, TEXTS

if TYPE_CHECKING:
    from console_browser import Files, Reply

LEFT_ALONE = {"/leave", "/language", "/officer"}
"""They end the visit, or change whose it is."""
MOST_OF_A_WAY = 3
SAID = {"uscc": CODE, "case_ref": "C-1", "taken_at": "", "listing_id": "L-1"}
DAY = "2026-11-01"


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and its forms with what they send."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.forms: list[Form] = []
        self.scripts = ""
        self._form: Form | None = None
        self._select = ""
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        said = {name: value or "" for name, value in attrs}
        self.tags.append((tag, said))
        self._in_script = tag == "script"
        if tag == "form":
            self._form = Form(said)
            self.forms.append(self._form)
        elif self._form is not None:
            if tag == "select":
                self._select = said.get("name", "")
            self._form.take(tag, said, self._select)

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        self._in_script = False
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        """Keep what stands in a script."""
        self.scripts += data.strip() if self._in_script else ""


class Form:
    """What a form sends."""

    def __init__(self, said: dict[str, str]) -> None:
        self.action, self.method = said.get("action", ""), said.get("method", "get").lower()
        self.with_files = "multipart" in said.get("enctype", "")
        self.fields: dict[str, str] = {}
        self.free: set[str] = set()
        self.files: set[str] = set()
        self.buttons: list[tuple[str, str, str]] = []

    def take(self, tag: str, said: dict[str, str], select: str) -> None:
        """Take one control of the form."""
        name, kind, value = said.get("name", ""), said.get("type", "text"), said.get("value", "")
        if tag == "button" and kind != "button":
            self.buttons.append((name, value, said.get("formaction", "")))
        elif tag == "option" and select:
            self.fields[select] = self.fields.get(select) or value
        elif not name or tag not in {"input", "textarea"}:
            return
        elif kind == "file":
            self.files.add(name)
        elif kind in {"radio", "checkbox"}:
            self.fields.setdefault(name, value)
        elif kind == "hidden":
            self.fields[name] = value
        elif kind in {"date", "datetime-local"}:
            self.fields[name] = value or (DAY if kind == "date" else f"{DAY}T09:00")
        else:
            self.free.add(name)
            self.fields[name] = value or SAID.get(name, "ab" * 32 if "sha256" in name else "示〔2026〕1号")


class Crawl:
    """One console, gone over.

    Attributes:
        desktop: The console.
        pages: By method and address, and of a form what it held, each page that came back.
        reached: Method and path of each way that answered.
        files: What was handed over to be kept.
    """

    def __init__(self, desktop: Any, files: Files) -> None:
        self.desktop, self._given = desktop, files
        self._ways = [
            (method, path, re.compile(re.sub(r"\{\w+\}", "[^/]+", path))) for method, path, _ in desktop.console.ways
        ]
        self.pages: list[tuple[str, str, Reply]] = []
        self.files: list[Reply] = []
        self.reached: dict[tuple[str, str], int] = {}
        self._sent: set[tuple[str, ...]] = set()
        self._queue = [path for method, path, _ in self._ways if method == "GET" and "{" not in path]

    def over(self, *sent: str) -> Crawl:
        """Go over all of it; *sent* are forms without a field that lead further."""
        for path in sent:
            self._take("POST", path, self.desktop.post(path))
        while self._queue:
            path = self._queue.pop(0)
            self._take("GET", path, self.desktop.get(path))
        return self

    def _take(self, method: str, path: str, reply: Reply) -> None:
        way = self.way(method, path)
        self.reached[way] = self.reached.get(way, 0) + 1
        if reply.status == 303:
            self._enqueue(reply.location.removeprefix(self.desktop.console.base))
        elif "content-disposition" in reply.headers:
            self.files.append(reply)
        else:
            assert reply.status != 500, (method, path, reply.words)
            self.pages.append((method, path, reply))
            self._follow(reply)

    def way(self, method: str, path: str) -> tuple[str, str]:
        """Return the way that a path is of."""
        here = urlsplit(path).path
        return next(
            ((asked, known) for asked, known, form in self._ways if asked == method and form.fullmatch(here)),
            (method, here),
        )

    def _enqueue(self, path: str) -> None:
        if (
            self.reached.get(self.way("GET", path), 0)
            + len([each for each in self._queue if self.way("GET", each) == self.way("GET", path)])
            < MOST_OF_A_WAY
        ):
            self._queue.append(path)

    def _follow(self, reply: Reply) -> None:
        base, tags = self.desktop.console.base, Tags(reply.text)
        for _, said in tags.tags:
            if said.get("href", "").startswith(base + "/"):
                self._enqueue(said["href"].removeprefix(base))
        for form in tags.forms:
            if form.method == "post":
                for name, value, action in form.buttons or [("", "", "")]:
                    path = (action or form.action).removeprefix(base)
                    if path not in LEFT_ALONE:
                        self._send(path, form, (name, value))

    def _send(self, path: str, form: Form, button: tuple[str, str]) -> None:
        way = self.way("POST", path)
        key = (*way, button[0], button[1] if button[0] in {"word", "form"} else "", *sorted(form.fields))
        if key in self._sent:
            return
        self._sent.add(key)
        sane = {**form.fields, **({button[0]: button[1]} if button[0] else {})}
        sane.pop("csrf", None)
        self._take("POST", path, self._sending(path, form, sane))
        if {"uscc", "name"} <= form.free:
            self._take("POST", path, self._sending(path, form, {**sane, "uscc": ""}))
        for text in TEXTS if form.free and self.reached[way] < MOST_OF_A_WAY else ():
            self._take("POST", path, self._sending(path, form, {**sane, **dict.fromkeys(form.free, text)}))

    def _sending(self, path: str, form: Form, said: dict[str, str]) -> Reply:
        # Every form of a session carries the same token.
        if form.with_files:
            given = {name: self._given[name] for name in form.files}
            return self.desktop.browser.upload(self.desktop.path(path), said, given)
        return self.desktop.post(path, said)
