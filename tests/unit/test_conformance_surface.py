"""The surface on which adapters are tested is our side-car's contract: what the kit sends and reads stands in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from adapters.http.areas import BIDDING
from adapters.http.openapi import document
from adapters.http.reading import read_json
from adapters.http.routes import routes
from adapters.http.schemas import request_schemas
from adapters.http.validation import validate
from gateway.conformance.areas import AREAS
from gateway.conformance.asking import Reply
from gateway.conformance.folder import CASE_REF, Prepared
from gateway.conformance.stage import Stage

ROOT = Path(__file__).parents[2]


class Settings:
    area = BIDDING


COMPONENTS = request_schemas(BIDDING, CASE_REF)
DOCUMENT = document(BIDDING, routes(Settings()), COMPONENTS)


class Sent:
    """Keeps what would have been sent."""

    def __init__(self):
        self.posts = []

    def post(self, path, body, _key=""):
        self.posts.append((path, body))
        return Reply(200)


@pytest.fixture
def stage(tmp_path):
    prepared = Prepared(tmp_path, AREAS["bidding"], "127.0.0.1:1", "127.0.0.1:1", 2)
    return Stage(prepared, Sent(), None, None)


def test_every_request_that_the_document_names_is_one_of_the_side_cars():
    text = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(GET|POST) ([^`?]+)", text, re.MULTILINE)

    assert len(named) == 8
    assert [path for method, path in named if method.lower() not in DOCUMENT["paths"].get(path, {})] == []


def test_what_is_read_of_a_reply_is_what_the_side_car_must_say():
    schemas = DOCUMENT["components"]["schemas"]

    wanted = {"number", "standing", "mayProceed", "measures", "auditPosition", "answerDigest"}
    assert wanted <= set(schemas["CheckAnswer"]["required"])
    assert {"writer", "number", "leafHash"} <= set(schemas["AuditPosition"]["required"])
    assert {"auditPosition", "answerDigest"} <= schemas["CheckRecord"]["properties"].keys()
    assert {"documentNumber"} <= schemas["Measure"]["properties"].keys()
    assert {"outcomeId"} <= set(schemas["Outcome"]["required"])
    assert {"ready", "area", "mode"} <= schemas["Health"]["properties"].keys()


def test_what_the_kit_asks_is_what_the_side_car_takes(stage):
    code, case = stage.code(), stage.case()
    stage.check(code, case, relatedParties=[{"enterprise": {"uscc": stage.code()}, "relation": "shareholder"}])
    stage.check(code, case, stage.area.before)
    stage.batch([code, stage.code()], case)
    stage.grant(stage.grant_body(code, case, reviewed=1))

    bodies = {"/v1/checks": "CheckRequest", "/v1/check-batches": "BatchRequest", "/v1/grants": "GrantRequest"}
    assert {path for path, _ in stage.asker.posts} == bodies.keys()
    for path, body in stage.asker.posts:
        validate(read_json(json.dumps(body).encode()), COMPONENTS[bodies[path]], COMPONENTS)


def test_no_run_asks_about_an_enterprise_or_case_of_another(stage, tmp_path):
    other = Stage(stage.prepared, Sent(), None, None)

    assert stage.case() != other.case()
    assert len({stage.code() for _ in range(300)}) == 300
