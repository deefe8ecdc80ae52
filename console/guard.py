"""The console's door, before any page: who may speak to it at all, and what every answer forbids the browser.

A page of another site must neither read a page here nor send a form, and no other name may lead here (DNS rebinding).
Who has a session is ``console.app``'s to look at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

READS: Final = frozenset({"GET"})
WRITES: Final = frozenset({"POST"})
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; "
    "trusted-types default"
)
"""Content-Security-Policy of every answer: nothing inline, nothing from elsewhere, in no frame.

The one policy of trusted types is that of ``static/live.js``, which lets nothing become markup but an answer of ours.
"""
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: under it a browser sends "Origin: null" with a form of ours, too, and its origin shows nothing.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_OWN: Final = frozenset({"none", "same-origin"})


class Guard:
    """Turns away what is not to be answered, and puts the headers on whatever is answered."""

    def __init__(self, app: ASGIApp, host: str, refused: Callable[[str], ASGIApp]) -> None:
        """Stand before *app*, which is reached as *host*, such as ``127.0.0.1:8123``, and by no other name.

        *refused* makes the answer to what is turned away, of the reason as ``refusal`` gives it.
        """
        self._app = app
        self._host = host
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through to the application, or turn it away."""
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not offered")

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        why = self.refusal(scope["method"], Headers(scope=scope))
        await (self._refused(why) if why else self._app)(scope, receive, sealed)

    def refusal(self, method: str, headers: Headers) -> str:
        """Return why a request is refused, as ``console.door`` of the texts names it; empty where it is not."""
        if headers.getlist("host") != [self._host]:
            return "wrong_host"
        if method not in READS | WRITES:
            return "wrong_method"
        site = headers.get("sec-fetch-site")
        if site is not None and site not in _OWN:
            return "from_elsewhere"
        if method in WRITES and headers.getlist("origin") != [f"http://{self._host}"]:
            return "from_elsewhere"
        return ""
