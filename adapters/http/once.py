"""Does a write once for its idempotency key, whoever is killed in between, and says the same of it each time."""

from __future__ import annotations

import json
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any

from adapters.errors import NotClearedError
from adapters.http.exchange import Request, Response
from adapters.http.problems import Problem
from adapters.http.showing import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.entries import OutcomeKind
    from adapters.http.sidecar import Sidecar


def _kept(request: Request) -> bytes:
    """Return what a digest may be kept of: not the person, whose number could be found by trying them all."""
    if not isinstance(request.body, dict) or "person" not in request.body:
        return request.raw
    rest = {name: each for name, each in request.body.items() if name != "person"}
    return json.dumps(rest, sort_keys=True).encode()


class Once:
    """The writes of one side-car, by their keys. Only what was written is replayed: a refusal may be asked for anew."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._its = sidecar
        self._lock = Lock()
        self._under_way: set[str] = set()

    def run(
        self,
        request: Request,
        write: Callable[[], int],
        shown: Callable[[int], dict[str, Any]],
        kinds: tuple[OutcomeKind, ...],
    ) -> Response:
        """Write, or find that it was written under this key, and say the same of it each time.

        Args:
            request: The request, with its key.
            write: Writes, and returns the journal's number of the question that it rests on.
            shown: What is answered, made of the journal by that number.
            kinds: The outcomes by which the journal shows that it was written.
        """
        asked = sha256(f"{request.method} {request.path}\n".encode() + _kept(request)).digest()
        with self._alone(request.key):
            known = self._its.journal.begin(request.key, asked, self._its.engine.clock())
            if known.request != asked:
                raise Problem("IDEMPOTENCY_KEY_REUSED")
            if known.status is not None:
                return Response(known.status, json.loads(known.body), headers={"idempotency-replayed": "true"})
            done = [number for kind, number in known.done if kind in kinds]
            try:
                with self._its.journal.under(request.key):
                    number = done[-1] if done else write()
            except NotClearedError as error:
                raise refusal(error, self._its.engine.clock()) from error
            body = shown(number)
            self._its.journal.end(request.key, 201, body)
        return Response(201, body)

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        with self._lock:
            if key in self._under_way:
                raise Problem("IDEMPOTENCY_KEY_IN_USE")
            self._under_way.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.discard(key)
