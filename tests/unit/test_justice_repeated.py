"""What is tried again and what is not, what follows what, and what is of another case or by another hand."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import grpc
import pytest
from jointsanctions.v1 import referral_pb2 as pb
from justice_gateway import CASE, HURRIED, Authority, broken, refused
from justice_played import Played, fault

from adapters.dossier.errors import DossierFault
from adapters.errors import GatewayError
from adapters.justice.following import follow
from adapters.justice.inbox_book import InboxBook
from adapters.justice.patience import Patience, may_pass
from adapters.justice.sharing import share
from adapters.justice.spool import Spool
from formats import canonical
from formats.dossier import Material


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki") / "pki")


@pytest.fixture
def played(authority, tmp_path):
    return Played(authority, tmp_path)


def quota():
    return GatewayError(grpc.StatusCode.RESOURCE_EXHAUSTED, "QUOTA", {"retry_after_ms": "1500"}, "too many")


def under_way():
    return GatewayError(grpc.StatusCode.FAILED_PRECONDITION, "STATE", {"why": "UPLOAD_UNDER_WAY"}, "wait")


@pytest.mark.parametrize(
    ("error", "passes"),
    [(broken(), True), (quota(), True), (under_way(), True), (refused("offset"), True), (refused("step"), False)],
)
def test_what_may_be_otherwise_later_is_tried_again_and_nothing_else(error, passes):
    assert may_pass(error) is passes


def test_each_pause_is_twice_the_one_before_up_to_the_longest_and_no_shorter_than_was_asked_for():
    pauses = []
    patience = Patience(tries=7, first_seconds=1.0, most_seconds=5.0, pause=pauses.append)
    for failed in range(1, 5):
        patience.wait(failed, broken())
    patience.wait(1, quota())
    assert pauses == [1.0, 2.0, 4.0, 5.0, 1.5]
    with pytest.raises(GatewayError):
        patience.wait(7, broken())
    with pytest.raises(GatewayError):
        patience.wait(1, refused("step"))


def test_a_line_that_breaks_more_often_than_there_are_tries_hinders_nothing_that_moves(played):
    content = os.urandom(7_000)
    file = played.seal(content=content)
    played.gateway.breaks = [2] * 3 * HURRIED.tries
    played.upload(file)
    played.send()
    played.gateway.breaks = [1] * (HURRIED.tries + 2)
    assert played.fetched() == {"order": content}
    assert played.gateway.breaks == []


def test_an_offset_that_has_moved_meanwhile_is_asked_for_again(played):
    file = played.seal(content=os.urandom(1000))
    answered, played.gateway.uploads[file.item.sealed_sha256] = [0], bytearray(file.path.read_bytes()[:300])
    honest = played.gateway._methods["GetUpload"]

    def once_behind(request):
        return pb.GetUploadResponse(received_bytes=answered.pop()) if answered else honest(request)

    played.gateway._methods["GetUpload"] = once_behind
    played.upload(file)
    assert bytes(played.gateway.uploads[file.item.sealed_sha256]) == file.path.read_bytes()


def test_a_call_that_is_refused_is_forgotten_and_the_next_one_is_another(played):
    played.seal()

    def refusing(_request):
        raise refused("step.document_number")

    honest, played.gateway._methods["SendReferral"] = played.gateway._methods["SendReferral"], refusing
    with pytest.raises(GatewayError):
        played.send()
    played.gateway._methods["SendReferral"] = honest
    played.seal("letter", b"a letter", Material.REFERRAL_LETTER)
    played.send()
    assert played.fetched() == {"order": b"an order", "letter": b"a letter"}, "and what was sealed since goes with it"


def test_a_part_that_names_another_than_the_one_before_it_is_not_believed(played):
    played.seal()
    played.send()
    played.seal("letter", b"a letter", Material.REFERRAL_LETTER)
    played.send("SUPPLEMENT")
    second = played.gateway.parts[1]
    content = canonical.decode(second.manifest)
    second.manifest = canonical.encode({**content, "previous_sha256": "ab" * 32})
    second.signature.CopyFrom(played.hrss.sign("manifest", second.manifest))
    assert fault(played.fetched) is DossierFault.NOT_SIGNED


def test_a_manifest_that_another_role_of_the_referring_agency_signed_is_not_believed(played, authority):
    played.seal()
    played.send()
    (part,) = played.gateway.parts
    part.signature.CopyFrom(authority.party(None, "hrss", "police").sign("manifest", part.manifest))
    assert fault(played.fetched) is DossierFault.NOT_SIGNED


def test_the_spool_of_another_case_or_agency_is_not_taken_for_this_one(played):
    played.seal()
    for referral_id, agency in (("YS-2026-2", "hrss"), (CASE, "hrss-elsewhere")):
        assert fault(Spool(played.spool.folder, referral_id, agency).files) is DossierFault.CHANGED


def test_what_one_cannot_open_one_does_not_share(played, tmp_path):
    played.seal()
    played.send()
    going = (tmp_path / "sharing", datetime.now(UTC))

    def sharing(item_id):
        return share(played.hrss, played.rings["hrss"], (CASE, (item_id,)), "police", going)

    assert fault(lambda: sharing("nowhere")) is DossierFault.NOT_FOR_US
    assert not (tmp_path / "sharing").exists()
    sharing("order")
    assert [key.recipient for key in played.gateway.parts[0].keys].count("police") == 2


def test_an_entry_of_an_earlier_place_that_comes_later_is_not_passed_over(played, tmp_path):
    """Police to which a case is passed on receive its sending, which lies before what they have already."""

    def entry(place):
        return pb.InboxEntry(place=place, referral_id=CASE, from_agency="hrss", dossier_shared=True)

    with InboxBook(tmp_path / "inbox.sqlite") as book:
        for entries, told in (([entry(5)], [5]), ([entry(3), entry(5)], [3])):
            played.gateway.entries = entries
            assert [each.place for each in follow(played.police, book, lambda: datetime.now(UTC))] == told
