"""A gateway whose evidence lies in a bucket, over TLS: it goes on, holds nobody up, and gives nothing that changed."""

from __future__ import annotations

import hashlib
import os
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import grpc
import pytest
from bad_link import MIB, peak_mib, sent_over
from bucket_proxy import HOLD, PASS, REFUSE, between
from buckets import ACCESS, REGION, SECRET, running_bucket_server
from e2e.referring import HRSS, POLICE, approved, parties, sent
from e2e.served import gateway_in
from e2e.typing_referrals import PARTIES, desk_at
from jointsanctions.v1 import referral_pb2 as pb

from gateway.cli.main import main
from gateway.domain.errors import StoreUnavailableError
from gateway.security.pki import init_authority, issue_server
from gateway.storage.bucket_calls import Bucket
from gateway.storage.bucket_upload import BLOCK_BYTES

CALLS = 12
"""More than the threads that evidence has."""
SIZE, ROOM_MIB = 128 * MIB, 80
"""A file, and by what memory may grow: less. Beside what a folder needs, blocks and what is made of them to be sent."""


@pytest.fixture(scope="module")
def server():
    with running_bucket_server() as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """The authority of the bucket's certificate, which is none of the gateway's."""
    folder = tmp_path_factory.mktemp("objects") / "pki"
    init_authority(folder, "objects.example", datetime.now(UTC))
    issue_server(folder, [], 1, datetime.now(UTC))
    return folder


