"""Every link of every document leads somewhere: a file, a heading or a known host; and files that are named are there.

Nothing is looked up on the network: of a link outside, the form and the host are held to a list.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from shown_commands import PAGES, ROOT, name_of

if TYPE_CHECKING:
    from pathlib import Path

IDS = {page: name_of(page) for page in PAGES}
FENCED = re.compile(r"^( *)```.*?^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)(?: \"[^\"]*\")?\)")
BARE = re.compile(r"<?(https?://[^\s<>`|)]+)")
HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)?$", re.MULTILINE)
ANCHOR = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")
HOSTS = {"c2sp.org", "keepachangelog.com", "semver.org"}
"""Hosts outside that a document may send its reader to: who issues a standard that is followed here."""
OWN = ("localhost", "127.0.0.1")
"""What the reader's own machine answers under; nothing else may be addressed without TLS."""
INVENTED = (".example", ".example.gov", ".invalid")
TOP = {"adapters", "certs", "config", "console", "deploy", "docs", "formats", "gateway", "protos", "requirements"} | {
    "tests",
    "tools",
}
TO_BE_MADE = {"gateway/domain/kinds/inspection_visit.py"}
"""What a document has its reader make."""
PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)+/?")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def without_blocks(text: str) -> str:
    return FENCED.sub("", text)


def slugs(text: str) -> set[str]:
    """Return the anchors that GitHub makes of the headings: of whatever script, the second of a name with ``-1``."""
    seen: Counter[str] = Counter()
    found = set(ANCHOR.findall(text))
    for heading in HEADING.findall(without_blocks(text)):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
        slug = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def links(text: str) -> list[str]:
    """Return what the links of a page point at, with those of its prose that stand bare."""
    prose = SPAN.sub("", without_blocks(text))
    return [*LINK.findall(prose), *(bare.rstrip(".,;:") for bare in BARE.findall(LINK.sub("", prose)))]


def broken(page: Path, text: str) -> list[str]:
    """Return the links within the repository that lead to no file or no heading, each with what is wrong."""
    wrong = []
    for link in links(text):
        if urlsplit(link).scheme:
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if link.startswith("/") or not target.is_relative_to(ROOT):
            wrong.append(f"{link}: leaves the repository")
        elif target != page and not target.exists():
            wrong.append(f"{link}: no such file")
        elif anchor and anchor not in slugs(text if target == page else text_of(target)):
            wrong.append(f"{link}: no such heading")
    return wrong


def outside(text: str) -> list[str]:
    """Return the links to hosts that nobody has put on the list, or that are not asked over TLS."""
    wrong = []
    for link in links(text):
        at = urlsplit(link)
        host = at.hostname or ""
        if not at.scheme or at.scheme == "mailto" or host in OWN or host.endswith(INVENTED):
            continue
        if at.scheme != "https" or host not in HOSTS or at.username or at.port:
            wrong.append(link)
    return wrong


def missing(text: str) -> list[str]:
    """Return the paths in backticks that begin with a folder of this repository and are not there."""
    wrong = []
    for span in SPAN.findall(without_blocks(text)):
        name = span.strip("`")
        if not PATH.fullmatch(name) or name.split("/")[0] not in TOP or re.search(r"[A-Z]{3,}\.|NAME|…", name):
            continue
        if name not in TO_BE_MADE and not list(ROOT.glob(name.rstrip("/"))):
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=IDS.get)
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page):
    assert broken(page, text_of(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=IDS.get)
def test_every_link_outside_is_https_to_a_host_on_the_list(page):
    assert outside(text_of(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=IDS.get)
def test_every_file_of_the_repository_that_is_named_is_there(page):
    assert missing(text_of(page)) == []


def test_no_host_stays_on_the_list_that_no_document_names():
    named = {urlsplit(link).hostname for page in PAGES for link in links(text_of(page))}

    assert named >= HOSTS


def test_headings_are_anchored_as_github_anchors_them():
    page = "# 部署 `jsg up`\n\n## What is *kept*, and why?\n\n## [Keys](x.md)\n\n## Keys\n\n```text\n# none\n```\n"

    assert slugs(page) == {"部署-jsg-up", "what-is-kept-and-why", "keys", "keys-1"}


def test_what_leads_nowhere_is_found():
    page = ROOT / "docs/page.md"
    text = (
        "# Here\n[a](#here) [b](#gone) [c](log.md) [d](log.md#gone) [e](none.md) [f](/etc/passwd) [g](../../up.md) "
        "[h](http://c2sp.org/x) [i](https://nobody.test/) https://c2sp.org/x <https://other.test/>. `docs/log.md` "
        "`docs/none.md` `gateway/*/log.py` `https://unread.test/`\n```text\n[x](none.md)\n```\n"
    )

    assert [wrong.partition(":")[0] for wrong in broken(page, text)] == [
        "#gone",
        "log.md#gone",
        "none.md",
        "/etc/passwd",
        "../../up.md",
    ]
    assert outside(text) == ["http://c2sp.org/x", "https://nobody.test/", "https://other.test/"]
    assert missing(text) == ["docs/none.md"]
