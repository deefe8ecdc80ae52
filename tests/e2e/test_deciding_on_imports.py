"""Imports over the wire: staged, shown, approved by two persons, revoked, and recalled from whoever was told."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from e2e.served import BIDDING, CHECK, FINANCE, HRSS, REGISTRAR, SUBMIT, award, award_known, body_of, new_party, today
from jointsanctions.v1 import common_pb2, credit_pb2, ending_pb2
from jointsanctions.v1 import import_batch_pb2 as pb
from jointsanctions.v1 import registry_pb2 as registry

from gateway.sample.records import listing
from gateway.security.pki import issue_client

pytestmark = pytest.mark.xdist_group("served")
LI, WANG = f"{HRSS}.li", f"{HRSS}.wang"
SERVICE = "/jointsanctions.v1.RegistryService"
ENDINGS = "/jointsanctions.v1.CreditService/ListEndings"
MANY = 11
"""One more restricted enterprise than one person may approve."""


def listed(parties):
    """Return the acts of one listing for each party, delivered long ago."""
    decided = today() - timedelta(days=30)
    records = [record for party in parties for record in listing(party, f"L-{party.uscc}", decided)]
    for row, record in enumerate(records, 1):
        record.row = row
    return records


@pytest.fixture
def person(served):
    """Return a function that issues a person's certificate and returns whose it is."""

    def issue(who):
        agency, role, holder = who.split(".")
        folder = served.place.state / "pki"
        if not (folder / "clients" / f"{who}.pem").exists():
            issue_client(folder, agency, role, holder, 90, datetime.now(UTC))
        return who

    return issue


class Batch:
    """One batch, and the calls about it."""

    def __init__(self, served, person, feed="wage_list"):
        self.served, self.person, self.feed = served, person, feed
        self.id = f"batch-{uuid.uuid4()}"

    def send(self, records, who=LI, *, stage=True, request=None, **changes):
        parts = {"request_id": request or str(uuid.uuid4()), "feed": self.feed, "officer": "o", "last": True}
        chunk = registry.SubmitRecordsRequest(
            **{**parts, "batch": self.id, "stage": stage, "records": records, **changes}
        )
        return self.served.raw_stream(SUBMIT, [chunk.SerializeToString()], self._who(who))

    def call(self, rpc, request, who=LI):
        return self.served.send(f"{SERVICE}/{rpc}", request, self._who(who))

    def complete(self, rows, who=LI):
        return self.call(
            "CompleteImport",
            pb.CompleteImportRequest(request_id=f"c-{self.id[-30:]}", batch=self.id, rows=rows, officer="o"),
            who,
        )

    def show(self, who=LI, **page):
        outcome = self.call("GetImport", pb.GetImportRequest(batch=self.id, officer="o", **page), who)
        assert outcome.ok, outcome.text()
        return pb.GetImportResponse.FromString(outcome.answer)

    def approve(self, digest, who=LI, request=None):
        word = pb.ApproveImportRequest(
            request_id=request or str(uuid.uuid4()), batch=self.id, digest=digest, officer="o"
        )
        return self.call("ApproveImport", word, who)

    def revoke(self, who=LI, request=None):
        word = pb.RevokeImportRequest(
            request_id=request or str(uuid.uuid4()),
            batch=self.id,
            reason="wrong file",
            document_number="撤1号",
            officer="o",
        )
        return self.call("RevokeImport", word, who)

    def staged(self, records, who=LI):
        assert self.send(records, who).ok
        assert self.complete(len(records), who).ok
        return self.show(who)

    def _who(self, who):
        return self.person(who) if who.count(".") == 2 else who


@pytest.fixture
def batch(served, person):
    return Batch(served, person)


def verdict(served, party, who=BIDDING):
    outcome = served.send(CHECK, award(party.uscc), who)
    return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer)


def metadata(outcome):
    (info,) = outcome.infos
    return dict(info.metadata)


def test_what_is_staged_weighs_on_nobody_until_it_is_approved(served, batch):
    party = new_party()
    records = listed([party])
    before = verdict(served, party)
    answer = registry.SubmitRecordsResponse.FromString(batch.send(records).answer)
    assert (answer.staged, answer.stored, answer.rejected) == (len(records), 0, 0)
    assert batch.complete(len(records)).ok
    shown = batch.show()
    assert shown.batch.state == pb.IMPORT_STATE_COMPLETE
    assert (shown.batch.holder, shown.batch.rows) == ("li", len(records))
    assert (shown.difference.new_records, shown.difference.restricted, shown.difference.second_person) == (
        len(records),
        1,
        False,
    )
    (shift,) = shown.shifts
    assert (shift.uscc, shift.effect_before, shift.effect_after) == (
        party.uscc,
        common_pb2.EFFECT_NONE,
        common_pb2.EFFECT_BLOCK,
    )
    assert verdict(served, party).decision.verdict == before.decision.verdict != common_pb2.VERDICT_RESTRICTED

    done = pb.ApproveImportResponse.FromString(batch.approve(shown.difference.digest).answer)
    assert (done.stored, done.batch.state) == (len(records), pb.IMPORT_STATE_APPLIED)
    award_known(served, done.data_revision)
    assert verdict(served, party).decision.verdict == common_pb2.VERDICT_RESTRICTED


