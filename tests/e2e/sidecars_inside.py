"""Side-cars of all areas inside this process: the application itself before a real gateway, without a server's socket.

What a server does to a request is tested on bidding's (``e2e.sidecars``), which is a process.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from e2e.sidecars import Reply, configured

from adapters.http.examples import examples
from adapters.http.serving import app_of
from adapters.http.settings import load
from adapters.http.sidecar import Sidecar

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.http.app import App


@dataclass
class Inside:
    """One side-car, asked as ``e2e.sidecars.Running`` is."""

    app: App
    sidecar: Sidecar
    journal: Path

    @property
    def area(self):
        return self.sidecar.area

    def ask(self, method, path, body=None, headers=None, raw=None):
        """Send one request and return what came back."""
        content = raw if raw is not None else (json.dumps(body).encode() if body is not None else b"")
        sent = {"host": "localhost", **({"content-type": "application/json"} if content else {}), **(headers or {})}
        place, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": place,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
        told = []

        async def receive():
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(event):
            told.append(event)

        asyncio.run(self.app(scope, receive, send))
        start, end = told
        return Reply(start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, end["body"])

    def get(self, path, **how):
        return self.ask("GET", path, **how)

    def post(self, path, body=None, key=None, **how):
        headers = {**({"idempotency-key": key} if key else {}), **how.pop("headers", {})}
        return self.ask("POST", path, body, headers, **how)

    def question(self, point, case, **parts):
        """Return a question with the facts of the area's example."""
        said = examples(self.area)["CheckRequest"]["question"]
        return {**said, "decisionPoint": f"DECISION_POINT_{self.area.name.upper()}_{point}", "caseRef": case, **parts}

    def about(self, code, point, case, **parts):
        """Return a request about one enterprise."""
        return {"question": self.question(point, case), "enterprise": {"uscc": code}, **parts}


@contextmanager
def inside(place, folder, port, area, changes=None):
    """Open the side-car of *area* beside the gateway of *place* that serves on *port*."""
    file, _ = configured(folder, f"127.0.0.1:{port}", changes, area)
    with opened(load(file, area, place.state)) as sidecar:
        yield sidecar


@contextmanager
def opened(settings):
    """Open a side-car of these settings."""
    with Sidecar.of(settings) as sidecar, ThreadPoolExecutor(8) as executor:
        yield Inside(app_of(sidecar, executor), sidecar, settings.journal)
