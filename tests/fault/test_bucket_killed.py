"""Kill −9 while the bucket is asked for something: whatever reaches it afterwards, the file comes, and is recorded."""

from __future__ import annotations

import hashlib
import os

import grpc
import pytest
from bucket_proxy import HOLD, PASS, between
from buckets import ACCESS, REGION, SECRET, running_bucket_server
from e2e.referring import HRSS, SERVICE, approved
from e2e.served import prepared
from fault.test_referral_killed import Killed
from jointsanctions.v1 import referral_pb2 as pb
from launcher import Launcher

from gateway.storage.bucket_upload import BLOCK_BYTES

SEALED = os.urandom(2 * BLOCK_BYTES + 100)
MIB = 1 << 20
ASKED = {
    "a part": lambda method, path: method == "PUT" and "partNumber=2" in path,
    "to be made one": lambda method, path: method == "POST" and "uploadId=" in path,
    "to be read back": lambda method, path: method == "GET" and "/uploads/" in path and "?" not in path,
    "its blocks": lambda method, path: method == "PUT" and "/blocks/" in path,
    "to be copied": lambda method, path: method == "PUT" and "/whole/" in path,
    "to be cleared": lambda method, _path: method == "DELETE",
}


@pytest.fixture(scope="module")
def line():
    with running_bucket_server() as server, between(server.port) as found:
        found.bucket = server.new_bucket()
        yield found


@pytest.fixture(scope="module")
def killed(line, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bucket-killed")
    keys = folder / "keys.toml"
    keys.write_text(f'access_key = "{ACCESS}"\nsecret_key = "{SECRET}"\n')
    keys.chmod(0o600)
    section = {"kind": "bucket", "endpoint": line.endpoint, "bucket": line.bucket, "region": REGION}
    lines = "".join(f'{key} = "{value}"\n' for key, value in {**section, "credentials_file": str(keys)}.items())
    log = prepared(folder / "gateway", {"[persons]\n": f"[evidence]\n{lines}\n[persons]\n"}).state / "gateway.log"
    with log.open("ab") as sink:
        launcher = Launcher(sink)
        found = Killed(folder / "gateway", launcher)
        yield found
        found.close()
        launcher.close()


def declared(case):
    return {
        "referral_id": case,
        "sealed_bytes": len(SEALED),
        "sealed_sha256": hashlib.sha256(SEALED).hexdigest(),
    }


@pytest.mark.parametrize("asked", ASKED)
def test_a_gateway_that_is_killed_while_the_bucket_is_asked_goes_on(killed, line, asked):
    case, wanted = approved(killed.parties), ASKED[asked]
    first = pb.UploadEvidenceRequest(request_id=f"{asked}-1", officer="o", item_id="film", **declared(case))
    messages = [first, *(pb.UploadEvidenceRequest(content=SEALED[at : at + MIB]) for at in range(0, len(SEALED), MIB))]
    line.released.clear()
    line.set(lambda _at, method, path: HOLD if wanted(method, path) else PASS)
    channel = killed.gateway.new_channel(HRSS)
    call = channel.stream_unary(f"{SERVICE}UploadEvidence", None, None).future(
        iter([each.SerializeToString() for each in messages]), timeout=60
    )
    assert line.held.acquire(timeout=30)
    killed.kill()
    assert call.code() is grpc.StatusCode.UNAVAILABLE
    channel.close()
    line.set(lambda *_: PASS)
    line.released.set()
    killed.start_again()

    hrss = killed.parties[HRSS]
    there = hrss.call("GetUpload", **declared(case))
    assert not there.whole, "nobody has recorded it"
    assert there.received_bytes in {BLOCK_BYTES, 2 * BLOCK_BYTES, len(SEALED)}
    outcome = hrss.upload(case, "film", SEALED, offset=there.received_bytes)
    while not outcome.ok:
        # What was asked before the kill may reach the bucket only now.
        assert outcome.field == "offset", outcome.text()
        outcome = hrss.upload(case, "film", SEALED, offset=hrss.call("GetUpload", **declared(case)).received_bytes)
    assert pb.UploadEvidenceResponse.FromString(outcome.answer).whole
    assert hrss.call("GetUpload", **declared(case)).whole
