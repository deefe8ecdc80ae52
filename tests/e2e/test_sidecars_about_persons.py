"""Persons over HTTP: no machine alone restricts one, and nothing of a document is in any file of the side-car."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from e2e.asking_persons import list_person
from e2e.sidecars_inside import inside
from e2e.test_areas_about_persons import award_known
from jointsanctions.v1 import listing_pb2
from plain_numbers import resident

pytestmark = pytest.mark.xdist_group("served")
SOMEBODY = {"documentType": "PASSPORT", "documentNumber": "E00000000", "name": "示例甲"}


@pytest.fixture(scope="module")
def three(served, tmp_path_factory):
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("persons")
        names = ("awards", "market_access", "qualification")
        yield {name: stack.enter_context(inside(served.place, folder, served.port, name)) for name in names}


def listed(served, serial):
    """List an invented person with an enterprise, and return it as a request names it."""
    number = resident(serial)
    ref = listing_pb2.PersonRef(name="示例戊", document_type="RESIDENT_ID", document_number=number)
    award_known(served, list_person(served, ref)[1])
    return {"documentType": "RESIDENT_ID", "documentNumber": number, "name": "示例戊"}


def case():
    return f"T-{uuid4().hex}"


def about(sidecar, person, point, ref, **more):
    capacity = {"reference": "person-1", "capacity": "PERSON_CAPACITY_OWN_NAME"}
    return {"question": sidecar.question(point, ref), "person": person, **capacity, **more}


def looked(*, same):
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {
        "officerReview": {"officer": "wang", "reason": "looked at, and goes ahead", "decidedAt": now},
        "identity": {"officer": "wang", "isThePerson": same, "reference": "note 7", "lookedAt": now},
    }


def fulfil(sidecar, number, **done):
    return sidecar.post(f"/v1/person-checks/{number}/fulfilment", looked(**done), uuid4().hex)


def representing(sidecar, ref, person, point="ESTABLISHMENT", **more):
    """Return the reply to a request for the grant of a legal representative."""
    body = about(sidecar, person, point, ref, **{"capacity": "PERSON_CAPACITY_FOR_ENTERPRISE", **more})
    return sidecar.post("/v1/person-grants", body, uuid4().hex)


def test_a_listed_candidate_is_barred_only_once_an_officer_has_confirmed_it(served, three):
    awards, person, ref = three["awards"], listed(served, 89_100), case()
    first = awards.post("/v1/person-checks", about(awards, person, "NOMINATION", ref)).json
    assert (first["standing"], first["mayProceed"]) == ("CONDITIONAL", False)
    assert "PERSON_CONDITION_KIND_OFFICER_CONFIRMS" in first["conditions"]
    again = f"/v1/person-checks/{first['number']}/confirmation"

    refused = fulfil(awards, first["number"], same=True)
    assert (refused.status, refused.reason) == (409, "CONDITION_NOT_MET")
    other = awards.post(again, {"person": {**person, "documentNumber": resident(89_101)}, "officer": "wang"})
    assert (other.status, other.reason) == (409, "OTHER_PARTIES")
    confirmed = awards.post(again, {"person": person, "officer": "wang"})

    assert (confirmed.status, confirmed.json["standing"]) == (200, "RESTRICTED"), confirmed.raw
    assert confirmed.json["measures"][0]["effect"] == "EFFECT_BLOCK"
    shown = awards.get(f"/v1/checks/{confirmed.json['number']}").json
    assert (shown["enterprise"], [each["kind"] for each in shown["outcomes"]]) == ("", ["RESTRICTED"])


def test_somebody_else_than_the_record_names_is_honoured_after_the_officers_finding(served, three):
    awards, person, ref = three["awards"], listed(served, 89_102), case()
    published = awards.post("/v1/person-checks", about(awards, person, "PUBLICITY", ref)).json
    assert fulfil(awards, published["number"], same=False).status == 201
    body = about(awards, person, "CONFERRAL", ref)
    refused = awards.post("/v1/person-grants", body, uuid4().hex)
    assert (refused.status, refused.reason) == (409, "CONDITION_NOT_MET")
    assert "PERSON_CONDITION_KIND_OFFICER_CONFIRMS" in refused.json["answer"]["conditions"]
    number = refused.json["answer"]["number"]
    assert fulfil(awards, number, same=False).status == 201
    key = uuid4().hex

    wrong = {**body, "person": SOMEBODY, "reviewed": number}
    assert awards.post("/v1/person-grants", wrong, uuid4().hex).reason == "OTHER_PARTIES"
    grant = awards.post("/v1/person-grants", {**body, "reviewed": number}, key)
    replayed = awards.post("/v1/person-grants", {**body, "reviewed": number}, key)

    assert (grant.status, grant.json["part"], grant.json["parties"]) == (201, "person-1", []), grant.raw
    assert (replayed.json, replayed.headers["idempotency-replayed"]) == (grant.json, "true")
    stolen = awards.post("/v1/person-grants", {**body, "person": SOMEBODY, "reviewed": number}, key)
    assert stolen.reason == "IDEMPOTENCY_KEY_REUSED"


def test_a_persons_conditions_are_not_met_by_those_of_an_enterprise(served, three):
    awards, person, ref = three["awards"], listed(served, 89_103), case()
    number = awards.post("/v1/person-checks", about(awards, person, "PUBLICITY", ref)).json["number"]
    review = {"officerReview": looked(same=False)["officerReview"]}

    said = awards.post(f"/v1/checks/{number}/fulfilment", review, uuid4().hex)

    assert (said.status, said.reason) == (404, "NOT_FOUND")
    assert awards.post("/v1/person-grants", about(awards, person, "CONFERRAL", ref), uuid4().hex).reason == (
        "EARLIER_NOT_CLEARED"
    )
    told = {"check": number, "officer": "li", "outcome": "OUTCOME_KIND_REFUSED", "decidedOn": "2026-11-29"}
    assert awards.post("/v1/outcomes", told, uuid4().hex).json["field"] == "check"


def test_nothing_of_a_person_is_in_any_file_or_answer(served, three):
    awards, person, ref = three["awards"], listed(served, 89_104), case()
    said = [awards.post("/v1/person-checks", about(awards, person, "PUBLICITY", ref))]
    number = said[0].json["number"]
    said.append(fulfil(awards, number, same=False))
    said.append(awards.post("/v1/person-grants", about(awards, person, "CONFERRAL", ref), uuid4().hex))
    wrong = {
        **person,
        "documentNumber": person["documentNumber"][:-1] + ("1" if person["documentNumber"][-1] != "1" else "2"),
    }
    said.append(awards.post("/v1/person-checks", about(awards, wrong, "PUBLICITY", ref)))
    said.append(
        awards.post("/v1/person-checks", about(awards, person, "PUBLICITY", ref, reference=person["documentNumber"]))
    )

    assert [each.status for each in said] == [200, 201, 409, 422, 422]
    assert said[-1].json["field"] == "reference"
    files = b"".join(file.read_bytes() for file in awards.journal.parent.glob("awards.sqlite*"))
    for secret in (person["documentNumber"], wrong["documentNumber"], person["name"]):
        assert secret.encode() not in files
        assert all(secret not in json.dumps(each.json, ensure_ascii=False) for each in said)


def test_an_enterprise_is_registered_with_the_grant_of_its_representative_and_no_other(served, three):
    office, ref, clear = three["market_access"], case(), served.city.example("grade_a").uscc
    wanted = office.about(clear, "ESTABLISHMENT", ref)
    assert office.post("/v1/grants", wanted, uuid4().hex).json["field"] == "carriedBy"
    representative = representing(office, ref, SOMEBODY).json["number"]
    investor = about(office, SOMEBODY, "ESTABLISHMENT", ref, reference="investor-1", carriedBy=representative)
    owner = office.post("/v1/person-grants", investor, uuid4().hex)
    assert (owner.status, owner.json["part"]) == (201, "investor-1"), owner.raw
    permit = office.post("/v1/grants", office.about(clear, "SECTOR_PERMIT", ref), uuid4().hex).json["number"]

    for number, reason in (
        (owner.json["number"], "OTHER_PARTIES"),
        (permit, "OTHER_PARTIES"),
        (99_999, "NOT_IN_JOURNAL"),
    ):
        said = office.post("/v1/grants", {**wanted, "carriedBy": number}, uuid4().hex)
        assert (said.status, said.reason) == (409, reason)
    elsewhere = representing(office, case(), SOMEBODY).json["number"]
    assert office.post("/v1/grants", {**wanted, "carriedBy": elsewhere}, uuid4().hex).reason == "OTHER_CASE"
    grant = office.post("/v1/grants", {**wanted, "carriedBy": representative}, uuid4().hex)
    assert (grant.status, grant.json["parties"]) == (201, [clear]), grant.raw


def test_a_listed_representative_is_reviewed_and_never_barred(served, three):
    office, ref, person = three["market_access"], case(), listed(served, 89_105)
    refused = representing(office, ref, person, "REPRESENTATIVE_CHANGE")
    assert (refused.status, refused.reason) == (409, "CONDITION_NOT_MET")
    number = refused.json["answer"]["number"]
    review = {"officerReview": looked(same=True)["officerReview"]}
    assert office.post(f"/v1/person-checks/{number}/fulfilment", review, uuid4().hex).status == 201
    grant = representing(office, ref, person, "REPRESENTATIVE_CHANGE", reviewed=number)
    assert grant.status == 201, grant.raw
    changed = office.about(served.city.example("grade_a").uscc, "REPRESENTATIVE_CHANGE", ref)
    assert office.post("/v1/grants", {**changed, "carriedBy": grant.json["number"]}, uuid4().hex).status == 201


def test_who_acts_in_a_capacity_that_the_point_does_not_have_is_refused(three):
    office, certificates = three["market_access"], three["qualification"]
    own = about(office, SOMEBODY, "REPRESENTATIVE_CHANGE", case())
    assert office.post("/v1/person-checks", own).json["field"] == "capacity"
    accept = about(certificates, SOMEBODY, "ACCEPTANCE", case())
    assert certificates.post("/v1/person-grants", accept, uuid4().hex).json["field"] == "question.decisionPoint"


def test_a_certificate_is_registered_after_its_acceptance(three):
    certificates, ref = three["qualification"], case()
    early = certificates.post("/v1/person-grants", about(certificates, SOMEBODY, "DECISION", ref), uuid4().hex)
    assert early.reason == "NO_EARLIER_ANSWER"
    accepted = certificates.post("/v1/person-checks", about(certificates, SOMEBODY, "ACCEPTANCE", ref))
    assert (accepted.json["standing"], accepted.json["conditions"]) == ("CLEARED", [])
    granted = certificates.post("/v1/person-grants", about(certificates, SOMEBODY, "DECISION", ref), uuid4().hex)
    assert (granted.status, granted.json["part"]) == (201, "person-1"), granted.raw


def test_a_side_car_that_was_started_again_asks_anew(served, tmp_path):
    person, ref = listed(served, 89_106), case()
    with inside(served.place, tmp_path, served.port, "awards") as before:
        number = before.post("/v1/person-checks", about(before, person, "PUBLICITY", ref)).json["number"]
    with inside(served.place, tmp_path, served.port, "awards") as after:
        for said in (
            fulfil(after, number, same=False),
            after.post(f"/v1/person-checks/{number}/confirmation", {"person": person, "officer": "wang"}),
        ):
            assert (said.status, said.reason) == (409, "EXPIRED")
        again = after.post("/v1/person-checks", about(after, person, "PUBLICITY", ref)).json["number"]
        assert fulfil(after, again, same=False).status == 201
