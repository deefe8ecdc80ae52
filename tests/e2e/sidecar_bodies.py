"""Bodies made of the schemas of a side-car's own OpenAPI document: what they allow, and what lies beside it."""

from __future__ import annotations

import re

from hypothesis import strategies as st

CODES = ("91420399MA00K2U7XJ", "91420399MA00K2UN08", "91420399MA00K2UM2D", "not a code")
_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x4E10), min_size=1, max_size=20)
_STRAYS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=10), st.just([]), st.just({})
)


def body(schema, components):
    """Return a strategy of what *schema* allows."""
    if "$ref" in schema:
        return body(components[schema["$ref"].rpartition("/")[2]], components)
    makers = {"object": _object, "array": _array, "string": _string, "integer": _integer}
    if schema["type"] == "boolean":
        return st.booleans()
    return makers[schema["type"]](schema, components)


def _object(schema, components):
    parts = {name: body(each, components) for name, each in schema.get("properties", {}).items()}
    for name in ("uscc",):
        if name in parts:
            parts[name] = st.sampled_from(CODES)
    needed = {name: parts.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(needed, optional=parts)


def _array(schema, components):
    most = min(schema.get("maxItems", 3), 3)
    return st.lists(body(schema["items"], components), min_size=schema.get("minItems", 0), max_size=most)


def _string(schema, _components):
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("format") == "date":
        return st.dates().map(str)
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda instant: f"{instant.isoformat()}Z")
    if "pattern" in schema:
        return st.from_regex(re.compile(schema["pattern"], re.ASCII), fullmatch=True)
    return _TEXTS


def _integer(schema, _components):
    return st.integers(schema.get("minimum"), min(schema.get("maximum", 60), 60))


@st.composite
def beside(draw, bodies):
    """Return a body with one part of it replaced by something else, left out, or with one too many."""
    whole = draw(bodies)
    places = list(_places(whole, ()))
    *path, last = draw(st.sampled_from(places))
    part = whole
    for step in path:
        part = part[step]
    what = draw(st.sampled_from(["replace", "drop", "add"]))
    if what == "replace":
        part[last] = draw(_STRAYS)
    elif what == "drop" and isinstance(part, dict):
        del part[last]
    elif isinstance(part, dict):
        part["stray"] = draw(_STRAYS)
    return whole


def _places(value, path):
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in steps:
        yield (*path, step)
        yield from _places(each, (*path, step))
