"""Who is let in: one browser by a link that opens once, and what is kept for it while it is there.

Nothing of a session is written anywhere: it ends with the process, or after half an hour in which nothing was asked
for. What was found stands here under a random id, so that no page's address holds a search term, a code or a name.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

OPENS_SECONDS: Final = 120.0
"""For which the link opens."""
IDLE_SECONDS: Final = 1800.0
"""After which a session ends in which nothing was asked for."""
MOST_RESULTS: Final = 2_000
"""Kept for a session; the oldest give way."""
_BYTES: Final = 32

R = TypeVar("R")


@dataclass(slots=True)
class Session:
    """One browser that was let in.

    Attributes:
        cookie: What it shows with every request.
        csrf: What every form of a page of ours carries.
        officer: Who uses it, as the agency names its officers; empty until said.
        language: ``"zh"`` or ``"en"``.
        seen: When it was last there, by the clock of ``Sessions``.
    """

    cookie: str
    csrf: str
    officer: str
    language: str
    seen: float
    _results: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    _ids: dict[Hashable, str] = field(default_factory=dict)

    def keep(self, result: object) -> str:
        """Keep a result and return the id under which it is found again."""
        at = secrets.token_urlsafe(16)
        self._results[at] = result
        while len(self._results) > MOST_RESULTS:
            self._results.popitem(last=False)
        return at

    def keep_once(self, result: Hashable) -> str:
        """Do what ``keep`` does, with one id for what is equal: a list that refreshes itself pushes nothing out."""
        at = self._ids.get(result, "")
        if at in self._results:
            self._results.move_to_end(at)
            return at
        self._ids = {known: its for known, its in self._ids.items() if its in self._results}
        self._ids[result] = self.keep(result)
        return self._ids[result]

    def found(self, at: str, kind: type[R]) -> R | None:
        """Return what was kept under an id; None where there is nothing of that kind (any more)."""
        result = self._results.get(at)
        return result if isinstance(result, kind) else None


class Sessions:
    """The link and the session that it opens; to be used by one thread."""

    def __init__(self, officer: str, clock: Callable[[], float]) -> None:
        """Let nobody in yet.

        Args:
            officer: Who uses it where the certificate is a person's; empty where it is a system's.
            clock: Seconds that only grow.
        """
        self._officer = officer
        self._clock = clock
        self._token = ""
        self._until = 0.0
        self._session: Session | None = None

    def link(self) -> str:
        """Return a new token that lets one browser in, once; any before it lets nobody in any more."""
        self._token = secrets.token_urlsafe(_BYTES)
        self._until = self._clock() + OPENS_SECONDS
        return self._token

    def open(self, token: str) -> Session | None:
        """Return a new session, the only one from now on; None where the token lets nobody in (any more)."""
        now = self._clock()
        if not self._token or now >= self._until or not _same(token, self._token):
            return None
        self._token = ""
        self._session = Session(secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES), self._officer, "zh", now)
        return self._session

    def find(self, cookie: str, *, by_itself: bool = False) -> Session | None:
        """Return the session of a cookie, which has been there now; None where there is none.

        What a page asks *by itself* is no use of it: a page that is left open would keep its session for ever.
        """
        now = self._clock()
        if self._session is not None and now - self._session.seen >= IDLE_SECONDS:
            self._session = None
        if self._session is None or not _same(cookie, self._session.cookie):
            return None
        if not by_itself:
            self._session.seen = now
        return self._session

    def end(self) -> None:
        """Forget the session and all that it kept."""
        self._session = None


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
