"""OCDS in and out: who is found, who is asked about, and that nothing of the document is lost."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import json
from copy import deepcopy

import grpc
import pytest
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CONDITIONAL,
    RESTRICTED,
    REVIEW,
    UNVERIFIABLE,
    Refusal,
    at_the_wire,
    client,
    code,
    engine,
    journal,
    observing,
    peer,
)

from adapters.bidding import CANDIDATE_PUBLICITY, BiddingAdapter
from adapters.bidding_ocds import annotate_tender
from adapters.errors import NoAnswerError
from adapters.ocds import Annotator, OcdsError
from adapters.participation import Cutoff
from adapters.tenders import OcdsBids, Project

PROJECT = Project("not used", "420302", must_be_tendered=True, state_funds=True, cutoff=Cutoff.not_fixed())
EVERYBODY = OcdsBids("Li", {})


def party(number, scheme="CN-USCC", **more):
    identifier = {"scheme": scheme, "id": code(number), "legalName": f"第{number}建设有限公司"}
    return {"id": f"P{number}", "name": f"Party {number}", "roles": ["tenderer"], "identifier": identifier} | more


def release(*parties, tenderers=None, suppliers=()):
    names = [each["id"] for each in parties] if tenderers is None else tenderers
    return {
        "ocid": "ocds-invented-0001",
        "id": "1",
        "parties": list(parties),
        "tender": {"id": "t", "tenderers": [{"id": name} for name in names]},
        "awards": [{"id": "a", "suppliers": [{"id": name} for name in suppliers]}],
    }


@pytest.fixture
def annotated(engine):
    def annotate(document, bids=EVERYBODY):
        text = annotate_tender(json.dumps(document), BiddingAdapter(engine), PROJECT, CANDIDATE_PUBLICITY, bids)
        return json.loads(text)

    return annotate


def found(document):
    return {each["id"]: each.get("jointSanctions") for each in document["parties"]}


def verdicts(document):
    return {name: each and each["verdict"] for name, each in found(document).items()}


def test_tenderers_are_asked_about_in_one_batch_under_their_ocid(annotated, peer):
    peer.says(code(2), RESTRICTED, BLOCK)

    result = found(annotated(release(party(1), party(2), {"id": "buyer"}, tenderers=["P1", "P2"])))

    (request,) = peer.requests
    assert (request.question.case_ref, len(request.items)) == ("ocds-invented-0001", 2)
    assert request.items[0].enterprise.name == "第1建设有限公司"
    assert result["buyer"] is None
    assert result["P2"] == {
        "verdict": "RESTRICTED",
        "decisionPoint": "BIDDING_CANDIDATE_PUBLICITY",
        "measures": [{"ruleId": "A-30/TR1", "effect": "BLOCK", "documentNumber": "十人社监〔2026〕3号"}],
        "because": ["RESTRICTED"],
        "auditPosition": result["P1"]["auditPosition"],
        "asOf": "2026-11-24T08:00:00.000000Z",
        "validUntil": "2026-11-24T10:00:00.000000Z",
    }
    assert result["P1"]["verdict"] == "CLEAR"
    assert "because" not in result["P1"]
    assert (result["P1"]["auditPosition"]["writer"], len(result["P1"]["auditPosition"]["leafHash"])) == ("w1", 64)


def test_suppliers_are_asked_about_and_nobody_twice(annotated, peer):
    annotated(release(party(1), party(2), tenderers=["P1"], suppliers=["P1", "P2"]))

    assert [item.enterprise.uscc for item in peer.requests[0].items] == [code(1), code(2)]


def test_every_release_of_a_package_is_read(annotated, peer):
    package = {"uri": "x", "releases": [release(party(1)), release(party(2)) | {"ocid": "ocds-invented-0002"}]}

    result = annotated(package)

    assert [request.question.case_ref for request in peer.requests] == ["ocds-invented-0001", "ocds-invented-0002"]
    assert [verdicts(each) for each in result["releases"]] == [{"P1": "CLEAR"}, {"P2": "CLEAR"}]


@pytest.mark.parametrize(
    "without",
    [
        {"id": "P9", "name": "AnyCorp"},
        {"id": "P9", "identifier": None},
        {"id": "P9", "identifier": {"scheme": "GB-COH", "id": "11111111"}},
        {"id": "P9", "identifier": {"scheme": "GB-COH", "id": code(1)[:-1] + ("A" if code(1)[-1] != "A" else "B")}},
        {"id": "P9", "identifier": {"scheme": "CN-RIC", "id": "11010519491231002X"}},
        {"id": "P9", "identifier": {"scheme": "CN-USCC", "id": ""}},
        {"id": "P9", "identifier": {"scheme": "CN-USCC"}},
    ],
)
def test_a_party_without_a_code_is_unverifiable_and_the_others_are_asked_about(annotated, peer, without):
    result = annotated(release(party(1), without))

    assert verdicts(result) == {"P1": "CLEAR", "P9": "UNVERIFIABLE"}
    assert found(result)["P9"]["because"] == ["no unified social credit code: P9"]
    assert "auditPosition" not in found(result)["P9"]
    assert len(peer.requests) == 1


def test_nobody_with_a_code_is_no_question(annotated, peer):
    assert verdicts(annotated(release({"id": "P9"}))) == {"P9": "UNVERIFIABLE"}
    assert peer.requests == []


def test_a_code_is_found_by_its_form_and_ours_goes_first(annotated, peer):
    foreign = party(1, scheme="XX-ABC")
    second = {
        "id": "P2",
        "identifier": {"scheme": "GB-COH", "id": "11"},
        "additionalIdentifiers": [party(2)["identifier"]],
    }
    both = party(3, additionalIdentifiers=[{"scheme": "XX-OLD", "id": code(4)}])

    annotated(release(foreign, second, both))

    assert [item.enterprise.uscc for item in peer.requests[0].items] == [code(1), code(2), code(3)]


def test_two_codes_of_one_party_are_none(annotated, peer):
    torn = party(1, additionalIdentifiers=[{"scheme": "CN-USCC", "id": code(2)}])

    assert found(annotated(release(torn)))["P1"]["because"] == ["more than one unified social credit code: P1"]
    assert peer.requests == []


def test_one_code_written_twice_is_one(annotated, peer):
    assert verdicts(
        annotated(release(party(1, additionalIdentifiers=[{"scheme": "CN-USCC", "id": code(1).lower()}])))
    ) == {"P1": "CLEAR"}


def test_a_consortium_is_one_question_and_all_of_it_is_annotated(annotated, peer):
    peer.says(code(3), RESTRICTED, BLOCK)

    result = annotated(release(party(1), party(2), party(3), party(4)), OcdsBids("Li", {"P1": ["P2", "P3"]}))

    assert verdicts(result) == {"P1": "RESTRICTED", "P2": "RESTRICTED", "P3": "RESTRICTED", "P4": "CLEAR"}
    (request,) = peer.requests
    assert [len(item.consortium_members) for item in request.items] == [2, 0]


def test_a_consortium_with_a_member_without_a_code_is_unverifiable_as_a_whole(annotated, peer):
    result = annotated(release(party(1), {"id": "P9"}, tenderers=["P1"]), OcdsBids("Li", {"P1": ["P9"]}))

    assert verdicts(result) == {"P1": "UNVERIFIABLE", "P9": "UNVERIFIABLE"}
    assert peer.requests == []


@pytest.mark.parametrize(
    ("consortium", "place"),
    [
        ({"P1": ["P7"]}, "P7"),
        ({"P7": ["P1"]}, "P7"),
        ({"P1": ["P2"], "P3": ["P2"]}, "twice"),
        ({"P1": ["P1"]}, "twice"),
    ],
)
def test_a_consortium_that_does_not_fit_is_refused(annotated, consortium, place):
    with pytest.raises(OcdsError, match=place):
        annotated(release(party(1), party(2), party(3)), OcdsBids("Li", consortium))


def test_an_empty_consortium_comes_alone(annotated, peer):
    assert verdicts(annotated(release(party(1)), OcdsBids("Li", {"P1": []}))) == {"P1": "CLEAR"}


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda r: r.pop("ocid"), "ocid"),
        (lambda r: r.update(ocid=7), "ocid"),
        (lambda r: r["tender"]["tenderers"].append({"id": "P7"}), "P7"),
        (lambda r: r["tender"]["tenderers"].append({"name": "x"}), r"tender\.tenderers\[1\]\.id"),
        (lambda r: r["tender"].update(tenderers={}), "tenderers"),
        (lambda r: r["tender"]["tenderers"].append("P1"), "tenderers"),
        (lambda r: r["awards"].append({"suppliers": [{"id": None}]}), r"awards\[1\]\.suppliers\[0\]\.id"),
        (lambda r: r["parties"].append({"id": "P1"}), r"parties\[1\]\.id"),
        (lambda r: r["parties"].append({}), r"parties\[1\]\.id"),
        (lambda r: r.update(parties="P1"), "parties"),
        (lambda r: r.update(releases=7), "releases"),
        (lambda r: r["parties"][0].update(additionalIdentifiers=7), "additionalIdentifiers"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_by_its_place(annotated, spoil, place):
    document = release(party(1))
    spoil(document)

    with pytest.raises(OcdsError, match=place):
        annotated(document)


@pytest.mark.parametrize("text", ["", "[]", "7", '{"ocid": NaN}', '{"ocid": "a", "ocid": "b"}', "[" * 100_000])
def test_a_text_that_is_no_json_object_is_refused(engine, text):
    with pytest.raises(OcdsError):
        annotate_tender(text, BiddingAdapter(engine), PROJECT, CANDIDATE_PUBLICITY, EVERYBODY)


def test_numbers_keep_their_digits_and_unknown_fields_stay(engine):
    text = json.dumps(release(party(1)) | {"x": 0}).replace('"x": 0', '"x": [1.10, 1E400, 12345678901234567890.5, -0]')

    result = annotate_tender(text, BiddingAdapter(engine), PROJECT, CANDIDATE_PUBLICITY, EVERYBODY)

    assert [
        line.strip(" ,") for line in result.splitlines() if line.startswith("    ") and line.strip()[0] in "-1"
    ] == [
        "1.10",
        "1E400",
        "12345678901234567890.5",
        "-0",
    ]


@pytest.mark.parametrize("said", [(UNVERIFIABLE,), (CONDITIONAL, REVIEW)])
def test_what_does_not_restrict_and_is_not_clear_is_written_as_it_is(annotated, peer, said):
    peer.says(code(1), *said)

    assert verdicts(annotated(release(party(1))))["P1"] == {UNVERIFIABLE: "UNVERIFIABLE"}.get(said[0], "CONDITIONAL")


def test_no_answer_and_a_refused_question_are_never_clean(annotated, peer):
    peer.refusals = [Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")]
    silent = found(annotated(release(party(1))))["P1"]
    too_long = found(annotated(release(party(1)) | {"ocid": "o" * 129}))["P1"]

    assert (silent["verdict"], silent["because"]) == ("UNVERIFIABLE", ["UNEXPECTED"])
    assert (too_long["verdict"], too_long["because"]) == ("UNVERIFIABLE", ["MALFORMED_REQUEST"])


def test_an_answer_that_may_not_be_relied_upon_is_unverifiable(annotated, peer):
    peer.says(code(1), 1, valid_until=peer.clock.now)

    assert found(annotated(release(party(1))))["P1"]["because"] == ["EXPIRED"]
    assert verdicts(annotated(release(party(1))))["P1"] == "UNVERIFIABLE"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ((RESTRICTED, BLOCK), "RESTRICTED"),
        ((CONDITIONAL, REVIEW), "CONDITIONAL"),
        ((1,), "CLEAR"),
        ((9,), "UNVERIFIABLE"),
    ],
)
def test_observe_mode_writes_what_was_answered(observing, peer, said, written):
    peer.says(code(1), *said)

    text = annotate_tender(
        json.dumps(release(party(1))), BiddingAdapter(observing), PROJECT, CANDIDATE_PUBLICITY, EVERYBODY
    )

    assert verdicts(json.loads(text)) == {"P1": written}


def test_an_earlier_annotation_is_replaced_and_the_rest_stays(annotated):
    document = release(party(1, jointSanctions={"verdict": "CLEAR", "decisionPoint": "OLD"}), {"id": "buyer", "x": [1]})
    document["tender"]["tenderers"].pop()
    before = deepcopy(document)

    result = annotated(document)

    assert found(result)["P1"].pop("decisionPoint") == "BIDDING_CANDIDATE_PUBLICITY"
    for each in (result, before):
        each["parties"][0].pop("jointSanctions")
    assert result == before


def test_a_restriction_stays_one_though_its_answer_has_a_fault(annotated, peer):
    def unrecorded(response):
        response.ClearField("audit_position")
        return response

    peer.says(code(1), RESTRICTED, BLOCK)
    peer.twist = unrecorded

    assert verdicts(annotated(release(party(1)))) == {"P1": "RESTRICTED"}


def test_the_document_itself_is_not_changed():
    document = release(party(1))
    before = deepcopy(document)
    error = NoAnswerError("", reason="NO_ANSWER")

    result = Annotator(lambda _, entrants: [error] * len(entrants), "BIDDING_AWARD", {}).annotate(document)

    assert verdicts(result) == {"P1": "UNVERIFIABLE"}
    assert document == before
