"""Pages that every role has: where it begins, who uses it, and in which language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.words import LANGUAGES

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Visit

OFFICER_BYTES: Final = 64
"""What the gateway takes of an officer's name."""
MALFORMED: Final = 422


def home(visit: Visit) -> Response:
    """Go to the first page of the menu; a role without any is told so."""
    if visit.menu:
        return visit.to(visit.menu[0].path)
    words = visit.words
    return visit.page("notice.html", title=words("door.no_view_title"), text=words("door.no_view"))


def officer(visit: Visit) -> Response:
    """Ask who uses the console: it stands in the record of every call."""
    return visit.page("officer.html", fault="")


def set_officer(visit: Visit) -> Response:
    """Keep who uses it, for this session; a person's certificate says it itself."""
    if visit.desk.caller.holder:
        return visit.to("/")
    said = visit.form.get("officer", "")
    if not said or len(said.encode()) > OFFICER_BYTES or not said.isprintable():
        return visit.page("officer.html", MALFORMED, fault=visit.words("officer.fault"))
    visit.session.officer = said
    return visit.to("/")


def set_language(visit: Visit) -> Response:
    """Speak the other language from now on, and go back to where that was asked for."""
    said = visit.form.get("language", "")
    if said in LANGUAGES:
        visit.session.language = said
    back = visit.form.get("back", "/")
    # Within the console only: a browser takes what begins with two slashes for another host.
    return visit.to(back if back.startswith("/") and not back.startswith("//") and back.isprintable() else "/")


WAYS: Final = (
    ("GET", "/", home),
    ("GET", "/officer", officer),
    ("POST", "/officer", set_officer),
    ("POST", "/language", set_language),
)
"""As in ``View.ways``."""
