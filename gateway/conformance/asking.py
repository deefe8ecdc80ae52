"""The deciding system's side: requests to the adapter over the side-car's HTTP contract, each on its own connection."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gateway.conformance.errors import ConformanceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_BYTES: Final = 4 * 1024 * 1024
"""Of one reply."""
OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        status: HTTP status; 0: nothing that is HTTP came back.
        media: Media type, without parameters.
        raw: Body.
        headers: Headers, names in lower case.
        why: Why nothing came back.
    """

    status: int
    media: str = ""
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def fine(self) -> bool:
        """It is a 2xx."""
        return self.status in OK

    @property
    def body(self) -> dict[str, Any]:
        """The body where it is a JSON object; empty otherwise."""
        try:
            found = json.loads(self.raw)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def told(self) -> str:
        """Return what it says, in a few words."""
        if not self.status:
            return f"no HTTP answer ({self.why})"
        said = [f"HTTP {self.status}"]
        body = self.body
        if "reason" in body:
            said.append(str(body["reason"])[:40])
        if "standing" in body:
            said.append(str(body["standing"])[:20])
        if "mayProceed" in body:
            said.append("may proceed" if body["mayProceed"] is True else "may not proceed")
        return " ".join(said)


class Asker:
    """Asks one adapter; may be shared by threads."""

    def __init__(self, address: str, files: tuple[Path, Path, Path], patience_seconds: float) -> None:
        """Ask the adapter at *address*, for each reply at most so long.

        Args:
            address: ``https://host:port``, or ``http://host:port`` for one on this machine.
            files: Authorities of its certificate, and our own certificate and key, PEM.
            patience_seconds: How long one reply may take.

        Raises:
            ConformanceError: A file cannot be used.
        """
        scheme, _, self._place = address.partition("://")
        self._patience = patience_seconds
        self._context = None
        if scheme == "https":
            try:
                self._context = ssl.create_default_context(cafile=files[0])
                self._context.load_cert_chain(files[1], files[2])
            except (OSError, ssl.SSLError) as error:
                raise ConformanceError(f"{', '.join(map(str, files))}: cannot be used: {error}") from error

    def get(self, path: str) -> Reply:
        """Ask for a resource."""
        return self._request("GET", path, None, {})

    def post(self, path: str, body: Mapping[str, Any], key: str = "") -> Reply:
        """Post JSON, under an idempotency key where there is one."""
        return self._request("POST", path, json.dumps(body).encode(), {"idempotency-key": key} if key else {})

    def _request(self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]) -> Reply:
        connection = self._connection()
        sent = {"accept": "application/json", **headers}
        if content is not None:
            sent["content-type"] = "application/json"
        try:
            connection.request(method, path, content, sent)
            said = connection.getresponse()
            raw = said.read(MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            return Reply(0, why=f"{type(error).__name__}: {error}"[:80])
        finally:
            connection.close()
        found = {name.lower(): value for name, value in said.getheaders()}
        return Reply(said.status, found.get("content-type", "").partition(";")[0].strip(), raw, found)

    def _connection(self) -> http.client.HTTPConnection:
        if self._context is None:
            return http.client.HTTPConnection(self._place, timeout=self._patience)
        return http.client.HTTPSConnection(self._place, timeout=self._patience, context=self._context)