@pytest.fixture(scope="module")
def line(server, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.pem", authority / "server.key")
    with between(server.port, context) as found:
        yield found


def section(endpoint, bucket, ca_file, keys):
    return f"""[evidence]
kind = "bucket"
endpoint = "{endpoint}"
bucket = "{bucket}"
region = "{REGION}"
ca_file = "{ca_file}"
credentials_file = "{keys}"

[persons]
"""


@pytest.fixture(scope="module")
def bucket(server):
    return server.new_bucket()


@pytest.fixture(scope="module")
def referring(server, line, authority, bucket, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bucket")
    keys = folder / "keys.toml"
    keys.write_text(f'access_key = "{ACCESS}"\nsecret_key = "{SECRET}"\n')
    keys.chmod(0o600)
    changes = {"[persons]\n": section(line.endpoint, bucket, authority / "ca-bundle.pem", keys)}
    with gateway_in(folder / "gateway", filled=False, changes=changes) as gateway:
        yield parties(gateway)


@pytest.fixture(autouse=True)
def _undisturbed(line):
    line.set(lambda *_: PASS)
    yield
    line.set(lambda *_: PASS)


def declared_of(sealed):
    return {"sealed_bytes": len(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}


def there(referring, case, sealed):
    return referring[HRSS].call("GetUpload", referral_id=case, **declared_of(sealed)).received_bytes


def answer(outcome):
    assert outcome.ok, outcome.text()
    return pb.UploadEvidenceResponse.FromString(outcome.answer)


def test_a_case_is_handed_over_through_a_bucket_and_nothing_of_it_lies_beside(referring, server, bucket):
    case, made = sent(referring)
    for item_id, content in made.contents.items():
        assert referring[POLICE].opened(case, item_id) == content
    whole = [key for key in server.keys(bucket) if key.startswith("whole/")]
    assert len(whole) >= len(made.sealed)
    assert not (referring[HRSS].served.place.state / "evidence").exists()
    assert not [key for key in server.keys(bucket) if key.startswith(("uploads/", "tails/"))]


def test_an_upload_whose_bucket_goes_away_is_unavailable_and_goes_on_from_the_byte_that_is_told(referring, line):
    case, sealed = approved(referring), os.urandom(2 * BLOCK_BYTES + 7)
    line.set(lambda _at, _method, path: REFUSE if "partNumber=2" in path else PASS)
    broken = referring[HRSS].upload(case, "film", sealed)
    assert (broken.code, broken.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
    line.set(lambda *_: PASS)
    received = there(referring, case, sealed)
    assert received == BLOCK_BYTES
    assert answer(referring[HRSS].upload(case, "film", sealed, offset=received)).whole
    assert referring[HRSS].call("GetUpload", referral_id=case, **declared_of(sealed)).whole


def test_a_bucket_that_is_away_takes_only_what_needs_it(referring, line):
    case, sealed = approved(referring), os.urandom(1_000)
    line.set(lambda *_: REFUSE)
    refused = referring[HRSS].upload(case, "film", sealed)
    assert (refused.code, refused.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
    assert SECRET not in refused.text()
    assert referring[HRSS].call("GetReferral", referral_id=case).referral.referral_id == case
    line.set(lambda *_: PASS)
    assert there(referring, case, sealed) == 0


def test_a_bucket_that_does_not_answer_holds_up_no_other_call(referring, line):
    case = approved(referring)
    files = [os.urandom(1_000) for _ in range(CALLS)]
    line.set(lambda *_: HOLD)
    with ThreadPoolExecutor(CALLS) as pool:
        under_way = [pool.submit(referring[HRSS].upload, case, f"film-{n}", each) for n, each in enumerate(files)]
        for _ in range(8):
            assert line.held.acquire(timeout=30)
        for _ in range(20):
            assert referring[HRSS].call("GetReferral", referral_id=case).referral.referral_id == case
        assert not any(each.done() for each in under_way)
        line.set(lambda *_: PASS)
        line.released.set()
        assert all(answer(each.result(60)).whole for each in under_way)


def test_a_large_file_goes_through_a_gateway_that_holds_a_few_blocks_of_it(referring, tmp_path):
    """As ``test_evidence_over_a_bad_link`` with a folder: over a line that breaks both ways, with little memory."""
    served = referring[HRSS].served
    before = peak_mib(served.process.pid)
    with desk_at(served, tmp_path) as desk:
        desk.publish(*PARTIES)
        took = sent_over(desk, SIZE, 3)
    assert (took["cuts_up"], took["cuts_down"]) == (3, 3)
    assert took["gateway_mib"] - before < ROOM_MIB, took


def test_a_bucket_whose_certificate_none_of_the_authorities_issued_is_not_talked_to(
    server, line, bucket, authority, tmp_path
):
    init_authority(tmp_path / "other", "other.example", datetime.now(UTC))
    for ca_file in ("", str(tmp_path / "other" / "ca-bundle.pem")):
        with pytest.raises(StoreUnavailableError) as refused:
            Bucket(server.place(bucket, line.endpoint, ca_file)).put("x", b"x")
        assert refused.value.metadata["kind"] == "SSLError"
    assert line.seen == []
    Bucket(server.place(bucket, line.endpoint, str(authority / "ca-bundle.pem"))).delete("x")
    assert line.seen


def test_a_file_that_was_changed_in_the_bucket_is_not_handed_on_and_not_counted_as_fetched(
    referring, server, bucket, capsys
):
    before = set(server.keys(bucket))
    case, made = sent(referring)
    order = hashlib.sha256(made.sealed["order"]).hexdigest()
    (key,) = [each for each in set(server.keys(bucket)) - before if each.startswith("whole/") and order in each]
    content = bytearray(made.sealed["order"])
    content[5] ^= 1
    server.client().put_object(Bucket=bucket, Key=key, Body=bytes(content))

    _, given, outcome = referring[POLICE].download(case, "order")
    assert (outcome.code, outcome.reason, given) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE", b"")
    place = referring[HRSS].served.place
    words = ["--config", str(place.config), "--state", str(place.state), "evidence", "check"]
    assert main([*words]) == 0
    assert main([*words, "--read"]) == 1
    assert f"{case} order {order}: is not the file that its name says" in capsys.readouterr().out
    server.client().delete_object(Bucket=bucket, Key=key)
    assert main([*words]) == 1
    assert f"{case} order {order}: is missing" in capsys.readouterr().out
