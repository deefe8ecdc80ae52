"""One request of a browser that was let in, as a view gets it, and what a view answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.caller import Desk
    from console.sessions import Session
    from console.uploads import Upload

TEMPLATES: Final = Environment(
    loader=PackageLoader("console", "templates"),
    # Of every template, whatever it is called: a name that an enterprise bears is text, and never a tag.
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: the page that it leads to, and its text in ``console.menu``."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """What a role works with.

    Attributes:
        roles: Roles of certificates that see it, as certificates spell them; to others it is not there.
        menu: Its lines of the menu.
        ways: Method, path (``{id}`` for a part that varies), and what answers; it runs in a thread of its own.
        uploads: Those of its paths whose form may bring a file.
    """

    roles: frozenset[str]
    menu: tuple[Entry, ...]
    ways: tuple[tuple[str, str, Callable[[Visit], Response]], ...]
    uploads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Visit:
    """A request.

    Attributes:
        desk: What every page needs.
        session: Whose it is.
        base: What every address begins with.
        menu: The lines that this role sees.
        here: The address asked for, without *base*.
        path: What varies in it, by name.
        query: What stands behind it: never anything about an enterprise or a person.
        form: What was filled in; empty of a page that is only read.
        files: The files that came with it, by their fields; empty where the page takes none.
    """

    desk: Desk
    session: Session
    base: str
    menu: tuple[Entry, ...]
    here: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def uploaded(self, name: str) -> bytes:
        """Return the bytes of the file of a field; none where none came or was chosen."""
        found = self.files.get(name)
        return found.content if found is not None else b""

    @property
    def words(self) -> Words:
        """The texts in the language of the session."""
        return Words(self.session.language, self.desk.names)

    @property
    def address(self) -> str:
        """Where the browser is, without *base* and with what stands behind the address."""
        return f"{self.here}?{urlencode(self.query)}" if self.query else self.here

    def page(self, template: str, status: int = 200, **given: Any) -> Response:  # noqa: ANN401 - what a template shows
        """Return a page; whatever it shows is escaped."""
        words = self.words
        shown = {"visit": self, "words": words, "language": words.language, "base": self.base, **given}
        return HTMLResponse(TEMPLATES.get_template(template).render(shown), status)

    def to(self, path: str) -> Response:
        """Send the browser to another page of ours, after something was done."""
        return RedirectResponse(self.base + path, SEE_OTHER)

    def gone(self) -> Response:
        """Say that what is asked for is not there, or no longer."""
        return self.page("notice.html", 404, title=self.words("door.gone_title"), text=self.words("door.gone"))

    def file(self, content: bytes, media: str, name: str) -> Response:
        """Return a file to be kept; *name* is ASCII."""
        return Response(content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})
