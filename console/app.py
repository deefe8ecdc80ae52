"""The console as an ASGI application: from a request to the view that answers it.

Whoever has no session learns nothing but that. Views are plain functions in threads (``console.visit``); which there
are is in ``console.views``. It speaks to the gateway with one certificate, and what that may not do is refused there.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.errors import GatewayError
from console.forms import FormError, read_form
from console.guard import Guard
from console.problems import problem_of
from console.shared import WAYS
from console.texts import texts
from console.uploads import MEDIA, read_upload
from console.views import VIEWS
from console.visit import SEE_OTHER, TEMPLATES, Visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from console.caller import Desk
    from console.sessions import Session, Sessions
    from console.uploads import Upload
    from console.visit import View

    Answer = Callable[[Request], Awaitable[Response]]

OPEN: Final = "/open/"
OFFICER: Final = "/officer"
BEFORE_OFFICER: Final = frozenset({OFFICER, "/language"})
"""What is there before the session knows who uses it."""
LIVE: Final = "live"
"""The part of a page that asks for itself anew, as it is called in the templates."""
LEFT, FORBIDDEN, MALFORMED, FAILED, UNAVAILABLE = 200, 403, 422, 500, 502
_log = logging.getLogger(__name__)


class Console:
    """The pages of one certificate for one browser."""

    def __init__(self, desk: Desk, sessions: Sessions, host: str, views: tuple[View, ...] = VIEWS) -> None:
        """Offer the views of the certificate's role at *host*, such as ``127.0.0.1:8123``."""
        self._desk = desk
        self._sessions = sessions
        # A browser sends a cookie to every port of its host; a page of another port does not know this path of it.
        self.base = "/" + secrets.token_urlsafe(12)
        self._cookie = "console-" + host.rpartition(":")[2]
        mine = tuple(view for view in views if desk.caller.role in view.roles)
        self._menu = tuple(entry for view in mine for entry in view.menu)
        self._uploads = frozenset(path for view in mine for path in view.uploads)
        self.ways = (*WAYS, *(way for view in mine for way in view.ways))
        self.app: ASGIApp = Guard(self._application(), host, closed)

    def _application(self) -> Starlette:
        pages = [Route(path, self._page(path, answer), methods=[method]) for method, path, answer in self.ways]
        return Starlette(
            routes=[
                Route(OPEN + "{token}", self._open, methods=["GET"]),
                Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
                Mount(self.base, routes=[*pages, Route("/leave", self._leave, methods=["POST"])]),
            ],
            exception_handlers={404: self._missing, 405: self._missing},
        )

    def _session(self, request: Request) -> Session | None:
        by_itself = request.headers.get("hx-trigger") == LIVE
        return self._sessions.find(request.cookies.get(self._cookie, ""), by_itself=by_itself)

    def _visit(self, request: Request, session: Session, form: dict[str, str], files: dict[str, Upload]) -> Visit:
        here = request.url.path.removeprefix(self.base)
        query = dict(request.query_params)
        return Visit(self._desk, session, self.base, self._menu, here, request.path_params, query, form, files)

    async def _open(self, request: Request) -> Response:
        session = self._sessions.open(request.path_params["token"])
        if session is None:
            return closed("link_used")
        response = RedirectResponse(self.base + "/", SEE_OTHER)
        response.set_cookie(self._cookie, session.cookie, path=self.base, httponly=True, samesite="strict")
        return response

    async def _let_in(self, request: Request, *, with_files: bool = False) -> Visit | Response:
        """Return the visit; what is answered instead where there is no session, or a form is none of its own."""
        session = self._session(request)
        if session is None:
            return closed("no_session")
        form: dict[str, str] = {}
        files: dict[str, Upload] = {}
        if request.method == "POST":
            try:
                if with_files and request.headers.get("content-type", "").lower().startswith(MEDIA):
                    form, files = await read_upload(request)
                else:
                    form = await read_form(request)
            except FormError:
                return closed("malformed", MALFORMED)
            if not hmac.compare_digest(form.get("csrf", "").encode(), session.csrf.encode()):
                return closed("from_elsewhere")
        return self._visit(request, session, form, files)

    async def _leave(self, request: Request) -> Response:
        visit = await self._let_in(request)
        if not isinstance(visit, Visit):
            return visit
        self._sessions.end()
        return closed("left", LEFT)

    async def _missing(self, request: Request, _: Exception) -> Response:
        session = self._session(request)
        return closed("no_session") if session is None else self._visit(request, session, {}, {}).gone()

    def _page(self, path: str, answer: Callable[[Visit], Response]) -> Answer:
        async def answered(request: Request) -> Response:
            visit = await self._let_in(request, with_files=path in self._uploads)
            if not isinstance(visit, Visit):
                return visit
            if not visit.session.officer and path not in BEFORE_OFFICER:
                return visit.to(OFFICER)
            return await run_in_threadpool(_answer, answer, visit)

        return answered


def _answer(answer: Callable[[Visit], Response], visit: Visit) -> Response:
    """Let a view answer; what goes wrong becomes words, and nothing of the program is shown."""
    try:
        return answer(visit)
    except GatewayError as error:
        return visit.page("problem.html", UNAVAILABLE, problem=problem_of(error, visit.words))
    except Exception:  # noqa: BLE001 - whatever it is, it is no answer
        incident = secrets.token_hex(4)
        _log.exception("a page failed, incident %s", incident)
        text = visit.words("door.failed", incident=incident)
        return visit.page("notice.html", FAILED, title=visit.words("door.failed_title"), text=text)


def closed(why: str, status: int = FORBIDDEN) -> Response:
    """Return the page of whoever is not let in, in both languages; *why* is one of ``console.closed``."""
    said = texts("console.closed")
    shown = {"title": said["left_title" if status == LEFT else "title"], "text": said[why]}
    return HTMLResponse(TEMPLATES.get_template("closed.html").render(shown), status)
