"""The OpenAPI 3.1 document of a side-car, made of its routes and of the schemas that requests are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from adapters.http.answer_schemas import answer_schemas
from adapters.http.examples import examples
from adapters.http.exchange import JSON, PROBLEM
from adapters.http.problems import TABLE, Problem
from adapters.http.routes import Keyed
from adapters.http.schema_words import MOST_NUMBER, ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http.area import Area
    from adapters.http.routes import Route
    from adapters.http.validation import Schema

EVERYWHERE: Final = (400, 408, 413, 415, 421, 422, 500, 503)
"""Statuses of problems that every resource has."""
_ABOUT: Final = (
    "联合惩戒网关的 HTTP/JSON 边车：未留痕的答复不是答复；没有答复绝不是 2xx；不缓存结论。"
    " The HTTP/JSON side-car of the joint-sanctions gateway: an answer is one only when it is recorded, no answer is"
    " never a 2xx, and no verdict is kept for a later question. Instants are RFC 3339 in UTC, dates are civil dates of"
    " Asia/Shanghai, enums and members are named as in the proto JSON mapping of jointsanctions.v1."
)


def document(area: Area, routes: Sequence[Route], requests: Mapping[str, Schema]) -> dict[str, Any]:
    """Return the document of an area as JSON values; *requests* are the components that bodies are held against."""
    paths: dict[str, dict[str, Any]] = {}
    shown = examples(area)
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, shown)
    paths["/openapi.json"] = {
        "get": {
            "operationId": "get_openapi_json",
            "summary": "本说明 This document",
            "responses": {"200": _content("", "OpenAPI 3.1", {}), **_problems((405,))},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"joint-sanctions-gateway side-car: {area.name}", "version": "1", "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": {**requests, **answer_schemas(area)}},
    }


def _operation(route: Route, shown: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{route.path.strip('/').replace('/', '_').replace('-', '_')}".replace(
            "{number}", "number"
        ),
        "summary": f"{route.zh} {route.en}",
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_key_parameter(route)],
        "responses": {
            str(route.status): _content(route.answer, f"{route.zh} {route.en}", shown),
            **_problems((405, *route.refuses)),
        },
    }
    if route.body:
        body: dict[str, Any] = {"schema": ref(route.body)}
        if route.body in shown:
            body["examples"] = {"example": {"value": shown[route.body]}}
        said["requestBody"] = {"required": True, "content": {JSON: body}}
    return said


def _content(component: str, says: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"schema": ref(component) if component else {"type": "object"}}
    if component in shown:
        schema["examples"] = {"example": {"value": shown[component]}}
    return {"description": says, "content": {JSON: schema}}


def _problems(further: tuple[int, ...]) -> dict[str, Any]:
    return {str(status): _problem(status) for status in sorted({*EVERYWHERE, *further})}


def _problem(status: int) -> dict[str, Any]:
    reasons = [reason for reason, kind in TABLE.items() if kind.status == status]
    examples = {reason: {"value": Problem(reason).body()} for reason in reasons}
    return {
        "description": "; ".join(f"{reason}: {TABLE[reason].zh} {TABLE[reason].en}" for reason in reasons),
        "content": {PROBLEM: {"schema": ref("Problem"), "examples": examples}},
    }


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    if "{number}" not in route.path:
        return []
    schema = {"type": "integer", "minimum": 1, "maximum": min(MOST_NUMBER, 10**15 - 1)}
    said = "台账查询号 The journal's number of a check"
    return [{"name": "number", "in": "path", "required": True, "schema": schema, "description": said}]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": name in route.required, "schema": schema}
        for name, schema in route.query.items()
    ]


def _key_parameter(route: Route) -> list[dict[str, Any]]:
    if route.keyed is Keyed.REFUSED:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._~-]+$"}
    said = "同键同内容只做一次 The same key with the same content is done once"
    return [{"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema, "description": said}]
