"""Police, procuratorate and court at their consoles, over a real port, with the case that HRSS has typed and sent."""

from __future__ import annotations

import html
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from consoles import OverThePort, console_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from consoles import Page

SHA = "5e" * 32


class Officer:
    """One officer before the console of an agency, with a case in view."""

    def __init__(self, link: str, officer: str) -> None:
        self.browser = OverThePort(link)
        self.browser.get(link)
        self.home = self.browser.post(self.browser.base + "/officer", {"officer": officer})
        self.officer = officer

    @property
    def list(self) -> Page:
        """The list of cases."""
        return self.browser.get(self.home.link("/referrals"))

    def case(self, referral_id: str) -> Page:
        """Open the page of a case."""
        found = re.search(
            rf"<strong>{re.escape(referral_id)}</strong> <span class=\"tag.*?href=\"([^\"]+/referrals/[^\"]+)\"",
            self.list.text,
            re.DOTALL,
        )
        assert found, self.list.text
        return self.browser.get(found[1])

    def form(self, referral_id: str, name: str) -> str:
        """Return the address of a step's form, which the case's page offers under *name*."""
        found = re.search(rf'href="([^"]+/steps/[^"]+)">{name}<', self.case(referral_id).text)
        assert found, (name, re.findall(r'/steps/[^"]+">([^<]+)<', self.case(referral_id).text))
        self.browser.get(found[1])
        return found[1]

    def take(self, referral_id: str, name: str, **fields: str) -> Page:
        """Take a step by its form."""
        at = self.form(referral_id, name)
        number = f"示〔2026〕{name}-{self.officer}"
        return self.browser.post(
            at, {"document_number": number, "document_sha256": SHA, "by": self.officer, "reasons": "依法", **fields}
        )

    def dossier(self, referral_id: str) -> Page:
        """Fetch the dossier."""
        return self.browser.post(self.case(referral_id).link("/dossier"), {})

    def files(self, page: Page) -> dict[str, bytes]:
        """Save every file of a dossier that is offered, by its name."""
        found = {}
        for part, item in re.findall(
            r'name="part" value="(\d+)">\s*<button[^>]* name="item" value="([^"]+)"', page.text
        ):
            file = self.browser.post(page.link("/file"), {"part": part, "item": item})
            name = re.search(r'attachment; filename="([^"]+)"', file.headers["content-disposition"])
            assert name, file.headers
            found[name[1]] = file.content
        return found


@contextmanager
def officer_of(served, who: str, officer: str) -> Iterator[Officer]:
    """Start the console of *who*, and sit down before it."""
    with console_before(served, who) as link:
        yield Officer(link, officer)


def words(page: Page) -> str:
    """Return what a page says, without tags."""
    return html.unescape(re.sub(r"<[^>]*>", " ", page.text))
