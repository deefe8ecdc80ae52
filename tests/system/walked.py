"""A console gone over in Chromium: every page that menus, links and given addresses lead to, in both languages.

Chinese in the wide look and English in the narrow one, whose words are the longest; with ``JSG_TEST_LOOKS=all``, as
``make views`` says, each language in each look.

Forms are sent over a plain connection (``consoles.OverThePort``), and the browser is given its cookie: what a test has
to say goes quickly, and what a page shows is seen by a real browser.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from browser import LOOKS, kept, looking, wrong_with

from console.shared import WAYS
from console.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from consoles import OverThePort, Page

LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}
LOOKED_AT: Final = (
    dict.fromkeys(LANGUAGES, tuple(LOOKS)) if os.environ.get("JSG_TEST_LOOKS") else {"zh": ("wide",), "en": ("narrow",)}
)
"""In which looks a page is seen, by language."""
HAN: Final = re.compile("[\u3400-\u9fff]+")
NAME: Final = re.compile(r"示例\w+公司（样例\d+号）")
"""Of an enterprise of the sample city."""
SENTENCE: Final = re.compile(r"(?:\b[A-Za-z]{2,} ){3,}")
UNREACHED: Final = {
    "/": "leads to the first page of the menu",
    "/listings/open": "leads to the form of a step",
    "/imports/read/{id}/rejects": "is a file",
    "/imports/after/{id}": "is /imports again, behind a hundred imports",
    "/warnings/{id}": "is /warnings again, behind a hundred warnings",
}
"""Paths that are read and of which no page is looked at, with the reason."""
TEXTS: Final = """() => {
  const found = [];
  const seen = (each, text) => {
    if (text.trim()) found.push([each.closest("[lang]").lang, each.closest("code, .who") ? "data" : "", text.trim()]);
  };
  const words = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const each = words.currentNode.parentElement;
    if (!["SCRIPT", "STYLE"].includes(each.tagName)) seen(each, words.currentNode.data);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const each of document.querySelectorAll(`[${name}]`)) seen(each, each.getAttribute(name));
  return found;
}"""
"""Each text of a page: its language, whether it is somebody's own, and the text."""


class Walk:
    """The console of one role, gone over in both languages and in all looks.

    Attributes:
        seen: By language, the paths of the console's table of which a page was looked at.
        wrong: By page, language and look, what is wrong with it; nothing where all is well.
    """

    def __init__(self, pages: Mapping[str, Any], browser: OverThePort, role: str, said: str) -> None:
        """Begin with a browser that was let in, and a page of Chromium for each look.

        *said* holds every Chinese word that is data and no text of ours.
        """
        self.browser, self._pages, self._role, self._said = browser, pages, role, said
        ways = [*WAYS, *(way for view in VIEWS if role in view.roles for way in view.ways)]
        self._menu = [entry.path for view in VIEWS if role in view.roles for entry in view.menu]
        self._ways = [(path, re.compile(re.sub(r"\{\w+\}", "[^/]+", path))) for how, path, _ in ways if how == "GET"]
        self.seen: dict[str, set[str]] = {language: set() for language in LANGUAGES}
        self.wrong: dict[str, list] = {}
        self._queue: list[str] = []
        self._shots = 0
        name, _, value = browser.cookie.partition("=")
        for page in pages.values():
            page.set_default_timeout(60_000)
            page.context.add_cookies(
                [{"name": name, "value": value, "domain": "127.0.0.1", "path": browser.base, "sameSite": "Strict"}]
            )

    @property
    def paths(self) -> set[str]:
        """Every path of the role's table that is a page."""
        return {path for path, _ in self._ways} - set(UNREACHED)

    def over(self, *pages: Page | str) -> None:
        """Look at the pages of the menu and at these, and at one of each further kind that any of them leads to."""
        for each in [*self._menu, *(each if isinstance(each, str) else each.path for each in pages)]:
            self._look(each.removeprefix(self.browser.base))
        while self._queue:
            path = self._queue.pop(0)
            if self._way(path) not in self.seen["en"]:
                self._look(path)

    def refused(self, path: str, form: int = 0) -> None:
        """Look at what comes back of a page's form (that of this number) that is sent as it stands there."""
        for language in self._languages():
            for look, page in self._pages_of(language):
                page.goto(self._address(path))
                sent = page.locator('main form[method="post"]').nth(form)
                sent.evaluate(
                    "form => form.querySelectorAll('input[type=text], textarea').forEach((e) => { e.value = ''; })"
                )
                with page.expect_navigation():
                    sent.evaluate("form => form.submit()")
                self._judged(page, f"{self._name(path)}-refused", language, look)

    def _look(self, path: str) -> None:
        way = self._way(path)
        for language in self._languages():
            for look, page in self._pages_of(language):
                page.goto(self._address(path))
                self._judged(page, self._name(path), language, look)
            self.seen[language].add(way)
        self._shots += 1
        for href in page.locator("main a[href]").evaluate_all("all => all.map((each) => each.getAttribute('href'))"):
            further = href.removeprefix(self.browser.base)
            if further != href and self._way(further) not in UNREACHED:
                self._queue.append(further)

    def _pages_of(self, language: str) -> Iterator[tuple[str, Any]]:
        return ((look, self._pages[look]) for look in LOOKED_AT[language])

    def _languages(self) -> Iterator[str]:
        """Speak each language in turn, and Chinese again."""
        for language in LANGUAGES:
            self._speak(language)
            yield language
        self._speak("zh")

    def _speak(self, language: str) -> None:
        self.browser.post(self.browser.base + "/language", {"language": language, "back": "/officer"})

    def _address(self, path: str) -> str:
        return f"http://{self.browser.host}{self.browser.base}{path}"

    def _way(self, path: str) -> str:
        here = urlsplit(path).path
        return next((known for known, form in self._ways if form.fullmatch(here)), here)

    def _name(self, path: str) -> str:
        return f"{self._role}-{self._shots:02}{re.sub(r'[^a-z]+', '-', self._way(path))}".strip("-")

    def _judged(self, page, name: str, language: str, look: str) -> None:
        kept(page, f"every-{name}-{language}-{look}")
        wrong = wrong_with(page)
        if page.locator("html").get_attribute("lang") != LANGUAGES[language]:
            wrong.append("not in the language that was chosen")
        wrong += [text for spoken, whose, text in page.evaluate(TEXTS) if self._foreign(language, spoken, whose, text)]
        if wrong:
            self.wrong[f"{name} {language} {look}"] = wrong

    def _foreign(self, language: str, spoken: str, whose: str, text: str) -> bool:
        if spoken != LANGUAGES[language]:
            return False
        if language == "zh":
            return not whose and not HAN.search(text) and SENTENCE.search(text) is not None
        return any(word not in self._said for word in HAN.findall(NAME.sub("", text)))


@contextmanager
def walking(chromium: Any, browser: OverThePort, role: str, said: str) -> Iterator[Walk]:
    """Yield a walk; whatever a page of it complained of fails at its end."""
    with ExitStack() as opened:
        pages = {look: opened.enter_context(looking(chromium, look)) for look in LOOKS}
        yield Walk(pages, browser, role, said)
        for page in pages.values():
            page.goto("about:blank")  # what a page still loads would be refused once the console has ended
            # Of a form that is refused, and of a page that is gone, Chromium notes the status.
            page.complaints[:] = [said for said in page.complaints if "responded with a status of" not in said]