def test_above_a_threshold_only_another_person_of_the_agency_approves(served, batch):
    records = listed([new_party() for _ in range(MANY)])
    digest = batch.staged(records).difference.digest
    for who, why in ((LI, "SAME_PERSON"), (f"{HRSS}.LI", "SAME_PERSON"), (HRSS, "NO_HOLDER")):
        refused = batch.approve(digest, who)
        assert (refused.code, refused.reason, metadata(refused)["why"]) == (
            grpc.StatusCode.PERMISSION_DENIED,
            "SECOND_PERSON_REQUIRED",
            why,
        )
    for who in (f"{REGISTRAR}.wang", REGISTRAR):
        assert batch.approve(digest, who).reason == "ENTERPRISE_NOT_FOUND"
    assert batch.approve(digest, FINANCE).reason == "ROLE_NOT_PERMITTED"
    assert batch.show().batch.state == pb.IMPORT_STATE_COMPLETE
    done = pb.ApproveImportResponse.FromString(batch.approve(digest, WANG).answer)
    assert (done.batch.decided_by, done.stored) == ("wang", len(records))


def test_what_a_system_staged_needs_two_persons(served, batch):
    digest = batch.staged(listed([new_party() for _ in range(MANY)]), HRSS).difference.digest
    first = str(uuid.uuid4())
    for _ in range(2):
        waits = pb.ApproveImportResponse.FromString(batch.approve(digest, LI, first).answer)
        assert (waits.waits_for_second_person, waits.batch.agreed_by, waits.stored) == (True, "li", 0)
    assert batch.approve(digest, LI).reason == "SECOND_PERSON_REQUIRED"
    assert batch.show().batch.state == pb.IMPORT_STATE_COMPLETE
    assert pb.ApproveImportResponse.FromString(batch.approve(digest, WANG).answer).stored == 2 * MANY


def test_a_stale_difference_is_refused_by_name_and_the_new_one_shown(served, person, batch):
    party, records = new_party(), None
    records = listed([party])
    shown = batch.staged(records)
    other = Batch(served, person)
    assert other.send(records, stage=False).ok
    stale = batch.approve(shown.difference.digest)
    assert (stale.code, stale.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "DIFFERENCE_CHANGED")
    anew = batch.show()
    assert metadata(stale)["digest"] == anew.difference.digest != shown.difference.digest
    assert (anew.difference.new_records, anew.difference.unchanged, anew.difference.restricted) == (0, len(records), 0)


def test_another_submission_that_changes_nothing_of_it_leaves_the_difference_as_it_was(served, person, batch):
    shown = batch.staged(listed([new_party()]))
    assert Batch(served, person).send(listed([new_party()]), stage=False).ok
    assert batch.show().difference.digest == shown.difference.digest
    assert batch.approve(shown.difference.digest).ok


def test_a_feed_that_is_not_the_callers_is_refused_before_anything_is_staged(served, person, batch):
    records = listed([new_party()])
    refused = batch.send(records, REGISTRAR)
    assert (refused.code, refused.reason) == (grpc.StatusCode.PERMISSION_DENIED, "FIELD_NOT_IN_MANDATE")
    for rpc, request in (
        ("GetImport", pb.GetImportRequest(batch=batch.id, officer="o")),
        (
            "RevokeImport",
            pb.RevokeImportRequest(request_id="r", batch=batch.id, reason="r", document_number="d", officer="o"),
        ),
    ):
        assert batch.call(rpc, request).reason == "ENTERPRISE_NOT_FOUND"


def test_nobody_approves_half_of_an_import(served, batch):
    records = listed([new_party(), new_party()])
    assert batch.send(records[:2]).ok
    assert batch.complete(len(records)).reason == "STATE"
    assert not batch.show().HasField("difference")
    assert batch.approve("0" * 64).reason == "STATE"


def test_an_approval_sent_again_is_answered_alike(served, batch):
    digest = batch.staged(listed([new_party()])).difference.digest
    request = str(uuid.uuid4())
    first, second = (pb.ApproveImportResponse.FromString(batch.approve(digest, LI, request).answer) for _ in range(2))
    for each in (first, second):
        each.ClearField("audit_position")
    assert first == second
    assert batch.approve("0" * 64, LI, request).reason == "REQUEST_ID_REUSED"
    assert batch.approve(digest).reason == "STATE"


