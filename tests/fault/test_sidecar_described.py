"""Whatever is sent to a side-car, it answers as its OpenAPI document says, and never with a fault of its own."""

from __future__ import annotations

from contextlib import contextmanager
from uuid import uuid4

import pytest
from e2e.sidecar_bodies import beside, body
from e2e.sidecars import sidecar_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.http.areas import BIDDING
from adapters.http.reading import read_json
from adapters.http.schemas import request_schemas
from adapters.http.validation import validate

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")
LOOSE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
REQUESTS = request_schemas(BIDDING, "[A-Za-z0-9]{1,8}")
POSTS = {
    "/v1/checks": "CheckRequest",
    "/v1/check-batches": "BatchRequest",
    "/v1/checks/1/fulfilment": "FulfilmentRequest",
    "/v1/grants": "GrantRequest",
    "/v1/outcomes": "OutcomeRequest",
    "/v1/ocds/releases": "OcdsRequest",
}


@pytest.fixture(scope="module")
def sidecar(served, tmp_path_factory):
    with sidecar_of(served.place, tmp_path_factory.mktemp("described"), served.port) as running:
        yield running


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


@pytest.mark.parametrize("path", POSTS)
def test_what_the_schemas_allow_is_answered_as_described(sidecar, described, path):
    @LOOSE
    @given(body(REQUESTS[POSTS[path]], REQUESTS))
    def holds(sent):
        with shown(sent):
            key = None if "check" in path.rpartition("/")[2] or "ocds" in path else uuid4().hex
            as_described(described, "POST", path, sidecar.post(path, sent, key))

    holds()


@pytest.mark.parametrize("path", POSTS)
def test_what_lies_beside_the_schemas_is_answered_as_described(sidecar, described, path):
    bodies = body(REQUESTS[POSTS[path]], REQUESTS).filter(bool)

    @LOOSE
    @given(beside(bodies))
    def holds(sent):
        with shown(sent):
            key = None if "check" in path.rpartition("/")[2] or "ocds" in path else uuid4().hex
            as_described(described, "POST", path, sidecar.post(path, sent, key))

    holds()


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
