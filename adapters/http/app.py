"""From a server's connection to a route and back: what comes in is bounded and held against the route before it runs.

Every answer is JSON and is not to be stored. Nothing is offered to browsers: no CORS, and a ``Host`` that is not ours
is refused, so that no page can reach a side-car on the loopback by a name of its own.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from adapters.errors import GatewayError, NotClearedError
from adapters.http.exchange import Request, Response
from adapters.http.problems import Problem, problem_of
from adapters.http.reading import MOST_BYTES, integer, read_json
from adapters.http.routes import Keyed
from adapters.http.validation import validate
from formats.resident_ids import mask_resident_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor

    from adapters.http.routes import Route
    from adapters.http.validation import Schema

BODY_SECONDS: Final = 10.0
"""In which the whole body must have arrived."""
DESCRIPTION: Final = "/openapi.json"
_KEY: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_MEDIA: Final = re.compile(r"application/json(\s*;\s*charset=\"?utf-8\"?)?", re.IGNORECASE)
_log = logging.getLogger(__name__)


class App:
    """The side-car as an ASGI application."""

    def __init__(
        self, routes: Sequence[Route], described: Mapping[str, Any], hosts: frozenset[str], executor: Executor
    ) -> None:
        """Offer *routes*, whose document is *described*, to requests for *hosts*, answered in *executor*."""
        self._routes = [(_pattern(route.path), route) for route in routes]
        self._components: Mapping[str, Schema] = described["components"]["schemas"]
        self._hosts = hosts
        self._executor = executor
        self._document = described

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        """Answer one request."""
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not offered")
        try:
            response = await self._answer(scope, receive)
        except Problem as problem:
            response = Response.of_problem(problem)
        except NotClearedError as error:
            response = Response.of_problem(problem_of(error))
        except GatewayError as error:
            response = Response.of_problem(problem_of(error))
        except Exception:  # noqa: BLE001 - whatever it is, it is no yes
            _log.exception("a request failed: %s %s", scope["method"], mask_resident_ids(scope["path"]))
            response = Response.of_problem(Problem("INTERNAL"))
        content = response.content()
        headers = {
            "content-type": response.media,
            "content-length": str(len(content)),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            **response.headers,
        }
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": pairs})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, scope: dict[str, Any], receive: Any) -> Response:  # noqa: ANN401 - ASGI's
        headers = _headers(scope["headers"])
        self._check_host(headers)
        route, parts = self._route(scope["method"], scope["path"])
        if route is None:
            return Response(200, self._document)
        query = _query(scope["query_string"], route)
        raw = await _body(headers, receive)
        request = Request(scope["method"], scope["path"], parts, query, raw, self._read(route, headers, raw), "")
        if route.method == "POST":
            request = Request(**{**_values(request), "key": _key(headers, route)})
        return await asyncio.get_running_loop().run_in_executor(self._executor, route.run, request)

    def _check_host(self, headers: Mapping[str, str]) -> None:
        host = headers.get("host", "").lower()
        name = re.sub(r":[0-9]{1,5}$", "", host).removeprefix("[").removesuffix("]")
        if name not in self._hosts:
            raise Problem("WRONG_HOST")

    def _route(self, method: str, path: str) -> tuple[Route | None, Mapping[str, str]]:
        """Return the route, and what the path says; None for the description."""
        found = [(route, said.groupdict()) for pattern, route in self._routes if (said := pattern.fullmatch(path))]
        allowed = [route.method for route, _ in found] or (["GET"] if path == DESCRIPTION else [])
        if not allowed:
            raise Problem("NOT_FOUND")
        if method not in allowed:
            raise Problem("METHOD_NOT_ALLOWED", headers={"allow": ", ".join(sorted(allowed))})
        return next(((route, said) for route, said in found if route.method == method), (None, {}))

    def _read(self, route: Route, headers: Mapping[str, str], raw: bytes) -> Any:  # noqa: ANN401 - JSON values
        if not route.body:
            if raw:
                raise Problem("MALFORMED_REQUEST", "no body is taken here", "body")
            return None
        if not _MEDIA.fullmatch(headers.get("content-type", "")):
            raise Problem("UNSUPPORTED_MEDIA_TYPE")
        value = read_json(raw)
        validate(value, self._components[route.body], self._components)
        return _plain(value)


def _values(request: Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in Request.__slots__}


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\{number\}", "(?P<number>[1-9][0-9]{0,14})"))


def _headers(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by name; those that say how to read the request may stand there once only."""
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in found and name in {"host", "content-type", "content-length", "content-encoding", "idempotency-key"}:
            raise Problem("MALFORMED_HTTP", f"{name} is there twice")
        found[name] = value
    return found


def _query(raw: bytes, route: Route) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, strict_parsing=bool(raw), errors="strict", max_num_fields=10
        )
    except ValueError as error:
        raise Problem("MALFORMED_HTTP", "the query cannot be read") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in route.query or name in found:
            raise Problem("MALFORMED_REQUEST", "it is not known, or there twice", name[:64])
        validate(value, dict(route.query[name]), {}, name)
        found[name] = value
    for name in route.required:
        if name not in found:
            raise Problem("MALFORMED_REQUEST", "it is required", name)
    return found


async def _body(headers: Mapping[str, str], receive: Any) -> bytes:  # noqa: ANN401 - ASGI's
    """Return the whole body."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem("UNSUPPORTED_MEDIA_TYPE", "no content encoding is taken")
    if int(headers.get("content-length", "0") or 0) > MOST_BYTES:
        raise Problem("TOO_LARGE")
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                event = await receive()
                if event["type"] != "http.request":
                    raise Problem("REQUEST_TIMEOUT")
                raw += event.get("body", b"")
                more = event.get("more_body", False)
                if len(raw) > MOST_BYTES:
                    raise Problem("TOO_LARGE")
    except TimeoutError as error:
        raise Problem("REQUEST_TIMEOUT", headers={"connection": "close"}) from error
    return bytes(raw)


def _key(headers: Mapping[str, str], route: Route) -> str:
    key = headers.get("idempotency-key")
    if route.keyed is Keyed.REFUSED:
        if key is not None:
            raise Problem("IDEMPOTENCY_KEY_NOT_HERE")
        return ""
    if key is None:
        raise Problem("IDEMPOTENCY_KEY_MISSING")
    if not _KEY.fullmatch(key):
        raise Problem("IDEMPOTENCY_KEY_MALFORMED", f"1 to 64 characters of {_KEY.pattern[:17]}")
    return key


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON values
    """Return JSON values with numbers as Python has them; what no schema took for a number stays as it was written."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return _number(value)


def _number(value: Any) -> Any:  # noqa: ANN401 - likewise
    whole = integer(value)
    return value if whole is None else whole
