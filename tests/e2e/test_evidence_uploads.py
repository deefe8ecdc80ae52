"""Uploads of evidence over mutual TLS: broken and resumed, cut, changed, twice at once, and refused by name."""

from __future__ import annotations

import hashlib
import os
import threading

import grpc
import pytest
from e2e.referring import HRSS, POLICE, approved, dossier, parties, sent
from e2e.served import gateway_in, outcome_of
from jointsanctions.v1 import referral_pb2 as pb

pytestmark = pytest.mark.xdist_group("referrals")
UPLOAD = "/jointsanctions.v1.ReferralService/UploadEvidence"


@pytest.fixture(scope="module")
def referring(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("uploading")) as gateway:
        yield parties(gateway)


@pytest.fixture(scope="module")
def case(referring):
    return approved(referring)


def there(referring, case, sealed):
    """Return how many bytes of a file are there."""
    declared = declared_of(sealed)
    return referring[HRSS].call("GetUpload", referral_id=case, **declared).received_bytes


def declared_of(sealed):
    return {"sealed_bytes": len(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}


def answer(outcome):
    assert outcome.ok, outcome.text()
    return pb.UploadEvidenceResponse.FromString(outcome.answer)


def test_what_breaks_goes_on_from_where_it_broke_and_counts_once_it_is_whole(referring, case):
    hrss, sealed = referring[HRSS], os.urandom(3_500_000)
    first = pb.UploadEvidenceRequest(
        request_id="broken",
        officer="o",
        referral_id=case,
        item_id="film",
        content=sealed[:900_000],
        **declared_of(sealed),
    )
    cut = answer(hrss.served.raw_stream(UPLOAD, [first.SerializeToString()], HRSS))

    assert (cut.received_bytes, cut.whole) == (900_000, False)
    assert there(referring, case, sealed) == 900_000
    again = answer(hrss.upload(case, "film", sealed, offset=900_000))
    assert (again.received_bytes, again.whole) == (len(sealed), True)
    assert there(referring, case, sealed) == len(sealed)
    assert answer(hrss.upload(case, "film", sealed)).whole, "what is there is not asked for twice"


def test_a_file_with_another_hash_is_thrown_away_and_begins_anew(referring, case):
    hrss, sealed = referring[HRSS], os.urandom(70_000)
    changed = bytes([sealed[0] ^ 1]) + sealed[1:]
    refused = hrss.upload(case, "changed", changed, **declared_of(sealed))

    assert dict(refused.infos[0].metadata)["why"] == "HASH_DIFFERS"
    assert there(referring, case, sealed) == 0
    assert answer(hrss.upload(case, "changed", sealed)).whole


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"offset": 7}, "offset"),
        ({"sealed_bytes": 10}, "content"),
        ({"sealed_bytes": 0}, "sealed_bytes"),
        ({"sealed_sha256": "AB" * 32}, "sealed_sha256"),
        ({"item_id": "../../etc/passwd"}, "item_id"),
        ({"item_id": ".."}, "item_id"),
        ({"referral_id": "a/b"}, "referral_id"),
        ({"request_id": ""}, "request_id"),
    ],
)
def test_what_is_declared_wrongly_is_refused_by_its_field_and_leaves_nothing(referring, case, other, field):
    sealed = os.urandom(1_000)
    declared = {"referral_id": case, "item_id": "odd", **other}
    item, to = declared.pop("item_id"), declared.pop("referral_id")
    refused = referring[HRSS].upload(to, item, sealed, **declared)

    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", field)
    assert there(referring, case, sealed) == 0


def test_two_do_not_write_one_file_at_once(referring, case):
    hrss, sealed = referring[HRSS], os.urandom(1_000)
    first = pb.UploadEvidenceRequest(
        request_id="slow", officer="o", referral_id=case, item_id="slow", content=sealed[:100], **declared_of(sealed)
    )
    goes_on, begun = threading.Event(), threading.Event()

    def slowly():
        yield first.SerializeToString()
        begun.set()
        goes_on.wait(20)
        yield pb.UploadEvidenceRequest(content=sealed[100:]).SerializeToString()

    call = hrss.served.channel(HRSS).stream_unary(UPLOAD, None, None)
    under_way = call.future(slowly(), timeout=30)
    assert begun.wait(20)
    while there(referring, case, sealed) == 0:
        assert not under_way.done()
    second = hrss.upload(case, "slow", sealed)
    assert dict(second.infos[0].metadata)["why"] == "UPLOAD_UNDER_WAY"
    goes_on.set()
    assert pb.UploadEvidenceResponse.FromString(under_way.result()).whole


def test_only_the_bureau_that_refers_uploads(referring, case):
    refused = referring[POLICE].upload(case, "mine", b"x" * 40)
    assert refused.reason == "ROLE_NOT_PERMITTED"
    elsewhere = referring[HRSS].upload("YS-nowhere", "mine", b"x" * 40)
    assert elsewhere.reason == "ENTERPRISE_NOT_FOUND"


def test_a_file_that_was_sent_is_not_exchanged(referring):
    referral_id, _ = sent(referring)
    other = dossier(mark=b"another").sealed["order"]
    refused = referring[HRSS].upload(referral_id, "order", other)

    assert dict(refused.infos[0].metadata)["why"] == "SENT_ALREADY"


def test_a_caller_that_goes_away_leaves_what_it_sent(referring, case):
    hrss, sealed = referring[HRSS], os.urandom(500_000)
    first = pb.UploadEvidenceRequest(
        request_id="away", officer="o", referral_id=case, item_id="away", content=sealed[:1_000], **declared_of(sealed)
    )
    hold = threading.Event()

    def endless():
        yield first.SerializeToString()
        hold.wait(20)

    call = hrss.served.channel(HRSS).stream_unary(UPLOAD, None, None).future(endless(), timeout=30)
    while there(referring, case, sealed) == 0:
        assert not call.done()
    call.cancel()
    hold.set()
    with pytest.raises(grpc.FutureCancelledError):
        call.result()
    outcome = hrss.upload(case, "away", sealed, offset=1_000)
    while not outcome.ok:
        assert dict(outcome.infos[0].metadata)["why"] == "UPLOAD_UNDER_WAY", "only until the server has seen it go"
        outcome = hrss.upload(case, "away", sealed, offset=1_000)
    assert answer(outcome).whole


def test_bytes_that_are_no_message_are_refused(referring):
    served = referring[HRSS].served
    outcome = outcome_of(served.channel(HRSS).stream_unary(UPLOAD, None, None), iter([b"\xff\xff\xff"]))
    assert outcome.reason == "MALFORMED_REQUEST"
