"""The OpenAPI document is whole: every reference leads somewhere, every example is what its schema says."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from nine_areas import RULES

from adapters.http.areas import AREAS
from adapters.http.examples import examples
from adapters.http.openapi import EVERYWHERE, document
from adapters.http.problems import TABLE, Problem
from adapters.http.reading import MOST_DEPTH, integer, read_json
from adapters.http.routes import Keyed, routes
from adapters.http.schemas import request_schemas
from adapters.http.validation import KNOWN, validate


class Described:
    """One area's side-car, as far as it is described."""

    def __init__(self, area):
        self.area = area
        self.routes = routes(self)
        self.document = document(area, self.routes, request_schemas(area, "[A-Z0-9-]{1,20}"))
        self.components = self.document["components"]["schemas"]


NINE = {name: Described(area) for name, area in AREAS.items()}
COMPONENTS = NINE["bidding"].components


@pytest.fixture(params=NINE)
def described(request):
    return NINE[request.param]


def parts(value):
    """Yield every object of the document."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(each)


def test_there_is_one_for_each_of_the_nine_areas():
    assert AREAS.keys() == RULES.keys()


def test_every_reference_leads_somewhere(described):
    refs = {part["$ref"] for part in parts(described.document) if isinstance(part.get("$ref"), str)}

    assert {ref.rpartition("/")[2] for ref in refs} <= described.components.keys()
    assert all(ref.startswith("#/components/schemas/") for ref in refs)


def test_every_component_is_used(described):
    refs = {part["$ref"].rpartition("/")[2] for part in parts(described.document) if isinstance(part.get("$ref"), str)}

    assert described.components.keys() == refs


def test_no_other_areas_points_and_facts_are_named(described):
    said = json.dumps(described.document)
    own = {described.area.name, *([described.area.facts] if described.area.facts else [])}
    points = set(re.findall(r'"DECISION_POINT_([A-Z_]+)"', said))
    facts = {field.name for field in credit_pb2.CaseFacts.DESCRIPTOR.fields}

    assert points
    assert all(point.startswith(described.area.name.upper()) for point in points)
    assert set(described.components.get("CaseFacts", {"properties": {}})["properties"]) == own & facts


def test_every_decision_point_of_the_area_can_be_asked_about(described):
    area = described.area
    rules = area.rules(dict.fromkeys(area.limits, timedelta(days=1)))
    said = json.dumps(described.document)

    assert rules.area == common_pb2.Area.Value(f"AREA_{area.name.upper()}")
    for point in rules.points:
        assert common_pb2.DecisionPoint.Name(point.point) in said
        assert point.closed == (point.point == area.wages)


def test_every_gate_of_the_areas_rules_is_an_act(described):
    area = described.area
    rules = area.rules(dict.fromkeys(area.limits, timedelta(days=1)))

    assert {point.point for point in rules.points if point.after is not None} <= area.acts.keys()
    for carried in (each for each in area.acts.values() if each is not None and each.capacity is None):
        assert carried.by in area.acts
    for (point, capacity), step in area.persons.items():
        carried = step.carried
        assert carried is None or area.persons[carried.by, carried.capacity].gate, (point, capacity)


def test_every_operation_tells_every_problem_with_its_words(described):
    for path, methods in described.document["paths"].items():
        for operation in methods.values():
            told = {int(status) for status in operation["responses"] if int(status) >= 400}
            assert {*EVERYWHERE, 405} <= told, path
            assert re.search("[一-鿿]", operation["summary"])
            for status in told:
                content = operation["responses"][str(status)]["content"]["application/problem+json"]
                assert all(each["value"]["status"] == status for each in content["examples"].values())


def test_every_body_and_every_named_answer_has_an_example_that_its_schema_takes(described):
    shown = examples(described.area)
    for name, example in shown.items():
        validate(read_json(json.dumps(example).encode()), described.components[name], described.components)
    assert {route.body for route in described.routes if route.body} <= shown.keys()


def test_every_problem_is_what_the_schema_of_problems_says():
    for reason in TABLE:
        body = json.dumps(Problem(reason, "x", "y").body()).encode()
        validate(read_json(body), COMPONENTS["Problem"], COMPONENTS)


def test_every_write_needs_a_key_and_nothing_else_takes_one(described):
    written = {route.path for route in described.routes if route.keyed is Keyed.REQUIRED}
    persons = {"/v1/person-grants", "/v1/person-checks/{number}/fulfilment"} if described.area.persons else set()

    assert written == {"/v1/grants", "/v1/outcomes", "/v1/checks/{number}/fulfilment"} | persons


def test_a_word_that_nothing_enforces_is_no_schema():
    with pytest.raises(ValueError, match="multipleOf"):
        validate(read_json(b"4"), {"type": "integer", "multipleOf": 2}, {})
    assert "multipleOf" not in KNOWN


@pytest.mark.parametrize(
    ("schema", "raw", "field"),
    [
        ({"type": "integer", "minimum": 1}, b"0", "body"),
        ({"type": "integer"}, b"1.0", "body"),
        ({"type": "integer"}, b"1e3", "body"),
        ({"type": "integer"}, b"true", "body"),
        ({"type": "boolean"}, b"1", "body"),
        ({"type": "string", "maxLength": 2}, b'"abc"', "body"),
        ({"type": "string", "minLength": 1}, b'""', "body"),
        ({"type": "string", "pattern": "^(?:a+)$"}, b'"aab"', "body"),
        ({"type": "string", "enum": ["A"]}, b'"B"', "body"),
        ({"type": "string", "format": "date"}, b'"2026-2-1"', "body"),
        ({"type": "string", "format": "date-time"}, b'"2026-02-01"', "body"),
        ({"type": "string"}, b'"a\\u0007"', "body"),
        ({"type": "string"}, b"null", "body"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 1}, b'["a", "b"]', "body"),
        ({"type": "array", "items": {"type": "string"}}, b'["a", 1]', "[1]"),
        ({"type": "object", "properties": {}, "additionalProperties": False}, b'{"x": 1}', "x"),
        ({"type": "object", "required": ["x"]}, b"{}", "x"),
        ({"type": "object", "maxProperties": 1}, b'{"x": 1, "y": 1}', "body"),
    ],
)
def test_what_a_schema_does_not_say_is_refused_naming_the_field(schema, raw, field):
    with pytest.raises(Problem) as caught:
        validate(read_json(raw), schema, {})

    assert (caught.value.reason, caught.value.field) == ("MALFORMED_REQUEST", field)


def test_what_is_nested_as_deep_as_allowed_is_read_and_one_more_is_not():
    deep = b'{"a":' * (MOST_DEPTH - 1) + b"1" + b"}" * (MOST_DEPTH - 1)
    read_json(deep)

    with pytest.raises(Problem, match="NOT_JSON"):
        read_json(b'{"a":' + deep + b"}")


def test_a_number_of_more_digits_than_any_count_has_is_no_whole_number():
    assert integer(read_json(b"9" * 19)) == int("9" * 19)
    assert integer(read_json(b"9" * 20)) is None
