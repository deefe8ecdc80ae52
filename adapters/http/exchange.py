"""One request and one answer of the side-car, without a server's ways of holding them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.http.problems import Problem

PROBLEM = "application/problem+json"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its body held against the route's schema.

    Attributes:
        method: ``GET`` or ``POST``.
        path: As it was asked for.
        parts: What the variable parts of the path say, such as the number of a check.
        query: Parameters of the query, each known to the route.
        raw: Bytes of the body.
        body: The body as JSON values; None without one.
        key: The idempotency key; empty without one.
    """

    method: str
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes = b""
    body: Any = None
    key: str = ""

    @property
    def number(self) -> int:
        """The number in the path."""
        return int(self.parts["number"])


@dataclass(frozen=True, slots=True)
class Response:
    """One answer.

    Attributes:
        status: HTTP status.
        body: JSON values, or the bytes of a JSON document that is passed on as it is.
        media: Media type.
        headers: Further headers.
    """

    status: int
    body: Any
    media: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the bytes of the body."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()

    @classmethod
    def of_problem(cls, problem: Problem, **members: Any) -> Response:  # noqa: ANN401 - JSON values
        """Return a problem as an answer, with further members."""
        return cls(problem.status, {**problem.body(), **members}, PROBLEM, problem.headers)
