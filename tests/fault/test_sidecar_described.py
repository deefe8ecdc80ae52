"""Whatever is sent to a side-car, it answers as its OpenAPI document says, and never with a fault of its own."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from uuid import uuid4

import pytest
from e2e.sidecar_bodies import beside, body
from e2e.sidecars import sidecar_of
from e2e.sidecars_inside import inside
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.http.areas import AREAS
from adapters.http.reading import read_json
from adapters.http.routes import Keyed, routes
from adapters.http.schemas import request_schemas
from adapters.http.validation import validate

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")
LOOSE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
BRIEF = settings(LOOSE, max_examples=6)
CASES = "[A-Za-z0-9]{1,8}"
REQUESTS = {name: request_schemas(area, CASES) for name, area in AREAS.items()}


class Described:
    area = None


def posts(name):
    """Return, for an area, what can be posted: the path, its body's component, and whether it takes a key."""
    described = Described()
    described.area = AREAS[name]
    return [
        (name, route.path.replace("{number}", "1"), route.body, route.keyed is Keyed.REQUIRED)
        for route in routes(described)
        if route.body
    ]


BIDDING_POSTS = posts("bidding")
OTHER_POSTS = [each for name in AREAS if name != "bidding" for each in posts(name)]


@pytest.fixture(scope="module")
def sidecar(served, tmp_path_factory):
    with sidecar_of(served.place, tmp_path_factory.mktemp("described"), served.port) as running:
        yield running


@pytest.fixture(scope="module")
def eight(served, tmp_path_factory):
    folder = tmp_path_factory.mktemp("eight")
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(inside(served.place, folder, served.port, name))
            for name in AREAS
            if name != "bidding"
        }


@pytest.fixture(scope="module")
def described(sidecar):
    return sidecar.get("/openapi.json").json


@contextmanager
def shown(sent):
    try:
        yield
    except AssertionError as error:
        error.add_note(f"sent: {sent!r}")
        raise


def as_described(described, method, path, said):
    """Hold an answer against the document: its status, its media type, its schema."""
    template = "/".join("{number}" if part.isdigit() else part for part in path.partition("?")[0].split("/"))
    responses = described["paths"][template][method.lower()]["responses"]
    assert said.status < 500, said.raw
    assert str(said.status) in responses, (said.status, said.raw)
    content = responses[str(said.status)]["content"]
    assert said.headers["content-type"] in content
    schema = content[said.headers["content-type"]]["schema"]
    validate(read_json(said.raw), schema, described["components"]["schemas"])


def hold(sidecar, post, how, bodies):
    """Send what *bodies* makes, and hold each answer against the document."""
    name, path, _, keyed = post
    described = sidecar.get("/openapi.json").json

    @how
    @given(bodies)
    def holds(sent):
        with shown(sent):
            key = uuid4().hex if keyed else None
            as_described(described, "POST", path, sidecar.post(path, sent, key))

    holds()
    assert sidecar.get("/v1/health").json["area"] == name


@pytest.mark.parametrize("post", BIDDING_POSTS, ids=lambda post: post[1])
def test_what_the_schemas_allow_is_answered_as_described(sidecar, post):
    hold(sidecar, post, LOOSE, body(REQUESTS["bidding"][post[2]], REQUESTS["bidding"]))


@pytest.mark.parametrize("post", BIDDING_POSTS, ids=lambda post: post[1])
def test_what_lies_beside_the_schemas_is_answered_as_described(sidecar, post):
    hold(sidecar, post, LOOSE, beside(body(REQUESTS["bidding"][post[2]], REQUESTS["bidding"]).filter(bool)))


@pytest.mark.parametrize("post", OTHER_POSTS, ids=lambda post: f"{post[0]}{post[1]}")
def test_what_the_schemas_of_any_area_allow_and_what_lies_beside_them_is_answered_as_described(eight, post):
    requests = REQUESTS[post[0]]
    allowed = body(requests[post[2]], requests)
    hold(eight[post[0]], post, BRIEF, allowed)
    hold(eight[post[0]], post, BRIEF, beside(allowed.filter(bool)))


@pytest.mark.parametrize("path", ["/v1/endings?since=", "/v1/observed?date=", "/v1/receipts/1?officer="])
def test_what_is_asked_for_in_a_query_is_answered_as_described(sidecar, described, path):
    @LOOSE
    @given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20))
    def holds(said):
        with shown(said):
            as_described(described, "GET", path, sidecar.get(path + said.replace("#", "")))

    holds()


def test_every_resource_without_a_body_answers_as_described(sidecar, described):
    for path in ("/v1/health", "/v1/endings", "/v1/observed", "/v1/checks/1", "/v1/checks/999", "/v1/receipts/999"):
        as_described(described, "GET", path, sidecar.get(path))


@pytest.mark.parametrize("name", [each for each in AREAS if each != "bidding"])
def test_every_resource_of_any_area_without_a_body_answers_as_described(eight, name):
    described = eight[name].get("/openapi.json").json
    for path in (each for each, methods in described["paths"].items() if "get" in methods and each != "/openapi.json"):
        for number in ("1", "99999"):
            asked = path.replace("{number}", number)
            as_described(described, "GET", asked, eight[name].get(asked))
