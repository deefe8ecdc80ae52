"""A purchase as OCDS: its suppliers are found wherever they stand and asked about; nothing else changes."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest
from jointsanctions.v1 import credit_pb2
from test_adapters_ocds import code, found, party, release, verdicts
from test_adapters_peer import BLOCK, RESTRICTED, at_the_wire, client, journal, peer  # noqa: F401

from adapters.enforcement import Enforcement
from adapters.ocds import OcdsError
from adapters.participation import Cutoff
from adapters.procurement import RESULT, ProcurementAdapter, Purchase, procurement_rules
from adapters.procurement_ocds import annotate_purchase
from adapters.tenders import OcdsBids

PURCHASE = Purchase("not used", names_list=True, cutoff=Cutoff.not_fixed())
TEXT, ID = {"type": ["string", "null"]}, {"type": ["string", "integer"], "minLength": 1}
REFERENCES = {"type": "array", "items": {"type": "object", "properties": {"id": ID, "name": TEXT}}, "uniqueItems": True}
HAS_SUPPLIERS = {
    "type": "array",
    "items": {"type": "object", "required": ["id"], "properties": {"id": ID, "suppliers": REFERENCES}},
}
IDENTIFIER = {"type": "object", "properties": {"scheme": TEXT, "id": {"type": ["string", "integer", "null"]}}}
RELEASE = {
    "type": "object",
    "required": ["ocid", "id", "date", "tag", "initiationType"],
    "properties": {
        "ocid": {"type": "string", "minLength": 1},
        "id": {"type": "string", "minLength": 1},
        "date": {"type": "string", "format": "date-time"},
        "tag": {"type": "array", "items": {"enum": ["tender", "award", "contract"]}, "minItems": 1},
        "initiationType": {"enum": ["tender"]},
        "parties": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "name": TEXT,
                    "identifier": IDENTIFIER,
                    "additionalIdentifiers": {"type": "array", "items": IDENTIFIER, "uniqueItems": True},
                    "roles": {"type": ["array", "null"], "items": {"type": "string"}},
                },
            },
        },
        "tender": {"type": "object", "required": ["id"], "properties": {"id": ID, "tenderers": REFERENCES}},
        "awards": HAS_SUPPLIERS,
        "contracts": HAS_SUPPLIERS,
    },
}
"""What OCDS 1.1 asks of the parts of a release that are read and written here, in our own words."""


@pytest.fixture
def annotated(peer, client, journal):
    rules = procurement_rules(timedelta(days=60), timedelta(days=30))
    adapter = ProcurementAdapter(Enforcement(client, journal, rules, "enforce", peer.clock))

    def annotate(document, consortium=None):
        text = annotate_purchase(json.dumps(document), adapter, PURCHASE, RESULT, OcdsBids("Li", consortium or {}))
        return json.loads(text)

    return annotate


def whole(*parties, **parts):
    more = {"date": "2026-11-02T09:00:00+08:00", "tag": ["award"], "initiationType": "tender", **parts}
    return release(*parties) | more


def test_suppliers_are_asked_about_as_procurement_asks(annotated, peer):
    peer.says(code(2), RESTRICTED, BLOCK)

    result = annotated(release(party(1), party(2)))

    (request,) = peer.requests
    facts = request.question.case_facts.procurement
    assert facts.tender_document_names_list
    assert facts.form == credit_pb2.PARTICIPATION_FORM_SINGLE
    assert verdicts(result) == {"P1": "CLEAR", "P2": "RESTRICTED"}
    assert found(result)["P2"]["decisionPoint"] == "PROCUREMENT_RESULT"


def test_whoever_bids_wins_or_signs_is_found_and_nobody_is_asked_about_twice(annotated, peer):
    document = release(party(1), party(2), party(3), party(4), tenderers=["P1"], suppliers=["P1"])
    document["bids"] = {"details": [{"id": "b1", "tenderers": [{"id": "P1"}, {"id": "P2"}]}, {"id": "b2"}]}
    document["contracts"] = [{"id": "c", "awardID": "a", "suppliers": [{"id": "P3"}]}]

    result = annotated(document)

    assert verdicts(result) == {"P1": "CLEAR", "P2": "CLEAR", "P3": "CLEAR", "P4": None}
    assert [item.enterprise.uscc for item in peer.requests[0].items] == [code(1), code(2), code(3)]


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"bids": {"details": [{"tenderers": [{"name": "x"}]}]}}, r"bids\.details\[0\]\.tenderers\[0\]\.id"),
        ({"bids": {"details": 7}}, "details"),
        ({"contracts": [{"suppliers": {}}]}, "suppliers"),
        ({"contracts": [{"suppliers": [{"id": "P7"}]}]}, "P7"),
    ],
)
def test_a_place_that_cannot_be_read_is_refused_by_name(annotated, parts, place):
    with pytest.raises(OcdsError, match=place):
        annotated(release(party(1)) | parts)


def test_a_consortium_offers_as_one(annotated, peer):
    peer.says(code(2), RESTRICTED, BLOCK)

    result = annotated(release(party(1), party(2), tenderers=["P1"]), {"P1": ["P2"]})

    assert verdicts(result) == {"P1": "RESTRICTED", "P2": "RESTRICTED"}
    assert peer.requests[0].question.case_facts.procurement.form == credit_pb2.PARTICIPATION_FORM_CONSORTIUM


def test_a_release_is_one_before_and_after(annotated):
    document = whole(party(1), {"id": "P9", "name": "无码单位"})
    validator = jsonschema.Draft202012Validator(RELEASE)
    validator.validate(document)

    result = annotated(document)

    validator.validate(result)
    for each in result["parties"]:
        assert each.pop("jointSanctions")["verdict"] in {"CLEAR", "UNVERIFIABLE"}
    assert result == document
