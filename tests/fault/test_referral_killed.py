"""Kill −9 at each step of a referral: one case, no lost evidence, and an entry for whatever was stored."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import ExitStack

import grpc
import pytest
from e2e.referring import HRSS, POLICE, PROCURATORATE, SERVICE, approved, dossier, part_of, parties, sent, step, wrapped
from e2e.served import WRITER, gateway_in, held_up, prepared
from jointsanctions.v1 import referral_pb2 as pb
from launcher import Launcher
from sqlalchemy import func, select

from gateway.storage import tables
from gateway.storage.engine import reading
from gateway.storage.facts import SqlFactStore


class Killed:
    """A gateway that is killed and started again in one place, with the parties that go on calling it."""

    def __init__(self, folder, launcher):
        self._folder, self._launcher = folder, launcher
        self._stack = ExitStack()
        self.start()
        self.parties = parties(self.gateway)

    def start(self):
        serving = gateway_in(self._folder, filled=False, serve=self._launcher.serving)
        self.gateway = self._stack.enter_context(serving)

    def kill(self):
        self.gateway.process.kill()
        assert self.gateway.process.wait() == -9

    def start_again(self):
        self._stack.close()
        self.start()
        for party in self.parties.values():
            party.served = self.gateway

    def close(self):
        self._stack.close()

    def count(self, table):
        with reading(self.gateway._engine) as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def kill_between(self, rpc, request, who, table):
        """Call, kill once *table* has a row more and no entry is durable; return what the next start records."""
        before, rows = self.gateway.next_number(), self.count(table)
        with held_up(self.gateway):
            channel = self.gateway.new_channel(who)
            kind = channel.stream_unary if isinstance(request, list) else channel.unary_unary
            raw = [each.SerializeToString() for each in request] if isinstance(request, list) else None
            call = kind(f"{SERVICE}{rpc}", None, None).future(iter(raw) if raw else request.SerializeToString())
            while self.count(table) == rows:
                assert not call.done(), call.code()
            self.kill()
            assert call.code() is grpc.StatusCode.UNAVAILABLE
            channel.close()
        self.start_again()
        return [json.loads(entry.body) for entry in self.gateway.entries(before)]


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("referrals-killed")
    log = prepared(folder, {}).state / "gateway.log"
    with log.open("ab") as sink:
        launcher = Launcher(sink)
        found = Killed(folder, launcher)
        yield found
        found.close()
        launcher.close()


def upload_requests(case, item_id, sealed, request_id, *, offset=0, size=1 << 20):
    first = pb.UploadEvidenceRequest(
        request_id=request_id,
        officer="o",
        referral_id=case,
        item_id=item_id,
        offset=offset,
        sealed_bytes=len(sealed),
        sealed_sha256=hashlib.sha256(sealed).hexdigest(),
    )
    rest = range(offset, len(sealed), size)
    return [first, *(pb.UploadEvidenceRequest(content=sealed[at : at + size]) for at in rest)]


def there(killed, case, sealed):
    declared = {"sealed_bytes": len(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}
    return killed.parties[HRSS].call("GetUpload", referral_id=case, **declared)


def killed_while_open(killed, requests, expected):
    """Send all *requests* of an upload, and kill while its stream is still open and so many bytes are there."""
    goes_on = threading.Event()
    case, sealed = requests[0].referral_id, expected[1]

    def held_open():
        yield from (each.SerializeToString() for each in requests)
        goes_on.wait(60)

    channel = killed.gateway.new_channel(HRSS)
    call = channel.stream_unary(f"{SERVICE}UploadEvidence", None, None).future(held_open())
    while there(killed, case, sealed).received_bytes < expected[0]:
        assert not call.done(), call.code()
    killed.kill()
    goes_on.set()
    assert call.code() is grpc.StatusCode.UNAVAILABLE
    channel.close()
    killed.start_again()


def keep(call, parts):
    """Add the content that still comes of a download."""
    parts.extend(pb.DownloadDossierResponse.FromString(raw).content for raw in call)


def nothing_is_owed(killed):
    return SqlFactStore(killed.gateway._engine).unrecorded(WRITER) == []


def test_an_upload_that_a_kill_broke_goes_on_from_what_is_there(killed):
    case, sealed = approved(killed.parties), os.urandom(3_500_000)
    requests = upload_requests(case, "film", sealed, "film")
    killed_while_open(killed, requests[:3], (2 << 20, sealed))

    found = there(killed, case, sealed)
    assert (found.received_bytes, found.whole) == (2 << 20, False)
    outcome = killed.parties[HRSS].upload(case, "film", sealed, offset=2 << 20)
    assert pb.UploadEvidenceResponse.FromString(outcome.answer).whole, outcome.text()
    assert there(killed, case, sealed).whole


def test_a_kill_after_the_last_byte_and_before_the_record_leaves_a_file_that_is_not_whole(killed):
    case, sealed = approved(killed.parties), os.urandom(1_500_000)
    killed_while_open(killed, upload_requests(case, "last", sealed, "last"), (len(sealed), sealed))

    found = there(killed, case, sealed)
    assert (found.received_bytes, found.whole) == (len(sealed), False)
    outcome = killed.parties[HRSS].upload(case, "last", sealed, offset=len(sealed))
    assert pb.UploadEvidenceResponse.FromString(outcome.answer).whole, outcome.text()
    assert there(killed, case, sealed).whole


def test_an_upload_whose_entry_the_kill_prevented_is_recorded_at_the_next_start(killed):
    case, sealed = approved(killed.parties), os.urandom(1_500_000)
    requests = upload_requests(case, "owed", sealed, "owed-upload")
    (recovered,) = killed.kill_between("UploadEvidence", requests, HRSS, tables.referral_entry)

    assert (recovered["outcome"], recovered["request"]["id"]) == ("RECOVERED", "owed-upload")
    assert there(killed, case, sealed).whole
    raw = [each.SerializeToString() for each in requests]
    again = killed.gateway.raw_stream(f"{SERVICE}UploadEvidence", raw, HRSS)
    assert pb.UploadEvidenceResponse.FromString(again.answer).whole, again.text()
    assert nothing_is_owed(killed)


def test_a_sending_whose_entry_the_kill_prevented_is_one_case_that_arrives_once(killed):
    found = killed.parties
    hrss, police = found[HRSS], found[POLICE]
    case, made = approved(found), dossier()
    for item_id, sealed in made.sealed.items():
        assert hrss.upload(case, item_id, sealed).ok
    keys = wrapped(made, case, [hrss, police], [found[PROCURATORATE]])
    request = pb.SendReferralRequest(
        request_id="owed-sending",
        officer="o",
        referral_id=case,
        step=step("SENDING", 7_000, to_agency="public-security"),
        part=part_of(hrss, made, case, keys),
        procuratorate="procuratorate",
    )
    (recovered,) = killed.kill_between("SendReferral", request, HRSS, tables.referral_entry)

    assert (recovered["outcome"], recovered["request"]["id"]) == ("RECOVERED", "owed-sending")
    again = killed.gateway.send(f"{SERVICE}SendReferral", request, HRSS)
    assert again.ok, again.text()
    kinds = [each.step.kind for each in hrss.call("GetReferral", referral_id=case).steps]
    assert kinds.count(pb.REFERRAL_ACT_KIND_SENDING) == 1
    assert [each.referral_id for each in police.inbox()].count(case) == 1
    assert all(police.opened(case, item_id) == content for item_id, content in made.contents.items())
    assert nothing_is_owed(killed)


def test_a_download_that_a_kill_broke_goes_on_and_counts_as_fetched_at_its_end_alone(killed):
    case, made = sent(killed.parties, made=dossier(mark=os.urandom(6 << 20)))
    police, sealed = killed.parties[POLICE], made.sealed["order"]
    request = pb.DownloadDossierRequest(officer="o", referral_id=case, item_id="order")
    # So that its library takes in no more than it has read: else all of it may be here before the kill.
    channel = killed.gateway.new_channel(POLICE, more=[("grpc.http2.bdp_probe", 0)])
    call = channel.unary_stream(f"{SERVICE}DownloadDossier", None, None)(request.SerializeToString())
    begun = b""
    while len(begun) < 2 << 20:
        begun += pb.DownloadDossierResponse.FromString(next(call)).content
    fetched = killed.count(tables.referral_fetch)
    killed.kill()
    parts = [begun]
    with pytest.raises(grpc.RpcError) as ended:
        keep(call, parts)
    assert ended.value.code() is grpc.StatusCode.UNAVAILABLE
    begun = b"".join(parts)
    channel.close()
    killed.start_again()

    assert len(begun) < len(sealed)
    assert killed.count(tables.referral_fetch) == fetched
    _, rest, outcome = police.download(case, "order", len(begun))
    assert outcome.ok, outcome.text()
    assert begun + rest == sealed
    assert killed.count(tables.referral_fetch) == fetched + 1


def test_nothing_counts_as_fetched_before_that_is_on_record(killed):
    case, made = sent(killed.parties, made=dossier(mark=os.urandom(16 << 20)))
    request = pb.DownloadDossierRequest(officer="o", referral_id=case, item_id="order")
    channel = killed.gateway.new_channel(POLICE)
    call = channel.unary_stream(f"{SERVICE}DownloadDossier", None, None)(request.SerializeToString())
    next(call)
    fetched, content = killed.count(tables.referral_fetch), 0
    with held_up(killed.gateway):
        while content < len(made.sealed["order"]):
            content += len(pb.DownloadDossierResponse.FromString(next(call)).content)
        assert {killed.count(tables.referral_fetch) for _ in range(200)} == {fetched}
        killed.kill()
    with pytest.raises(grpc.RpcError):
        keep(call, [])
    channel.close()
    killed.start_again()
    assert killed.count(tables.referral_fetch) == fetched


def test_an_acknowledgement_and_a_receipt_whose_entries_the_kill_prevented_are_recorded(killed):
    case, _ = sent(killed.parties)
    police = killed.parties[POLICE]
    (place,) = [each.place for each in police.inbox() if each.referral_id == case]
    told = pb.AcknowledgeInboxRequest(request_id="owed-ack", officer="o", places=[place])
    (recovered,) = killed.kill_between("AcknowledgeInbox", told, POLICE, tables.referral_delivery)
    assert (recovered["outcome"], recovered["request"]["id"]) == ("RECOVERED", "owed-ack")
    assert case not in {each.referral_id for each in police.inbox()}

    signed = pb.SignReceiptRequest(
        request_id="owed-receipt", officer="o", referral_id=case, step=step("RECEIPT", 7_001)
    )
    (recovered,) = killed.kill_between("SignReceipt", signed, POLICE, tables.referral_entry)
    assert (recovered["outcome"], recovered["request"]["id"]) == ("RECOVERED", "owed-receipt")
    again = killed.gateway.send(f"{SERVICE}SignReceipt", signed, POLICE)
    assert pb.SignReceiptResponse.FromString(again.answer).referral.stage == pb.REFERRAL_STAGE_RECEIVED, again.text()
    assert nothing_is_owed(killed)
