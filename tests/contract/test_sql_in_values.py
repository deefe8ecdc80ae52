"""Values that are SQL are values: in searches of the record and in an adapter's journal, on every database."""

from __future__ import annotations

import pytest
from audit_calls import ANY, body, found, record

from gateway.domain.audit import Draft
from gateway.services.ports.audit import AccessFilter
from gateway.storage.access_index import AccessIndex

pytest_plugins = ("audit_places",)

HOSTILE = (
    "' OR '1'='1",
    "x' OR 1=1 --",
    "'; DROP TABLE rows; --",
    '" OR ""="',
    "%",
    "_",
    "C-%",
    "\\' OR 1=1",
    ":name",
    "?",
    "$1",
    "%s",
    "%(x)s",
    "{0}",
)


@pytest.mark.parametrize("condition", ["uscc", "agency", "officer", "case_ref", "outcome"])
def test_a_condition_that_is_sql_finds_nothing_but_itself(place, key_file, condition):
    own = {
        "uscc": lambda text: {"enterprises": [text]},
        "agency": lambda text: {"caller": {"agency": text}},
        "officer": lambda text: {"officer": text},
        "case_ref": lambda text: {"case": text},
        "outcome": lambda text: {"outcome": text},
    }[condition]
    usual = Draft(body(case="C-1", officer="w-1", enterprises=["U1"]))
    record(place, usual, *(Draft(body(**own(text))) for text in HOSTILE))
    index = AccessIndex(place, key_file)

    for number, text in enumerate(HOSTILE, 1):
        assert found(index, AccessFilter(**{condition: text}))[0] == [(number, None)], text
    assert len(found(index, ANY)[0]) == len(HOSTILE) + 1