def test_what_an_import_brought_is_revoked_once_and_recalled_from_whoever_was_told(served, batch):
    party = new_party()
    digest = batch.staged(listed([party])).difference.digest
    done = pb.ApproveImportResponse.FromString(batch.approve(digest).answer)
    award_known(served, done.data_revision)
    told = verdict(served, party)
    assert told.decision.verdict == common_pb2.VERDICT_RESTRICTED

    revoked = pb.RevokeImportResponse.FromString(batch.revoke().answer)
    assert (revoked.voided, revoked.left, revoked.data_revision) == (2, 0, done.data_revision + 1)
    award_known(served, revoked.data_revision)
    assert verdict(served, party).decision.verdict != common_pb2.VERDICT_RESTRICTED
    again = batch.revoke()
    assert (again.reason, metadata(again)["state"]) == ("STATE", "REVOKED")

    listed_ids = {measure.record_id for measure in told.decision.measures}
    outcome = served.send(ENDINGS, ending_pb2.ListEndingsRequest(officer="o", page_size=100), BIDDING)
    endings = ending_pb2.ListEndingsResponse.FromString(outcome.answer).endings
    (ending,) = [each for each in endings if each.record_id in listed_ids]
    assert (ending.kind, ending.uscc, ending.reexamine) == (ending_pb2.ENDING_KIND_VOID_FROM_START, party.uscc, True)
    other = served.send(
        ENDINGS, ending_pb2.ListEndingsRequest(officer="o", page_size=100), "award-office.asking-system"
    )
    assert not [e for e in ending_pb2.ListEndingsResponse.FromString(other.answer).endings if e.record_id in listed_ids]


def test_above_a_threshold_a_second_person_revokes(served, batch):
    records = listed([new_party() for _ in range(MANY)])
    assert batch.send(records, stage=False).ok
    assert (batch.revoke(LI).reason, batch.revoke(HRSS).reason) == ("SECOND_PERSON_REQUIRED",) * 2
    assert batch.show().batch.state == pb.IMPORT_STATE_APPLIED
    assert pb.RevokeImportResponse.FromString(batch.revoke(WANG).answer).voided == len(records)


def test_a_submission_without_a_batch_is_revoked_by_its_request_id(served, batch):
    party = new_party()
    request = str(uuid.uuid4())
    assert batch.send(listed([party]), stage=False, request=request, batch="").ok
    batch.id = request
    assert pb.RevokeImportResponse.FromString(batch.revoke().answer).voided == 2


def test_every_word_about_an_import_is_on_record_with_its_batch(served, batch):
    before = served.next_number()
    digest = batch.staged(listed([new_party()])).difference.digest
    batch.approve(digest)
    batch.revoke()
    bodies = [body_of(entry) for entry in served.entries(before)]
    assert [body["method"].removeprefix("RegistryService/") for body in bodies] == [
        "SubmitRecords",
        "CompleteImport",
        "GetImport",
        "ApproveImport",
        "RevokeImport",
    ]
    assert {body["batch"] for body in bodies} == {batch.id}
    assert all(body["outcome"] == "OK" for body in bodies)
    assert bodies[0]["staged"]
    assert [body["caller"]["holder"] for body in bodies] == ["li"] * 5


def test_whom_an_import_would_restrict_is_paged_and_pages_belong_to_one_difference(served, person, batch):
    parties = sorted((new_party() for _ in range(5)), key=lambda party: party.uscc)
    batch.staged(listed(parties))
    found, token = [], ""
    while True:
        page = batch.show(page_size=2, page_token=token)
        found += [shift.uscc for shift in page.shifts]
        token = page.next_page_token
        if not token:
            break
    assert found == [party.uscc for party in parties]
    first = batch.show(page_size=2).next_page_token
    assert Batch(served, person).send(listed([parties[0]]), stage=False).ok
    request = pb.GetImportRequest(batch=batch.id, officer="o", page_size=2, page_token=first)
    assert batch.call("GetImport", request).field == "page_token"


def test_a_discarded_import_takes_nothing_and_is_never_applied(served, batch):
    records = listed([new_party()])
    digest = batch.staged(records).difference.digest
    word = pb.DiscardImportRequest(request_id=str(uuid.uuid4()), batch=batch.id, reason="wrong", officer="o")
    assert batch.call("DiscardImport", word).ok
    assert batch.approve(digest).reason == batch.send(records).reason == batch.revoke().reason == "STATE"


def test_rows_that_are_not_understood_are_refused_when_staged_and_counted(served, batch):
    records = listed([new_party()])
    records[1].ClearField("authority")
    answer = registry.SubmitRecordsResponse.FromString(batch.send(records).answer)
    assert (answer.staged, answer.rejected, answer.rows[0].row) == (1, 1, 2)
    assert batch.complete(2).ok
    assert (batch.show().difference.refused, batch.show().batch.refused) == (1, 1)


def test_imports_are_listed_for_their_agency(served, batch):
    batch.staged(listed([new_party()]))
    for who, seen in ((LI, True), (REGISTRAR, False)):
        outcome = batch.call("ListImports", pb.ListImportsRequest(officer="o", waiting_only=True), who)
        found = pb.ListImportsResponse.FromString(outcome.answer).imports
        assert (batch.id in {each.batch for each in found}) is seen
